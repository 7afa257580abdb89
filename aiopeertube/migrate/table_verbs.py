"""The verbs whose whole input is a table: captions, images, deletions, uploads and imports."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from aiopeertube._counting import counted, plural
from aiopeertube.bulk import Halt

from .inputs import Input, open_table
from .job import Desk, Run, carry_out, fill, opened
from .job_options import CellOptions, JobOptions, TableOptions
from .kinds import Captions, Delete, Import, Kind, Thumbnails, Upload
from .steps.looking import look_at_all
from .steps.made_before import MadeBefore
from .verbs import Table
from .watching import UNWATCHED, Watcher

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_TABLE, _CELLS, _JOB = TableOptions(), CellOptions(), JobOptions()


async def captions(
    pt: "PeerTube",
    source: Table,
    *,
    language: str | None = None,
    folder: str | Path | None = None,
    table: TableOptions = _TABLE,
    job: JobOptions = _JOB,
    halt: str | int | Halt | None = None,
    watcher: Watcher = UNWATCHED,
) -> Run:
    """Upload captions from files: rows have a video, `file` (.srt or .vtt) and `language`.

    `language` is that of rows that name none; `folder` is where files are, by default beside the table. Every file is
    checked to hold captions before the first is sent. Raises as `apply`.
    """
    given = open_table(source, table)
    kind = Captions(language, _folder(folder, given))
    return await from_table(pt, given, kind, job.checked(halt), table=table, watcher=watcher, before=_look)


async def thumbnails(
    pt: "PeerTube",
    source: Table,
    *,
    folder: str | Path | None = None,
    table: TableOptions = _TABLE,
    job: JobOptions = _JOB,
    halt: str | int | Halt | None = None,
    watcher: Watcher = UNWATCHED,
) -> Run:
    """Replace images from files: rows have a video, and `thumbnailfile` and `previewfile`, or `file` for both.

    `folder` is where files are, by default beside the table. Raises as `apply`.
    """
    given = open_table(source, table)
    kind = Thumbnails(_folder(folder, given))
    return await from_table(pt, given, kind, job.checked(halt), table=table, watcher=watcher, before=_look)


async def delete(
    pt: "PeerTube",
    source: Table,
    *,
    table: TableOptions = _TABLE,
    job: JobOptions = _JOB,
    halt: str | int | Halt | None = None,
    watcher: Watcher = UNWATCHED,
) -> Run:
    """Delete the videos that a table names; only their metadata is kept, in the journal.

    The watcher is asked before the first is deleted. Raises as `apply`.
    """
    given, kind = open_table(source, table), Delete()
    return await from_table(pt, given, kind, job.checked(halt), table=table, watcher=watcher, before=_look)


async def upload(
    pt: "PeerTube",
    source: Table,
    *,
    channel: str | None = None,
    folder: str | Path | None = None,
    table: TableOptions = _TABLE,
    cells: CellOptions = _CELLS,
    job: JobOptions = _JOB,
    halt: str | int | Halt | None = None,
    watcher: Watcher = UNWATCHED,
) -> Run:
    """Upload files in chunks: rows have `file`, `name`, `channel`, any other field, and `key` for the old name.

    `channel` is that of rows that name none; `folder` is where files are, by default beside the table. Rows that
    another of this user's jobs made videos of are unchanged, while those exist, whatever its table was called; an
    upload that it has begun is gone on with. Raises as `apply`.
    """
    given = open_table(source, table)
    kind = Upload(channel, _folder(folder, given), watcher.weigh, watcher.sent)
    options = job.checked(halt)
    return await from_table(pt, given, kind, options, table=table, cells=cells, watcher=watcher, before=_settle_made)


async def import_(
    pt: "PeerTube",
    source: Table,
    *,
    channel: str | None = None,
    folder: str | Path | None = None,
    table: TableOptions = _TABLE,
    cells: CellOptions = _CELLS,
    job: JobOptions = _JOB,
    halt: str | int | Halt | None = None,
    watcher: Watcher = UNWATCHED,
) -> Run:
    """Have the server fetch videos from URLs: rows have `targetUrl`, `channel`, `name` and any other field.

    `channel`, `folder` (of images) and earlier jobs as for `upload`. Raises as `apply`.
    """
    given = open_table(source, table)
    kind = Import(channel, _folder(folder, given))
    options = job.checked(halt)
    return await from_table(pt, given, kind, options, table=table, cells=cells, watcher=watcher, before=_settle_made)


async def from_table(
    pt: "PeerTube",
    given: Input,
    kind: Kind,
    options: JobOptions,
    *,
    table: TableOptions,
    cells: CellOptions = _CELLS,
    watcher: Watcher,
    before: Callable[[Desk, Kind, JobOptions], Awaitable[None]] | None = None,
) -> Run:
    """Read a table into a job and carry it out; what is to be done `before` anything is planned comes between."""
    async with opened(pt, kind, given.name, columns=given.columns, options=options, watcher=watcher) as desk:
        await fill(desk, given, kind, table, cells)
        if before is not None:
            await before(desk, kind, options)
        return await carry_out(desk, kind, options, title=kind.name, question=kind.question)


async def _look(desk: Desk, kind: Kind, options: JobOptions) -> None:
    """See for a dry run that the videos are there."""
    if options.dry_run:
        with desk.watcher.step("look"):
            await look_at_all(desk.pt, desk.journal, desk.who, desk.watcher)


async def _settle_made(desk: Desk, kind: Kind, options: JobOptions) -> None:
    """Settle the rows of which an earlier job made videos."""
    before = MadeBefore(desk.pt, desk.journal, kind, desk.watcher, looks_only=options.dry_run)
    if made := await before.settle():
        them = plural(made, "an earlier job made it", "earlier jobs made them")
        desk.watcher.say(f"{counted(made, 'video exists', 'videos exist')} already: {them}")


def _folder(folder: str | Path | None, given: Input) -> Path:
    return Path(folder) if folder else given.folder
