"""How far a run is, on stderr: a bar on a terminal, a line now and then elsewhere, nothing with --quiet."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

from aiopeertube.cli.options import Settings
from aiopeertube.cli.terminal import is_terminal, note, one_line

if TYPE_CHECKING:
    from rich import progress

_SECONDS_BETWEEN_LINES: Final = 5.0
_BETWEEN_REFRESHES: Final = 0.25


class Screen(Protocol):
    """Where a run is shown."""

    def show(self, done: int, total: int | None, state: str) -> None:
        """Show how far it is; `total` None: nobody knows yet."""
        ...

    def say(self, line: str) -> None:
        """Print a line, above the bar where there is one."""
        ...


class Progress:
    """Counts, and shows it when it is time; `state` says what else there is to tell then, by default what failed."""

    def __init__(self, screen: Screen, total: int | None, state: Callable[[], str] | None, *, between: float) -> None:
        self._screen = screen
        self._total = total
        self._state = state
        self._between = between
        self._next = time.monotonic() + between
        self._began = time.monotonic()
        self._failed: int | None = None
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
            self._next = time.monotonic() + self._between
            self.show()

    def show(self) -> None:
        """Show how far it is now."""
        failed = "" if self._failed is None else f"{self._failed:,} failed"
        self._screen.show(self.done, self._total, failed if self._state is None else self._state())

    def say(self, line: str) -> None:
        """Print a line."""
        self._screen.say(line)


class _Quiet:
    def show(self, done: int, total: int | None, state: str) -> None:
        """Do nothing."""

    def say(self, line: str) -> None:
        """Print it: failures are said in any case."""
        note(line)


class _Lines(_Quiet):
    def __init__(self, title: str) -> None:
        self._title = title

    def show(self, done: int, total: int | None, state: str) -> None:
        """Print a line."""
        of = "" if total is None else f" of {total:,}"
        note(", ".join(part for part in (f"{self._title}: {done:,}{of}", state) if part))


class _Bar:
    def __init__(self, bar: "progress.Progress", title: str, total: int | None) -> None:
        self._bar = bar
        self._task = bar.add_task(title, total=total, state="")

    def show(self, done: int, total: int | None, state: str) -> None:
        """Move the bar."""
        fields: dict[str, Any] = {"state": state}
        self._bar.update(self._task, completed=done, total=total, **fields)

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self._bar.console.print(one_line(line), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def showing(
    title: str, total: int | None, settings: Settings, state: Callable[[], str] | None = None
) -> Iterator[Progress]:
    """Show the progress of what happens inside."""
    if settings.quiet:
        yield Progress(_Quiet(), total, state, between=_SECONDS_BETWEEN_LINES)
    elif not is_terminal(sys.stderr):
        yield Progress(_Lines(title), total, state, between=_SECONDS_BETWEEN_LINES)
    else:
        with _bar(settings) as bar:
            shown = Progress(_Bar(bar, title, total), total, state, between=_BETWEEN_REFRESHES)
            yield shown
            shown.show()


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
