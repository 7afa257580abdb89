"""Requests and responses as values, with the encoding of requests; no I/O."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import orjson

from aiopeertube import errors
from aiopeertube._counting import counted

from .secrets import has_secret_field, hide, is_secret_name, secrets_in
from .sendable import fields_problem, line_complaint, plain, quoted, usual_json, value_problem
from .versions import Versions

API: Final = "/api/v1"
READS: Final = frozenset({"GET", "HEAD"})
IDEMPOTENT: Final = frozenset({"GET", "HEAD", "PUT", "DELETE"})
# Their answers are made of credentials, and no part of them is ever quoted.
TOKEN_PATH: Final = f"{API}/users/token"
CLIENT_PATH: Final = f"{API}/oauth-clients/local"
_START: Final = 120  # bytes of an unexpected answer that an error shows
_SEARCHED: Final = 16 * _START  # bytes in which secrets are looked for, since one may be cut by the end

_SCALARS: Final = (str, int, float)
_TEXTS: Final = (str, bytes)  # iterable, and yet one value
Query = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, repr=False)
class JsonBody:
    """A JSON body, encoded once, so that retries, comparisons and journals see the same bytes.

    Not shown in a repr, since it may hold a password; `Call.as_dict` shows the rest of it.
    """

    data: bytes

    @classmethod
    def of(cls, value: Any) -> "JsonBody":
        """Encode `value` with orjson.

        Raises:
            InvalidField: it contains a value that cannot be sent; names it where `value` has fields.
        """
        if type(value) is dict and (data := usual_json(value)) is not None:
            return cls(data)
        problem = fields_problem(value) if isinstance(value, Mapping) else value_problem("body", value)
        if problem is not None:
            raise problem
        try:
            return cls(orjson.dumps(value))
        except TypeError as exc:
            raise errors.InvalidField("body", f"cannot be sent as JSON: {exc}") from None


@dataclass(frozen=True, slots=True, repr=False)
class FormBody:
    """A urlencoded body, only for the token endpoint: PeerTube loses lists in it. Not shown in a repr."""

    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, repr=False)
class FilePart:
    """A file in a multipart body: a path, opened for each attempt, or bytes."""

    name: str
    source: Path | bytes
    filename: str
    content_type: str

    def shown(self) -> str:
        """Return the path, or how many bytes there are: there may be millions."""
        return f"({len(self.source)} bytes)" if isinstance(self.source, bytes) else str(self.source)

    def __repr__(self) -> str:
        return f"<FilePart {self.name}: {self.shown()} as {self.filename}, {self.content_type}>"


@dataclass(frozen=True, slots=True, repr=False)
class Multipart:
    """A multipart/form-data body. Its repr names the fields alone, since one may be a password."""

    fields: Query
    files: tuple[FilePart, ...]

    def __repr__(self) -> str:
        return f"<Multipart of {[name for name, _ in self.fields]} and {list(self.files)}>"


@dataclass(frozen=True, slots=True, repr=False)
class RawBody:
    """Raw bytes: a chunk of a file. Not shown in a repr, since there may be millions."""

    data: bytes
    content_type: str = "application/octet-stream"


Body = JsonBody | FormBody | Multipart | RawBody


class Response:
    """A complete answer to `request`. `sent` and `arrived` are seconds on the event loop's clock."""

    __slots__ = ("arrived", "body", "headers", "request", "sent", "status", "value")

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers  # looked up in lower case only
        self.body = body
        self.sent = 0.0
        self.arrived = 0.0
        self.request: Request | None = None  # its secrets must not be quoted
        self.value: Any = None

    @property
    def kind(self) -> str:
        """The content type in lower case, "" where there is none."""
        return self.headers.get("content-type", "").lower()

    def start(self) -> bytes:
        """Return the first bytes of the body that may be quoted; none where credentials were sent or asked for."""
        request = self.request
        if request is None:
            return self.body[:_START]
        return b"" if request.secret else hide(self.body[:_SEARCHED], request.secrets())[:_START]

    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.body)} bytes>"


class Decoder(Protocol):
    """Turns a successful answer into a value, or raises UnexpectedResponse."""

    def __call__(self, response: Response, /) -> Any:
        """Decode `response`."""
        ...


