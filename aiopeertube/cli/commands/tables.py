"""`captions`, `thumbnails`, `delete`, `upload` and `import`: tables that ask for something else than edits."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import click

from aiopeertube import migrate
from aiopeertube.cli import job_output, job_screen
from aiopeertube.cli.connection import connect
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.options_job import JobFlags
from aiopeertube.cli.options_table import CellFlags, TableFlags
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import is_terminal

Verb = Callable[..., Awaitable[migrate.Run]]


@dataclass(frozen=True, slots=True)
class FolderFlags:
    """Where files are."""

    folder: str | None = option("--folder", metavar="DIR", help="Where the files are. Default: beside TABLE.")


@dataclass(frozen=True, slots=True)
class LanguageFlags:
    """What rows may leave out."""

    language: str | None = option("--language", help="The language of rows that name none, like nl.")


@dataclass(frozen=True, slots=True)
class ChannelFlags:
    """What rows may leave out."""

    channel: str | None = option("--channel", help="The channel of rows that name none.")


@dataclass(frozen=True, slots=True)
class YesFlags:
    """Whether somebody is asked."""

    yes: bool = option("--yes", "-y", is_flag=True, help="Do not ask.")


@click.command(cls=Command)
@click.argument("source", metavar="TABLE")
@with_options(rows=LanguageFlags, where=FolderFlags, job=JobFlags, table=TableFlags)
@shared_options()
@click.pass_obj
def captions(
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
    return _run(settings, verb, source, job=job, table=table)


@click.command(cls=Command)
@click.argument("source", metavar="TABLE")
@with_options(where=FolderFlags, job=JobFlags, table=TableFlags)
@shared_options()
@click.pass_obj
def thumbnails(settings: Settings, /, *, source: str, where: FolderFlags, job: JobFlags, table: TableFlags) -> int:
    """Replace thumbnails and previews from files.

    TABLE has a video a row, and the columns `thumbnailfile` and `previewfile`, or `file` for both.
    """
    return _run(settings, partial(migrate.thumbnails, folder=where.folder), source, job=job, table=table)


@click.command(cls=Command)
@click.argument("source", metavar="TABLE")
@with_options(ask=YesFlags, job=JobFlags, table=TableFlags)
@shared_options()
@click.pass_obj
def delete(settings: Settings, /, *, source: str, ask: YesFlags, job: JobFlags, table: TableFlags) -> int:
    """Delete the videos that a table names, with their files and comments. This cannot be undone.

    Only their metadata is kept, in the journal. --dry-run looks at each, and says which are there and may be deleted.
    """
    goes_on = job.resume or job.resume_failed  # with nothing left to do perhaps
    if not ask.yes and not job.dry_run and not goes_on and not is_terminal(sys.stdin):
        raise Failure("nobody can be asked whether to delete", code=Exit.USAGE, hint="add --yes if you are sure")
    return _run(settings, migrate.delete, source, job=job, table=table, yes=ask.yes)


@click.command(cls=Command)
@click.argument("source", metavar="TABLE")
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
    return _run(settings, verb, source, job=job, table=table)


@click.command("import", cls=Command)
@click.argument("source", metavar="TABLE")
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
    return _run(settings, verb, source, job=job, table=table)


def _run(settings: Settings, verb: Verb, source: str, *, job: JobFlags, table: TableFlags, yes: bool = True) -> int:
    options = job.checked()
    given = table.opened_table(source)
    connection = connect(settings, user=True)

    async def main() -> int:
        async with job_output.client(connection) as pt:
            watcher = job_screen.JobScreen(pt, settings, job, yes=yes)
            done = await verb(pt, given, table=table, job=options, watcher=watcher)
        return job_output.ended(done, settings, job, declined="nothing was deleted")

    return run(main())
