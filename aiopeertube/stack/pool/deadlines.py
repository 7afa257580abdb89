"""Timeouts for many requests with one timer: a deadline costs a dictionary entry instead of a timer of its own.

The price is precision: a request is given up at most a tenth of its time, and at most a second, late.
"""

import asyncio
from typing import Any, Final

_SLOWEST: Final = 1.0  # seconds between two looks


class Deadlines:
    """Cancels tasks that take too long, all watched by one timer that runs while there are any.

    `start` and `finish` enclose the work of the current task; a CancelledError in between was ours, and means a
    timeout, when `finish` says so.
    """

    __slots__ = ("_due", "_late", "_loop", "_pause", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._due: dict[asyncio.Task[Any], float] = {}
        self._late: dict[asyncio.Task[Any], int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._pause = _SLOWEST

    def start(self, seconds: float) -> asyncio.Task[Any]:
        """Give the current task `seconds` from now; return it."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a deadline needs a task")
        self._due[task] = self._loop.time() + seconds
        if self._timer is None or seconds < 10 * self._pause:
            self._begin(seconds)
        return task

    def finish(self, task: asyncio.Task[Any]) -> bool:
        """Stop watching `task`; return whether it was cancelled here and by nobody else."""
        if self._due.pop(task, None) is not None:
            return False
        # As in asyncio.timeout: take our own cancellation back, and see whether somebody else's is left.
        cancelling = self._late.pop(task)
        return task.uncancel() <= cancelling

    def close(self) -> None:
        """Stop looking."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _begin(self, seconds: float) -> None:
        self._pause = min(self._pause, seconds / 10)
        self.close()
        self._timer = self._loop.call_later(self._pause, self._look)

    def _look(self) -> None:
        now = self._loop.time()
        for task in [task for task, due in self._due.items() if due <= now]:
            del self._due[task]
            self._late[task] = task.cancelling()
            task.cancel()
        self._timer = self._loop.call_later(self._pause, self._look) if self._due else None
