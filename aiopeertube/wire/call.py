"""An operation as a value: nothing is sent until it is awaited."""

import re
from collections.abc import Coroutine, Generator, Iterator
from copy import copy, deepcopy
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any, Final, Generic, Protocol, TypeVar
from urllib.parse import quote, quote_plus

import orjson

from aiopeertube.errors import InputError, InvalidField

from .messages import IDEMPOTENT, Body, Decoder, FormBody, JsonBody, Multipart, Query, RawBody, Request
from .sendable import (
    file_problem,
    header_problem,
    line_problem,
    method_problem,
    path_problem,
    seconds_problem,
    text_complaint,
)
from .versions import Versions

# Covariant, for a call only gives: calls of different results share a list, and a bulk run takes it.
T_co = TypeVar("T_co", covariant=True)

_is_usual_path: Final = re.compile(r"[/0-9A-Za-z_@-]*").fullmatch
_IN_PATHS: Final = "".join(map(chr, range(0x21, 0x7F)))


class Sender(Protocol):
    """Anything that can carry out a Call: a client, or a stand-in in tests."""

    def prepare(self, call: "Call[Any]", /) -> Request:
        """Make the request that `call` describes."""
        ...

    def send(self, request: Request, /) -> Coroutine[Any, Any, Any]:
        """Send the request with all retries; return the decoded answer or raise."""
        ...


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """One operation of the API: await it, put it in a bulk run, print it, store it, compare it.

    `problem` is an error found while building it: awaiting the call raises it, and nothing is sent. That includes all
    that cannot be part of a request. Building a call with a bad id or value does not raise, so that a bad item in a
    stream of calls is one failed item and not the end of the stream.

    Two calls are equal when they would send the same request, whichever client they belong to, but each is an
    operation of its own: awaiting both sends both, and a set keeps both. `tag` belongs to the caller: a bulk run
    returns it with the call, to match outcomes with rows.
    """

    method: str
    path: str
    decode: Decoder = field(repr=False)
    query: Query = ()
    body: Body | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # a one-time code may be here
    authenticate: bool = field(default=True, repr=False)
    idempotent: bool | None = field(default=None, repr=False)
    timeout: float | None = field(default=None, repr=False)
    deadline: float | None = field(default=None, compare=False, repr=False)
    versions: Versions | None = field(default=None, compare=False, repr=False)  # None: all that are known
    problem: InputError | None = field(default=None, compare=False)
    tag: Any = field(default=None, compare=False, repr=False)
    sender: Sender | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        body = self.body
        if self.problem is None and not (
            # So are nearly all calls, and asking exactly takes longer.
            (body is None or type(body) is JsonBody)
            and self.method in IDEMPOTENT
            and type(self.path) is str
            and _is_usual_path(self.path)
            and not (self.query or self.headers)
            and self.timeout is None
            and self.deadline is None
        ):
            object.__setattr__(self, "problem", _problem_of(self))

    def __hash__(self) -> int:
        # asyncio.gather and as_completed await only one of equal awaitables that they find by their hashes: a second
        # POST, or the same edit on another instance, would be told as done and never have been sent.
        return id(self)

    def __await__(self) -> Generator[Any, None, T_co]:
        if self.sender is None:
            raise TypeError("this Call has no client; get it from a method of a client")
        return self.sender.send(self.sender.prepare(self)).__await__()

    async def send(self) -> T_co:
        """Send it: awaiting the call as a coroutine, which `asyncio.create_task` and task groups ask for."""
        return await self

    def request(self, origin: str, *, authenticate: bool = True) -> Request:
        """Make the request that this describes, to the server at `origin`.

        Raises:
            InputError: what is known to be wrong with the call.
        """
        if self.problem is not None:
            raise copy(self.problem)  # a call may be sent again, and an error keeps its traceback
        return Request(
            self.method,
            origin,
            self.target,
            path=self.path,
            decode=self.decode,
            body=self.body,
            headers=self.headers,
            authenticate=authenticate and self.authenticate,
            idempotent=self.idempotent,
            timeout=self.timeout,
            deadline=self.deadline,
            versions=self.versions,
            tag=self.tag,
        )

    def tagged(self, tag: Any) -> "Call[T_co]":
        """Return the same call with `tag` on it."""
        return replace(self, tag=tag)

    def within(self, seconds: float) -> "Call[T_co]":
        """Return the same call with a deadline: it takes no longer, waiting and repeating included.

        Sending it raises DeadlineExceeded when it does.
        """
        return replace(self, deadline=seconds)

    @property
    def target(self) -> str:
        """Path and query, as in the request line."""
        path = self.path
        if not path.isascii() or " " in path:  # control characters are a problem of the call
            path = quote(path, safe=_IN_PATHS, errors="replace")
        if not self.query:
            return path
        return path + "?" + "&".join(f"{quote_plus(k)}={quote_plus(v)}" for k, v in self.query)

    def as_dict(self) -> dict[str, Any]:
        """Return the call as plain data, for a journal or a dry run.

        Values of fields that are named like secrets read "(secret)", bodies of the token endpoint are left out.
        """
        data: dict[str, Any] = {"method": self.method, "path": self.path}
        if self.query:
            data["query"] = [list(pair) for pair in self.query]
        if isinstance(self.body, JsonBody):
            data["json"] = _without_secrets(orjson.loads(self.body.data))
        elif isinstance(self.body, RawBody):
            data["bytes"] = len(self.body.data)
        elif isinstance(self.body, Multipart):
            data["fields"] = [[name, _hidden(name, value)] for name, value in self.body.fields]
            data["files"] = [[part.name, part.shown()] for part in self.body.files]
        return data

    def __deepcopy__(self, memo: dict[int, Any]) -> "Call[T_co]":
        return replace(self, tag=deepcopy(self.tag, memo))  # a value, and the client is not a part of it

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process has a client of its own, and this one's secrets stay here.
        return partial(Call, **{name: getattr(self, name) for name in _PICKLED}), ()


