"""An operation as a value: nothing is sent until it is awaited."""

import re
from collections.abc import Coroutine, Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, Generic, Protocol, TypeVar
from urllib.parse import quote, quote_plus

import orjson

from aiopeertube.errors import InputError, InvalidField

from .messages import IDEMPOTENT, Body, Decoder, FormBody, JsonBody, Multipart, Query, RawBody, Request
from .sendable import header_problem, line_problem, method_problem, path_problem, seconds_problem, text_complaint

T = TypeVar("T")

_PLAIN: Final = re.compile(r"[!-~]*")  # what may stand in a request line as it is
_USUAL_PATH: Final = re.compile(r"(?:/[0-9A-Za-z_@-]+)+")
_IN_PATHS: Final = "".join(map(chr, range(0x21, 0x7F)))


class Sender(Protocol):
    """What can carry out a Call: a client, or a test's stand-in."""

    def prepare(self, call: "Call[Any]", /) -> Request:
        """Make the request that `call` describes."""
        ...

    def send(self, request: Request, /) -> Coroutine[Any, Any, Any]:
        """Send the request with all retries; return the decoded answer or raise."""
        ...


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One operation of the API: await it, put it in a bulk run, print it, store it, compare it.

    `problem` is what is known to be wrong with it: sending it raises that, and nothing is sent. What cannot be part
    of a request is found as the call is made. A bad id or value does not raise when the call is built, so that a bad
    item in a stream of calls is one failed item and not the end of the stream.

    Two calls are equal when they would send the same thing, whatever client they belong to. `tag` is the caller's
    own: a bulk run hands it back with the call, so that an outcome finds its row.
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
    problem: InputError | None = field(default=None, compare=False)
    tag: Any = field(default=None, compare=False, repr=False)
    sender: Sender | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.problem is not None or _is_usual(self):
            return
        if (problem := _problem_of(self)) is not None:
            object.__setattr__(self, "problem", problem)

    def __await__(self) -> Generator[Any, None, T]:
        if self.sender is None:
            raise TypeError("this Call belongs to no client; get it from a method of one")
        return self.sender.send(self.sender.prepare(self)).__await__()

    def tagged(self, tag: Any) -> "Call[T]":
        """Return the same call with `tag` on it."""
        return replace(self, tag=tag)

    @property
    def target(self) -> str:
        """Path and query as they stand in the request line."""
        path = self.path if _PLAIN.fullmatch(self.path) else quote(self.path, safe=_IN_PATHS, errors="replace")
        if not self.query:
            return path
        return path + "?" + "&".join(f"{quote_plus(k)}={quote_plus(v)}" for k, v in self.query)

    def as_dict(self) -> dict[str, Any]:
        """Return the call as plain data, for a journal or a dry run; bodies with secrets are left out."""
        data: dict[str, Any] = {"method": self.method, "path": self.path}
        if self.query:
            data["query"] = [list(pair) for pair in self.query]
        if isinstance(self.body, JsonBody):
            data["json"] = orjson.loads(self.body.data)
        elif isinstance(self.body, RawBody):
            data["bytes"] = len(self.body.data)
        elif isinstance(self.body, Multipart):
            data["fields"] = [list(pair) for pair in self.body.fields]
            data["files"] = [[part.name, _source(part.source)] for part in self.body.files]
        return data


def _is_usual(call: Call[Any]) -> bool:
    """Tell of most calls that can be sent that they can; asking exactly takes longer."""
    body = call.body
    return (
        (body is None or type(body) is JsonBody)
        and call.method in IDEMPOTENT
        and not (call.query or call.headers)
        and call.timeout is None
        and isinstance(call.path, str)
        and _USUAL_PATH.fullmatch(call.path) is not None
    )


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
    if call.timeout is not None:
        yield seconds_problem("timeout", call.timeout)
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
            yield line_problem("the name of a file", part.name)
            yield line_problem(part.name, part.filename)
            yield header_problem("Content-Type", part.content_type)


def _source(source: object) -> str:
    return f"({len(source)} bytes)" if isinstance(source, bytes) else str(source)
