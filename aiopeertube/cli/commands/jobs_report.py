"""`jobs report`."""

from typing import Literal

import click

from aiopeertube import migrate
from aiopeertube.cli import completing, job_output
from aiopeertube.cli.options import Settings, output_options
from aiopeertube.cli.output import put, to_json
from aiopeertube.cli.param_types import File
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import note


@click.command()
@click.argument("journal", shell_complete=completing.journals)
@click.option(
    "-o", "--output", type=File(), metavar="FILE", default="-", show_default=True, help="Where it goes; -: stdout."
)
@click.option(
    "--format",
    type=click.Choice(["html", "json"]),
    default="html",
    show_default=True,
    help="html: a page to look at, in one file; json: the same facts for programs.",
)
@click.option("--overwrite-output", is_flag=True, help="Replace the file, if it is there.")
@output_options()
@click.pass_obj
def report(
    settings: Settings, journal: str, output: str, format: Literal["html", "json"], overwrite_output: bool
) -> None:
    """Tell how a job went, from its journal alone.

    What was asked, by whom, where and when; what came of it; a time line of changes, requests, refusals, outages and
    latencies; what failed, grouped by reason; and what a rollback would do. JOURNAL is a file, a name that
    `aiopeertube jobs list` shows, or `last`. One that an earlier version kept has no time line.
    """
    path = job_output.journal_named(journal)
    migrate.check_output(
        output, (str(path),), option="output", overwrite=overwrite_output, to_overwrite="overwrite_output"
    )
    found = run(migrate.report(path))
    if output == "-" and format == "json":
        put(to_json(found.as_dict(), pretty=True) + "\n")
        return
    found.write(output, format=format, overwrite=overwrite_output)
    if output != "-" and not settings.quiet:
        note(f"report: {output}")
