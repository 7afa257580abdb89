"""How long a run still takes: by the server's windows where these hold it up, else by how fast it was of late.

Where a window lets fifty through every ten seconds, what was done a second ago says nothing of the next: a run goes
in steps. So items are counted from the end of one window's allowance to that of the next.
"""

import math
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aiopeertube.stack.states import WindowState

_SAMPLES: Final = 400  # of the run so far; older ones are thinned out
_SOONEST: Final = 2.0  # seconds before which nobody can tell


class TimeLeft:
    """Takes samples of a run, and tells what is left; moments and spans are in seconds."""

    def __init__(self, began: float) -> None:
        self._samples = deque([(began, 0)])
        self._began = began
        self._closed: list[int] = []  # how many were done each time that a window was used up
        self._first = 0.0  # how many the first window would have let through, had it been the run's alone
        self._ends = -math.inf  # when the last of these is over
        self._length = 0.0  # of a window; 0: not known
        self._open_for = 0.0  # how long it took to use it up

    def sample(self, now: float, done: int, windows: Sequence["WindowState"] = (), requests: int = 0) -> None:
        """Note how many are done, which windows are used up, and how many requests the run has sent so far."""
        if done > self._samples[-1][1]:
            self._samples.append((now, done))
            if len(self._samples) > _SAMPLES:
                self._samples = deque([*self._samples][::2])
        for window in windows:
            if window.closed and window.waiting and window.ends_in is not None:
                self._close(now + window.ends_in, window.length, done)
                if len(self._closed) == 1:
                    self._first = done * max(1.0, (window.limit or 0) / max(requests, 1)) if requests else done
                return

    def _close(self, ends: float, length: float | None, done: int) -> None:
        """Note that a window is used up; what was under way when it was counts, too."""
        self._length = length or self._length
        if ends > self._ends + (self._length or _SOONEST) / 2:
            self._closed.append(done)
            self._open_for = self._samples[-1][0] - max(self._began, self._ends)
        self._closed[-1] = done
        self._ends = max(self._ends, ends)

    def seconds(self, now: float, total: int) -> float | None:
        """Return how long the rest takes; None where nobody can tell yet."""
        done = self._samples[-1][1]
        if done >= total:
            return 0.0
        each = self._each_window()
        if not self._length and now < self._ends:
            return None  # how long is the next window?
        if self._closed and now < self._ends + self._length:
            return self._by_windows(now, total - done, done, each) if each else None
        return self._by_speed(now, total - done)

    def _each_window(self) -> float:
        """Return how many items a window lets through; 0 where none was used up."""
        if len(self._closed) > 1:
            return (self._closed[-1] - self._closed[0]) / (len(self._closed) - 1)
        return self._first

    def _by_windows(self, now: float, left: int, done: int, each: float) -> float:
        if now < self._ends:
            return self._ends - now + self._whole(left, each)
        here = each - (done - self._closed[-1])  # what the window that is open now still lets through
        if left <= here:
            return self._open_for * left / each
        return self._ends + self._length - now + self._whole(left - here, each)

    def _whole(self, left: float, each: float) -> float:
        """Return how long so many take from the beginning of a window on."""
        windows = math.ceil(left / each - 1e-9) - 1
        return windows * self._length + self._open_for * (left - windows * each) / each

    def _by_speed(self, now: float, left: int) -> float | None:
        """Go by the later half of the run: at the beginning it is found out how many may run at once."""
        middle = self._began + (now - self._began) / 2
        since, before = next(((at, done) for at, done in self._samples if at >= middle), self._samples[0])
        if since == self._samples[-1][0]:
            since, before = self._samples[0]
        at, done = self._samples[-1]
        if now - self._began < _SOONEST or done == before:
            return None
        return left * (at - since) / (done - before)
