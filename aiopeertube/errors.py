"""Every error this package raises, named by what it means.

::

    PeerTubeError
    ├── ConfigurationError            the settings of the client are invalid
    │   ├── InvalidURL                not an http(s) address
    │   └── InsecureCredentials       credentials over plain http to another machine
    ├── InputError                    refused before anything was sent (also a ValueError)
    │   ├── InvalidIdentifier         not an id, UUID or short UUID; not a channel or account name
    │   ├── InvalidField              a field's value is out of range
    │   ├── FileUnreadable            a file to send does not exist or cannot be read
    │   ├── FileUnwritable            a file cannot be written
    │   └── NotACall                  the source of a bulk run yielded something that is not a Call
    ├── TransportError                no answer
    │   ├── ServerUnreachable         no connection: nothing was sent
    │   │   ├── CertificateNotTrusted  the server's certificate is not trusted
    │   │   ├── ProxyFailed           the proxy cannot be reached, or does not let us pass
    │   │   └── ServerAway            the server was away for longer than `patience`
    │   │       └── ServerFailing     the server answers, but fails at every request
    │   ├── ConnectionLost            the connection ended before the answer was complete
    │   ├── RequestTimeout            no answer in time
    │   ├── DeadlineExceeded          the call as a whole took longer than its deadline
    │   └── ClientClosed              the client was closed before the call, or while it was under way
    ├── UnexpectedResponse            an answer that PeerTube does not give (a proxy's page, cut JSON)
    │   ├── NotHttp                   something else answers at the server's address
    │   ├── OddAnswer                 asking again makes it no better: another protocol, or far too much
    │   ├── RedirectRefused           a redirect that must not be followed
    │   └── ListNeverStoodStill       a list whose end cannot be reached: given, total, requests
    ├── AuthenticationError           the server did not accept the credentials or the token
    │   ├── WrongCredentials          wrong user name or password
    │   ├── TwoFactorRequired         a one-time code is required
    │   ├── WrongTwoFactorCode        the one-time code is wrong or too old
    │   ├── SessionExpired            the token is invalid and cannot be renewed
    │   ├── NoCode                    the function that gives the one-time code gave none
    │   ├── NoToken                   the token endpoint gives answers that make no sense
    │   └── TokenFileBusy             another process holds the lock of the saved token for too long
    ├── ApiError                      PeerTube answered with an error: status, code, detail, invalid_params
    │   ├── BadRequest                400
    │   ├── NotPermitted              401 without a token problem, 403
    │   ├── NotFound                  404
    │   ├── NotInThisVersion          400 or 404 to an operation that not every version has
    │   ├── Conflict                  409
    │   ├── TooLarge                  413
    │   ├── Unprocessable             422
    │   ├── RateLimited               429
    │   │   └── RefusedTooLong        nothing but 429s for longer than `patience`
    │   └── ServerError               5xx
    ├── UploadFailed                  the chunked upload did not complete: upload_id, perhaps_finished
    │   ├── UploadUnknown             the server no longer knows it: finished, cancelled, or idle for too long
    │   ├── UploadStuck               the server has the whole file but does not make the video
    │   └── FileChanged               the file changed since the upload began
    ├── SourceCancelled               the source of a bulk run was cancelled from within
    └── BulkHalted                    a bulk run stopped because too many items failed
"""

from collections.abc import Mapping
from copy import copy
from typing import Any

from aiopeertube._counting import counted

__all__ = [
    "ApiError",
    "AuthenticationError",
    "BadRequest",
    "BulkHalted",
    "CertificateNotTrusted",
    "ClientClosed",
    "ConfigurationError",
    "Conflict",
    "ConnectionLost",
    "DeadlineExceeded",
    "FileChanged",
    "FileUnreadable",
    "FileUnwritable",
    "InputError",
    "InsecureCredentials",
    "InvalidField",
    "InvalidIdentifier",
    "InvalidURL",
    "ListNeverStoodStill",
    "NoCode",
    "NoToken",
    "NotACall",
    "NotFound",
    "NotHttp",
    "NotInThisVersion",
    "NotPermitted",
    "OddAnswer",
    "PeerTubeError",
    "ProxyFailed",
    "RateLimited",
    "RedirectRefused",
    "RefusedTooLong",
    "RequestTimeout",
    "ServerAway",
    "ServerError",
    "ServerFailing",
    "ServerUnreachable",
    "SessionExpired",
    "SourceCancelled",
    "TokenFileBusy",
    "TooLarge",
    "TransportError",
    "TwoFactorRequired",
    "UnexpectedResponse",
    "Unprocessable",
    "UploadFailed",
    "UploadStuck",
    "UploadUnknown",
    "WrongCredentials",
    "WrongTwoFactorCode",
    "ends_run",
]


