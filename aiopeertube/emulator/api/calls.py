"""One request on its way through the server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
from aiohttp import web

from aiopeertube.emulator.counters import Tally
from aiopeertube.emulator.model.entities import Token, User
from aiopeertube.emulator.model.store import Store
from aiopeertube.emulator.options import EmulatorOptions
from aiopeertube.emulator.wire.bodies import Body, parse_multipart
from aiopeertube.emulator.wire.problem_json import Problem
from aiopeertube.emulator.writers import WriterPool

from .listing import Query, VideoLists, parse_query
from .rendering import Renderer

JSON = "application/json; charset=utf-8"
PROBLEM_JSON = "application/problem+json; charset=utf-8"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
_READERS = 4
_NO_CONTENT = 'W/"a-bAsFyilMr4Ra1hIU5PyoyFRunpI"'


@dataclass(slots=True)
class Reply:
    """What the server answers."""

    status: int = 200
    content: bytes = b""
    content_type: str | None = JSON
    headers: dict[str, str] = field(default_factory=dict)
    has_etag: bool = True  # not in what another library than the server's answers, or a proxy
    stream: Iterator[bytes] | None = None  # instead of `content`, of this `length`
    length: int = 0


def json_reply(body: Any, **headers: str) -> Reply:
    """Return an answer with a JSON body."""
    return Reply(200, orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS), headers=headers)


def done() -> Reply:
    """Return the answer to a successful edit."""
    return Reply(204)


def no_content(*, tagged: bool = False) -> Reply:
    """Return the answer to what was done, where the server says no type; `tagged` like the words of its status."""
    return Reply(204, content_type=None, headers={"ETag": _NO_CONTENT} if tagged else {})


@dataclass(slots=True)
class Backend:
    """What all requests share."""

    options: EmulatorOptions
    store: Store
    tally: Tally
    writers: WriterPool
    lists: VideoLists
    renderer: Renderer
    readers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_READERS))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Spend the time of one read."""
        if self.options.read_seconds > 0:
            async with self.readers:
                await asyncio.sleep(self.options.read_seconds)
        yield

    async def write(self, tags: frozenset[str] = frozenset()) -> None:
        """Spend the time of one write.

        Raises:
            Problem: the write failed; nothing may be written.
        """
        try:
            await self.writers.write(tags)
        except Problem:
            self.tally.serialization_failures += 1
            raise
        self.tally.writes += 1


@dataclass(slots=True)
class Call:
    """One request."""

    backend: Backend  # what all requests share
    request: web.BaseRequest
    params: dict[str, str]  # from the path
    now: float  # time of arrival, in seconds since 1970
    body: Body | None  # None: not read yet
    operation: str | None = None  # its name in the API documentation; errors contain it

    @property
    def store(self) -> Store:
        """What the server keeps."""
        return self.backend.store

    @property
    def target(self) -> str:
        """Path and query as they were sent."""
        return self.request.raw_path

    @property
    def is_modern(self) -> bool:
        """Whether the server looks like 8.x."""
        return self.backend.options.is_modern

    def query(self) -> Query:
        """Return the query."""
        return parse_query(self.request.raw_path.partition("?")[2])

    async def read_body(self, *files: str) -> Body:
        """Return the body: JSON, a form or multipart; anything else counts as none.

        `files` are the fields that may be files.
        """
        if self.body is None:
            self.body = await parse_multipart(self.request, files)
        return self.body

    def token(self) -> Token:
        """Return the token of the request.

        Raises:
            Problem: there is none, or it is not valid.
        """
        header = self.request.headers.get("Authorization")
        if header is None:
            raise Problem("Token is invalid", 401, code="unauthorized_request")
        scheme, _, access = header.partition(" ")
        if scheme.lower() != "bearer" or not access:
            raise Problem("Token is invalid", 400, code="invalid_request")
        token = self.store.tokens.get(access)
        if token is None or token.access_ends_at <= self.now:
            raise Problem("Token is invalid", 401, code="invalid_token")
        return token

    def user(self) -> User:
        """Return the user who asks.

        Raises:
            Problem: there is no token, or it is not valid.
        """
        return self.token().user

    def user_or_none(self) -> User | None:
        """Return the user who asks; None if anonymous.

        Raises:
            Problem: there is a token, but it is not valid.
        """
        return self.user() if "Authorization" in self.request.headers else None


Handler: TypeAlias = Callable[[Call], Awaitable[Reply]]


def only_8(handler: Handler) -> Handler:
    """Answer as 6.3 does where a path is not known."""

    async def handle(call: Call) -> Reply:
        return await handler(call) if call.is_modern else Reply(400)

    return handle


@dataclass(frozen=True, slots=True)
class Route:
    """A path the server knows."""

    method: str
    template: str  # the path below ``/api/v1``, with parameters in braces
    handler: Handler  # answers it
    operation: str | None = None  # its name in the API documentation; errors contain it
    is_limited: bool = False  # has the rate limit, though others with its first word have not

    @property
    def label(self) -> str:
        """How statistics call it."""
        return f"{self.method} {self.template}"
