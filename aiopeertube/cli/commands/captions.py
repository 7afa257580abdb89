"""`captions apply`."""

from dataclasses import dataclass
from functools import partial

import click

from aiopeertube import migrate
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Settings, shared_options
from aiopeertube.cli.options_job import JobFlags
from aiopeertube.cli.options_table import TableFlags
from aiopeertube.cli.table_groups import Apply, TableGroup
from aiopeertube.cli.table_runs import FolderFlags, run_table


@click.group(cls=TableGroup)
@shared_options()
def captions() -> None:
    """Upload captions listed in a table."""


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
