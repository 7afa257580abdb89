"""The verbs for what archives have many of besides videos: their chapters, playlists and channels.

Tables of these are compared with the server before anything is sent, kept in a journal, verified and rolled back as
edits of videos are.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from aiopeertube.bulk import Halt

from .exporting_wholes import (
    CHANNELS,
    CHAPTERS,
    PLAYLISTS,
    ChaptersOut,
    Output,
    channel_rows,
    playlist_rows,
    write,
)
from .inputs import open_table
from .job import Run
from .job_options import CellOptions, JobOptions, TableOptions
from .kinds import Channels, Chapters, Playlists
from .scope import Scope, who_am_i
from .scope_check import Editor, check_scope
from .table_verbs import from_table
from .verbs import Exported, Table
from .watching import UNWATCHED, Watcher

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_TABLE, _CELLS, _JOB, _SCOPE = TableOptions(), CellOptions(), JobOptions(), Scope()


async def chapters(
    pt: "PeerTube",
    source: Table,
    *,
    table: TableOptions = _TABLE,
    cells: CellOptions = _CELLS,
    job: JobOptions = _JOB,
    halt: str | int | Halt | None = None,
    watcher: Watcher = UNWATCHED,
) -> Run:
    """Give videos the chapters of a table: rows have a video, `timecode` and `title`, all rows of a video its list.

    `timecode` is in seconds, or [hours:]minutes:seconds. The chapters that a video has are replaced as a whole; a row
    that clears `timecode` or `title` leaves it without any. Rows need not be together, nor in order.

    Raises:
        BadSource: with every error of the table, videos that are not there or not the user's among them; nothing was
            sent. JournalError: there is nothing to resume.
    """
    given = open_table(source, table)
    return await from_table(pt, given, Chapters(), job.checked(halt), table=table, cells=cells, watcher=watcher)


async def playlists(
    pt: "PeerTube",
    source: Table,
    *,
    exact: bool = False,
    table: TableOptions = _TABLE,
    cells: CellOptions = _CELLS,
    job: JobOptions = _JOB,
    halt: str | int | Halt | None = None,
    watcher: Watcher = UNWATCHED,
) -> Run:
    """Make playlists, and fill and order them: rows have a `playlist`, and a video, if only that is not to be empty.

    `playlist` is what it is called, or the id, UUID or short UUID of one that is there. Of what no playlist of the
    user's is called, one is made. `description`, `privacy` and `channel` are the playlist's, in one of its rows or in
    all; public and unlisted ones need a channel. Videos come in the order of the rows, or stand at their `position`
    (from 1); `startTimestamp` and `stopTimestamp` are in seconds, or [hours:]minutes:seconds. Videos that the table
    does not name keep their places, or with `exact` are taken out.

    A table that is given again changes nothing that is as it says. A rollback deletes playlists that the job made,
    and restores the others.

    Raises:
        BadSource: with every error of the table, videos and channels that are not there among them; nothing was sent.
            JournalError: there is nothing to resume.
    """
    given, kind = open_table(source, table), Playlists(exact=exact)
    return await from_table(pt, given, kind, job.checked(halt), table=table, cells=cells, watcher=watcher)


async def channels(
    pt: "PeerTube",
    source: Table,
    *,
    folder: str | Path | None = None,
    table: TableOptions = _TABLE,
    cells: CellOptions = _CELLS,
    job: JobOptions = _JOB,
    halt: str | int | Halt | None = None,
    watcher: Watcher = UNWATCHED,
) -> Run:
    """Make and describe channels: rows have a `name`, `displayName`, `description`, `support`, `avatar` and `banner`.

    `name` is the channel's handle; what is called so is changed, else it is made, called like its handle where there
    is no `displayName`. `avatar` and `banner` are files, looked for in `folder`, by default beside the table; a file
    that an earlier job of this user has sent is not sent again.

    A rollback deletes channels that the job made, while they have no videos and no playlists, and gives the others
    their texts back. A picture that was there before cannot come back.

    Raises:
        BadSource: with every error of the table, names that are taken among them; nothing was sent. JournalError:
            there is nothing to resume.
    """
    given = open_table(source, table)
    kind = Channels(Path(folder) if folder else given.folder)
    return await from_table(pt, given, kind, job.checked(halt), table=table, cells=cells, watcher=watcher)


async def export_chapters(
    pt: "PeerTube", output: Output | str | Path, *, scope: Scope = _SCOPE, watcher: Watcher = UNWATCHED
) -> Exported:
    """Write the chapters of the videos of a scope into a table for `chapters`: a row a chapter.

    What a scope has, and who sees it, is as for `export`; each video takes a request.

    Raises:
        ConfigurationError: there is no such format, or a file of that name. FileUnwritable: there is no room.
    """
    who, me = (None, {}) if pt.anonymous else await who_am_i(pt)
    reader = None if who is None else Editor(who, me["account"].get("host", ""))
    found = ChaptersOut(pt, who, await check_scope(pt, scope, reader=reader), watcher)
    with watcher.step("export"):
        written = await write(_output(output), CHAPTERS, found.rows())
    return Exported(str(_output(output).path), written, found.vanished, found.failed)


async def export_playlists(pt: "PeerTube", output: Output | str | Path, *, watcher: Watcher = UNWATCHED) -> Exported:
    """Write the user's playlists into a table for `playlists`: a row a video, in order.

    Raises as `export_chapters`.
    """
    who, _ = await who_am_i(pt)
    with watcher.step("export"):
        written = await write(_output(output), PLAYLISTS, playlist_rows(pt, who, watcher))
    return Exported(str(_output(output).path), written, 0)


async def export_channels(pt: "PeerTube", output: Output | str | Path, *, watcher: Watcher = UNWATCHED) -> Exported:
    """Write the user's channels into a table for `channels`, without pictures. Raises as `export_chapters`."""
    who, _ = await who_am_i(pt)
    with watcher.step("export"):
        written = await write(_output(output), CHANNELS, channel_rows(pt, who, watcher))
    return Exported(str(_output(output).path), written, 0)


def _output(output: Output | str | Path) -> Output:
    return output if isinstance(output, Output) else Output(output)
