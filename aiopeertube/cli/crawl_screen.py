"""How far a crawl is, on stderr: a bar for each state that instances are in, or a line now and then."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from aiopeertube._counting import counted
from aiopeertube.cli import progress
from aiopeertube.cli.options import Settings
from aiopeertube.cli.terminal import is_terminal
from aiopeertube.fleet import STATES, Fleet, FleetStatistics

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_BETWEEN: Final = 0.25  # seconds


def described(counts: FleetStatistics) -> str:
    """Say how many instances are in which state, and how many videos came."""
    states = [f"{counts.states[state]:,} {state}" for state in STATES if counts.states.get(state)]
    return ", ".join([*states, counted(counts.videos, "video")])


@contextmanager
def showing(fleet: Fleet, settings: Settings) -> Iterator[Callable[[], None]]:
    """Show how far a fleet is; what this gives is called with each record."""
    if settings.quiet or settings.progress == "jsonl" or not is_terminal(sys.stderr):
        total = len(fleet.origins)
        with progress.showing(
            "crawl", total, settings, state=lambda: described(fleet.statistics()), even=False
        ) as shown:

            def advance() -> None:
                shown.expect(fleet.statistics().instances)
                shown.advance(len(fleet.records) - shown.done)

            yield advance
        return
    with _bars(settings) as bars:
        screen = _Bars(fleet, bars)
        screen.begin()
        try:
            yield lambda: None
        finally:
            screen.end()


class _Bars:
    """A bar for each state that any instance is in."""

    def __init__(self, fleet: Fleet, bars: "Progress") -> None:
        self._fleet = fleet
        self._bars = bars
        self._began = time.monotonic()
        self._timer: asyncio.TimerHandle | None = None
        # All are there from the start, so that they keep their order.
        names = ("waiting", "at work", *STATES)
        self._tasks: dict[str, TaskID] = {name: bars.add_task(name, visible=False, told="") for name in names}

    def begin(self) -> None:
        """Show it now, and again and again."""
        self._show()
        self._timer = asyncio.get_running_loop().call_later(_BETWEEN, self.begin)

    def end(self) -> None:
        """Show it for the last time."""
        if self._timer is not None:
            self._timer.cancel()
        self._show()

    def _show(self) -> None:
        counts = self._fleet.statistics()
        numbers = {"waiting": counts.waiting, "at work": counts.at_work, **counts.states}
        told = self._told(counts)
        for name, task in self._tasks.items():
            number = numbers.get(name, 0)
            fields: dict[str, Any] = {"told": told if number else ""}
            told = "" if number else told  # beside the first bar, whatever that is of
            self._bars.update(task, completed=number, total=counts.instances, visible=bool(number), **fields)

    def _told(self, counts: FleetStatistics) -> str:
        """Say what came so far, and how fast; how long the rest takes nobody knows: no instance is like another."""
        pages = counts.pages / max(0.001, time.monotonic() - self._began)
        return f"{counted(counts.videos, 'video')}, {pages:.1f} pages a second"


def _bars(settings: Settings) -> "Progress":
    from rich import progress as bars  # noqa: PLC0415 - only who draws pays for it
    from rich.console import Console  # noqa: PLC0415

    return bars.Progress(
        bars.TextColumn("{task.description}"),
        bars.BarColumn(bar_width=32),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[told]}", markup=False),
        console=Console(file=sys.stderr, no_color=settings.no_color),
    )