class PeerTubeError(Exception):
    """Base of every error of this package.

    `in_doubt` tells that something was sent and never answered, so the server may have done it. `option` names the
    option to change, as a keyword argument is named ("max_changes"); "" where that is none.
    """

    in_doubt = False
    option = ""

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are rebuilt from `args` alone; attributes would be lost when one crosses a process border.
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(kind: type[PeerTubeError], args: tuple[Any, ...], state: dict[str, Any]) -> PeerTubeError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(PeerTubeError):
    """Something cannot be made or done with these settings."""

    def __init__(self, message: str = "", *, option: str = "") -> None:
        super().__init__(message)
        self.option = option


class InvalidURL(ConfigurationError):
    """The address of the instance is not usable."""


class InsecureCredentials(ConfigurationError):
    """Credentials would travel over plain http to another machine."""


class InputError(PeerTubeError, ValueError):
    """Refused before anything was sent."""


class InvalidIdentifier(InputError):
    """Not an identifier of a video, channel or account."""


class InvalidField(InputError):
    """A field's value is out of range; `field` names it."""

    def __init__(self, field: str, message: str, *, option: str = "") -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.option = option


class FileUnreadable(InputError):
    """A file to send does not exist or cannot be read; `path` names it."""

    def __init__(self, path: str, reason: str, *, option: str = "") -> None:
        super().__init__(f"cannot read {path}: {reason}")
        self.path = path
        self.option = option


class FileUnwritable(InputError):
    """A file cannot be written; `path` names it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"cannot write {path}: {reason}")
        self.path = path


class NotACall(InputError):
    """A bulk run's source gave something that is no Call."""


class TransportError(PeerTubeError):
    """No answer came."""


class ServerUnreachable(TransportError):
    """No connection could be made; nothing was sent."""


class CertificateNotTrusted(ServerUnreachable):
    """The server's certificate is not trusted; nothing was sent."""


class ProxyFailed(ServerUnreachable):
    """The proxy on the way to the server cannot be reached, or does not let us pass; nothing was sent."""


class ServerAway(ServerUnreachable):
    """The server was away for longer than `patience`; `__cause__` is what the call itself met before, if anything."""


class ServerFailing(ServerAway):
    """The server is there, and failed at every request for longer than `patience`."""


class ConnectionLost(TransportError):
    """The connection ended before the answer was complete; the server may have acted."""


class RequestTimeout(TransportError):
    """No answer in time; the server may have acted."""


class DeadlineExceeded(TransportError):
    """The call took longer than its deadline, waiting included."""


class ClientClosed(TransportError, RuntimeError):
    """The client was closed, before the call or while it was under way."""


class UnexpectedResponse(PeerTubeError):
    """An answer that PeerTube does not give: `status`, `content_type` and the first bytes."""

    def __init__(self, message: str, *, status: int, content_type: str = "", start: bytes = b"") -> None:
        super().__init__(message)
        self.status = status
        self.content_type = content_type
        self.start = start


class NotHttp(UnexpectedResponse):
    """What came is no HTTP: something else answers at this address, for now or for good."""


class OddAnswer(UnexpectedResponse):
    """An answer that asking again makes no better: another protocol, or more than PeerTube ever sends."""


class RedirectRefused(UnexpectedResponse):
    """A redirect that must not be followed; `location` says where it led."""

    def __init__(self, message: str, *, status: int, location: str) -> None:
        super().__init__(message, status=status)
        self.location = location


class ListNeverStoodStill(UnexpectedResponse):
    """A list changed faster than it can be read, or its `total` is wrong.

    `given` items were yielded from `requests` pages; `total` is what the last page said that there are.
    """

    def __init__(self, message: str, *, given: int, total: int, requests: int) -> None:
        came = f"{counted(given, 'item')} came in {counted(requests, 'page')}"
        super().__init__(f"{message}: {came}, and the server reports {total:,}", status=200)
        self.given = given
        self.total = total
        self.requests = requests


