"""`chapters apply`, `playlists apply` and `channels apply`: tables of what is compared with the server first."""

from dataclasses import dataclass
from functools import partial

import click

from aiopeertube import migrate
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Settings, shared_options
from aiopeertube.cli.options_job import JobFlags
from aiopeertube.cli.options_table import TableFlags
from aiopeertube.cli.param_types import File
from aiopeertube.cli.table_groups import Apply
from aiopeertube.cli.table_runs import FolderFlags, run_table


@click.command("apply", cls=Apply)
@click.argument("source", metavar="TABLE", type=File())
@with_options(job=JobFlags, table=TableFlags)
@shared_options()
@click.pass_obj
def chapters(settings: Settings, /, *, source: str, job: JobFlags, table: TableFlags) -> int:
    """Give videos the chapters of a table, in place of those that they have.

    TABLE has a chapter a row: a video (column uuid, shortUUID, id, url or video), `timecode` (seconds, or 1:35, or
    1:02:03) and `title`. A row with <clear> in `timecode` leaves a video without chapters. `aiopeertube verify` and
    `rollback` work as for edits.
    """
    return run_table(settings, migrate.chapters, source, job=job, table=table, compares=True)


@dataclass(frozen=True, slots=True)
class ExactFlags:
    """What becomes of videos that the table does not name."""

    exact: bool = option(
        "--exact", is_flag=True, help="Take out videos that TABLE does not name. Default: they stay."
    )


@click.command("apply", cls=Apply)
@click.argument("source", metavar="TABLE", type=File())
@with_options(rows=ExactFlags, job=JobFlags, table=TableFlags)
@shared_options()
@click.pass_obj
def playlists(settings: Settings, /, *, source: str, rows: ExactFlags, job: JobFlags, table: TableFlags) -> int:
    """Make, fill and order the playlists of a table.

    TABLE has a video a row, and the playlist: what it is called, or its id, UUID or short UUID. What is not there is
    made. `description`, `privacy` and `channel` are the playlist's, `position`, `startTimestamp` and `stopTimestamp`
    the video's in it. Videos come in the order of the rows. `aiopeertube verify` and `rollback` work as for edits.
    """
    verb = partial(migrate.playlists, exact=rows.exact)
    return run_table(settings, verb, source, job=job, table=table, compares=True)


@click.command("apply", cls=Apply)
@click.argument("source", metavar="TABLE", type=File())
@with_options(where=FolderFlags, job=JobFlags, table=TableFlags)
@shared_options()
@click.pass_obj
def channels(settings: Settings, /, *, source: str, where: FolderFlags, job: JobFlags, table: TableFlags) -> int:
    """Make and describe the channels of a table.

    TABLE has a channel a row: its `name` (handle), `displayName`, `description`, `support`, and the files `avatar`
    and `banner`. What is not there is made. `aiopeertube rollback` deletes a channel that was made only while it is
    empty; a picture that was there before cannot come back.
    """
    verb = partial(migrate.channels, folder=where.folder)
    return run_table(settings, verb, source, job=job, table=table, compares=True)
