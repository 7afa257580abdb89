"""What people and programs read of a job: its outcomes, its errors, and how it ended."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiopeertube._counting import counted, plural
from aiopeertube.cli import output
from aiopeertube.cli.connection import Connection
from aiopeertube.cli.errors import Exit, Failure, explain
from aiopeertube.cli.option_sets import dashed
from aiopeertube.cli.options import Settings
from aiopeertube.cli.options_job import JobFlags
from aiopeertube.cli.terminal import note
from aiopeertube.migrate import FIELDS, BadSource, Item, JournalError, JournalFull, Run, Verified, find_journal

if TYPE_CHECKING:
    from aiopeertube import PeerTube

_ORDER: Final = ("changed", "unchanged", "planned", "skipped", "conflict", "failed", "damaged")


def outcome(item: Item) -> dict[str, Any]:
    """Make the line that programs read; `there` is what a copy is of, `without` what it lacks, and why."""
    more: dict[str, Any] = {}
    if conflicts := item.note.get("conflicts"):
        more["conflicts"] = conflicts
    if "from" in item.note:
        more |= {"there": item.ref, "without": item.note.get("lost", {})}
    return {
        "video": item.uuid or None,
        "name": item.name,
        "key": item.note.get("key"),
        "line": item.line,
        "state": item.state,
        "fields": sorted(item.after or {}),
        "attempts": item.attempts,
        "reason": item.reason,
        "again": item.again,
    } | more


def told(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return values as they may be shown."""
    if values is None:
        return None
    return {name: "(secret)" if name in FIELDS and FIELDS[name].secret else value for name, value in values.items()}


def write_outcome(item: Item, **more: Any) -> None:
    """Write what became of an item as a line of JSON, with `more` beside it."""
    output.put(output.to_json(outcome(item) | more) + "\n")


@asynccontextmanager
async def client(connection: Connection) -> AsyncIterator["PeerTube"]:
    """Give a client for many requests; an input that is refused is told line by line."""
    async with connection.opened(many=True) as pt:
        try:
            yield pt
        except BadSource as exc:
            raise _all_of(exc) from exc
        except JournalError as exc:
            raise _of_journal(exc) from exc


def _of_journal(exc: JournalError) -> Failure:
    """Say what became of a job whose journal cannot be used."""
    full = isinstance(exc, JournalFull)
    if exc.began:
        hint = "make room, and go on with --resume" if full else "changes were sent; look at the videos it was about"
        return Failure(dashed(str(exc), exc.option), code=Exit.AGAIN if full else Exit.FILE, hint=hint)
    if full:
        return Failure(str(exc), code=Exit.FILE, hint="nothing was sent; make room, and run it again")
    return explain(exc)


def _all_of(exc: BadSource) -> Failure:
    """Say everything that is wrong with an input, a line each."""
    for problem in exc.problems:
        note(dashed(str(problem), problem.option))
    if exc.total > len(exc.problems):
        note(f"... and {exc.total - len(exc.problems):,} more")
    what = counted(exc.total, "problem")
    return Failure(f"{what} in the input; nothing was sent", code=Exit.USAGE, hint="correct the lines named above")


def journal_named(name: str, *, changed: bool = False) -> Path:
    """Find a journal; `changed`: "last" is the last job that changed something.

    Raises:
        Failure: there is none.
    """
    try:
        return find_journal(name, changed=changed)
    except JournalError as exc:
        raise Failure(str(exc), code=Exit.USAGE, hint="`aiopeertube jobs list` shows them") from exc


def ended(run: Run, settings: Settings, job: JobFlags, *, declined: str = "") -> int:
    """Say what became of a job; return the exit code.

    Raises:
        Failure: it ended before its end.
    """
    if run.declined:
        raise Failure(declined, code=Exit.INTERRUPTED)
    if not settings.quiet:
        _summary(run, job)
    kept = run.journal.exists()
    if run.stopped == "interrupted":
        raise Failure(f"interrupted; {'--resume goes on' if kept else 'nothing was sent'}", code=Exit.INTERRUPTED)
    if job.first is not None and not run.stopped and not job.dry_run:
        return _tried(run)
    if run.stopped or (run.left and not job.dry_run):
        goes_on = "--resume goes on with it" if kept else "nothing was sent; run it once more"
        why = run.stopped or "not all was done"
        raise Failure(f"stopped: {why}", code=Exit.AGAIN, hint=goes_on)
    if run.unwritten:
        hint = f"`aiopeertube jobs export {run.journal}` has them" if kept else "run it again"
        what = f"the table of failed rows could not be written: {run.unwritten}"
        raise Failure(what, code=Exit.FILE, hint=hint)
    return Exit.SOME_FAILED if run.failed else Exit.DONE


def stands(found: Verified) -> str:
    """Say what a look at what a job did came to."""
    stand = counted(found.stand, "stands as written", "stand as written")
    return f"{stand}, {counted(found.differ, 'differs', 'differ')}"


def _tried(run: Run) -> int:
    """Say how a job goes on whose first items were carried out.

    Raises:
        Failure: they are not as they were wanted.
    """
    found = run.verified
    if found is not None:
        note(f"verify: {stands(found)}")
        for difference in found.differences:
            note(f"differs: {difference.name or difference.video}: {difference.why}")
    if found is not None and found.differ:
        what = f"{found.differ:,} of the first {plural(found.differ, 'is', 'are')} not as wanted"
        raise Failure(what, code=Exit.SOME_FAILED, hint="`aiopeertube rollback` undoes them")
    if run.left:
        left, them = counted(run.left, "is left", "are left"), plural(run.left, "it", "them")
        note(f"{left}: the same command with --resume, and without --first, goes on with {them}")
    return Exit.SOME_FAILED if run.failed else Exit.DONE


def _summary(run: Run, job: JobFlags) -> None:
    if run.failed_file is not None:
        rows = counted(run.failed, "row and its reason are", "rows and their reasons are")
        them = plural(run.failed, "it", "them")
        note(f"{rows} in {run.failed_file}; correct {them} and feed {them} back")
    known = {**run.counts, "planned": run.left} if run.left else run.counts
    note(", ".join(f"{known[state]:,} {state}" for state in _ORDER if known.get(state)) or "nothing to do")
    if run.journal.exists():
        note(f"journal: {run.journal}")
