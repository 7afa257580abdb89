"""Requests and responses as values, with their encoding and decoding; no I/O."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

import orjson

from aiopeertube import errors
from aiopeertube._counting import counted

from .secrets import has_secret_field, hide, hide_in_text, is_secret_name, secrets_in
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
_DIGITS: Final = 15  # a longer number in a header is no count and no time
_LONGEST_DATE: Final = 64  # characters

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

    `attempts` counts how often it was passed to the pool, `in_flight` is True while it is there, `lost` is True when
    an earlier attempt may have succeeded without an answer that says so, and `failure` is how the latest failed.
    `since` is when it first had to wait, in seconds on the event loop's clock. `token` is the bearer token of the
    latest attempt; it is never shown. `tag` is that of the call it was made of. `sink`, where there is one, takes the
    body of a good answer as it comes, in place of the answer.
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
        self.in_flight = False
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


# -- decoding ------------------------------------------------------------------------------------


def json_value(response: Response) -> Any:
    """Decode a JSON body."""
    try:
        return orjson.loads(response.body)
    except orjson.JSONDecodeError:
        pass
    raise strange(response, "JSON")


def json_object(response: Response) -> Any:
    """Decode a JSON body that is an object: null and lists are no answer about one thing."""
    if isinstance(found := json_value(response), dict):
        return found
    raise strange(response, "a JSON object")


def nothing(response: Response) -> None:
    """Accept an answer without content; HTML comes from a proxy, and means that nothing was done."""
    if response.body and "json" not in response.kind:
        raise strange(response, "no content")


def no_content(response: Response) -> None:
    """Accept an answer without content alone: JSON is somebody else's, and does not tell what was done."""
    if response.body:
        raise strange(response, "no content")


def json_or_text(response: Response) -> Any:
    """Decode JSON where the content type says so, else text; None for an empty body.

    The API has no HTML: it comes from a proxy, and means that nothing was done.
    """
    if not response.body:
        return None
    if "json" in response.kind:
        return json_value(response)
    if "html" in response.kind:
        raise strange(response, "an answer of the API")
    return response.body.decode("utf-8", "replace")


def strange(response: Response, expected: str) -> errors.UnexpectedResponse:
    """Build the error for an answer that PeerTube does not give."""
    start = response.start()
    content_type = response.headers.get("content-type", "no content type")
    return errors.UnexpectedResponse(
        f"expected {expected}, got status {response.status} with {content_type}, {_shown(response, start)}",
        status=response.status,
        content_type=content_type,
        start=start,
    )


def _shown(response: Response, start: bytes) -> str:
    if response.body and not start:
        return f"{len(response.body)} bytes that may hold secrets"
    return "starting: " + (start.decode("utf-8", "replace").replace("\n", " ").strip() or "(empty)")


_BY_STATUS: Final[Mapping[int, type[errors.ApiError]]] = {
    400: errors.BadRequest,
    401: errors.NotPermitted,
    403: errors.NotPermitted,
    404: errors.NotFound,
    409: errors.Conflict,
    413: errors.TooLarge,
    422: errors.Unprocessable,
    429: errors.RateLimited,
}


_NOT_FOUND: Final = 404
_NO_ROUTE: Final = frozenset({400, _NOT_FOUND})


def error_of(request: Request, response: Response) -> errors.PeerTubeError:
    """Build the error for a status of 400 or more."""
    status = response.status
    response.request = request
    problem, hidden = problem_of(response), request.secrets()
    detail = str(problem.get("detail") or problem.get("error") or problem.get("message") or _plain(response))
    kind = _BY_STATUS.get(status, errors.ServerError if status >= 500 else errors.ApiError)
    if request.versions is not None and status in _NO_ROUTE:
        if not response.body:  # as to any path that the server does not know
            kind, detail = errors.NotInThisVersion, f"the server does not know this operation: {request.versions}"
        elif status == _NOT_FOUND:  # it may have taken the path for another one
            detail = f"{detail} (if the server has this operation at all: {request.versions})"
    return kind(
        status=status,
        method=request.method,
        path=request.path,
        detail=hide_in_text(detail, hidden),
        code=hide_in_text(str(problem.get("code") or ""), hidden),
        invalid_params={name: hide_in_text(why, hidden) for name, why in _invalid_params(problem).items()},
    )


def problem_of(response: Response) -> dict[str, Any]:
    """Return the problem+json of an error, {} when the answer carries none."""
    if "json" not in response.kind:
        return {}
    try:
        problem = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(problem, dict):
        return {}
    # The upload endpoint wraps its errors once more: {"error": {"code": ..., "message": ...}}.
    inner = problem.get("error")
    return inner if isinstance(inner, dict) else problem


def is_resume_incomplete(response: Response) -> bool:
    """Tell whether a 308 is the answer to a chunk ("continue from here") and not a redirect."""
    return response.status == 308 and "range" in response.headers and "location" not in response.headers


def is_token_problem(response: Response) -> bool:
    """Tell whether a 401 is about the token; without a code it means "not permitted"."""
    return response.status == 401 and problem_of(response).get("code") in {
        "invalid_token",
        "unauthorized_request",
    }


def _plain(response: Response) -> str:
    start = response.start()
    if response.body and not start:
        return f"{response.kind or 'no content type'}, {len(response.body)} bytes that may hold secrets"
    return start.decode("utf-8", "replace").replace("\n", " ").strip()


def _invalid_params(problem: Mapping[str, Any]) -> dict[str, str]:
    params = problem.get("invalid-params")
    if not isinstance(params, dict):
        return {}
    return {
        str(name): str(param.get("msg", "invalid")) if isinstance(param, dict) else str(param)
        for name, param in params.items()
    }


# -- headers -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RateHeaders:
    """The rate limit as an answer reports it. `reset` and `date` are epoch seconds of the server's clock."""

    limit: int
    remaining: int
    reset: int | None
    date: int | None
    retry_after: float | None


def rate_headers(headers: Mapping[str, str]) -> RateHeaders | None:
    """Read the X-RateLimit headers; None when they are missing or malformed."""
    limit = _whole(headers.get("x-ratelimit-limit"))
    remaining = _whole(headers.get("x-ratelimit-remaining"))
    if not limit or remaining is None:
        return None
    return RateHeaders(
        limit,
        remaining,
        _whole(headers.get("x-ratelimit-reset")),
        epoch(headers.get("date")),
        retry_after(headers),
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After in seconds; a date, which proxies send, counts from the answer's own Date or from now."""
    text = headers.get("retry-after")
    seconds = _whole(text)
    if seconds is not None or text is None:
        return seconds
    then = epoch(text)
    return None if then is None else max(0.0, then - (epoch(headers.get("date")) or time.time()))


def _whole(text: str | None) -> int | None:
    good = text is not None and len(text) <= _DIGITS and text.isascii() and text.isdigit()
    return int(text) if good else None  # type: ignore[arg-type]


@lru_cache(maxsize=8)  # the header changes once a second, answers come more often
def epoch(date: str | None) -> int | None:
    """Read a Date header as epoch seconds."""
    if date is None or len(date) > _LONGEST_DATE:
        return None
    try:
        return int(parsedate_to_datetime(date).timestamp())
    except (ValueError, OverflowError):
        return None
