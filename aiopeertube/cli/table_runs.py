"""What commands that take a table have in common: where files are, and the run itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiopeertube import migrate
from aiopeertube.cli import job_output, job_screen
from aiopeertube.cli.connection import connect
from aiopeertube.cli.option_sets import option
from aiopeertube.cli.options import Settings
from aiopeertube.cli.options_job import JobFlags
from aiopeertube.cli.options_table import TableFlags
from aiopeertube.cli.param_types import Folder
from aiopeertube.cli.running import run

Verb = Callable[..., Awaitable[migrate.Run]]


@dataclass(frozen=True, slots=True)
class FolderFlags:
    """Where files are."""

    folder: str | None = option(
        "--folder", type=Folder(), metavar="DIR", help="Where the files are. Default: beside TABLE."
    )


def run_table(
    settings: Settings,
    verb: Verb,
    source: str,
    *,
    job: JobFlags,
    table: TableFlags,
    yes: bool = True,
    compares: bool = False,
) -> int:
    """Carry out what a table asks for; return the exit code. What `compares` first can show what would change."""
    options = job.checked()
    given = table.opened_table(source)
    connection = connect(settings, user=True)

    async def main() -> int:
        async with job_output.client(connection) as pt:
            watcher = job_screen.JobScreen(pt, settings, job, yes=yes, diff=compares and job.dry_run)
            done = await verb(pt, given, table=table, job=options, watcher=watcher)
        return job_output.ended(done, settings, job, declined="nothing was deleted")

    return run(main())
