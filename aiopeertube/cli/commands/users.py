"""`users list|get|create|update|block|unblock|delete`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from aiopeertube.cli import acting, answers, showing
from aiopeertube.cli.acting import Action, AskOptions, DryOptions
from aiopeertube.cli.arguments import api_fields, some
from aiopeertube.cli.cells import pick
from aiopeertube.cli.many import Make, RunOptions
from aiopeertube.cli.new_password import NEW_PASSWORD, new_password
from aiopeertube.cli.nouns import USER
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Group, Settings, shared_options
from aiopeertube.cli.options_list import Columns, ExtentOptions, FormatOptions
from aiopeertube.cli.param_types import Bytes, Labelled
from aiopeertube.cli.showing import Listing, View

if TYPE_CHECKING:
    from aiopeertube import PeerTube

_USERS: Final = Columns(
    table=("id", "username", "email", "role", "blocked", "videoQuotaUsed", "lastLoginDate"),
    csv=(
        "id", "username", "email", "emailVerified", "role.label", "blocked", "blockedReason", "videoQuota",
        "videoQuotaDaily", "videoQuotaUsed", "adminFlags", "createdAt", "lastLoginDate",
    ),
)  # fmt: skip
_ROLES: Final = Labelled(administrator=0, moderator=1, user=2)
_users = click.argument("users", metavar="ID...", nargs=-1, required=True)


@click.group(cls=Group)
@shared_options()
def users() -> None:
    """List, show, make, edit, block and delete users; for administrators, some for moderators.

    ID is a number, or - for lines of stdin: ids, or the jsonl of `list`.
    """


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """Which users are listed, and in which order."""

    search: str | None = option("--search", help="Users with this in their name or address.")
    blocked: bool | None = option("--blocked/--not-blocked", help="Blocked, or not.")
    role: int | None = option("--role", type=_ROLES, help="Only those of this role; 6.3 has all read to find them.")
    sort: str | None = option("--sort", help="A field, like username or -createdAt.")


@users.command("list")
@with_options(filters=FilterOptions, extent=ExtentOptions, written=FormatOptions)
@shared_options()
@click.pass_obj
def list_(settings: Settings, /, filters: FilterOptions, extent: ExtentOptions, written: FormatOptions) -> None:
    """List the users of the instance."""
    view = View(_USERS, written, USER)
    keep = None if filters.role is None else lambda row: pick(row, "role.id") == filters.role
    listing = Listing(lambda pt: pt.users.list(**api_fields(filters)), user=True, keep=keep)
    showing.show_list(settings, view, extent, listing)


@users.command()
@_users
@click.option("--with-stats", is_flag=True, help="Add counts of their videos, comments and reports.")
@with_options(written=FormatOptions)
@shared_options()
@click.pass_obj
def get(settings: Settings, users: Sequence[str], with_stats: bool, written: FormatOptions) -> int:
    """Show users."""

    def maker(pt: "PeerTube") -> Make:
        return lambda user: pt.users.get(int(user), withStats=with_stats or None)

    return showing.show(settings, View(_USERS, written, USER), users, maker)


@dataclass(frozen=True, slots=True)
class UserOptions:
    """The fields of a user. None leaves one as it is."""

    role: int | None = option("--role", type=_ROLES, help="What they may do.")
    video_quota: int | None = option(
        "--video-quota", type=Bytes(), metavar="BYTES|unlimited", help="For all their videos, like 500M or 2G."
    )
    video_quota_daily: int | None = option(
        "--video-quota-daily", type=Bytes(), metavar="BYTES|unlimited", help="For what they upload on a day."
    )
    admin_flags: int | None = option(
        "--admin-flags",
        type=Labelled(none=0, bypass_video_auto_blacklist=1),
        help="Whether their videos are published without a moderator's look.",
    )


@dataclass(frozen=True, slots=True)
class NewOptions(UserOptions):
    """What else a new user has."""

    email: str = option("--email", required=True, help="The address.")
    channel_name: str | None = option("--channel-name", help="The first channel. Default: NAME_channel.")


@users.command()
@click.argument("name")
@with_options(user=NewOptions, written=FormatOptions)
@click.option("--mail-password-link", is_flag=True, help="Let the server mail a link that sets the password.")
@shared_options()
@click.pass_obj
def create(
    settings: Settings, /, *, name: str, user: NewOptions, written: FormatOptions, mail_password_link: bool
) -> None:
    """Make a user, and show it; its --role is user unless given.

    Its password is asked for, or comes from the variable PEERTUBE_NEW_PASSWORD; no option takes it.
    """
    fields: Any = {"username": name, "role": 2} | api_fields(user)
    acting.complain(lambda pt: pt.users.create(password="", **fields))
    password = "" if mail_password_link else new_password(name)

    async def make(pt: "PeerTube") -> Any:
        made = await pt.users.create(password=password, **fields)
        return await pt.users.get(answers.value(made, "user", "id", kind=int))

    showing.show_row(settings, View(_USERS, written), answers.row(acting.once(settings, make)))


@dataclass(frozen=True, slots=True)
class ChangeOptions(UserOptions):
    """What else of a user can be changed."""

    email: str | None = option("--email", help="The address.")
    email_verified: bool | None = option("--email-verified/--email-not-verified", help="Whether it is theirs.")
    new_password: bool = option(
        "--new-password", is_flag=True, help=f"Ask for a new password, or take it from {NEW_PASSWORD}."
    )


@users.command()
@_users
@with_options(change=ChangeOptions, dry=DryOptions, outcomes=RunOptions)
@shared_options()
@click.pass_obj
def update(
    settings: Settings, /, users: Sequence[str], change: ChangeOptions, dry: DryOptions, outcomes: RunOptions
) -> int:
    """Edit users: only what is given changes."""
    fields = api_fields(change, without=("new_password",))
    if change.new_password:
        fields["password"] = new_password(f"user {', '.join(users)}")
    some(fields)

    def maker(pt: "PeerTube") -> Make:
        return lambda user: pt.users.update(int(user), **fields)

    return acting.change(settings, Action("update", USER, maker), users, outcomes, dry_run=dry.dry_run)


@users.command()
@_users
@click.option("--reason", help="Why; it is kept with the user.")
@with_options(outcomes=RunOptions)
@shared_options()
@click.pass_obj
def block(settings: Settings, users: Sequence[str], reason: str | None, outcomes: RunOptions) -> int:
    """Block users: they cannot log in any more."""

    def maker(pt: "PeerTube") -> Make:
        return lambda user: pt.users.block(int(user), reason=reason)

    return acting.change(settings, Action("block", USER, maker), users, outcomes)


@users.command()
@_users
@with_options(outcomes=RunOptions)
@shared_options()
@click.pass_obj
def unblock(settings: Settings, users: Sequence[str], outcomes: RunOptions) -> int:
    """Let blocked users log in again."""
    action = Action("unblock", USER, lambda pt: lambda user: pt.users.unblock(int(user)))
    return acting.change(settings, action, users, outcomes)


@users.command()
@_users
@with_options(ask=AskOptions, outcomes=RunOptions)
@shared_options()
@click.pass_obj
def delete(settings: Settings, users: Sequence[str], ask: AskOptions, outcomes: RunOptions) -> int:
    """Delete users with all their videos, channels and comments. Their names are never free again."""
    action = Action("delete", USER, lambda pt: lambda user: pt.users.delete(int(user)))
    return acting.remove(settings, action, users, outcomes, yes=ask.yes)
