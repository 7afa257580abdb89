"""`plan`, `apply` and `set`."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import click

from aiopeertube import migrate
from aiopeertube.cli import job_output, job_plan, job_screen, several
from aiopeertube.cli.acting import AskOnTerminal, AskOptions
from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.options_job import JobFlags, MergeFlags
from aiopeertube.cli.options_plan import PlanFlags
from aiopeertube.cli.options_rules import RuleFlags, ScopeFlags
from aiopeertube.cli.options_table import CellFlags, TableFlags
from aiopeertube.cli.param_types import File
from aiopeertube.cli.running import run
from aiopeertube.cli.several import WhereFlags
from aiopeertube.cli.terminal import is_terminal


@click.command(cls=Command)
@click.argument("source", type=File())
@with_options(flags=PlanFlags, merge=MergeFlags, table=TableFlags, cells=CellFlags)
@shared_options()
@click.pass_obj
def plan(
    settings: Settings, /, *, source: str, flags: PlanFlags, merge: MergeFlags, table: TableFlags, cells: CellFlags
) -> int:
    """Show what a table would change, and send no change.

    SOURCE is a CSV, TSV, JSONL or XLSX file, or - for stdin. Its rows name a video in a column uuid, shortUUID, id,
    url or video; the other columns are fields. Only columns that are there are touched; an empty cell leaves a field
    as it is, <clear> empties it. `aiopeertube export` writes such a table; of it only the cells that you edited
    count, and what somebody else changed meanwhile as well is a conflict, shown with all three values and left.
    """
    flags.check_stdout()
    given = table.opened(source)
    flags.check_files(given.name, overwrite=merge.overwrite)
    return run(
        _plan(connect(settings, user=True), settings, given, flags=flags, merge=merge, table=table, cells=cells)
    )


async def _plan(
    connection: Connection,
    settings: Settings,
    given: migrate.Input,
    *,
    flags: PlanFlags,
    merge: MergeFlags,
    table: TableFlags,
    cells: CellFlags,
) -> int:
    async with job_output.client(connection) as pt:
        watcher = job_screen.JobScreen(pt, settings)
        read = partial(migrate.plan, table=table, cells=cells, details=flags.details, thumbnails=flags.thumbnails)
        with await read(pt, given, overwrite=merge.overwrite, watcher=watcher) as made:
            if flags.format == "jsonl":
                async for item in made.items("planned", "failed", "conflict"):
                    job_output.write_outcome(item, before=item.before, after=item.after)
            else:
                await job_plan.show_diff(made, settings, on_stdout=not flags.on_stdout, full=flags.diff == "full")
            await job_plan.write_files(made, flags, overwrite=merge.overwrite)
            return await job_plan.show_counts(made, settings)


@dataclass(frozen=True, slots=True)
class EditFlags:
    """How careful edits are."""

    expect: bool = option(
        "--expect",
        is_flag=True,
        help="Look at each video just before; leave it if somebody changed it since the plan.",
    )


@click.command(cls=Command)
@click.argument("source", metavar="SOURCE|PLAN", type=File())
@with_options(
    where=WhereFlags,
    ask=AskOnTerminal,
    edit=EditFlags,
    merge=MergeFlags,
    job=JobFlags,
    table=TableFlags,
    cells=CellFlags,
)
@shared_options()
@click.pass_obj
def apply(
    settings: Settings,
    /,
    *,
    source: str,
    where: WhereFlags,
    ask: AskOnTerminal,
    edit: EditFlags,
    merge: MergeFlags,
    job: JobFlags,
    table: TableFlags,
    cells: CellFlags,
) -> int:
    """Change videos as a table or a plan says.

    Unchanged fields are never sent, unchanged videos never touched. What somebody else changed since the table was
    exported, or the plan made, is a conflict, and left as it is. On a terminal you see what would change, and are
    asked. Everything is kept in a journal: after a crash, or any other end, the same command with --resume goes on.
    `aiopeertube verify last` proves that it is done, `aiopeertube rollback last` undoes it.
    """
    if where.instances is not None and source == "-":
        raise click.UsageError("--instances needs a file: stdin can be read only once.")
    given = table.opened(source)

    async def do(connection: Connection, options: migrate.JobOptions) -> migrate.Run:
        async with job_output.client(connection) as pt:
            screen = job_screen.JobScreen(
                pt,
                settings,
                job,
                diff=job.dry_run or not ask.is_sure,
                yes=ask.is_sure,
                named=where.instances is not None,
            )
            return await migrate.apply(
                pt,
                given,
                expect=edit.expect,
                overwrite=merge.overwrite,
                table=table,
                cells=cells,
                job=options,
                watcher=screen,
            )

    return several.run_at(settings, where, job, do, declined="nothing was changed")


@click.command("set", cls=Command)
@click.argument("edits", metavar="FIELD=VALUE...", nargs=-1)
@with_options(
    scope=ScopeFlags, rules=RuleFlags, where=WhereFlags, ask=AskOptions, edit=EditFlags, job=JobFlags, cells=CellFlags
)
@shared_options()
@click.pass_obj
def set_(
    settings: Settings,
    /,
    *,
    edits: Sequence[str],
    scope: ScopeFlags,
    rules: RuleFlags,
    where: WhereFlags,
    ask: AskOptions,
    edit: EditFlags,
    job: JobFlags,
    cells: CellFlags,
) -> int:
    """Change all videos of a channel, an account or an instance by rules.

    Like `aiopeertube set --channel afp downloadEnabled=true`. Shows what would change, and asks.
    """
    if not ask.yes and not job.dry_run and not is_terminal(sys.stdin):
        hint = "add --yes if you are sure, or --dry-run to see it"
        raise Failure("nobody can be asked whether to change that", code=Exit.USAGE, hint=hint)

    async def do(connection: Connection, options: migrate.JobOptions) -> migrate.Run:
        async with job_output.client(connection) as pt:
            screen = job_screen.JobScreen(
                pt, settings, job, diff=True, counts=True, yes=ask.yes, named=where.instances is not None
            )
            return await migrate.set_(
                pt,
                replace(rules, edits=tuple(edits)),
                scope=scope,
                expect=edit.expect,
                cells=cells,
                job=options,
                watcher=screen,
            )

    return several.run_at(settings, where, job, do, declined="nothing was changed")
