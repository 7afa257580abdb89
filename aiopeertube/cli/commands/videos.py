"""`videos list|get|update|delete`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from aiopeertube.cli import acting, showing
from aiopeertube.cli.acting import Action, AskOptions, DryOptions
from aiopeertube.cli.commands import videos_fields
from aiopeertube.cli.commands.videos_columns import VIDEOS
from aiopeertube.cli.commands.videos_fields import EditOptions
from aiopeertube.cli.commands.videos_list import FilterOptions, Listing, VideoExtent, show_list
from aiopeertube.cli.connection import connect
from aiopeertube.cli.many import Make, RunOptions
from aiopeertube.cli.nouns import VIDEO
from aiopeertube.cli.option_sets import with_options
from aiopeertube.cli.options import Group, Settings, shared_options
from aiopeertube.cli.options_list import FormatOptions
from aiopeertube.cli.running import run
from aiopeertube.cli.showing import View
from aiopeertube.cli.terminal import note

if TYPE_CHECKING:
    from aiopeertube import PeerTube

_videos = click.argument("videos", metavar="ID...", nargs=-1, required=True)
_DELETE: Final = Action("delete", VIDEO, lambda pt: pt.videos.delete)


@click.group(cls=Group)
@shared_options()
def videos() -> None:
    """List, show, edit and delete videos."""


@videos.command("list")
@with_options(filters=FilterOptions, extent=VideoExtent, written=FormatOptions)
@shared_options()
@click.pass_obj
def list_(settings: Settings, /, filters: FilterOptions, extent: VideoExtent, written: FormatOptions) -> None:
    """List videos.

    jsonl, json and csv are written page by page, so memory does not grow; a table is drawn at the end.
    """
    listing = Listing(filters, extent, written)
    listing.check()
    connection = connect(settings, user=filters.mine)
    run(show_list(connection, settings, listing))


@videos.command()
@_videos
@with_options(written=FormatOptions)
@shared_options()
@click.pass_obj
def get(settings: Settings, videos: Sequence[str], written: FormatOptions) -> int:
    """Show videos in full.

    ID is an id, a UUID or a short UUID, or - for lines of stdin: IDs, or the jsonl of `list` and `update`.
    Several are fetched in parallel, and written in the given order.
    """
    return showing.show(settings, View(VIDEOS, written), videos, lambda pt: pt.videos.get)


@videos.command()
@_videos
@with_options(edit=EditOptions, dry=DryOptions, outcomes=RunOptions)
@shared_options()
@click.pass_obj
def update(
    settings: Settings, /, videos: Sequence[str], edit: EditOptions, dry: DryOptions, outcomes: RunOptions
) -> int:
    """Edit videos: only the given fields change.

    ID is an id, a UUID or a short UUID, or - for lines of stdin: IDs, or the jsonl of `list` and `update`, so
    `aiopeertube videos list --all | aiopeertube videos update - --language nl` edits all of them. Edits run in
    parallel, as fast as the server and its rate limit allow, and are retried when the server fails.
    """
    fields = videos_fields.collect(edit)
    for name in videos_fields.unknown(fields):
        note(f"aiopeertube: warning: this version knows no field {name!r}; it is sent as it is")

    async def maker(pt: "PeerTube") -> Make:
        known = await videos_fields.resolved(pt, fields)
        return lambda video: pt.videos.update(video, **known)

    return acting.change(settings, Action("update", VIDEO, maker), videos, outcomes, dry_run=dry.dry_run)


@videos.command()
@_videos
@with_options(ask=AskOptions, outcomes=RunOptions)
@shared_options()
@click.pass_obj
def delete(settings: Settings, videos: Sequence[str], ask: AskOptions, outcomes: RunOptions) -> int:
    """Delete videos, with their files and comments. This cannot be undone.

    ID is an id, a UUID or a short UUID, or - for lines of stdin.
    """
    return acting.remove(settings, _DELETE, videos, outcomes, yes=ask.yes)
