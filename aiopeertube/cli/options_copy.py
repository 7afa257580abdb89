"""The options of `copy`: which two instances, as whom, and what comes along."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import click

from aiopeertube._settings import origin_of
from aiopeertube.cli import saved
from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.option_sets import option
from aiopeertube.cli.options import Settings
from aiopeertube.cli.param_types import File, Folder
from aiopeertube.migrate import Scope
from aiopeertube.stack.tokens import TokenFile

_SECRETS: Final = ("password", "token", "otp")


class _Renamed(click.ParamType[tuple[str, str]]):
    name = "there=here"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Split at the equals sign."""
        if isinstance(value, tuple):
            return value
        there, equals, here = str(value).partition("=")
        if not (equals and there and here):
            raise click.UsageError(f"--channel-name: {value!r} is not of the form THERE=HERE.")
        return there, here


@dataclass(frozen=True, slots=True)
class Ends:
    """Which instances, and who acts there."""

    source: str | None = option(
        "--from",
        required=True,
        metavar="URL",
        help="The instance to copy from; a host will do where a login is kept.",
    )
    target: str | None = option(
        "--to", metavar="URL", help="The instance to copy to. Default: --url, the last login's."
    )
    source_user: str | None = option(
        "--from-user",
        envvar="PEERTUBE_FROM_USERNAME",
        show_envvar=True,
        metavar="USER",
        help="The user there; the password is PEERTUBE_FROM_PASSWORD, or asked for. Default: the login that is kept.",
    )
    target_user: str | None = option(
        "--to-user",
        envvar="PEERTUBE_TO_USERNAME",
        show_envvar=True,
        metavar="USER",
        help="The user here; the password is PEERTUBE_TO_PASSWORD, or asked for. Default: --username.",
    )

    def connections(self, settings: Settings) -> tuple[Connection, Connection]:
        """Find both instances and users, without sending anything.

        Raises:
            Failure, ConfigurationError: as `connect`.
        """
        there = replace(settings, url=_address(self.source or ""), username=self.source_user)
        there.password, there.token, there.otp = (_secret("FROM", name) for name in _SECRETS)
        if self.source_user is None and there.password is not None:
            hint = "add --from-user or PEERTUBE_FROM_USERNAME"
            raise Failure("there is a password but no user name", code=Exit.USAGE, hint=hint)
        here = replace(settings, username=self.target_user or settings.username)
        here.url = settings.url if self.target is None else _address(self.target)
        for name in _SECRETS:
            setattr(here, name, _secret("TO", name) or getattr(settings, name))
        return connect(there, variable="PEERTUBE_FROM_PASSWORD"), connect(
            here, user=True, variable="PEERTUBE_TO_PASSWORD"
        )


def _secret(side: str, name: str) -> str | None:
    """Return what the environment says of one side: what belongs to one instance is never sent to the other."""
    return os.environ.get(f"PEERTUBE_{side}_{name.upper()}") or None


def _address(text: str) -> str:
    """Return the address of an instance; of a bare host the one that a login is kept of, else that with https."""
    if "://" in text:
        return text
    for scheme in ("https", "http"):
        origin = origin_of(f"{scheme}://{text}")
        path = saved.token_path(origin)
        if path is not None and TokenFile(path, origin=origin, username=None).load() is not None:
            return origin
    return f"https://{text}"


@dataclass(frozen=True, slots=True)
class CopyFlags:
    """What is copied, and how."""

    channel: str | None = option("--channel", help="This channel. Default: all that is yours there.")
    account: str | None = option("--account", help="All of this account.")
    videos: str | None = option(
        "--videos", type=File(), metavar="TABLE", help="The videos that a table names, with their channels."
    )
    channel_names: Mapping[str, str] = option(
        "--channel-name",
        multiple=True,
        type=_Renamed(),
        metavar="THERE=HERE",
        callback=lambda ctx, param, pairs: dict(pairs),
        help="Call a channel something else here; repeatable.",
    )
    via: Literal["upload", "import"] = option(
        "--via",
        type=click.Choice(["upload", "import"]),
        default="upload",
        show_default=True,
        help="Send the files, or have the instance fetch them, which works for public ones alone.",
    )
    through: str | None = option(
        "--through",
        type=Folder(),
        metavar="FOLDER",
        help="Save each file here before it is sent, until its video is made. Default: no file is on disk.",
    )
    no_playlists: bool = option("--no-playlists", is_flag=True, help="Leave playlists out.")
    no_dates: bool = option(
        "--no-dates",
        is_flag=True,
        help="Leave originallyPublishedAt empty where it is. Default: it gets the date of publication.",
    )

    @property
    def scope(self) -> Scope:
        """What is copied there."""
        if self.videos is not None and (self.channel or self.account):
            raise click.UsageError("--videos excludes --channel and --account.")
        return Scope(channel=self.channel, account=self.account)
