"""An operation as a value: nothing is sent until it is awaited."""

from collections.abc import Coroutine, Generator
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote_plus

import orjson

from aiopeertube.errors import InputError

from .messages import Body, Decoder, JsonBody, Multipart, Query, RawBody, Request

T = TypeVar("T")


class Sender(Protocol):
    """Anything that can carry out a Call: a client, or a stand-in in tests."""

    def prepare(self, call: "Call[Any]", /) -> Request:
        """Make the request that `call` describes."""
        ...

    def send(self, request: Request, /) -> Coroutine[Any, Any, Any]:
        """Send the request with all retries; return the decoded answer or raise."""
        ...


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One operation of the API: await it, put it in a bulk run, print it, store it, compare it.

    `problem` is an error found while building it: awaiting the call raises it, and nothing is sent. Building a call
    with a bad id or value does not raise, so that a bad item in a stream of calls is one failed item and not the end
    of the stream.

    Two calls are equal when they would send the same request, whichever client they belong to. `tag` belongs to the
    caller: a bulk run returns it with the call, to match outcomes with rows.
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
    problem: InputError | None = field(default=None, compare=False)
    tag: Any = field(default=None, compare=False, repr=False)
    sender: Sender | None = field(default=None, compare=False, repr=False)

    def __await__(self) -> Generator[Any, None, T]:
        if self.sender is None:
            raise TypeError("this Call has no client; get it from a method of a client")
        return self.sender.send(self.sender.prepare(self)).__await__()

    def tagged(self, tag: Any) -> "Call[T]":
        """Return the same call with `tag` on it."""
        return replace(self, tag=tag)

    def within(self, seconds: float) -> "Call[T]":
        """Return the same call with a deadline: it takes no longer, waiting and repeating included.

        Sending it raises DeadlineExceeded when it does.
        """
        return replace(self, deadline=seconds)

    @property
    def target(self) -> str:
        """Path and query, as in the request line."""
        if not self.query:
            return self.path
        return self.path + "?" + "&".join(f"{quote_plus(k)}={quote_plus(v)}" for k, v in self.query)

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


def _source(source: object) -> str:
    return f"({len(source)} bytes)" if isinstance(source, bytes) else str(source)
