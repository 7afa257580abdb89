"""`channels list|get|create|update|delete`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from aiopeertube.cli import acting, answers, showing
from aiopeertube.cli.acting import Action, AskOptions, DryOptions
from aiopeertube.cli.arguments import api_fields, image, some
from aiopeertube.cli.many import RunOptions
from aiopeertube.cli.nouns import CHANNEL
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Settings, shared_options
from aiopeertube.cli.options_list import Columns, ExtentOptions, FormatOptions
from aiopeertube.cli.param_types import File
from aiopeertube.cli.showing import Listing, View
from aiopeertube.cli.table_groups import TableGroup, tables_of
from aiopeertube.cli.terminal import note
from aiopeertube.errors import PeerTubeError

if TYPE_CHECKING:
    from aiopeertube import Call, Paginator, PeerTube

_CHANNELS: Final = Columns(
    table=("id", "name", "displayName", "host", "followersCount", "createdAt"),
    csv=(
        "id", "name", "host", "displayName", "description", "support", "ownerAccount.name", "followersCount",
        "createdAt", "updatedAt", "url",
    ),
)  # fmt: skip
_PICTURES: Final = ("avatar", "banner")
_channels = click.argument("channels", metavar="NAME...", nargs=-1, required=True)


@click.group(cls=TableGroup, commands=tables_of("channels"))
@shared_options()
def channels() -> None:
    """List, show, make, edit and delete channels.

    NAME is like fritz or fritz@videos.example, or - for lines of stdin: names, or the jsonl of `list`.
    """


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """Which channels are listed, and in which order."""

    mine: bool = option("--mine", is_flag=True, help="The logged-in user's own channels.")
    account: str | None = option("--account", help="Channels of this account: name or name@host.")
    search: str | None = option("--search", help="Channels with this text.")
    sort: str | None = option("--sort", help="A field, like name or -createdAt (the server's default).")


@channels.command("list")
@with_options(filters=FilterOptions, extent=ExtentOptions, written=FormatOptions)
@shared_options()
@click.pass_obj
def list_(settings: Settings, /, filters: FilterOptions, extent: ExtentOptions, written: FormatOptions) -> None:
    """List channels of the instance and of those that it knows."""
    if filters.mine and filters.account:
        raise click.UsageError("--mine and --account exclude each other.")
    source = _own if filters.mine else _listed
    view = View(_CHANNELS, written, CHANNEL)
    showing.show_list(settings, view, extent, Listing(lambda pt: source(pt, filters), user=filters.mine))


async def _own(pt: "PeerTube", filters: FilterOptions) -> "Paginator[Any]":
    account = answers.value(await pt.me.get(), "account", "name")
    return pt.accounts.channels(account, **api_fields(filters, without=("mine", "account")))


def _listed(pt: "PeerTube", filters: FilterOptions) -> "Paginator[Any]":
    asked = api_fields(filters, without=("mine", "account"))
    if filters.account:
        return pt.accounts.channels(filters.account, **asked)
    return pt.search.channels(**asked) if filters.search else pt.channels.list(**asked)


@channels.command()
@_channels
@with_options(written=FormatOptions)
@shared_options()
@click.pass_obj
def get(settings: Settings, channels: Sequence[str], written: FormatOptions) -> int:
    """Show channels in full."""
    return showing.show(settings, View(_CHANNELS, written, CHANNEL), channels, lambda pt: pt.channels.get)


@dataclass(frozen=True, slots=True)
class ChannelOptions:
    """The fields of a channel. None leaves one as it is."""

    display_name: str | None = option("--display-name", help="The name that is shown.")
    description: str | None = option("--description", help="The description, in Markdown.")
    support: str | None = option("--support", help="How to support the channel.")
    public_email: str | None = option("--public-email", help="The address that is shown; 6.3 ignores it.")
    avatar: str | None = option("--avatar", type=File(), metavar="FILE", help="A .jpg, .png, .gif or .webp.")
    banner: str | None = option("--banner", type=File(), metavar="FILE", help="A .jpg, .png, .gif or .webp.")

    def pictures(self) -> dict[str, Path]:
        """Return the files that were given, checked."""
        named = {what: getattr(self, what) for what in _PICTURES}
        return {what: image(f"{what}file", name, gif=True) for what, name in named.items() if name is not None}


@channels.command()
@click.argument("name")
@with_options(channel=ChannelOptions, written=FormatOptions)
@shared_options()
@click.pass_obj
def create(settings: Settings, name: str, channel: ChannelOptions, written: FormatOptions) -> None:
    """Make a channel, and show it. NAME cannot be changed later; --display-name is NAME unless given."""
    fields = {"displayName": name} | api_fields(channel, without=_PICTURES)
    pictures = channel.pictures()
    acting.complain(lambda pt: pt.channels.create(name=name, **fields))

    async def make(pt: "PeerTube") -> Any:
        await pt.channels.create(name=name, **fields)
        try:
            for call in _picked(pt, name, pictures).values():
                await call
        except PeerTubeError:
            note(f"aiopeertube: the channel {name} is made, without all of its pictures")
            raise
        return await pt.channels.get(name)

    showing.show_row(settings, View(_CHANNELS, written), answers.row(acting.once(settings, make)))


@dataclass(frozen=True, slots=True)
class ChangeOptions(ChannelOptions):
    """What else an update can do."""

    bulk_videos_support_update: bool = option(
        "--bulk-videos-support-update", is_flag=True, help="Give its videos the same --support."
    )
    clear: tuple[str, ...] = option(
        "--clear",
        multiple=True,
        type=click.Choice(["description", "support", "public-email", *_PICTURES]),
        help="Empty a field, or remove a picture; repeatable.",
    )


@channels.command()
@_channels
@with_options(change=ChangeOptions, dry=DryOptions, outcomes=RunOptions)
@shared_options()
@click.pass_obj
def update(
    settings: Settings, /, channels: Sequence[str], change: ChangeOptions, dry: DryOptions, outcomes: RunOptions
) -> int:
    """Edit channels: only what is given changes."""
    pictures = change.pictures()
    removed = [what for what in change.clear if what in _PICTURES]
    cleared = [name for name in change.clear if name not in _PICTURES]
    fields = api_fields(change, clear=cleared, without=_PICTURES)
    some({**fields, **pictures, **dict.fromkeys(removed)})

    def maker(pt: "PeerTube") -> Any:
        def calls(name: str) -> "Mapping[str, Call[Any]]":
            changed = {"": pt.channels.update(name, **fields)} if fields else {}
            return changed | _picked(pt, name, pictures) | _removed(pt, name, removed)

        return calls

    # Two changes of one channel at a time would be in each other's way.
    action = Action("update", CHANNEL, maker, in_order=bool(pictures or removed))
    return acting.change(settings, action, channels, outcomes, dry_run=dry.dry_run)


def _picked(pt: "PeerTube", name: str, pictures: Mapping[str, Path]) -> "dict[str, Call[Any]]":
    return {what: getattr(pt.channels, what).pick(name, path) for what, path in pictures.items()}


def _removed(pt: "PeerTube", name: str, pictures: Sequence[str]) -> "dict[str, Call[Any]]":
    return {what: getattr(pt.channels, what).delete(name) for what in pictures}


@channels.command()
@_channels
@with_options(ask=AskOptions, outcomes=RunOptions)
@shared_options()
@click.pass_obj
def delete(settings: Settings, channels: Sequence[str], ask: AskOptions, outcomes: RunOptions) -> int:
    """Delete channels with all their videos. This cannot be undone, and their names are not free again."""
    action = Action("delete", CHANNEL, lambda pt: pt.channels.delete)
    return acting.remove(settings, action, channels, outcomes, yes=ask.yes)