class AuthenticationError(PeerTubeError):
    """The server did not accept the credentials or the token."""


class WrongCredentials(AuthenticationError):
    """User name or password is wrong."""


class TwoFactorRequired(AuthenticationError):
    """The account requires a one-time code."""


class WrongTwoFactorCode(AuthenticationError):
    """The one-time code is wrong or too old."""


class SessionExpired(AuthenticationError):
    """The token is no longer valid and cannot be renewed."""


class NoCode(AuthenticationError):
    """The function that gives the one-time code raised an error (`__cause__`), or was cancelled from within."""


class NoToken(AuthenticationError):
    """The token endpoint failed, or gave an answer that is not a token."""


class TokenFileBusy(AuthenticationError):
    """Another process holds the lock of the saved token for too long."""


class ApiError(PeerTubeError):
    """PeerTube answered with an error.

    `status` is HTTP's; `code` is PeerTube's error code ("" when there is none), `detail` its message, and
    `invalid_params` its messages by field (name -> message).
    """

    def __init__(
        self,
        *,
        status: int,
        method: str,
        path: str,
        detail: str = "",
        code: str = "",
        invalid_params: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.method = method
        self.path = path
        self.detail = detail
        self.code = code
        self.invalid_params = dict(invalid_params or {})
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        fields = "; ".join(f"{name}: {message}" for name, message in self.invalid_params.items())
        reason = fields or self.detail or self.code or "no reason given"
        if not self.method:
            return reason
        return f"{self.method} {self.path} answered {self.status}: {reason}"


class BadRequest(ApiError):
    """400: the request itself is wrong."""


class NotPermitted(ApiError):
    """403, or 401 that is not about the token: the user lacks permission."""


class NotFound(ApiError):
    """404: it does not exist, or is hidden from this user."""


class NotInThisVersion(ApiError):
    """400 or 404: the server does not know the operation, which not every version of PeerTube has."""


class Conflict(ApiError):
    """409: the server's state or settings do not allow it."""


class TooLarge(ApiError):
    """413: larger than the server accepts."""


class Unprocessable(ApiError):
    """422: understood but unusable (e.g. not a video)."""


class RateLimited(ApiError):
    """429: the rate limit. Requests are repeated when it lets them through."""


class RefusedTooLong(RateLimited):
    """Nothing but 429s came for longer than `patience`, or the server asks to wait for longer."""


class ServerError(ApiError):
    """5xx that outlasted the retries."""


class UploadFailed(PeerTubeError):
    """The chunked upload did not complete; `upload_id` names it, to resume it.

    `perhaps_finished` (and `in_doubt`) is True when the server may have made the video although no answer said so:
    look for it among the user's own videos before you send the file again.
    """

    def __init__(self, message: str, *, upload_id: str = "", perhaps_finished: bool = False) -> None:
        super().__init__(message)
        self.upload_id = upload_id
        self.perhaps_finished = self.in_doubt = perhaps_finished


class UploadUnknown(UploadFailed):
    """The server does not know the upload: it was finished, cancelled, or idle for more than an hour."""


class UploadStuck(UploadFailed):
    """The server has the whole file, but stays busy with it or failed to make the video."""


class FileChanged(UploadFailed):
    """The file changed since its upload began; a mixture of both versions would be unusable."""


class SourceCancelled(PeerTubeError):
    """The source of a bulk run's calls was cancelled from within, so the run is not complete."""


class BulkHalted(PeerTubeError):
    """A bulk run stopped because too many items failed; raised after the last outcome was delivered."""


def ends_run(error: BaseException | None) -> bool:
    """Tell whether an error is not about one item: every other call would meet it as well, so a run ends with it."""
    return isinstance(
        error,
        AuthenticationError | CertificateNotTrusted | ClientClosed | ConfigurationError | RefusedTooLong | ServerAway,
    )


def again(error: PeerTubeError) -> PeerTubeError:
    """Return the same error for another who meets it: an error that is raised keeps its traceback.

    Whether anything was sent and never answered is each request's own, and not copied.
    """
    fresh = copy(error)
    fresh.__cause__ = error.__cause__
    fresh.in_doubt = False
    return fresh
