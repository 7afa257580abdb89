"""From the shared options to a client: which instance, and as whom."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
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
_FOR_ONE: Final[dict[str, Any]] = {"attempts": 4, "connect_timeout": 5.0}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who the client is; the names are the client's. Without any it is nobody."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    otp: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    token_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """An instance, and what to make a client of it with."""

    origin: str
    settings: Settings
    who: Credentials = Credentials()

    @property
    def anonymous(self) -> bool:
        """Whether there is nobody to act as."""
        return self.who == Credentials()

    def client(self, *, many: bool) -> "aiopeertube.PeerTube":
        """Make a client; `many` gives it the patience of runs over many items."""
        given, patience = self.settings, {} if many else _FOR_ONE
        return aiopeertube.PeerTube(
            self.origin,
            rate=given.rate,
            concurrency=given.concurrency,
            timeout=given.timeout,
            allow_http=given.allow_http,
            **{one.name: getattr(self.who, one.name) for one in fields(self.who)},
            **patience,
        )

    @asynccontextmanager
    async def opened(self, *, many: bool = False, login: bool = True) -> AsyncIterator["aiopeertube.PeerTube"]:
        """Give a client, logged in; its errors come out as Failures. `many` is for runs over many items."""
        try:
            async with self.client(many=many) as pt:
                logs.follow(pt)
                if many:
                    # So much patience would take minutes to find out that the address is wrong.
                    await diagnosis.ping(self.origin, timeout=self.settings.timeout)
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
        ConfigurationError: the address or the saved token is unusable.
    """
    origin = instance(settings)
    connection = Connection(origin, settings, _who(settings, origin))
    if user and connection.anonymous:
        raise not_logged_in(origin)
    if not connection.anonymous:
        check_secure(origin, allow_http=settings.allow_http)
    return connection


def instance(settings: Settings) -> str:
    """Return the origin of the instance: the one given, or that of the last login."""
    url = settings.url or saved.default_url()
    if url is None:
        hint = "give its address with --url or PEERTUBE_URL, or run `aiopeertube login` once"
        raise Failure("which instance?", code=Exit.USAGE, hint=hint)
    return origin_of(url)


def _who(settings: Settings, origin: str) -> Credentials:
    if settings.token:
        return Credentials(token=settings.token)
    path = saved.token_path(origin)
    kept = TokenFile(path, origin=origin, username=settings.username)
    if settings.username is None:
        if settings.password is not None:
            hint = "add --username or PEERTUBE_USERNAME"
            raise Failure("there is a password but no user name", code=Exit.USAGE, hint=hint)
        return Credentials(token_file=path if kept.load() is not None else None)
    # The token that this very user saved spares a login, of which PeerTube allows few.
    own = kept.load() is not None and kept.saved_username() == settings.username
    password = settings.password
    if password is None and not own:
        password = ask_password(settings.username, origin)
    return Credentials(settings.username, password, settings.otp, token_file=path if own else None)


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
