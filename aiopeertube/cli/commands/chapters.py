"""`chapters get|put|clear`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from aiopeertube.cli import acting, answers, chapters_file, showing
from aiopeertube.cli.acting import Action, AskOptions, DryOptions
from aiopeertube.cli.many import Make, RunOptions
from aiopeertube.cli.nouns import VIDEO, check
from aiopeertube.cli.option_sets import with_options
from aiopeertube.cli.options import Settings, shared_options
from aiopeertube.cli.options_list import Columns, FormatOptions
from aiopeertube.cli.param_types import File
from aiopeertube.cli.showing import View
from aiopeertube.cli.table_groups import TableGroup, tables_of

if TYPE_CHECKING:
    from aiopeertube import PeerTube

_CHAPTERS: Final = Columns(table=("timecode", "title"), csv=("timecode", "title"))
_video = click.argument("video", metavar="VIDEO")


@click.group(cls=TableGroup, commands=tables_of("chapters"))
@shared_options()
def chapters() -> None:
    """Show, replace and remove the chapters of videos.

    VIDEO is an id, a UUID or a short UUID.
    """


@chapters.command()
@_video
@with_options(written=FormatOptions)
@shared_options()
@click.pass_obj
def get(settings: Settings, video: str, written: FormatOptions) -> None:
    """List the chapters of a video: the second at which each begins, and its title."""
    check([video], VIDEO)

    async def rows(pt: "PeerTube") -> Any:
        return answers.rows(await pt.videos.chapters.get(video), "chapters")

    showing.show_rows(settings, View(_CHAPTERS, written), rows)


@chapters.command()
@_video
@click.argument("file", metavar="FILE|-", type=File())
@with_options(dry=DryOptions, outcomes=RunOptions)
@shared_options()
@click.pass_obj
def put(settings: Settings, video: str, file: str, dry: DryOptions, outcomes: RunOptions) -> int:
    """Replace all chapters of a video.

    FILE has a chapter a line, like `1:02:03 Title`; or it is what `get` writes as json, jsonl or csv.
    """
    wanted: Any = chapters_file.read(file)
    if not wanted:
        raise click.UsageError(f"{file} has no chapter; `clear` removes those that are there.")

    def maker(pt: "PeerTube") -> Make:
        return lambda video: pt.videos.chapters.update(video, chapters=wanted)

    return acting.change(settings, Action("put", VIDEO, maker), [video], outcomes, dry_run=dry.dry_run)


@chapters.command()
@click.argument("videos", metavar="VIDEO...", nargs=-1, required=True)
@with_options(ask=AskOptions, outcomes=RunOptions)
@shared_options()
@click.pass_obj
def clear(settings: Settings, videos: Sequence[str], ask: AskOptions, outcomes: RunOptions) -> int:
    """Remove all chapters of videos; VIDEO may be - for lines of stdin. This cannot be undone."""

    def maker(pt: "PeerTube") -> Make:
        return lambda video: pt.videos.chapters.update(video, chapters=[])

    action = Action("clear", VIDEO, maker, lost="the chapters of ")
    return acting.remove(settings, action, videos, outcomes, yes=ask.yes)
