"""`verify` and `rollback`."""

from dataclasses import dataclass
from pathlib import Path

import click

from aiopeertube import migrate
from aiopeertube._counting import counted
from aiopeertube.cli import completing, job_output, job_screen, output
from aiopeertube.cli.acting import AskOnTerminal
from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.errors import Exit
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.options_details import DETAILS
from aiopeertube.cli.options_job import JobFlags
from aiopeertube.cli.outcomes import chosen
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import note


@dataclass(frozen=True, slots=True)
class VerifyFlags:
    """How what was changed is looked at, and told."""

    format: str | None = option(
        "--format", type=click.Choice(["text", "jsonl"]), help="jsonl: a line for each video on stdout."
    )
    details: migrate.Details = option("--details", **DETAILS)
    files: bool = option("--files", is_flag=True, help="Read the files of a copy, too, and compare their hashes.")


@click.command(cls=Command)
@click.argument("journal", shell_complete=completing.journals)
@with_options(flags=VerifyFlags)
@shared_options()
@click.pass_obj
def verify(settings: Settings, /, *, journal: str, flags: VerifyFlags) -> int:
    """Read back what a job changed, and compare field by field.

    JOURNAL is a file, a name that `aiopeertube jobs list` shows, or `last`.
    """
    path = job_output.journal_named(journal)
    return run(_verify(connect(settings, user=True), settings, path, flags))


async def _verify(connection: Connection, settings: Settings, path: Path, flags: VerifyFlags) -> int:
    lines = chosen(flags.format) == "jsonl"

    def tell(difference: migrate.Difference) -> None:
        what = f"not done ({difference.state})" if difference.state else "differs"
        note(f"{what}: {difference.name or difference.video}: {difference.why}")
        if lines:
            line = {"video": difference.video, "name": difference.name}
            undone = {"undone": difference.state, "why": difference.why}
            output.put(output.to_json(line | (undone if difference.state else {"differs": difference.why})) + "\n")

    async with job_output.client(connection) as pt:
        watcher = job_screen.JobScreen(pt, settings)
        found = await migrate.verify(
            pt, path, on_difference=tell, details=flags.details, files=flags.files, watcher=watcher
        )
    undone = f"; {counted(found.not_done, 'was', 'were')} not done by this job" if found.not_done else ""
    if not settings.quiet:
        note(f"verify: {job_output.stands(found)}{undone}")
    return Exit.DONE if found.ok else Exit.SOME_FAILED


@dataclass(frozen=True, slots=True)
class RollbackFlags:
    """How careful a rollback is."""

    expect: bool = option(
        "--expect/--no-expect", default=True, help="Look at each video just before it is put back (the default)."
    )


@click.command(cls=Command)
@click.argument("source", metavar="JOURNAL", shell_complete=completing.journals)
@with_options(ask=AskOnTerminal, flags=RollbackFlags, job=JobFlags)
@shared_options()
@click.pass_obj
def rollback(settings: Settings, /, *, source: str, ask: AskOnTerminal, flags: RollbackFlags, job: JobFlags) -> int:
    """Put back what was there before a job, where what the job wrote is still there.

    JOURNAL is a file, a name that `aiopeertube jobs list` shows, or `last`: the last job that changed something,
    which may be a rollback. On a terminal you are asked before anything is changed.

    Videos that somebody changed since are left and reported as conflicts: where the rows of a list do not tell, that
    shows just before each is put back, and with --dry-run before any is. The rollback has a journal of its own, so
    it can be resumed, verified and rolled back itself.
    """
    options = job.checked()
    job_output.journal_named(source, changed=True)
    connection = connect(settings, user=True)

    async def main() -> int:
        async with job_output.client(connection) as pt:
            watcher = job_screen.JobScreen(pt, settings, job, yes=ask.is_sure)
            done = await migrate.rollback(pt, source, expect=flags.expect, job=options, watcher=watcher)
        return job_output.ended(done, settings, job, declined="nothing was rolled back")

    return run(main())
