"""A job on the command line: what people see of it, what programs read of its outcomes, and how it ends."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from aiopeertube.cli import many, output, progress
from aiopeertube.cli.connection import Connection
from aiopeertube.cli.errors import Exit, Failure, dashed
from aiopeertube.cli.interrupts import HEARD, Interrupts
from aiopeertube.cli.options import Settings
from aiopeertube.cli.options_job import JobFlags
from aiopeertube.cli.terminal import note, one_line
from aiopeertube.migrate import (
    BadSource,
    Estimate,
    Item,
    JournalError,
    JournalFull,
    Plan,
    Run,
    Unwatched,
    find_journal,
)
from aiopeertube.migrate import Stoppable as StoppableRun

if TYPE_CHECKING:
    from aiopeertube import PeerTube

_SHOWN_FAILURES: Final = 20
_ORDER: Final = ("changed", "unchanged", "planned", "skipped", "conflict", "failed")


class JobScreen(Unwatched):
    """Shows a job while it runs: a bar or a line now and then, failures, outcomes as lines of JSON, questions."""

    wants_totals = True

    def __init__(
        self,
        pt: "PeerTube",
        settings: Settings,
        job: JobFlags | None = None,
        *,
        diff: bool = False,
        counts: bool = False,
        yes: bool = True,
    ) -> None:
        self._pt = pt
        self._settings = settings
        self._job = job or JobFlags()
        self._lines = job is not None and many.chosen(job.format) == "jsonl"
        self._shows_diff = diff
        self._shows_counts = counts
        self._yes = yes
        self._counts: Counter[str] = Counter()
        self._progress: progress.Progress | None = None
        self._interrupts: Interrupts | None = None

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[None]:
        """Show the progress of a step."""
        with progress.showing(name, total, self._settings, self._state) as self._progress:
            try:
                yield
            finally:
                if self._interrupts is not None:
                    self._interrupts.remove()
        self._progress = None

    def expect(self, total: int) -> None:
        """Let the bar have an end."""
        if self._progress is not None:
            self._progress.expect(total)

    def advance(self, number: int = 1) -> None:
        """Move the bar."""
        if self._progress is not None:
            self._progress.advance(number)

    def settled(self, item: Item) -> None:
        """Show a failure, and write what became of the item."""
        self._counts[item.state] += 1
        if item.state in {"failed", "conflict"} and self._counts[item.state] <= _SHOWN_FAILURES:
            at = f"line {item.line}, " if item.line else ""
            self.say(f"{item.state}: {at}{item.name or item.uuid or item.ref}: {item.reason}")
        if self._lines:
            write_outcome(item)
        self.advance()

    def say(self, line: str) -> None:
        """Print a line, above the bar where there is one."""
        if self._progress is None:
            note(line)
        else:
            self._progress.say(line)

    async def planned(self, plan: Plan) -> None:
        """Show what is about to be done, as far as somebody wants to know."""
        if self._shows_diff:
            await show_diff(plan, self._settings)
        if self._shows_counts and not self._settings.quiet:
            note(f"{plan.changes:,} of {plan.looked_at:,} videos would change")
        if self._job.dry_run and self._lines:
            async for item in plan.items("planned", "failed", "conflict"):
                write_outcome(item)

    async def confirm(self, question: str) -> bool:
        """Ask, unless the answer was given."""
        return self._yes or click.confirm(question, err=True)

    def opened(self, run: StoppableRun) -> None:
        """Listen to Ctrl-C from now on."""

        def heard() -> None:
            if not self._settings.quiet:
                self.say(HEARD)
            run.stop("interrupted")

        self._interrupts = Interrupts(heard)
        self._interrupts.install()

    def _state(self) -> str:
        """Say what came of items so far, and what holds requests up."""
        if self._progress is None or not self._counts:
            return ""
        counts = ", ".join(f"{number:,} {state}" for state, number in sorted(self._counts.items()))
        return f"{self._progress.rate:.1f}/s, {counts}, {throttle(self._pt)}"


def throttle(pt: "PeerTube") -> str:
    """Say in a few words what holds requests up: the server's window, or the number in flight."""
    state = pt.statistics()
    writes = state.concurrency[1]
    window = next((window for window in state.windows if window.bucket == "api"), None)
    parts = [f"{writes.limit} at once"]
    if window is not None and window.waiting and window.limit is not None:
        ends = "" if window.ends_in is None else f", next in {window.ends_in:.0f} s"
        parts.append(f"window {window.remaining} of {window.limit} left{ends}")
    return ", ".join(parts)


def outcome(item: Item) -> dict[str, Any]:
    """Make the line that programs read."""
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
    }


def write_outcome(item: Item, **more: Any) -> None:
    """Write what became of an item as a line of JSON, with `more` beside it."""
    output.put(output.to_json(outcome(item) | more) + "\n")


async def show_diff(plan: Plan, settings: Settings, *, on_stdout: bool = False) -> None:
    """Show what would change, old and new, grouped and counted."""
    if settings.quiet:
        return
    say = (lambda line: output.put(one_line(line) + "\n")) if on_stdout else note
    for change in await plan.diff():
        about = f"   ({_short(change.video)})" if change.video else ""
        say(f"  {change.count:>7,} x  {change.field}: {_short(change.old)} -> {_short(change.new)}{about}")
    if plan.changes:
        say(_cost(plan.estimate))


def _cost(estimate: Estimate) -> str:
    takes = "as long as the server takes" if estimate.seconds is None else f"about {_time(estimate.seconds)}"
    return f"{estimate.requests:,} requests, {takes}; rate limit: {estimate.limit}"


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= 60 else line[:57] + "..."


@asynccontextmanager
async def client(connection: Connection) -> AsyncIterator["PeerTube"]:
    """Give a client for many requests; an input that is refused is told line by line."""
    async with connection.opened(many=True) as pt:
        try:
            yield pt
        except BadSource as exc:
            raise _all_of(exc) from exc
        except JournalFull as exc:
            raise Failure(str(exc), code=Exit.AGAIN, hint="make room, and go on with --resume") from exc


def _all_of(exc: BadSource) -> Failure:
    """Say everything that is wrong with an input, a line each."""
    for problem in exc.problems:
        note(dashed(str(problem), problem.option))
    if exc.total > len(exc.problems):
        note(f"... and {exc.total - len(exc.problems):,} more")
    what = "1 problem" if exc.total == 1 else f"{exc.total:,} problems"
    return Failure(f"{what} in the input; nothing was sent", code=Exit.USAGE, hint="correct the lines named above")


def journal_named(name: str) -> Path:
    """Find a journal.

    Raises:
        Failure: there is none.
    """
    try:
        return find_journal(name)
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
    if run.stopped == "interrupted":
        raise Failure("interrupted; --resume goes on", code=Exit.INTERRUPTED)
    if run.stopped or (run.left and not job.dry_run):
        why = run.stopped or "not all was done"
        raise Failure(f"stopped: {why}", code=Exit.AGAIN, hint="--resume goes on with it")
    return Exit.SOME_FAILED if run.failed else Exit.DONE


def _summary(run: Run, job: JobFlags) -> None:
    if run.failed_file is not None:
        note(f"{run.failed:,} rows and their reasons are in {run.failed_file}; correct them and feed them back")
    known = {**run.counts, "planned": run.left} if run.left else run.counts
    note(", ".join(f"{known[state]:,} {state}" for state in _ORDER if known.get(state)) or "nothing to do")
    if not job.dry_run:
        note(f"journal: {run.journal}")
