"""`verify` and `rollback`."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import click

from aiopeertube.cli import job_session as session
from aiopeertube.cli import journals as places
from aiopeertube.cli import output, progress
from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.job_input import journal_for
from aiopeertube.cli.many import chosen
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import note
from aiopeertube.migrate import kinds, planning, proving
from aiopeertube.migrate.applying import settle_open
from aiopeertube.migrate.item import Item
from aiopeertube.migrate.journal import Job, Journal

_format = click.option(
    "--format", type=click.Choice(["text", "jsonl"]), help="jsonl: a line for each video on stdout."
)


@click.command(cls=Command)
@click.argument("journal")
@_format
@shared_options()
@click.pass_obj
def verify(settings: Settings, journal: str, format: str | None) -> int:
    """Read back what a job changed, and compare field by field.

    JOURNAL is a file, a name that `aiopeertube jobs list` shows, or `last`.
    """
    path = places.named(journal).absolute()
    return run(_verify(connect(settings, user=True), settings, path, chosen(format) == "jsonl"))


async def _verify(connection: Connection, settings: Settings, path: Path, lines: bool) -> int:
    async with _looking(connection, path) as (ready, stack):
        if ready.kind.name != kinds.Update.name:
            return await _check_each(ready, settings, lines=lines)
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="aiopeertube-"))
        proof = stack.enter_context(Journal.create(Path(folder) / "verify.journal", ready.job.job))
        with progress.showing("verify", None, settings) as reporter:
            await proving.derive(
                ready.pt,
                ready.job,
                proof,
                ready.who,
                proving.as_written,
                progress=progress.looked_at(reporter),
            )
        good = (await proof.counts()).get("unchanged", 0)
        bad = 0
        async for item in proof.items("planned", "failed", "conflict"):
            bad += 1
            _say_wrong(item, _wrong(item), lines=lines)
    return _verdict(settings, good, bad)


async def _check_each(ready: "_Looking", settings: Settings, *, lines: bool) -> int:
    check = getattr(ready.kind, "check", None)
    if check is None:
        raise Failure(f"what a job of {ready.kind.name} did cannot be read back", code=Exit.USAGE)
    good = bad = 0
    async for item in ready.job.items("changed"):
        why = await check(ready.pt, item)
        good, bad = good + (not why), bad + bool(why)
        if why:
            _say_wrong(item, why, lines=lines)
    return _verdict(settings, good, bad)


def _wrong(item: Item) -> str:
    if item.state != "planned":
        return item.reason
    fields = (
        f"{name} is {(item.before or {}).get(name)!r}, not {value!r}" for name, value in (item.after or {}).items()
    )
    return "; ".join(fields)


def _say_wrong(item: Item, why: str, *, lines: bool) -> None:
    note(f"differs: {item.name or item.uuid or item.ref}: {why}")
    if lines:
        output.put(output.to_json({"video": item.uuid or item.ref, "name": item.name, "differs": why}) + "\n")


def _verdict(settings: Settings, good: int, bad: int) -> int:
    if not settings.quiet:
        note(f"verify: {good:,} stand as written, {bad:,} differ")
    return Exit.SOME_FAILED if bad else Exit.DONE


@click.command(cls=Command)
@click.argument("source", metavar="JOURNAL")
@click.option("--expect/--no-expect", default=True, help="Look at each video once more just before (the default).")
@session.job_options
@shared_options()
@click.pass_obj
def rollback(settings: Settings, /, source: str, **options: Any) -> int:
    """Put back what was there before a job, where what the job wrote is still there.

    Videos that somebody changed since are left and reported as conflicts. The rollback has a journal of its own, so
    it can be resumed, verified and rolled back itself.
    """
    session.check(options)
    path = places.named(source).absolute()
    return run(_rollback(connect(settings, user=True), settings, path, options))


async def _rollback(connection: Connection, settings: Settings, path: Path, options: dict[str, Any]) -> int:
    async with _looking(connection, path) as (ready, stack):
        if ready.kind.name != kinds.Update.name:
            raise Failure(f"a job of {ready.kind.name} cannot be undone", code=Exit.USAGE)
        job = Job("update", ready.pt.origin, ready.who.name, f"rollback of {path}", parent=str(path))
        back = stack.enter_context(journal_for(job, options, stack))
        await settle_open(ready.pt, back, ready.kind)
        with progress.showing("compare", None, settings) as reporter:
            await proving.derive(
                ready.pt, ready.job, back, ready.who, proving.as_before, progress=progress.looked_at(reporter)
            )
        runner = session.Session(ready.pt, settings, back, kinds.Update(expect=options["expect"]), options)
        return await runner.run("rollback")


class _Looking:
    """A client, and the journal that is looked back at."""

    def __init__(self, pt: Any, who: Any, job: Journal) -> None:
        self.pt = pt
        self.who = who
        self.job = job
        self.kind = kinds.of(job.job.kind, job)


@asynccontextmanager
async def _looking(connection: Connection, path: Path) -> AsyncIterator[tuple[_Looking, ExitStack]]:
    """Open a journal as whoever wrote it; what its run left in flight is settled first."""
    with ExitStack() as stack:
        job = stack.enter_context(Journal.open(path))
        async with connection.opened(many=True) as pt:
            who, _ = await planning.who_am_i(pt)
            job.check(kind=job.job.kind, origin=pt.origin, user=who.name)
            ready = _Looking(pt, who, job)
            await settle_open(pt, job, ready.kind)
            yield ready, stack
