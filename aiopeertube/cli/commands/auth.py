"""`login`, `logout`, `whoami`."""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from aiopeertube import errors
from aiopeertube._settings import check_secure, origin_of
from aiopeertube.cli import output, saved
from aiopeertube.cli.connection import Connection, Credentials, ask_password, connect, instance, proxies_of
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.param_types import Secret
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import is_terminal, note, one_line
from aiopeertube.stack import keyrings
from aiopeertube.stack.tokens import TokenFile


@click.command(cls=Command)
@click.option(
    "--keyring",
    is_flag=True,
    envvar="PEERTUBE_KEYRING",
    show_envvar=True,
    help="Keep the token in the system's keyring instead of a file; needs aiopeertube[keyring].",
)
@shared_options()
@click.pass_obj
def login(settings: Settings, keyring: bool) -> None:
    """Log in and keep the token.

    Asks on a terminal for a missing address, user name, password or one-time code. The token is kept in a file that
    only you can read, or with --keyring in the system's keyring. All other commands for that instance use it. The
    password is not kept.
    """
    if keyring:
        keyrings.check()
    origin = origin_of(_asked("Address of the instance", "--url")) if _needs_url(settings) else instance(settings)
    check_secure(origin, allow_http=settings.allow_http, proxies=proxies_of(settings))
    username = settings.username or _asked("User name", "--username or PEERTUBE_USERNAME")
    password = settings.password or ask_password(username, origin)
    who = Credentials(username, password, settings.otp, keyring=keyring)
    try:
        run(_log_in(settings, origin, who))
    except Failure as failure:
        if not isinstance(failure.__cause__, errors.TwoFactorRequired) or not is_terminal(sys.stdin):
            raise
        code = click.prompt("One-time code", type=Secret(), err=True)
        run(_log_in(settings, origin, replace(who, otp=code)))
    saved.remember_url(origin)
    if not settings.quiet:
        note(f"logged in to {origin} as {username}")


def _needs_url(settings: Settings) -> bool:
    return settings.url is None and saved.default_url() is None and is_terminal(sys.stdin)


def _asked(what: str, option: str) -> str:
    if not is_terminal(sys.stdin):
        raise Failure(f"{what.lower()} is missing", code=Exit.USAGE, hint=f"give it with {option}")
    answer: str = click.prompt(what, err=True)
    return answer


async def _log_in(settings: Settings, origin: str, who: Credentials) -> None:
    """Fetch a new token, and replace the saved one once it is there."""
    path = saved.token_path(origin)
    if path is None:
        raise errors.ConfigurationError(saved.NO_HOME)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".login.") as directory:
        fresh = Path(directory) / path.name
        async with Connection(origin, settings, replace(who, token_file=fresh)).opened():
            pass  # opening it logs in
        if not fresh.exists():
            raise errors.ConfigurationError(f"the token could not be kept in {path}; what is wrong is said above")
        _forget_other(TokenFile(path, origin=origin, username=None), TokenFile(fresh, origin=origin, username=None))
        fresh.replace(path)


def _forget_other(old: TokenFile, new: TokenFile) -> None:
    """Take an earlier token out of the keyring, where the new one is not in its place."""
    if (entry := old.entry()) in {None, new.entry()}:
        return
    try:
        old.remove()
    except errors.ConfigurationError as exc:  # no reason to be without the new one
        note(f"the earlier token stays in the keyring, as {entry!r} of aiopeertube: {exc}")


@click.command(cls=Command)
@shared_options()
@click.pass_obj
def logout(settings: Settings) -> None:
    """End the session on the server and forget the saved token."""
    origin = instance(settings)
    path = saved.token_path(origin)
    if path is None or not path.exists():
        note(f"not logged in to {origin}")
        return
    try:
        run(_log_out(Connection(origin, settings, Credentials(token_file=path))))
    except Failure as failure:
        if isinstance(failure.__cause__, errors.TransportError):
            failure.hint = f"the token is still there; to forget it without telling the server, remove {path}"
        raise
    if not settings.quiet:
        note(f"logged out of {origin}")


async def _log_out(connection: Connection) -> None:
    async with connection.opened(login=False) as pt:
        await pt.logout()


@click.command(cls=Command)
@click.option(
    "--format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to write."
)
@shared_options()
@click.pass_obj
def whoami(settings: Settings, format: str) -> None:
    """Show who is logged in, and where."""
    connection = connect(settings, user=True)
    me = run(_me(connection))
    shown = {"url": connection.origin, "username": me["username"], "role": me["role"]}
    if format == "json":
        output.put(output.to_json(shown | {"id": me["id"], "channels": me["channels"]}, pretty=True) + "\n")
    else:
        output.put(one_line(f"{shown['username']} ({shown['role']}) at {shown['url']}") + "\n")


async def _me(connection: Connection) -> dict[str, Any]:
    async with connection.opened() as pt:
        me = await pt.me.get()
    try:
        channels = [channel["name"] for channel in me["videoChannels"]]
        return {"username": me["username"], "role": me["role"]["label"], "id": me["id"], "channels": channels}
    except (KeyError, TypeError):
        raise errors.UnexpectedResponse("/users/me did not say who the user is", status=200) from None
