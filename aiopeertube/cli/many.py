"""Runs over many items: outcomes on stdout for programs, failures, progress and counts on stderr for people."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import click

from aiopeertube import errors
from aiopeertube.cli import progress, stdin_ids
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.interrupts import HEARD, Interrupts
from aiopeertube.cli.nouns import VIDEO, Noun
from aiopeertube.cli.option_sets import option
from aiopeertube.cli.options import Settings
from aiopeertube.cli.outcomes import For, Take, outcome_lines, reason_of
from aiopeertube.cli.terminal import note

if TYPE_CHECKING:
    from aiopeertube import Call, Outcome, PeerTube
    from aiopeertube.bulk import BulkRun

# A call for a name, or several, told apart by what they change.
Make = Callable[[str], "Call[Any] | Mapping[str, Call[Any]]"]

_BAD = frozenset({"failed", "in doubt"})


@dataclass(frozen=True, slots=True)
class RunOptions:
    """When a run over many items stops early, and what it writes of each."""

    halt: str | None = option(
        "--halt", metavar="N|N%", help="Stop after so many failures (5), or so large a share (2%)."
    )
    format: str | None = option(
        "--format",
        type=click.Choice(["text", "jsonl"]),
        help="What to write on stdout: nothing (text, on a terminal) or a line of JSON for each.",
    )


def parts_of(made: "Call[Any] | Mapping[str, Call[Any]]") -> "Mapping[str, Call[Any]]":
    """Return the calls for one name, told apart by what they change."""
    return made if isinstance(made, Mapping) else {"": made}


class Run:
    """One run: what became of its items, and the exit code that follows."""

    def __init__(
        self,
        settings: Settings,
        verb: str,
        *,
        noun: Noun = VIDEO,
        halt: str | None = None,
        take: Take | None = None,
        in_order: bool = False,
    ) -> None:
        self._settings = settings
        self._verb = verb
        self._noun = noun
        self._workers = 1 if in_order else None
        self._halt = halt
        self._take = take
        self._interrupted = False
        self._halted: errors.BulkHalted | None = None
        self._hopeless: errors.PeerTubeError | None = None

    @classmethod
    def of(
        cls, settings: Settings, verb: str, options: RunOptions, noun: Noun = VIDEO, *, in_order: bool = False
    ) -> Self:
        """Make a run that stops and writes as the options say; `in_order` carries out one after the other."""
        take = outcome_lines(options.format, noun)
        return cls(settings, verb, noun=noun, halt=options.halt, take=take, in_order=in_order)

    async def over(self, pt: "PeerTube", names: Sequence[str], make: Make) -> int:
        """Carry out `make(name)` for all that is named; return the exit code."""
        stdin = stdin_ids.from_stdin(names)
        calls: Any = self._streamed(pt, names, make) if stdin else self._all(pt, names, make)
        total = None if stdin else len(calls)
        with progress.showing(self._verb, total, self._settings, pt=pt) as reporter:
            async with pt.bulk(calls, halt=self._halt, workers=self._workers, handle_sigint=False) as run:
                interrupts = Interrupts(lambda: self._stop(run, reporter))
                interrupts.install()
                try:
                    await self._follow(run, reporter)
                finally:
                    interrupts.remove()
        return self._verdict(run)

    async def _streamed(self, pt: "PeerTube", names: Sequence[str], make: Make) -> "AsyncIterator[Call[Any]]":
        async for name in stdin_ids.all_of(names, self._noun):
            for call in self._all(pt, [name], make):
                yield call

    def _all(self, pt: "PeerTube", names: Sequence[str], make: Make) -> "list[Call[Any]]":
        return [call for name in names for call in self._calls(pt, name, make)]

    def _calls(self, pt: "PeerTube", name: str, make: Make) -> "Iterator[Call[Any]]":
        """Make calls that remember for what they are; what has a wrong name is not sent."""
        if problem := self._noun.problem(name):
            yield replace(pt.config.get(), problem=problem, tag=For(name))
            return
        for part, call in parts_of(make(name)).items():
            yield call.tagged(For(name, part))

    def _stop(self, run: "BulkRun[Any]", reporter: progress.Progress) -> None:
        self._interrupted = True
        if not self._settings.quiet:
            reporter.say(HEARD)
        run.stop("by Ctrl-C")

    async def _follow(self, run: "BulkRun[Any]", reporter: progress.Progress) -> None:
        failed = 0
        try:
            async for outcome in run:
                failed += outcome.state in _BAD
                self._note(outcome, reporter)
                reporter.advance(outcome.state != "not started", failed=failed)
        except errors.BulkHalted as exc:
            self._halted = exc
        except errors.PeerTubeError as exc:
            if not errors.ends_run(exc):
                raise
            self._hopeless = exc

    def _note(self, outcome: "Outcome[Any]", reporter: progress.Progress) -> None:
        of: For = outcome.call.tag
        self._settings.outcomes[outcome.state] += 1
        if outcome.state in _BAD:
            reporter.say(f"aiopeertube: {outcome.state}: {of}: {reason_of(outcome)}")
        if self._take is not None:
            self._take(outcome, of.name)

    def _verdict(self, run: "BulkRun[Any]") -> int:
        counts = run.statistics()
        if not self._settings.quiet:
            doubts = f", {counts.in_doubt} in doubt" if counts.in_doubt else ""
            left = f", {counts.not_started} not started" if counts.not_started else ""
            rest = "" if counts.exhausted else ", the rest of the input not read"
            done = f"{self._verb}: {counts.succeeded} done, {counts.failed} failed{doubts}{left}{rest}"
            note(f"{done}, in {counts.seconds:.1f} s")
        if self._interrupted:
            raise Failure("interrupted", code=Exit.INTERRUPTED)
        if self._hopeless is not None:
            raise self._gave_up(counts.succeeded)
        if self._halted is not None:
            raise self._halted
        return Exit.SOME_FAILED if counts.failed or counts.in_doubt else Exit.DONE

    def _gave_up(self, succeeded: int) -> Exception:
        """Return the error that stopped the run; a server that answered a moment ago is worth another run."""
        error = self._hopeless
        assert error is not None  # noqa: S101 - the caller looked
        if succeeded and isinstance(error, errors.ServerUnreachable):
            return Failure(str(error), code=Exit.AGAIN, hint="run it again for what is left")
        return error
