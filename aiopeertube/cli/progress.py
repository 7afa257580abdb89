"""How far a run is, on stderr: a bar on a terminal, a line now and then elsewhere, nothing with --quiet."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from aiopeertube.cli.options import Settings
from aiopeertube.cli.screens import Now, Screen, screen_for
from aiopeertube.cli.time_left import TimeLeft
from aiopeertube.cli.waiting import wait_of

if TYPE_CHECKING:
    from aiopeertube import PeerTube

_TICK: Final = 0.25  # seconds between two looks
_SOONEST: Final = 1.0  # second before which a rate tells nothing


class Progress:
    """Counts, and shows it when it is time, also while nothing happens.

    `state` says what came of it so far besides how many a second, by default what failed; of `pt` is shown what it
    waits for. Where items are not `even`, some small and some large, nobody can tell how long the rest takes.
    """

    def __init__(
        self,
        screen: Screen,
        total: int | None,
        *,
        state: Callable[[], str] | None = None,
        pt: "PeerTube | None" = None,
        even: bool = True,
    ) -> None:
        self._screen = screen
        self._total = total
        self._state = state
        self._pt = pt
        self._even = even
        self._next = time.monotonic() + screen.between
        self._began = time.monotonic()
        self._time_left = TimeLeft(self._began)
        self._sent_before = 0 if pt is None else pt.statistics().requests
        self._failed: int | None = None
        self._bytes, self._all_bytes = 0, 0  # of files, where they are what takes the time
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

    def weigh(self, number: int) -> None:
        """Learn that so many more bytes are to be sent, or fewer."""
        self._all_bytes += number

    def sent(self, number: int) -> None:
        """Count so many bytes more."""
        self._bytes += number

    def show(self) -> None:
        """Show how far it is now."""
        self._next = time.monotonic() + self._screen.between
        wait = None if self._pt is None else wait_of(self._pt)
        self._screen.show(Now(self.done, self._total, self._came_of_it(), wait, self._left()))

    def _came_of_it(self) -> str:
        failed = "" if self._failed is None else f"{self._failed:,} failed"
        rate = self._rate() if time.monotonic() - self._began >= _SOONEST else ""
        return ", ".join(part for part in (rate, failed if self._state is None else self._state()) if part)

    def _rate(self) -> str:
        if self._all_bytes:
            sent, in_all = self._bytes / 1e6, self._all_bytes / 1e6
            return f"{sent:,.0f} of {in_all:,.0f} MB, {sent / (time.monotonic() - self._began):,.1f} MB/s"
        return f"{self.rate:,.{0 if self.rate >= 100 else 1}f}/s" if self.done else ""

    def _left(self) -> float | None:
        now = time.monotonic()
        self._look(now)
        total = self._all_bytes or self._total
        return self._time_left.seconds(now, total) if self._even and total is not None else None

    def _look(self, now: float) -> None:
        """See how far it is, and what holds it up."""
        done = self._bytes if self._all_bytes else self.done
        if self._pt is None:
            self._time_left.sample(now, done)
            return
        known = self._pt.statistics()
        self._time_left.sample(now, done, known.windows, known.requests - self._sent_before)

    def begin(self) -> None:
        """Look again and again from now on, and show it now and then: who waits is to see for what."""
        self._ticker = asyncio.get_running_loop().call_later(_TICK, self._tick)

    def _tick(self) -> None:
        now = time.monotonic()
        if now >= self._next:
            self.show()
        else:
            self._look(now)
        self.begin()

    def end(self) -> None:
        """Show nothing more."""
        if self._ticker is not None:
            self._ticker.cancel()

    def say(self, line: str) -> None:
        """Print a line."""
        self._screen.say(line)


@contextmanager
def showing(
    title: str,
    total: int | None,
    settings: Settings,
    *,
    state: Callable[[], str] | None = None,
    pt: "PeerTube | None" = None,
    even: bool = True,
) -> Iterator[Progress]:
    """Show the progress of what happens inside."""
    with screen_for(title, total, settings) as screen:
        shown = Progress(screen, total, state=state, pt=pt, even=even)
        shown.begin()
        try:
            yield shown
        finally:
            shown.end()
        if screen.shows_end:
            shown.show()
