"""From the shared options to a client: which instance, and as whom."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import click

import aiopeertube
from aiopeertube import errors
from aiopeertube._settings import check_secure, origin_of
from aiopeertube.cli import diagnosis, logs, saved
from aiopeertube.cli.errors import Exit, Failure, explain, not_logged_in
from aiopeertube.cli.options import Settings
from aiopeertube.cli.terminal import is_terminal
from aiopeertube.stack.tokens import TokenFile

# A person waits for a single call: enough patience for a hiccup, not for a restart of the server. Runs over many
# items keep the library's own, which outlasts one.
_FOR_ONE: Final = {"attempts": 4, "connect_timeout": 5.0}


@dataclass(frozen=True, slots=True)
class Connection:
    """An instance, and what to make a client of it with."""

    origin: str
    options: dict[str, Any]
    anonymous: bool

    @asynccontextmanager
    async def opened(self, *, many: bool = False, login: bool = True) -> AsyncIterator["aiopeertube.PeerTube"]:
        """Give a client, logged in; its errors come out as Failures. `many` is for runs over many items."""
        options = self.options if many else self.options | _FOR_ONE
        try:
            async with aiopeertube.PeerTube(self.origin, **options) as pt:
                logs.follow(pt)
                if many:
                    # So much patience would take minutes to find out that the address is wrong.
                    await diagnosis.ping(self.origin, timeout=self.options["timeout"])
                if login and not self.anonymous:
                    await pt.login()  # here it is repeated as often as it should be, and not once more for each call
                yield pt
        except (errors.PeerTubeError, LookupError, TypeError) as exc:
            better = await diagnosis.diagnosed(exc, self.origin)
            if not isinstance(better, errors.PeerTubeError):
                raise
            raise explain(better, origin=self.origin, anonymous=self.anonymous) from exc


def connect(settings: Settings, *, user: bool = False) -> Connection:
    """Find out where to go and as whom, without sending anything; `user` False lets nobody be enough.

    Raises:
        Failure: there is no instance, or nobody to act as.
        ConfigurationError: the address, the saved token or the like is of no use.
    """
    origin = instance(settings)
    who = _who(settings, origin)
    if user and not who:
        raise not_logged_in(origin)
    if who:
        check_secure(origin, allow_http=settings.allow_http)
    return Connection(origin, client_options(settings) | who, anonymous=not who)


def instance(settings: Settings) -> str:
    """Return the origin of the instance: the one given, or that of the last login."""
    url = settings.url or saved.default_url()
    if url is None:
        hint = "give its address with --url or PEERTUBE_URL, or run `aiopeertube login` once"
        raise Failure("which instance?", code=Exit.USAGE, hint=hint)
    return origin_of(url)


def client_options(settings: Settings) -> dict[str, Any]:
    """Return the client's arguments that have nothing to do with who it is."""
    return {
        "rate": settings.rate,
        "concurrency": settings.concurrency,
        "timeout": settings.timeout,
        "allow_http": settings.allow_http,
    }


def _who(settings: Settings, origin: str) -> dict[str, Any]:
    """Return the client's credentials; {} for nobody."""
    if settings.token:
        return {"token": settings.token}
    path = saved.token_path(origin)
    kept = TokenFile(path, origin=origin, username=settings.username)
    if settings.username is None:
        if settings.password is not None:
            raise Failure(
                "there is a password but no user name", code=Exit.USAGE, hint="add --username or PEERTUBE_USERNAME"
            )
        return {"token_file": path} if kept.load() is not None else {}
    # The token that this very user saved spares a login, of which PeerTube allows few.
    own = kept.load() is not None and kept.saved_username() == settings.username
    named = {"username": settings.username, "otp": settings.otp} | ({"token_file": path} if own else {})
    if settings.password is not None or not own:
        named["password"] = settings.password or ask_password(settings.username, origin)
    return named


def ask_password(username: str, origin: str) -> str:
    """Ask for a password, where somebody can answer.

    Raises:
        Failure: nobody can.
    """
    if not is_terminal(sys.stdin):
        hint = "set PEERTUBE_PASSWORD, or run it on a terminal to be asked"
        raise Failure(f"there is no password for {username}", code=Exit.USAGE, hint=hint)
    answer: str = click.prompt(f"Password of {username} at {origin}", hide_input=True, err=True)
    return answer
