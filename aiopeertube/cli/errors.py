"""What errors mean to users: an exit code, one line and a hint."""

from enum import IntEnum
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import click

from aiopeertube import errors
from aiopeertube.cli.option_sets import dashed
from aiopeertube.cli.terminal import note


class Exit(IntEnum):
    """The exit codes, all of them."""

    DONE = 0
    SOME_FAILED = 1
    USAGE = 2
    AUTHENTICATION = 3
    UNREACHABLE = 4
    REFUSED = 5
    BUG = 70
    FILE = 74
    AGAIN = 75
    INTERRUPTED = 130
    UNREAD = 141


MEANINGS: Final = {
    Exit.DONE: "all done",
    Exit.SOME_FAILED: "some items failed",
    Exit.USAGE: "bad usage or bad input; nothing was sent",
    Exit.AUTHENTICATION: "cannot authenticate",
    Exit.UNREACHABLE: "the server is unreachable, or not a PeerTube",
    Exit.REFUSED: "the server refused",
    Exit.BUG: "a bug in this program",
    Exit.FILE: "cannot read or write a file, or the output",
    Exit.AGAIN: "run it again: halted, rate limited, no answer, or server down",
    Exit.INTERRUPTED: "interrupted",
    Exit.UNREAD: "output pipe closed",
}


class Failure(click.ClickException):
    """The failure of a command: message, hint and exit code."""

    def __init__(self, message: str, *, code: Exit, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint

    def show(self, file: Any = None) -> None:
        """Print the line, and the hint where there is one; always on stderr."""
        note(f"aiopeertube: error: {self.message}")
        if self.hint:
            note(f"hint: {self.hint}")


class Unread(Exception):
    """The reader of stdout has closed it: `... | head`."""


class NotPeerTube(errors.PeerTubeError):
    """Something answers at the address, but it is not a PeerTube."""


class WrongScheme(errors.PeerTubeError):
    """The server speaks https where http was tried."""

    def __init__(self, origin: str) -> None:
        super().__init__(f"{origin} does not speak plain http")
        self.origin = origin


_LOG_IN: Final = "run `aiopeertube login{at}`, or set PEERTUBE_USERNAME and PEERTUBE_PASSWORD"
_AGAIN: Final = "run the same command again; a slow server may need a longer --timeout"

# The first class that fits decides; subclasses stand before their bases.
_RULES: Final[tuple[tuple[type[Exception], Exit, str], ...]] = (
    (errors.InsecureCredentials, Exit.USAGE, "use an https:// address, or --allow-http if you trust the network"),
    (errors.InvalidURL, Exit.USAGE, "give the address with --url or PEERTUBE_URL, like https://videos.example"),
    (errors.ConfigurationError, Exit.USAGE, ""),
    (errors.InvalidIdentifier, Exit.USAGE, ""),
    (errors.FileUnwritable, Exit.FILE, "check the free space and your permissions there"),
    (errors.InputError, Exit.USAGE, ""),
    (WrongScheme, Exit.UNREACHABLE, "try --url {https}"),
    (NotPeerTube, Exit.UNREACHABLE, "check the address given with --url, PEERTUBE_URL or at the last login"),
    (errors.ProxyFailed, Exit.UNREACHABLE, "check --proxy, or HTTPS_PROXY, HTTP_PROXY and NO_PROXY"),
    (errors.ServerUnreachable, Exit.UNREACHABLE, "check the address, and whether the server runs"),
    (errors.TransportError, Exit.AGAIN, _AGAIN),
    (errors.RedirectRefused, Exit.UNREACHABLE, "if that is the instance, use --url {there}"),
    (errors.UnexpectedResponse, Exit.AGAIN, "something between here and PeerTube may have answered; run it again"),
    (errors.WrongCredentials, Exit.AUTHENTICATION, "check user name and password; `aiopeertube login` asks for them"),
    (errors.TwoFactorRequired, Exit.AUTHENTICATION, "give the code with --otp or PEERTUBE_OTP, or run {login}"),
    (errors.WrongTwoFactorCode, Exit.AUTHENTICATION, "codes are valid for about 30 seconds; use a new one"),
    (errors.AuthenticationError, Exit.AUTHENTICATION, _LOG_IN),
    (errors.RateLimited, Exit.AGAIN, "wait a little and run it again; --rate limits your own request rate"),
    (errors.BulkHalted, Exit.AGAIN, "see what failed above, then run it again for what is left"),
    (errors.PeerTubeError, Exit.REFUSED, ""),
)


def explain(error: errors.PeerTubeError, *, origin: str = "", anonymous: bool = False) -> Failure:
    """Say what an error means to the user; `origin` is the instance's address."""
    if isinstance(error, errors.NotPermitted) and error.status == 401 and anonymous:
        return not_logged_in(origin, f"{error.method} {error.path} needs a user")
    if failure := _no_tls(error, origin):
        return failure
    if isinstance(error, errors.ServerError) and error.status in _DOWN:
        return Failure(str(error), code=Exit.AGAIN, hint="the server may be starting or overloaded; run it again")
    code, hint = next((code, hint) for kind, code, hint in _RULES if isinstance(error, kind))
    at = f" --url {origin}" if origin else ""
    names = {"login": f"`aiopeertube login{at}`", "https": origin.replace("http://", "https://", 1)}
    return Failure(
        dashed(str(error), error.option), code=code, hint=hint.format(at=at, there=_there(error, origin), **names)
    )


def _there(error: errors.PeerTubeError, origin: str) -> str:
    """Return the origin that a redirect led to."""
    location = error.location if isinstance(error, errors.RedirectRefused) else ""
    parts = urlsplit(urljoin(origin, location))
    return f"{parts.scheme}://{parts.netloc}"


def not_logged_in(origin: str, why: str = "this needs a user") -> Failure:
    """Say that no user is logged in."""
    hint = _LOG_IN.format(at=f" --url {origin}")
    return Failure(f"not logged in to {origin}: {why}", code=Exit.AUTHENTICATION, hint=hint)


# What a reverse proxy says for a PeerTube that does not answer.
_DOWN: Final = (502, 503, 504)

# How OpenSSL describes an answer that is not TLS; it depends on its version.
_NOT_TLS: Final = ("wrong version", "wrong_version", "record layer", "record_layer", "unknown protocol")


def _no_tls(error: errors.PeerTubeError, origin: str) -> Failure | None:
    """Say why there is no secure connection; errors of TLS differ only in their text."""
    text = str(error).lower()
    if not isinstance(error, errors.ServerUnreachable) or not origin.startswith("https://"):
        return None
    if _any_in(_NOT_TLS, text):
        hint = f"try --url {origin.replace('https://', 'http://', 1)}"
        return Failure(f"{origin} does not speak https", code=Exit.UNREACHABLE, hint=hint)
    if "certificate" in text:
        hint = "for a private authority set SSL_CERT_FILE to its certificate"
        return Failure(str(error), code=Exit.UNREACHABLE, hint=hint)
    return None


def _any_in(needles: tuple[str, ...], text: str) -> bool:
    return any(needle in text for needle in needles)
