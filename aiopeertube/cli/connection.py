"""Makes a client from the shared options: for which instance, and as which user."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import click

import aiopeertube
from aiopeertube import errors
from aiopeertube._proxies import Proxies
from aiopeertube._settings import check_secure, origin_of
from aiopeertube.cli import diagnosis, logs, saved, waiting
from aiopeertube.cli.errors import Exit, Failure, explain, not_logged_in
from aiopeertube.cli.options import Settings
from aiopeertube.cli.terminal import is_terminal
from aiopeertube.stack.tokens import TokenFile

# A person waits for a single call: enough patience for a hiccup, not for a restart of the server.
_FOR_ONE: Final[dict[str, Any]] = {"attempts": 4, "connect_timeout": 5.0, "patience": 5.0}


@dataclass(frozen=True, slots=True)
class Credentials:
    """The user that a client acts as, in the client's own terms; anonymous without any."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    otp: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    token_file: Path | None = None
    keyring: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """An instance, and how to connect to it."""

    origin: str
    settings: Settings
    who: Credentials = Credentials()

    @property
    def anonymous(self) -> bool:
        """Whether there is no user to act as."""
        return self.who == Credentials()

    def client(self, *, many: bool, attempts: int | None = None) -> "aiopeertube.PeerTube":
        """Make a client; with `many` it is as patient as runs over many items need."""
        given, patience = self.settings, {} if many else dict(_FOR_ONE)
        if attempts is not None:
            patience["attempts"] = attempts
        if given.patience is not None:
            patience["patience"] = given.patience
        return aiopeertube.PeerTube(
            self.origin,
            rate=given.rate,
            concurrency=given.concurrency,
            timeout=given.timeout,
            proxy=proxies_of(given),
            allow_http=given.allow_http,
            **{one.name: getattr(self.who, one.name) for one in fields(self.who)},
            **patience,
        )

    @asynccontextmanager
    async def opened(self, *, many: bool = False, login: bool = True) -> AsyncIterator["aiopeertube.PeerTube"]:
        """Yield a client, logged in; its errors are raised as Failures. `many` is for runs over many items."""
        try:
            self._check_metrics()
            if many:
                # With the patience of a run, finding out that the address is wrong would take minutes.
                await diagnosis.ping(
                    self.origin,
                    timeout=self.settings.timeout,
                    patience=self.settings.patience,
                    proxies=proxies_of(self.settings),
                )
            async with self.client(many=many) as pt, self._measured(pt):
                logs.follow(pt)
                with waiting.told(pt, self.settings) as no_longer:
                    if login and not self.anonymous:
                        await pt.login()  # retried here as one request, and not once more for each call
                    if many:
                        no_longer()  # a run shows its progress
                    yield pt
        except (errors.PeerTubeError, LookupError, TypeError) as exc:
            cause = diagnosis.cause_of(exc)
            better = await diagnosis.diagnosed(cause, self.origin, proxies_of(self.settings))
            if better is cause and many:
                better = exc  # which says for how long
            if not isinstance(better, errors.PeerTubeError):
                raise
            raise explain(better, origin=self.origin, anonymous=self.anonymous) from exc

    def _measured(self, pt: "aiopeertube.PeerTube") -> AbstractAsyncContextManager[object]:
        """Keep the numbers of a client in the file that was asked for, if one was."""
        path, outcomes = self.settings.metrics_file, self.settings.outcomes
        if path is None:
            return nullcontext()
        from aiopeertube.metrics import MetricsFile  # noqa: PLC0415 - few want it

        return MetricsFile(pt, path, outcomes=lambda: outcomes)

    def _check_metrics(self) -> None:
        """See that this file can be written, before anything is sent."""
        if self.settings.metrics_file is not None:
            from aiopeertube.metrics.textfile import check_place  # noqa: PLC0415 - few want it
            from aiopeertube.migrate import check_output  # noqa: PLC0415 - see above

            check_place(self.settings.metrics_file)
            check_output(self.settings.metrics_file, (), option="metrics_file", overwrite=True)


def connect(settings: Settings, *, user: bool = False, variable: str = "PEERTUBE_PASSWORD") -> Connection:
    """Find the instance and the user, without sending anything; `user` requires one.

    `variable` is that of the environment in which a password may be.

    Raises:
        Failure: no instance is known, or no user where one is required.
        ConfigurationError: the address or the saved token is unusable.
    """
    origin = instance(settings)
    connection = Connection(origin, settings, _who(settings, origin, variable))
    if user and connection.anonymous:
        raise not_logged_in(origin)
    if not connection.anonymous:
        check_secure(origin, allow_http=settings.allow_http, proxies=proxies_of(settings))
    return connection


def proxies_of(settings: Settings) -> Proxies:
    """Return which way requests go: as the option says, else as the environment does."""
    return Proxies.of_environment(os.environ) if settings.proxy is None else Proxies.given(settings.proxy)


def instance(settings: Settings) -> str:
    """Return the origin of the instance: the one given, or that of the last login."""
    url = settings.url or saved.default_url()
    if url is None:
        hint = "give its address with --url or PEERTUBE_URL, or run `aiopeertube login` once"
        raise Failure("which instance?", code=Exit.USAGE, hint=hint)
    return origin_of(url)


def _who(settings: Settings, origin: str, variable: str) -> Credentials:
    if settings.token:
        return Credentials(token=settings.token)
    path = saved.token_path(origin)
    kept = TokenFile(path, origin=origin, username=settings.username) if path is not None else None
    if settings.username is None:
        if settings.password is not None:
            hint = "add --username or PEERTUBE_USERNAME"
            raise Failure("there is a password but no user name", code=Exit.USAGE, hint=hint)
        return Credentials(token_file=path if kept is not None and kept.load() is not None else None)
    # This user's saved token spares a login, of which PeerTube allows few.
    own = kept is not None and kept.load() is not None and kept.saved_username() == settings.username
    password = settings.password
    if password is None and not own:
        password = ask_password(settings.username, origin, variable)
    return Credentials(settings.username, password, settings.otp, token_file=path if own else None)


def ask_password(username: str, origin: str, variable: str = "PEERTUBE_PASSWORD") -> str:
    """Ask for a password on a terminal.

    Raises:
        Failure: stdin is not a terminal.
    """
    if not is_terminal(sys.stdin):
        hint = f"set {variable}, or run it on a terminal to be asked"
        raise Failure(f"there is no password for {username}", code=Exit.USAGE, hint=hint)
    answer: str = click.prompt(f"Password of {username} at {origin}", hide_input=True, err=True)
    return answer
