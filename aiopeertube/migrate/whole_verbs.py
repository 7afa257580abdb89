"""The verbs for what archives have many of besides videos: their chapters, playlists and channels.

Tables of these are compared with the server before anything is sent, kept in a journal, verified and rolled back as
edits of videos are.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from aiopeertube.bulk import Halt

from .inputs import Input, open_table
from .job import Run, carry_out, fill, opened
from .job_options import CellOptions, JobOptions, TableOptions
from .kinds import Channels, Chapters, Kind, Playlists
from .verbs import Table
from .watching import UNWATCHED, Watcher

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_TABLE, _CELLS, _JOB = TableOptions(), CellOptions(), JobOptions()


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
    return await _whole(pt, given, Chapters(), job.checked(halt), table=table, cells=cells, watcher=watcher)


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
    return await _whole(pt, given, kind, job.checked(halt), table=table, cells=cells, watcher=watcher)


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
    return await _whole(pt, given, kind, job.checked(halt), table=table, cells=cells, watcher=watcher)


async def _whole(
    pt: "PeerTube",
    given: Input,
    kind: Kind,
    options: JobOptions,
    *,
    table: TableOptions,
    cells: CellOptions,
    watcher: Watcher,
) -> Run:
    async with opened(pt, kind, given.name, columns=given.columns, options=options, watcher=watcher) as desk:
        await fill(desk, given, kind, table, cells)
        return await carry_out(desk, kind, options, title=kind.name)
