"""`playlists list|get|create|update|delete`, and what `playlist_items` adds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from aiopeertube.cli import acting, answers, showing
from aiopeertube.cli.acting import Action, AskOptions, DryOptions
from aiopeertube.cli.arguments import api_fields, image, some
from aiopeertube.cli.commands import playlist_items
from aiopeertube.cli.many import Make, RunOptions
from aiopeertube.cli.nouns import PLAYLIST
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Settings, shared_options
from aiopeertube.cli.options_list import Columns, ExtentOptions, FormatOptions
from aiopeertube.cli.param_types import File, Labelled
from aiopeertube.cli.showing import Listing, View
from aiopeertube.cli.table_groups import TableGroup, tables_of

if TYPE_CHECKING:
    from aiopeertube import Paginator, PeerTube

_PLAYLISTS: Final = Columns(
    table=("id", "displayName", "videoChannel.name", "privacy", "videosLength", "updatedAt"),
    csv=(
        "id", "uuid", "shortUUID", "displayName", "description", "privacy.label", "type.label", "videosLength",
        "ownerAccount.name", "videoChannel.name", "createdAt", "updatedAt", "url",
    ),
)  # fmt: skip
_playlists = click.argument("playlists", metavar="ID...", nargs=-1, required=True)


@click.group(cls=TableGroup, commands=tables_of("playlists"))
@shared_options()
def playlists() -> None:
    """List, show, make, edit, fill, order and delete playlists.

    ID is an id, a UUID or a short UUID, or - for lines of stdin: IDs, or the jsonl of `list`.
    """


for command in playlist_items.COMMANDS:
    playlists.add_command(command)


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """Which playlists are listed, and in which order."""

    mine: bool = option("--mine", is_flag=True, help="The logged-in user's own playlists, of every privacy.")
    account: str | None = option("--account", help="Playlists of this account: name or name@host.")
    channel: str | None = option("--channel", help="Playlists of this channel: name or name@host.")
    search: str | None = option("--search", help="Playlists with this text.")
    sort: str | None = option("--sort", help="A field, like displayName or -updatedAt.")
    playlist_type: int | None = option(
        "--playlist-type", type=Labelled(regular=1, watch_later=2), help="Only those of this type."
    )

    def check(self) -> None:
        """Reject options that contradict each other, or that the API has not for these."""
        if self.mine + bool(self.account) + bool(self.channel) > 1:
            raise click.UsageError("--mine, --account and --channel exclude each other.")
        if self.search and self.channel:
            raise click.UsageError("--search cannot be used with --channel: the server ignores it there.")
        if self.search and self.playlist_type and not (self.mine or self.account):
            raise click.UsageError("--playlist-type cannot be used with --search but for an account's playlists.")


@playlists.command("list")
@with_options(filters=FilterOptions, extent=ExtentOptions, written=FormatOptions)
@shared_options()
@click.pass_obj
def list_(settings: Settings, /, filters: FilterOptions, extent: ExtentOptions, written: FormatOptions) -> None:
    """List playlists: the instance's public ones, unless others are asked for."""
    filters.check()
    view = View(_PLAYLISTS, written, PLAYLIST)
    showing.show_list(settings, view, extent, Listing(lambda pt: _found(pt, filters), user=filters.mine))


async def _found(pt: "PeerTube", filters: FilterOptions) -> "Paginator[Any]":
    asked = api_fields(filters, without=("mine", "account", "channel"))
    if filters.channel:
        return pt.channels.playlists(filters.channel, **asked)
    if filters.mine or filters.account:
        account = filters.account or answers.value(await pt.me.get(), "account", "name")
        return pt.accounts.playlists(account, **asked)
    return pt.search.playlists(**asked) if filters.search else pt.playlists.list(**asked)


@playlists.command()
@_playlists
@with_options(written=FormatOptions)
@shared_options()
@click.pass_obj
def get(settings: Settings, playlists: Sequence[str], written: FormatOptions) -> int:
    """Show playlists; `items` shows their videos."""
    return showing.show(settings, View(_PLAYLISTS, written, PLAYLIST), playlists, lambda pt: pt.playlists.get)