def _problem_of(call: Call[Any]) -> InputError | None:
    """Return the first thing about a call that cannot stand in a request."""
    return next((problem for problem in _problems_of(call) if problem is not None), None)


def _problems_of(call: Call[Any]) -> Iterator[InputError | None]:
    yield method_problem(call.method)
    yield path_problem(call.path)
    for name, value in call.query:
        yield line_problem(name, name)
        yield line_problem(name, value)
    for name, value in call.headers:
        yield header_problem(name, value)
    for name, seconds in (("timeout", call.timeout), ("deadline", call.deadline)):
        if seconds is not None:
            yield seconds_problem(name, seconds)
    yield from _problems_of_body(call.body)


def _problems_of_body(body: Body | None) -> Iterator[InputError | None]:
    if isinstance(body, RawBody):
        yield header_problem("Content-Type", body.content_type)
    elif isinstance(body, FormBody | Multipart):
        for name, value in body.fields:
            yield line_problem(name, name)
            if not isinstance(value, str) or text_complaint(value):
                yield InvalidField(name, "cannot be sent: it is no text, or not all of it is")  # it may be a secret
    if isinstance(body, Multipart):
        for part in body.files:
            yield file_problem(part.name, part.source)
            yield line_problem("the name of a file", part.name)
            yield line_problem(part.name, part.filename)
            yield header_problem("Content-Type", part.content_type)


_PICKLED: Final = tuple(each.name for each in fields(Call) if each.name != "sender")
_SECRET: Final = re.compile("password|secret|token", re.IGNORECASE)


def _hidden(name: str, value: Any) -> Any:
    return "(secret)" if _SECRET.search(name) and value is not None else _without_secrets(value)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _hidden(name, each) for name, each in value.items()}
    return [_without_secrets(each) for each in value] if isinstance(value, list) else value
