"""What is shown of a job while it runs, and what is asked."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from aiopeertube._counting import counted
from aiopeertube.cli import job_output, job_plan, outcomes, progress, stdout
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.interrupts import HEARD, Interrupts
from aiopeertube.cli.options import Settings
from aiopeertube.cli.options_job import JobFlags
from aiopeertube.cli.terminal import is_terminal, note
from aiopeertube.migrate import Item, Plan, Stoppable, Unwatched

if TYPE_CHECKING:
    from aiopeertube import PeerTube

_SHOWN_FAILURES: Final = 20


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
        named: bool = False,
    ) -> None:
        self._pt = pt
        self._settings = settings
        self._job = job or JobFlags()
        self._lines = job is not None and outcomes.chosen(job.format) == "jsonl"
        self._shows_diff = diff
        self._shows_counts = counts
        self._yes = yes
        self._where = {"instance": pt.origin} if named else {}
        self._counts: Counter[str] = Counter()
        self._progress: progress.Progress | None = None
        self._interrupts: Interrupts | None = None

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[None]:
        """Show the progress of a step."""
        with progress.showing(name, total, self._settings, state=self._state, pt=self._pt) as self._progress:
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

    def weigh(self, number: int) -> None:
        """Let bytes count, which take the time."""
        if self._progress is not None:
            self._progress.weigh(number)

    def sent(self, number: int) -> None:
        """Count bytes."""
        if self._progress is not None:
            self._progress.sent(number)

    def settled(self, item: Item) -> None:
        """Show a failure, and write what became of the item."""
        self._counts[item.state] += 1
        self._settings.outcomes[item.state] += 1
        if item.state in {"failed", "conflict"} and self._counts[item.state] <= _SHOWN_FAILURES:
            at = f"line {item.line}, " if item.line else ""
            self._print(f"{item.state}: {at}{item.name or item.uuid or item.ref}: {item.reason}")
        if self._lines:
            self._write(item)
        self.advance()

    def _write(self, item: Item) -> None:
        """Write what became of an item; where nobody can read it, the job stops."""
        try:
            job_output.write_outcome(item, **self._where)
        except BrokenPipeError:
            self.say("stopped: nobody reads stdout any more; --resume goes on")
            raise
        except OSError as exc:
            raise stdout.lost(exc) from exc

    def say(self, line: str) -> None:
        """Print what the job says, unless told to be quiet."""
        if not self._settings.quiet:
            self._print(line)

    def _print(self, line: str) -> None:
        """Print a line, above the bar where there is one."""
        if self._progress is None:
            note(line)
        else:
            self._progress.say(line)

    async def planned(self, plan: Plan) -> None:
        """Show what is about to be done, as far as somebody wants to know; see that outcomes can be written."""
        if self._lines and not self._job.dry_run:
            stdout.check()
        if self._shows_diff:
            await job_plan.show_diff(plan, self._settings)
        elif not self._settings.quiet:
            job_plan.show_aim(plan)
            job_plan.show_for_ever(plan)
        if self._shows_counts and not self._settings.quiet:
            note(f"{plan.changes:,} of {counted(plan.looked_at, 'video')} would change")
        if not self._job.dry_run:
            await job_plan.show_failed(plan)
        elif not self._lines and not self._settings.quiet:
            await job_plan.show_deleted(plan)
            await job_plan.show_failed(plan)
        job_plan.show_conflicts(plan)
        if not self._settings.quiet:
            job_plan.show_replaced(plan)
        if self._lines:
            await self._write_planned(plan)

    async def _write_planned(self, plan: Plan) -> None:
        """Write what will not be settled any more: all of a dry run, else what cannot be done."""
        if self._job.dry_run:
            async for item in plan.items("planned"):
                job_output.write_outcome(item, **self._where)
        if plan.cannot:
            async for item in plan.undone("failed", "conflict"):
                job_output.write_outcome(item, **self._where)

    async def confirm(self, question: str) -> bool:
        """Ask, unless the answer was given.

        Raises:
            Failure: nobody can be asked.
        """
        if not self._yes and not is_terminal(sys.stdin):
            raise Failure(f"nobody can be asked: {question}", code=Exit.USAGE, hint="add --yes if you are sure")
        return self._yes or click.confirm(question, err=True)

    def opened(self, run: Stoppable) -> None:
        """Listen to Ctrl-C from now on."""

        def heard() -> None:
            self.say(HEARD)
            run.stop("interrupted")

        self._interrupts = Interrupts(heard)
        self._interrupts.install()

    def _state(self) -> str:
        """Say what came of items so far."""
        if self._progress is None or not self._counts:
            return ""
        counts = ", ".join(f"{number:,} {state}" for state, number in sorted(self._counts.items()))
        at_once = self._pt.statistics().concurrency[1].limit
        return f"{counts}, {at_once} at once"
