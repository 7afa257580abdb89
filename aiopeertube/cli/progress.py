"""How far a run is, on stderr: a bar on a terminal, a line now and then elsewhere, nothing with --quiet."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

from aiopeertube.cli.options import Settings
from aiopeertube.cli.terminal import is_terminal, note, one_line

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_SECONDS_BETWEEN_LINES: Final = 5.0


class Reporter(Protocol):
    """What a run tells while it goes on."""

    def done(self, failed: int, *, number: int = 1) -> None:
        """Count `number` more; `failed` have failed in all."""
        ...

    def expect(self, total: int) -> None:
        """Learn how many there are in all."""
        ...

    def say(self, line: str) -> None:
        """Print a line, above the bar where there is one."""
        ...


class Silent:
    """Nothing but what has to be said."""

    def done(self, failed: int, *, number: int = 1) -> None:
        """Do nothing."""

    def expect(self, total: int) -> None:
        """Do nothing."""

    def say(self, line: str) -> None:
        """Print a line."""
        note(line)


class Lines(Silent):
    """A line every few seconds, for logs."""

    def __init__(self, title: str, total: int | None) -> None:
        self._title = title
        self._of = ""
        self._done = 0
        if total is not None:
            self.expect(total)
        self._next = time.monotonic() + _SECONDS_BETWEEN_LINES

    def done(self, failed: int, *, number: int = 1) -> None:
        """Count, and print a line when it is time."""
        self._done += number
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _SECONDS_BETWEEN_LINES
            note(f"{self._title}: {self._done:,}{self._of}, {failed:,} failed")

    def expect(self, total: int) -> None:
        """Name the total from now on."""
        self._of = f" of {total:,}"


class Bar:
    """A bar of rich's."""

    def __init__(self, bar: "Progress", task: "TaskID") -> None:
        self._bar = bar
        self._task = task

    def done(self, failed: int, *, number: int = 1) -> None:
        """Move the bar."""
        fields: dict[str, Any] = {"failed": f"{failed:,} failed" if failed else ""}
        self._bar.update(self._task, advance=number, **fields)

    def expect(self, total: int) -> None:
        """Let the bar have an end."""
        self._bar.update(self._task, total=total)

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self._bar.console.print(one_line(line), markup=False, highlight=False, soft_wrap=True)


def looked_at(reporter: Reporter) -> Callable[[int, int | None], None]:
    """Make what migrations tell how many videos they have looked at."""

    def tell(number: int, total: int | None) -> None:
        if total is not None:
            reporter.expect(total)
        reporter.done(0, number=number)

    return tell


@contextmanager
def showing(title: str, total: int | None, settings: Settings) -> Iterator[Reporter]:
    """Show the progress of what happens inside."""
    if settings.quiet:
        yield Silent()
    elif not is_terminal(sys.stderr):
        yield Lines(title, total)
    else:
        with _bar(settings) as bar:
            yield Bar(bar, bar.add_task(title, total=total, failed=""))


def _bar(settings: Settings) -> "Progress":
    from rich import progress  # noqa: PLC0415 - only who draws pays for it
    from rich.console import Console  # noqa: PLC0415

    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[failed]}"),
        progress.TimeRemainingColumn(),
        console=Console(file=sys.stderr, no_color=settings.no_color),
    )
