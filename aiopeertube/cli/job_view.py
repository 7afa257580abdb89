"""What people see of a job while it runs, and what programs read of its outcomes."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

from aiopeertube.cli import output
from aiopeertube.cli.options import Settings
from aiopeertube.cli.terminal import is_terminal, note, one_line

if TYPE_CHECKING:
    from aiopeertube import PeerTube
    from aiopeertube.migrate.item import Item

_SECONDS_BETWEEN_LINES: Final = 5.0
_BETWEEN_REFRESHES: Final = 0.25
_SHOWN_FAILURES: Final = 20


class Screen(Protocol):
    """Where a job is shown."""

    def show(self, done: int, text: str) -> None:
        """Show how far it is."""
        ...

    def say(self, line: str) -> None:
        """Print a line."""
        ...


class View:
    """Counts outcomes; tells them to programs as lines of JSON, and to people as a bar or a line now and then."""

    def __init__(self, pt: "PeerTube", screen: Screen, *, lines: bool, between: float) -> None:
        self._pt = pt
        self._screen = screen
        self._lines = lines
        self._between = between
        self._began = time.monotonic()
        self._next = self._began + between
        self.counts: Counter[str] = Counter()

    def say(self, line: str) -> None:
        """Print a line."""
        self._screen.say(line)

    def settled(self, item: "Item") -> None:
        """Take in what became of an item."""
        self.counts[item.state] += 1
        if item.state in {"failed", "conflict"} and self.counts[item.state] <= _SHOWN_FAILURES:
            what = item.name or item.uuid or item.ref
            at = f"line {item.line}, " if item.line else ""
            self._screen.say(f"{item.state}: {at}{what}: {item.reason}")
        if self._lines:
            output.put(output.to_json(outcome(item)) + "\n")
        self.tick()

    def tick(self, *, force: bool = False) -> None:
        """Show how far it is, if it is time."""
        now = time.monotonic()
        if force or now >= self._next:
            self._next = now + self._between
            self._screen.show(sum(self.counts.values()), self.text(now))

    def text(self, now: float) -> str:
        """Say what limiter and concurrency are doing, and what came of items so far."""
        done = sum(self.counts.values())
        rate = done / max(0.001, now - self._began)
        counts = ", ".join(f"{number:,} {state}" for state, number in sorted(self.counts.items()))
        return " · ".join(part for part in (f"{rate:.1f}/s", counts, throttle(self._pt)) if part)


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


def outcome(item: "Item") -> dict[str, Any]:
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


class _Quiet:
    def show(self, done: int, text: str) -> None:
        """Do nothing."""

    def say(self, line: str) -> None:
        """Print it: failures are said in any case."""
        note(line)


class _Lines(_Quiet):
    def __init__(self, title: str, total: int) -> None:
        self._title = title
        self._total = total

    def show(self, done: int, text: str) -> None:
        """Print a line."""
        note(f"{self._title}: {done:,} of {self._total:,} · {text}")


class _Bar:
    def __init__(self, bar: Any, task: Any) -> None:
        self._bar = bar
        self._task = task

    def show(self, done: int, text: str) -> None:
        """Move the bar."""
        self._bar.update(self._task, completed=done, state=text)

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self._bar.console.print(one_line(line), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def showing(pt: "PeerTube", settings: Settings, title: str, total: int, *, lines: bool) -> Iterator[View]:
    """Show a job of so many items."""
    if settings.quiet:
        yield View(pt, _Quiet(), lines=lines, between=_SECONDS_BETWEEN_LINES)
    elif not is_terminal(sys.stderr):
        yield View(pt, _Lines(title, total), lines=lines, between=_SECONDS_BETWEEN_LINES)
    else:
        with _bar(settings) as bar:
            view = View(
                pt, _Bar(bar, bar.add_task(title, total=total, state="")), lines=lines, between=_BETWEEN_REFRESHES
            )
            yield view
            view.tick(force=True)


def _bar(settings: Settings) -> Any:
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