@dataclass(frozen=True, slots=True)
class PlaylistOptions:
    """The fields of a playlist besides its name. None leaves one as it is."""

    description: str | None = option("--description", help="The description.")
    privacy: int | None = option(
        "--privacy", type=Labelled(public=1, unlisted=2, private=3), help="A public playlist needs a --channel."
    )
    channel: str | None = option("--channel", help="The channel that it is in, by its name.")
    thumbnailfile: str | None = option(
        "--thumbnail", type=File(), metavar="FILE", help="A .jpg, .png or .webp of at most 4 MiB."
    )

    def fields(self, *, clear: Sequence[str] = ()) -> dict[str, Any]:
        """Return the fields of the API, with the channel by name; check the picture."""
        wanted = api_fields(self, clear=clear)
        if self.thumbnailfile is not None:
            wanted["thumbnailfile"] = image("thumbnailfile", self.thumbnailfile)
        return wanted


@playlists.command()
@click.argument("display_name", metavar="NAME")
@with_options(playlist=PlaylistOptions, written=FormatOptions)
@shared_options()
@click.pass_obj
def create(settings: Settings, display_name: str, playlist: PlaylistOptions, written: FormatOptions) -> None:
    """Make a playlist, and show it; it is private unless --privacy says otherwise."""
    fields = {"displayName": display_name, **playlist.fields()}
    acting.complain(lambda pt: pt.playlists.create(**_without_channel(fields)))

    async def make(pt: "PeerTube") -> Any:
        made = await pt.playlists.create(**await _with_channel(pt, fields))
        return await pt.playlists.get(answers.value(made, "videoPlaylist", "uuid"))

    showing.show_row(settings, View(_PLAYLISTS, written), answers.row(acting.once(settings, make)))


@dataclass(frozen=True, slots=True)
class ChangeOptions(PlaylistOptions):
    """What else an update can do."""

    display_name: str | None = option("--display-name", help="The name.")
    clear: tuple[str, ...] = option(
        "--clear",
        multiple=True,
        type=click.Choice(["description", "channel"]),
        help="Empty a field; repeatable. A playlist without channel cannot be public.",
    )


@playlists.command()
@_playlists
@with_options(change=ChangeOptions, dry=DryOptions, outcomes=RunOptions)
@shared_options()
@click.pass_obj
def update(
    settings: Settings, /, playlists: Sequence[str], change: ChangeOptions, dry: DryOptions, outcomes: RunOptions
) -> int:
    """Edit playlists: only the given fields change."""
    fields = some(change.fields(clear=change.clear))
    acting.complain(lambda pt: pt.playlists.update(1, **_without_channel(fields)))

    async def maker(pt: "PeerTube") -> Make:
        known = await _with_channel(pt, fields)
        return lambda playlist: pt.playlists.update(playlist, **known)

    return acting.change(settings, Action("update", PLAYLIST, maker), playlists, outcomes, dry_run=dry.dry_run)


def _without_channel(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "channel"}


async def _with_channel(pt: "PeerTube", fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields with the channel's id in place of its name."""
    if "channel" not in fields:
        return fields
    name = fields["channel"]
    number = None if name is None else answers.value(await pt.channels.get(name), "id", kind=int)
    return {**_without_channel(fields), "videoChannelId": number}


@playlists.command()
@_playlists
@with_options(ask=AskOptions, outcomes=RunOptions)
@shared_options()
@click.pass_obj
def delete(settings: Settings, playlists: Sequence[str], ask: AskOptions, outcomes: RunOptions) -> int:
    """Delete playlists; their videos stay. This cannot be undone."""
    action = Action("delete", PLAYLIST, lambda pt: pt.playlists.delete)
    return acting.remove(settings, action, playlists, outcomes, yes=ask.yes)
