"""`export`."""

from typing import Any

import click

from aiopeertube.cli import progress
from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import note


@click.command(cls=Command)
@click.argument("output", metavar="OUT")
@click.option("--channel", help="Videos of this channel.")
@click.option("--account", help="Videos of this account.")
@click.option("--mine", is_flag=True, help="Your own videos, of every privacy.")
@click.option(
    "--fields", metavar="A,B,...", help="Columns; by default all that can be edited, and what names a video."
)
@click.option("--format", type=click.Choice(["csv", "tsv", "jsonl", "xlsx"]), help="By default as OUT is named.")
@click.option("--delimiter", help="What separates the cells of CSV; a comma by default.")
@click.option("--overwrite", is_flag=True, help="Replace OUT if it exists.")
@shared_options()
@click.pass_obj
def export(settings: Settings, /, output: str, **options: Any) -> int:
    """Write videos and their metadata into a table, to be edited and fed to `aiopeertube plan` and `apply`.

    OUT is a .csv, .tsv, .jsonl or .xlsx file, or - for stdout. Without --mine, --channel or --account it has the
    instance's own videos: the public ones, or for staff those of every privacy. Videos are read in full where the
    columns need it. What was exported and not edited plans to no change.
    """
    if options["mine"] and (options["channel"] or options["account"]):
        raise click.UsageError("--mine excludes --channel and --account.")
    from aiopeertube.migrate.exporting import DEFAULT, columns_for  # noqa: PLC0415 - `--help` starts without

    chosen = [name.strip() for name in options["fields"].split(",")] if options["fields"] else DEFAULT
    try:
        columns = columns_for(chosen)
    except ValueError as exc:
        raise Failure(f"--fields: {exc}", code=Exit.USAGE) from exc
    connection = connect(settings, user=options["mine"])
    return run(_export(connection, settings, output, columns, options))


async def _export(
    connection: Connection, settings: Settings, output: str, columns: tuple[str, ...], options: dict[str, Any]
) -> int:
    from aiopeertube.migrate import tables  # noqa: PLC0415 - see above
    from aiopeertube.migrate.compare import Who  # noqa: PLC0415
    from aiopeertube.migrate.exporting import Export  # noqa: PLC0415
    from aiopeertube.migrate.planning import who_am_i  # noqa: PLC0415
    from aiopeertube.migrate.tables.opening import format_of  # noqa: PLC0415

    async with connection.opened(many=True) as pt:
        who = None if connection.anonymous else (await who_am_i(pt))[0]
        if who is not None and (options["mine"] or not who.staff):
            who = Who(who.name, who.account, staff=False, modern=who.modern) if options["mine"] else None
        scope = {name: options[name] for name in ("channel", "account") if options[name]}
        sink = tables.open_sink(
            output, columns, format=options["format"], delimiter=options["delimiter"], overwrite=options["overwrite"]
        )
        with sink, progress.showing("export", None, settings) as reporter:
            job = Export(pt, who, scope, progress=progress.looked_at(reporter))
            await job.run(sink, columns, as_json=format_of(output, options["format"]) == "jsonl")
    if not settings.quiet:
        gone = f", {job.vanished:,} vanished meanwhile" if job.vanished else ""
        note(f"{job.written:,} videos written to {output}{gone}")
    return Exit.DONE
