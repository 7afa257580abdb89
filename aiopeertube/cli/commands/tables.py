"""`thumbnails`, `delete`, `upload` and `import`: tables that ask for something else than edits."""

import sys
from dataclasses import dataclass
from functools import partial

import click

from aiopeertube import migrate
from aiopeertube.cli.acting import AskOptions
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.options_job import JobFlags
from aiopeertube.cli.options_table import CellFlags, TableFlags
from aiopeertube.cli.param_types import File
from aiopeertube.cli.table_runs import FolderFlags, run_table
from aiopeertube.cli.terminal import is_terminal


@dataclass(frozen=True, slots=True)
class ChannelFlags:
    """What rows may leave out."""

    channel: str | None = option("--channel", help="The channel of rows that name none.")


@click.command(cls=Command)
@click.argument("source", metavar="TABLE", type=File())
@with_options(where=FolderFlags, job=JobFlags, table=TableFlags)
@shared_options()
@click.pass_obj
def thumbnails(settings: Settings, /, *, source: str, where: FolderFlags, job: JobFlags, table: TableFlags) -> int:
    """Replace thumbnails and previews from files.

    TABLE has a video a row, and the columns `thumbnailfile` and `previewfile`, or `file` for both.
    """
    return run_table(settings, partial(migrate.thumbnails, folder=where.folder), source, job=job, table=table)


@click.command(cls=Command)
@click.argument("source", metavar="TABLE", type=File())
@with_options(ask=AskOptions, job=JobFlags, table=TableFlags)
@shared_options()
@click.pass_obj
def delete(settings: Settings, /, *, source: str, ask: AskOptions, job: JobFlags, table: TableFlags) -> int:
    """Delete the videos that a table names, with their files and comments. This cannot be undone.

    Only their metadata is kept, in the journal. --dry-run looks at each, and says which are there and may be deleted.
    """
    goes_on = job.resume or job.resume_failed  # with nothing left to do perhaps
    if not ask.yes and not job.dry_run and not goes_on and not is_terminal(sys.stdin):
        raise Failure("nobody can be asked whether to delete", code=Exit.USAGE, hint="add --yes if you are sure")
    return run_table(settings, migrate.delete, source, job=job, table=table, yes=ask.yes)


@click.command(cls=Command)
@click.argument("source", metavar="TABLE", type=File())
@with_options(rows=ChannelFlags, where=FolderFlags, job=JobFlags, table=TableFlags, cells=CellFlags)
@shared_options()
@click.pass_obj
def upload(
    settings: Settings,
    /,
    *,
    source: str,
    rows: ChannelFlags,
    where: FolderFlags,
    job: JobFlags,
    table: TableFlags,
    cells: CellFlags,
) -> int:
    """Upload files, with their metadata from a table.

    TABLE has a new video a row: `file`, `name`, `channel`, any other field, and `key` for its name in the old place
    (see `aiopeertube jobs map`). Files go in chunks; after a crash --resume goes on from where the server is.
    """
    verb = partial(migrate.upload, channel=rows.channel, folder=where.folder, cells=cells)
    return run_table(settings, verb, source, job=job, table=table)


@click.command("import", cls=Command)
@click.argument("source", metavar="TABLE", type=File())
@with_options(rows=ChannelFlags, where=FolderFlags, job=JobFlags, table=TableFlags, cells=CellFlags)
@shared_options()
@click.pass_obj
def import_(
    settings: Settings,
    /,
    *,
    source: str,
    rows: ChannelFlags,
    where: FolderFlags,
    job: JobFlags,
    table: TableFlags,
    cells: CellFlags,
) -> int:
    """Import videos from URLs, with their metadata from a table.

    TABLE has a new video a row: `targetUrl`, `channel`, `name` and any other field, and `key` as for uploads.
    """
    verb = partial(migrate.import_, channel=rows.channel, folder=where.folder, cells=cells)
    return run_table(settings, verb, source, job=job, table=table)