class Sink(Protocol):
    """Takes a file as it comes, so that it is never in memory as a whole."""

    def begin(self, status: int, headers: Mapping[str, str], /) -> None:
        """Take in what comes."""
        ...

    async def write(self, data: bytes, /) -> None:
        """Take the next bytes."""
        ...


class Request:
    """One operation on its way through the stack, over all of its attempts.

    `attempts` counts how often it was passed to the pool, `in_flight` is True while it is there, and `unsent` while
    it waits there for a connection, when the server sees nothing of it. `lost` is True when an earlier attempt may
    have succeeded without an answer that says so, and `failure` is how the latest failed. `since` is when it first
    had to wait, in seconds on the event loop's clock. `token` is the bearer token of the latest attempt; it is
    never shown. `tag` is that of the call it was made of. `sink`, where there is one, takes the body of a good
    answer as it comes, in place of the answer.
    """

    __slots__ = (
        "attempts",
        "authenticate",
        "body",
        "deadline",
        "decode",
        "failure",
        "headers",
        "idempotent",
        "in_flight",
        "lost",
        "method",
        "origin",
        "path",
        "since",
        "sink",
        "tag",
        "target",
        "timeout",
        "token",
        "unsent",
        "versions",
    )

    def __init__(
        self,
        method: str,
        origin: str,
        target: str,
        *,
        decode: Decoder,
        path: str = "",
        body: Body | None = None,
        headers: tuple[tuple[str, str], ...] = (),
        authenticate: bool = True,
        idempotent: bool | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        versions: Versions | None = None,
        tag: Any = None,
    ) -> None:
        self.method = method
        self.origin = origin
        self.target = target
        self.path = path or target.partition("?")[0]
        self.decode = decode
        self.body = body
        self.headers = headers
        self.authenticate = authenticate
        self.idempotent = method in IDEMPOTENT if idempotent is None else idempotent
        self.timeout = timeout
        self.deadline = deadline
        self.versions = versions
        self.tag = tag
        self.sink: Sink | None = None
        self.token: str | None = None
        self.attempts = 0
        self.in_flight = self.unsent = False
        self.lost = False
        self.failure: errors.PeerTubeError | None = None
        self.since = 0.0

    def leave(self) -> None:
        """Note that an attempt may have done its work, and nobody will hear of it; a read does nothing."""
        self.lost = self.lost or self.method not in READS

    @property
    def secret(self) -> bool:
        """Whether it carries or asks for credentials, so that its answer is not to be quoted."""
        body = self.body
        return (
            isinstance(body, FormBody)
            or self.path in {TOKEN_PATH, CLIENT_PATH}
            or (isinstance(body, JsonBody) and has_secret_field(body.data))
            or (isinstance(body, Multipart) and any(is_secret_name(name) for name, _ in body.fields))
        )

    def secrets(self) -> list[str]:
        """Return the secrets that it carries."""
        body, found = self.body, [value for name, value in self.headers if is_secret_name(name)]
        if isinstance(body, FormBody | Multipart):
            found += [value for name, value in body.fields if is_secret_name(name)]
        elif isinstance(body, JsonBody) and has_secret_field(body.data):
            found += secrets_in(orjson.loads(body.data))
        return found if self.token is None else [*found, self.token]

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.path}, {counted(self.attempts, 'attempt')}>"


# -- encoding ------------------------------------------------------------------------------------


def encode_query(params: Mapping[str, Any]) -> Query:
    """Encode query parameters the way PeerTube reads them: lists repeat the key, None is left out."""
    pairs: list[tuple[str, str]] = []
    for name, value in params.items():
        if value is None:
            continue
        many = isinstance(value, Iterable) and not isinstance(value, _TEXTS)
        pairs.extend((name, _scalar(name, item)) for item in (value if many else (value,)))
    return tuple(pairs)


def _scalar(name: str, value: Any) -> str:
    if not isinstance(value, _SCALARS):
        why = f"{quoted(value)} is not text, a number, a bool or a list of these"
        raise errors.InvalidField(name, f"cannot be sent: {why}")
    if problem := value_problem(name, value):
        raise problem
    text = plain(value)
    if why := line_complaint(text):
        raise errors.InvalidField(name, f"cannot be sent: {why}")
    return text
