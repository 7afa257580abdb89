"""`playlists items|add|remove|reorder`: the videos of a playlist."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from aiopeertube.cli import acting, showing
from aiopeertube.cli.acting import Action
from aiopeertube.cli.arguments import api_fields
from aiopeertube.cli.many import Make, RunOptions
from aiopeertube.cli.nouns import ELEMENT, PLAYLIST, VIDEO, check
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.options_list import Columns, ExtentOptions, FormatOptions
from aiopeertube.cli.showing import Listing, View

if TYPE_CHECKING:
    from aiopeertube import PeerTube

_ITEMS: Final = Columns(
    table=("id", "position", "video.shortUUID", "video.name", "startTimestamp", "stopTimestamp"),
    csv=("id", "position", "video.uuid", "video.name", "startTimestamp", "stopTimestamp", "type"),
)
_playlist = click.argument("playlist", metavar="PLAYLIST")


@click.command(cls=Command)
@_playlist
@with_options(extent=ExtentOptions, written=FormatOptions)
@shared_options()
@click.pass_obj
def items(settings: Settings, playlist: str, extent: ExtentOptions, written: FormatOptions) -> None:
    """List the videos of a playlist by position; `id` is that of the place, which `remove` takes."""
    check([playlist], PLAYLIST)
    listing = Listing(lambda pt: pt.playlists.elements.list(playlist))
    showing.show_list(settings, View(_ITEMS, written, ELEMENT), extent, listing)


@dataclass(frozen=True, slots=True)
class TimeOptions:
    """Where a video in a playlist starts and stops."""

    start_timestamp: int | None = option(
        "--start-timestamp", type=click.IntRange(min=0), metavar="SECONDS", help="Where it starts."
    )
    stop_timestamp: int | None = option(
        "--stop-timestamp", type=click.IntRange(min=0), metavar="SECONDS", help="Where it stops."
    )


@click.command(cls=Command)
@_playlist
@click.argument("videos", metavar="VIDEO...", nargs=-1, required=True)
@with_options(times=TimeOptions, outcomes=RunOptions)
@shared_options()
@click.pass_obj
def add(settings: Settings, /, playlist: str, videos: Sequence[str], times: TimeOptions, outcomes: RunOptions) -> int:
    """Put videos at the end of a playlist, one after the other, in the given order.

    VIDEO is an id, a UUID or a short UUID, or - for lines of stdin: IDs, or the jsonl of `videos list`.
    """
    check([playlist], PLAYLIST)

    def maker(pt: "PeerTube") -> Make:
        return lambda video: pt.playlists.elements.create(playlist, videoId=video, **api_fields(times))

    return acting.change(settings, Action("add", VIDEO, maker, in_order=True), videos, outcomes)


@click.command(cls=Command)
@_playlist
@click.argument("elements", metavar="ELEMENT...", nargs=-1, required=True)
@with_options(outcomes=RunOptions)
@shared_options()
@click.pass_obj
def remove(settings: Settings, playlist: str, elements: Sequence[str], outcomes: RunOptions) -> int:
    """Take videos out of a playlist.

    ELEMENT is the id of a place, as `items` shows it, or - for lines of stdin: ids, or the jsonl of `items`.
    """
    check([playlist], PLAYLIST)

    def maker(pt: "PeerTube") -> Make:
        return lambda element: pt.playlists.elements.delete(playlist, int(element))

    # Each moves what is behind it.
    return acting.change(settings, Action("remove", ELEMENT, maker, in_order=True), elements, outcomes)


@click.command(cls=Command)
@_playlist
@click.argument("start_position", metavar="POSITION", type=click.IntRange(min=1))
@click.argument("insert_after_position", metavar="AFTER", type=click.IntRange(min=0))
@click.option(
    "--reorder-length", type=click.IntRange(min=1), default=1, show_default=True, help="How many videos are moved."
)
@shared_options()
@click.pass_obj
def reorder(
    settings: Settings, /, *, playlist: str, start_position: int, insert_after_position: int, reorder_length: int
) -> None:
    """Move the video at a position behind another one; positions count from 1, and 0 is before the first."""
    acting.once(
        settings,
        lambda pt: pt.playlists.elements.reorder(
            playlist,
            startPosition=start_position,
            insertAfterPosition=insert_after_position,
            reorderLength=reorder_length,
        ),
    )


COMMANDS: Final = (items, add, remove, reorder)
