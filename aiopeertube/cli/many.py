"""Runs over many videos: outcomes on stdout for programs, failures, progress and counts on stderr for people."""

import sys
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any

from aiopeertube import errors
from aiopeertube.cli import output, progress, stdin_ids
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.interrupts import HEARD, Interrupts
from aiopeertube.cli.options import Settings
from aiopeertube.cli.terminal import is_terminal, note

if TYPE_CHECKING:
    from aiopeertube import Call, Outcome, PeerTube
    from aiopeertube.bulk import BulkRun

Make = Callable[[str], "Call[Any]"]
Take = Callable[["Outcome[Any]", str], None]

# An error of these says nothing about the item: all others would meet it as well.
_HOPELESS = (errors.AuthenticationError, errors.ServerUnreachable)


class Run:
    """One run: what became of its items, and the exit code that follows."""

    def __init__(self, settings: Settings, verb: str, *, halt: str | None = None, take: Take | None = None) -> None:
        self._settings = settings
        self._verb = verb
        self._halt = halt
        self._take = take
        self._interrupted = False
        self._halted: errors.BulkHalted | None = None
        self._hopeless: errors.PeerTubeError | None = None

    async def over(self, pt: "PeerTube", videos: Sequence[str], make: Make) -> int:
        """Carry out `make(video)` for all videos; return the exit code."""
        calls: Any = _calls(videos, make) if stdin_ids.from_stdin(videos) else [make(video) for video in videos]
        total = None if stdin_ids.from_stdin(videos) else len(videos)
        with progress.showing(self._verb, total, self._settings) as reporter:
            async with pt.bulk(calls, halt=self._halt, handle_sigint=False) as run:
                interrupts = Interrupts(lambda: self._stop(run, reporter))
                interrupts.install()
                try:
                    await self._follow(run, reporter)
                finally:
                    interrupts.remove()
        return self._verdict(run)

    def _stop(self, run: "BulkRun[Any]", reporter: progress.Progress) -> None:
        self._interrupted = True
        if not self._settings.quiet:
            reporter.say(HEARD)
        run.stop("by Ctrl-C")

    async def _follow(self, run: "BulkRun[Any]", reporter: progress.Progress) -> None:
        failed = 0
        try:
            async for outcome in run:
                failed += outcome.state == "failed"
                self._note(outcome, run, reporter)
                reporter.advance(outcome.state != "not started", failed=failed)
        except errors.BulkHalted as exc:
            self._halted = exc

    def _note(self, outcome: "Outcome[Any]", run: "BulkRun[Any]", reporter: progress.Progress) -> None:
        video = video_of(outcome.call)
        if isinstance(outcome.error, _HOPELESS):
            self._hopeless = outcome.error
            run.stop("hopeless")
        elif outcome.state == "failed":
            reporter.say(f"aiopeertube: failed: {video}: {_reason(outcome)}")
        if self._take is not None:
            self._take(outcome, video)

    def _verdict(self, run: "BulkRun[Any]") -> int:
        counts = run.statistics()
        if not self._settings.quiet:
            left = f", {counts.not_started} not started" if counts.not_started else ""
            rest = "" if counts.exhausted else ", the rest of the input not read"
            done = f"{self._verb}: {counts.succeeded} done, {counts.failed} failed{left}{rest}"
            note(f"{done}, in {counts.seconds:.1f} s")
        if self._interrupted:
            raise Failure("interrupted", code=Exit.INTERRUPTED)
        if self._hopeless is not None:
            raise self._gave_up(counts.succeeded)
        if self._halted is not None:
            raise self._halted
        return Exit.SOME_FAILED if counts.failed else Exit.DONE

    def _gave_up(self, succeeded: int) -> Exception:
        """Name the error that stopped the run; a server that was there a moment ago will be back."""
        error = self._hopeless
        assert error is not None  # noqa: S101 - the caller looked
        if succeeded and isinstance(error, errors.ServerUnreachable):
            return Failure(str(error), code=Exit.AGAIN, hint="run it again for what is left")
        return error


async def _calls(videos: Sequence[str], make: Make) -> "AsyncIterator[Call[Any]]":
    async for video in stdin_ids.all_of(videos):
        yield make(video)


def video_of(call: "Call[Any]") -> str:
    """Return the video that a call is about, as it was given."""
    from urllib.parse import unquote  # noqa: PLC0415 - for odd names alone

    return unquote(call.path.rpartition("/")[2])


def _reason(outcome: "Outcome[Any]") -> str:
    error = outcome.error
    known = isinstance(error, errors.PeerTubeError)
    return str(error) if known else f"{type(error).__name__}: {error}"


def chosen(format: str | None) -> str:
    """Return the format of outcomes: none for people, who see failures and counts; JSON lines for programs."""
    return format or ("text" if is_terminal(sys.stdout) else "jsonl")


def outcome_lines(format: str | None) -> Take | None:
    """Make what writes each outcome as a line of JSON; None where nobody wants them."""
    return _write_outcome if chosen(format) == "jsonl" else None


def _write_outcome(outcome: "Outcome[Any]", video: str) -> None:
    line = {
        "video": video,
        "state": outcome.state,
        "attempts": outcome.attempts,
        "seconds": round(outcome.seconds, 3),
        "error": None if outcome.error is None else _reason(outcome),
    }
    output.put(output.to_json(line) + "\n")
