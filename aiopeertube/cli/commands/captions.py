"""`captions apply|list|get|put|delete`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from aiopeertube import migrate
from aiopeertube.cli import acting, answers, showing
from aiopeertube.cli.acting import Action, AskOptions
from aiopeertube.cli.connection import connect
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.many import Make, RunOptions
from aiopeertube.cli.nouns import LANGUAGE, VIDEO, check
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Settings, shared_options
from aiopeertube.cli.options_job import JobFlags
from aiopeertube.cli.options_list import Columns, FormatOptions
from aiopeertube.cli.options_table import TableFlags
from aiopeertube.cli.param_types import File
from aiopeertube.cli.running import run
from aiopeertube.cli.showing import View
from aiopeertube.cli.table_groups import Apply, TableGroup
from aiopeertube.cli.table_runs import FolderFlags, run_table
from aiopeertube.cli.terminal import write

if TYPE_CHECKING:
    from aiopeertube import PeerTube

_CAPTIONS: Final = Columns(
    table=("language.id", "language", "automaticallyGenerated", "updatedAt"),
    csv=("language.id", "language.label", "automaticallyGenerated", "captionPath", "updatedAt"),
)
_video = click.argument("video", metavar="VIDEO")
_language = click.argument("language", metavar="LANGUAGE")


@click.group(cls=TableGroup)
@shared_options()
def captions() -> None:
    """List, write out, add and delete captions of a video, and upload those listed in a table.

    VIDEO is an id, a UUID or a short UUID, LANGUAGE a code like nl.
    """


@dataclass(frozen=True, slots=True)
class LanguageFlags:
    """What rows may leave out."""

    language: str | None = option("--language", help="The language of rows that name none, like nl.")


@captions.command(cls=Apply)
@click.argument("source", metavar="TABLE")
@with_options(rows=LanguageFlags, where=FolderFlags, job=JobFlags, table=TableFlags)
@shared_options()
@click.pass_obj
def apply(
    settings: Settings,
    /,
    *,
    source: str,
    rows: LanguageFlags,
    where: FolderFlags,
    job: JobFlags,
    table: TableFlags,
) -> int:
    """Upload captions from files.

    TABLE has a video a row (column uuid, shortUUID, id, url or video), the columns `file` (.srt or .vtt) and
    `language`. Every file is checked to hold captions before the first is sent: PeerTube takes anything.
    """
    verb = partial(migrate.captions, language=rows.language, folder=where.folder)
    return run_table(settings, verb, source, job=job, table=table)


@captions.command("list")
@_video
@with_options(written=FormatOptions)
@shared_options()
@click.pass_obj
def list_(settings: Settings, video: str, written: FormatOptions) -> None:
    """List the captions of a video."""
    check([video], VIDEO)

    async def rows(pt: "PeerTube") -> Any:
        return answers.rows(await pt.captions.list(video), "data")

    showing.show_rows(settings, View(_CAPTIONS, written, LANGUAGE), rows)


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """Where a file goes."""

    output: str = option("-o", "--output", default="-", metavar="FILE|-", type=File(), help="Default: stdout.")
    overwrite_output: bool = option("--overwrite-output", is_flag=True, help="Replace FILE, if it is there.")


@captions.command()
@_video
@_language
@with_options(target=OutputOptions)
@shared_options()
@click.pass_obj
def get(settings: Settings, video: str, language: str, target: OutputOptions) -> None:
    """Write out the captions of a video in a language, in the format WebVTT."""
    _check(video, language)
    migrate.check_output(
        target.output, (), option="output", overwrite=target.overwrite_output, to_overwrite="overwrite_output"
    )
    connection = connect(settings)

    async def main() -> bytes | None:
        async with connection.opened() as pt:
            return await migrate.fetch_captions(pt, video, language)

    data = run(main())
    if data is None:
        hint = f"see `aiopeertube captions list {video}`"
        raise Failure(f"video {video} has no captions in {language}", code=Exit.REFUSED, hint=hint)
    if target.output == "-":
        write(data)
    else:
        Path(target.output).write_bytes(data)


@captions.command()
@_video
@_language
@click.argument("file", type=File())
@shared_options()
@click.pass_obj
def put(settings: Settings, video: str, language: str, file: str) -> None:
    """Add or replace the captions of a video in a language, from FILE: .srt or .vtt.

    FILE is checked to hold captions before it is sent, and the server to keep them: it takes anything.
    """
    _check(video, language)

    async def sent(pt: "PeerTube") -> bool:
        return await migrate.put_captions(pt, video, language, Path(file))

    if not acting.once(settings, sent):
        raise Failure(migrate.NOT_KEPT, code=Exit.AGAIN, hint="run it again when nobody else changes the video")


def _check(video: str, language: str) -> None:
    check([video], VIDEO)
    check([language], LANGUAGE)


@captions.command()
@_video
@click.argument("languages", metavar="LANGUAGE...", nargs=-1, required=True)
@with_options(ask=AskOptions, outcomes=RunOptions)
@shared_options()
@click.pass_obj
def delete(settings: Settings, video: str, languages: Sequence[str], ask: AskOptions, outcomes: RunOptions) -> int:
    """Delete captions of a video. This cannot be undone.

    LANGUAGE may be - for lines of stdin: codes, or the jsonl of `list`.
    """
    check([video], VIDEO)

    def maker(pt: "PeerTube") -> Make:
        return lambda language: pt.captions.delete(video, language)

    action = Action("delete", LANGUAGE, maker, lost=f"from video {video} the captions in ")
    return acting.remove(settings, action, languages, outcomes, yes=ask.yes)
