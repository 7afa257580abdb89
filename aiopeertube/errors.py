"""Every error this package raises, named by what it means.

::

    PeerTubeError
    ├── ConfigurationError            the client cannot be made like this
    │   ├── InvalidURL                not an http(s) address
    │   └── InsecureCredentials       credentials over plain http to another machine
    ├── InputError                    refused before anything was sent (also a ValueError)
    │   ├── InvalidIdentifier         not an id, UUID or short UUID; not a channel or account name
    │   ├── InvalidField              a field out of its range
    │   └── FileUnreadable            a file to send is not there, or not readable
    ├── TransportError                no answer
    │   ├── ServerUnreachable         no connection: nothing was sent
    │   ├── ConnectionLost            the connection ended before the answer was whole
    │   └── RequestTimeout            no answer in time
    ├── UnexpectedResponse            an answer that PeerTube does not give (a proxy's page, cut JSON)
    │   ├── RedirectRefused           a redirect that must not be followed
    │   └── ListNeverStoodStill       a list whose end cannot be reached: given, total, requests
    ├── AuthenticationError           who are you?
    │   ├── WrongCredentials          user name or password
    │   ├── TwoFactorRequired         a one-time code is missing
    │   ├── WrongTwoFactorCode
    │   └── SessionExpired            the token is dead and nothing here can renew it
    ├── ApiError                      PeerTube answered with an error: status, code, detail, invalid_params
    │   ├── BadRequest                400
    │   ├── NotPermitted              401 without a token problem, 403
    │   ├── NotFound                  404
    │   ├── Conflict                  409
    │   ├── TooLarge                  413
    │   ├── Unprocessable             422
    │   ├── RateLimited               429 that outlasted the retries
    │   └── ServerError               5xx
    ├── UploadFailed                  a file sent in chunks came to no end: upload_id, perhaps_finished
    │   ├── UploadUnknown             the server knows it no more: finished, cancelled, or idle for too long
    │   ├── UploadStuck               all of it is there, and yet no video comes of it
    │   └── FileChanged               the file is not what it was when the upload began
    └── BulkHalted                    a bulk run stopped because too many items failed
"""

from collections.abc import Mapping
from typing import Any


class PeerTubeError(Exception):
    """Base of every error of this package. `repeated` tells that all its retries have been made below."""

    repeated = False

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are rebuilt from `args` alone; attributes would be lost when one crosses a process border.
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(kind: type[PeerTubeError], args: tuple[Any, ...], state: dict[str, Any]) -> PeerTubeError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(PeerTubeError):
    """The client cannot be made with these settings."""


class InvalidURL(ConfigurationError):
    """The address of the instance is not usable."""


class InsecureCredentials(ConfigurationError):
    """Credentials would travel over plain http to another machine."""


class InputError(PeerTubeError, ValueError):
    """Refused before anything was sent."""


class InvalidIdentifier(InputError):
    """Not something that can name a video, channel or account."""


class InvalidField(InputError):
    """A field's value is out of its range; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


class FileUnreadable(InputError):
    """A file to send is not there or cannot be read; `path` names it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"cannot read {path}: {reason}")
        self.path = path


class TransportError(PeerTubeError):
    """No answer came."""


class ServerUnreachable(TransportError):
    """No connection could be made; nothing was sent."""


class ConnectionLost(TransportError):
    """The connection ended before the answer was whole; the server may have acted."""


class RequestTimeout(TransportError):
    """No answer in time; the server may have acted."""


class UnexpectedResponse(PeerTubeError):
    """An answer that PeerTube does not give: `status`, `content_type` and the first bytes."""

    def __init__(self, message: str, *, status: int, content_type: str = "", start: bytes = b"") -> None:
        super().__init__(message)
        self.status = status
        self.content_type = content_type
        self.start = start


class RedirectRefused(UnexpectedResponse):
    """A redirect that must not be followed; `location` says where it led."""

    def __init__(self, message: str, *, status: int, location: str) -> None:
        super().__init__(message, status=status)
        self.location = location


class ListNeverStoodStill(UnexpectedResponse):
    """A list changed faster than it can be read, or its total is not true of it.

    `given` items were handed out over `requests` pages; `total` is what the last page said that there are.
    """

    def __init__(self, message: str, *, given: int, total: int, requests: int) -> None:
        super().__init__(
            f"{message}: {given:,} items came in {requests:,} pages, and there are said to be {total:,}", status=200
        )
        self.given = given
        self.total = total
        self.requests = requests


class AuthenticationError(PeerTubeError):
    """The server does not accept who we say we are."""


class WrongCredentials(AuthenticationError):
    """User name or password is wrong."""


class TwoFactorRequired(AuthenticationError):
    """The account wants a one-time code."""


class WrongTwoFactorCode(AuthenticationError):
    """The one-time code is wrong or too old."""


class SessionExpired(AuthenticationError):
    """The token is not valid any more and cannot be renewed from here."""


class ApiError(PeerTubeError):
    """PeerTube answered with an error.

    `status` is HTTP's, `code` PeerTube's own word ("" when it has none), `detail` its sentence,
    `invalid_params` its complaints by field (name -> message).
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
        return f"{self.method} {self.path} answered {self.status}: {reason}"


class BadRequest(ApiError):
    """400: the request itself is wrong."""


class NotPermitted(ApiError):
    """401 without a token problem, or 403: this user may not."""


class NotFound(ApiError):
    """404: there is no such thing, or it is hidden from this user."""


class Conflict(ApiError):
    """409: the server's state or settings do not allow it."""


class TooLarge(ApiError):
    """413: more than the server takes."""


class Unprocessable(ApiError):
    """422: understood, and of no use (a video file that is none)."""


class RateLimited(ApiError):
    """429 that outlasted the retries."""


class ServerError(ApiError):
    """5xx that outlasted the retries."""


class UploadFailed(PeerTubeError):
    """A file sent in chunks came to no end; `upload_id` names the upload, for another try.

    `perhaps_finished` tells that the server may have made the video, though nobody heard of it: look for it among
    the user's own before the file is sent once more.
    """

    def __init__(self, message: str, *, upload_id: str = "", perhaps_finished: bool = False) -> None:
        super().__init__(message)
        self.upload_id = upload_id
        self.perhaps_finished = perhaps_finished


class UploadUnknown(UploadFailed):
    """The server does not know the upload: it was finished or cancelled, or nobody went on with it for an hour."""


class UploadStuck(UploadFailed):
    """The whole file is with the server, which says that it is busy with it, or failed at it."""


class FileChanged(UploadFailed):
    """The file is not what it was when its upload began: a mixture of both would be of no use."""


class BulkHalted(PeerTubeError):
    """A bulk run stopped because too many items failed; raised after the last outcome was handed out."""
