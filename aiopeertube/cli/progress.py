"""How far a run is, on stderr: a bar on a terminal, a line now and then elsewhere, nothing with --quiet."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

from aiopeertube.cli.options import Settings
from aiopeertube.cli.output import to_json
from aiopeertube.cli.terminal import is_terminal, note, one_line
from aiopeertube.cli.waiting import Wait

if TYPE_CHECKING:
    from rich import progress

_SECONDS_BETWEEN_LINES: Final = 5.0
_BETWEEN_REFRESHES: Final = 0.25


class Screen(Protocol):
    """Where a run is shown."""

    def show(self, done: int, total: int | None, state: str, wait: Wait | None) -> None:
        """Show how far it is, and what it waits for; `total` None: nobody knows yet."""
        ...

    def say(self, line: str) -> None:
        """Print a line, above the bar where there is one."""
        ...


class Progress:
    """Counts, and shows it when it is time, also while nothing happens.

    `state` says what came of it so far, by default what failed, and `waiting` what it waits for.
    """

    def __init__(
        self,
        screen: Screen,
        total: int | None,
        *,
        between: float,
        state: Callable[[], str] | None = None,
        waiting: Callable[[], Wait | None] | None = None,
    ) -> None:
        self._screen = screen
        self._total = total
        self._state = state
        self._waiting = waiting
        self._between = between
        self._next = time.monotonic() + between
        self._began = time.monotonic()
        self._failed: int | None = None
        self._ticker: asyncio.TimerHandle | None = None
        self.done = 0

    @property
    def rate(self) -> float:
        """Items per second."""
        return self.done / max(0.001, time.monotonic() - self._began)

    def expect(self, total: int) -> None:
        """Learn how many there are in all."""
        self._total = total

    def advance(self, number: int = 1, *, failed: int | None = None) -> None:
        """Count `number` more; `failed` have failed in all, where anything can."""
        self.done += number
        self._failed = failed
        if time.monotonic() >= self._next:
            self.show()

    def show(self) -> None:
        """Show how far it is now."""
        self._next = time.monotonic() + self._between
        failed = "" if self._failed is None else f"{self._failed:,} failed"
        state = failed if self._state is None else self._state()
        self._screen.show(self.done, self._total, state, None if self._waiting is None else self._waiting())

    def begin(self) -> None:
        """Show it again and again from now on: who waits is to see for what."""
        self._ticker = asyncio.get_running_loop().call_later(max(_BETWEEN_REFRESHES, self._between), self._tick)

    def _tick(self) -> None:
        if time.monotonic() >= self._next:
            self.show()
        self.begin()

    def end(self) -> None:
        """Show nothing more."""
        if self._ticker is not None:
            self._ticker.cancel()

    def say(self, line: str) -> None:
        """Print a line."""
        self._screen.say(line)


class _Quiet:
    def show(self, done: int, total: int | None, state: str, wait: Wait | None) -> None:
        """Do nothing."""

    def say(self, line: str) -> None:
        """Print it: failures are said in any case."""
        note(line)


class _Lines(_Quiet):
    def __init__(self, title: str) -> None:
        self._title = title

    def show(self, done: int, total: int | None, state: str, wait: Wait | None) -> None:
        """Print a line."""
        of = "" if total is None else f" of {total:,}"
        note(", ".join(part for part in (f"{self._title}: {done:,}{of}", state, str(wait or "")) if part))


class _Rows(_Quiet):
    """A line of JSON now and then."""

    def __init__(self, title: str) -> None:
        self._title = title

    def show(self, done: int, total: int | None, state: str, wait: Wait | None) -> None:
        """Print a line."""
        row = {"step": self._title, "done": done, "total": total, "state": state}
        note(to_json(row | {"waiting": None if wait is None else wait.row()}))


class _Bar:
    def __init__(self, bar: "progress.Progress", title: str, total: int | None) -> None:
        self._bar = bar
        self._task = bar.add_task(title, total=total, state="")

    def show(self, done: int, total: int | None, state: str, wait: Wait | None) -> None:
        """Move the bar."""
        fields: dict[str, Any] = {"state": ", ".join(part for part in (state, str(wait or "")) if part)}
        self._bar.update(self._task, completed=done, total=total, **fields)

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self._bar.console.print(one_line(line), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def showing(
    title: str,
    total: int | None,
    settings: Settings,
    *,
    state: Callable[[], str] | None = None,
    waiting: Callable[[], Wait | None] | None = None,
) -> Iterator[Progress]:
    """Show the progress of what happens inside."""
    with _screen(title, total, settings) as (screen, between):
        shown = Progress(screen, total, between=between, state=state, waiting=waiting)
        shown.begin()
        try:
            yield shown
        finally:
            shown.end()
        if isinstance(screen, _Bar | _Rows):
            shown.show()


@contextmanager
def _screen(title: str, total: int | None, settings: Settings) -> Iterator[tuple[Screen, float]]:
    if settings.quiet:
        yield _Quiet(), _SECONDS_BETWEEN_LINES
    elif settings.progress == "jsonl":
        yield _Rows(title), _SECONDS_BETWEEN_LINES
    elif not is_terminal(sys.stderr):
        yield _Lines(title), _SECONDS_BETWEEN_LINES
    else:
        with _bar(settings) as bar:
            yield _Bar(bar, title, total), _BETWEEN_REFRESHES


def _bar(settings: Settings) -> "progress.Progress":
    from rich import progress  # noqa: PLC0415 - only who draws pays for it
    from rich.console import Console  # noqa: PLC0415

    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(bar_width=24),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
        progress.TextColumn("{task.fields[state]}", markup=False),
        console=Console(file=sys.stderr, no_color=settings.no_color),
    )
