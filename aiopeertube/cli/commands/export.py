"""`export`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from aiopeertube._counting import counted
from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.errors import Exit
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.options_details import DETAILS
from aiopeertube.cli.param_types import File
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import note

if TYPE_CHECKING:
    from aiopeertube.migrate import Details


@dataclass(frozen=True, slots=True)
class ExportFlags:
    """Which videos, and how they are written."""

    channel: str | None = option("--channel", help="Videos of this channel.")
    account: str | None = option("--account", help="Videos of this account.")
    mine: bool = option("--mine", is_flag=True, help="Your own videos, of every privacy.")
    fields: str | None = option(
        "--fields", metavar="A,B,...", help="Columns. Default: all that can be edited, and what names a video."
    )
    format: str | None = option(
        "--format", type=click.Choice(["csv", "tsv", "jsonl", "xlsx"]), help="Default: from the extension of OUT."
    )
    delimiter: str | None = option("--delimiter", help="What separates the cells of CSV. Default: a comma.")
    bom: bool = option("--bom", is_flag=True, help="Begin CSV with a byte order mark: Excel needs it to see UTF-8.")
    overwrite: bool = option("--overwrite", is_flag=True, help="Replace OUT if it exists.")
    details: "Details" = option("--details", **DETAILS)
    forget: bool = option(
        "--forget",
        is_flag=True,
        help="Leave out the column `exported`, by which plan and apply know your edits from other people's.",
    )


@click.command(cls=Command)
@click.argument("output", metavar="OUT", type=File())
@with_options(flags=ExportFlags)
@shared_options()
@click.pass_obj
def export(settings: Settings, /, output: str, flags: ExportFlags) -> int:
    """Write videos and their metadata into a table, to be edited and fed to `aiopeertube plan` and `apply`.

    OUT is a .csv, .tsv, .jsonl or .xlsx file, or - for stdout. Without --mine, --channel or --account it has the
    instance's own videos: the public ones, or for staff those of every privacy. A channel or account of yours is
    written whole, of others only what you may see. Videos are read in full where the
    columns need it. The last column remembers what was exported: keep it as it is. Cells that you do not edit are
    left as they are on the server, whoever changes them meanwhile. Passwords (videoPasswords) are written only when
    --fields names them. The exit code is 1 where a video vanished meanwhile, or could not be read.
    """
    if flags.mine and (flags.channel or flags.account):
        raise click.UsageError("--mine excludes --channel and --account.")
    fields = [name.strip() for name in flags.fields.split(",")] if flags.fields else None
    _check(fields)
    return run(_export(connect(settings, user=flags.mine), settings, output, flags, fields))


def _check(fields: list[str] | None) -> None:
    """Refuse unknown fields before anything is sent."""
    from aiopeertube.migrate import columns_for  # noqa: PLC0415 - `--help` starts without

    if fields:
        columns_for(fields)


async def _export(
    connection: Connection, settings: Settings, output: str, flags: ExportFlags, fields: list[str] | None
) -> int:
    from aiopeertube import migrate  # noqa: PLC0415 - see above
    from aiopeertube.cli import job_output, job_screen  # noqa: PLC0415

    async with job_output.client(connection) as pt:
        done = await migrate.export(
            pt,
            output,
            scope=migrate.Scope(flags.channel, flags.account, flags.mine),
            fields=fields,
            format=flags.format,
            delimiter=flags.delimiter,
            bom=flags.bom,
            overwrite=flags.overwrite,
            remember=not flags.forget,
            details=flags.details,
            watcher=job_screen.JobScreen(pt, settings),
        )
    if not settings.quiet:
        gone = f", {done.vanished:,} vanished meanwhile" if done.vanished else ""
        odd = f", {done.failed:,} could not be read" if done.failed else ""
        note(f"{counted(done.written, 'video')} written to {output}{gone}{odd}")
    return Exit.DONE if done.whole else Exit.SOME_FAILED
