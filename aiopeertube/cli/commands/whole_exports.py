"""`chapters export`, `playlists export` and `channels export`: what is there, as a table for `apply`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import click

from aiopeertube import migrate
from aiopeertube._counting import counted
from aiopeertube.cli import job_output, job_screen
from aiopeertube.cli.connection import connect
from aiopeertube.cli.errors import Exit
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.param_types import File
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import note

Export = Callable[..., Awaitable[migrate.Exported]]


@dataclass(frozen=True, slots=True)
class OutFlags:
    """How a table is written."""

    format: str | None = option(
        "--format", type=click.Choice(["csv", "tsv", "jsonl", "xlsx"]), help="Default: from the extension of OUT."
    )
    delimiter: str | None = option("--delimiter", help="What separates the cells of CSV. Default: a comma.")
    bom: bool = option("--bom", is_flag=True, help="Begin CSV with a byte order mark: Excel needs it to see UTF-8.")
    overwrite: bool = option("--overwrite", is_flag=True, help="Replace OUT if it exists.")

    def to(self, path: str) -> migrate.Output:
        """Return where the table goes."""
        return migrate.Output(path, self.format, self.delimiter, self.bom, self.overwrite)


@dataclass(frozen=True, slots=True)
class WhoseFlags:
    """Videos of whom."""

    channel: str | None = option("--channel", help="Videos of this channel.")
    account: str | None = option("--account", help="Videos of this account.")
    mine: bool = option("--mine", is_flag=True, help="Your own videos, of every privacy.")


_out = click.argument("output", metavar="OUT", type=File())


@click.command("export", cls=Command)
@_out
@with_options(whose=WhoseFlags, out=OutFlags)
@shared_options()
@click.pass_obj
def chapters(settings: Settings, /, *, output: str, whose: WhoseFlags, out: OutFlags) -> int:
    """Write the chapters of many videos into a table that `chapters apply` takes: a row a chapter.

    OUT is a .csv, .tsv, .jsonl or .xlsx file, or - for stdout. Which videos it is about is said as for `aiopeertube
    export`; each takes a request.
    """
    if whose.mine and (whose.channel or whose.account):
        raise click.UsageError("--mine excludes --channel and --account.")
    scope = migrate.Scope(whose.channel, whose.account, whose.mine)
    export = partial(migrate.export_chapters, scope=scope)
    return _written(settings, export, out.to(output), "chapter", user=whose.mine)


@click.command("export", cls=Command)
@_out
@with_options(out=OutFlags)
@shared_options()
@click.pass_obj
def playlists(settings: Settings, /, *, output: str, out: OutFlags) -> int:
    """Write your playlists into a table that `playlists apply` takes: a row a video, in order.

    OUT is a .csv, .tsv, .jsonl or .xlsx file, or - for stdout.
    """
    return _written(settings, migrate.export_playlists, out.to(output), "row")


@click.command("export", cls=Command)
@_out
@with_options(out=OutFlags)
@shared_options()
@click.pass_obj
def channels(settings: Settings, /, *, output: str, out: OutFlags) -> int:
    """Write your channels into a table that `channels apply` takes, without their pictures.

    OUT is a .csv, .tsv, .jsonl or .xlsx file, or - for stdout.
    """
    return _written(settings, migrate.export_channels, out.to(output), "channel")


def _written(settings: Settings, export: Export, output: migrate.Output, noun: str, *, user: bool = True) -> int:
    connection = connect(settings, user=user)

    async def main() -> migrate.Exported:
        async with job_output.client(connection) as pt:
            return await export(pt, output, watcher=job_screen.JobScreen(pt, settings))

    done = run(main())
    if not settings.quiet:
        gone = f", {counted(done.vanished, 'video')} vanished meanwhile" if done.vanished else ""
        odd = f", {counted(done.failed, 'video')} could not be read" if done.failed else ""
        note(f"{counted(done.written, noun)} written to {output.path}{gone}{odd}")
    return Exit.DONE if done.whole else Exit.SOME_FAILED
