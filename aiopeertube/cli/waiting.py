"""What holds requests up, in a few words and for programs: every wait has a reason and an end."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.cli.options import Settings
from aiopeertube.cli.terminal import note

if TYPE_CHECKING:
    from aiopeertube import PeerTube
    from aiopeertube.stack.states import HealthState, WindowState

_WHAT: Final = {"api": "server", "token": "token endpoint"}
_SILENT: Final = 5.0  # seconds after which a wait is told that nothing else shows
_AGAIN: Final = 60.0  # seconds until it is told once more


@dataclass(frozen=True, slots=True)
class Wait:
    """What requests wait for: the rate limit, or the server itself; seconds from now.

    `asked` is what the server asks to wait, where it does, and `gives_up_in` when those who wait are told to go.
    """

    reason: str
    ends_in: float
    asked: float | None = None
    gives_up_in: float | None = None
    what: str = ""

    def __str__(self) -> str:
        if self.reason == "rate limit":
            ends = f"waiting for the rate limit, next window in {span(self.ends_in)}, at {clock(self.ends_in)}"
            longer = self.asked is not None and self.asked > self.ends_in + _AGAIN
            return f"{ends}; the server asks for {span(self.asked or 0)}, so this gives up then" if longer else ends
        over = f", giving up in {span(self.gives_up_in)}" if self.gives_up_in is not None else ""
        return f"{self.what}, next try in {span(self.ends_in)}{over}"

    def row(self) -> dict[str, Any]:
        """Return it for programs."""
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + self.ends_in))
        row = {"reason": self.reason, "ends_in": round(self.ends_in, 1), "until": until}
        return row | {"asked": self.asked, "gives_up_in": self.gives_up_in}


def wait_of(pt: "PeerTube") -> Wait | None:
    """Return what requests wait for; None where they need not."""
    state = pt.statistics()
    for health in state.health:
        if health.state in {"suspected", "away"}:
            return _away(health)
    closed = (window for window in state.windows if window.closed and window.waiting and window.ends_in is not None)
    return next(map(_limited, closed), None)


def held_up(pt: "PeerTube") -> str:
    """Say what requests wait for; "" where they need not."""
    return str(wait_of(pt) or "")


def span(seconds: float) -> str:
    """Write so many seconds for people."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def clock(seconds: float) -> str:
    """Write the local time so many seconds from now, with its day where that is another."""
    now, then = time.localtime(), time.localtime(time.time() + seconds)
    return time.strftime("%H:%M:%S" if now[:3] == then[:3] else "%Y-%m-%d %H:%M", then)


@contextmanager
def told(pt: "PeerTube", settings: Settings) -> Iterator[Callable[[], None]]:
    """Say on stderr what is waited for, for as long as nothing else shows it; yields what ends that."""
    loop = asyncio.get_running_loop()
    ticking = [loop.call_later(_SILENT, lambda: tick(pt.statistics().requests, 0.0))]

    def tick(before: int, silent: float) -> None:
        sent = pt.statistics().requests
        silent = silent + _SILENT if sent == before else 0.0
        what = held_up(pt) or (f"no answer for {silent:.0f} s" if silent and pt.statistics().in_flight else "")
        if what and silent % _AGAIN in {0.0, _SILENT}:
            note(f"{pt.origin}: {what}")
        ticking[0] = loop.call_later(_SILENT, lambda: tick(sent, silent))

    def end() -> None:
        ticking[0].cancel()

    if settings.quiet:
        end()
    try:
        yield end
    finally:
        end()


def _limited(window: "WindowState") -> Wait:
    return Wait("rate limit", window.ends_in or 0.0, asked=window.asked_for)


def _away(health: "HealthState") -> Wait:
    what = f"{_WHAT[health.service]} away for {span(health.away_for)}"
    return Wait("server away", health.next_try_in or 0.0, gives_up_in=health.gives_up_in, what=what)
