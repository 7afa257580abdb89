"""Timeouts for many requests with one timer: a deadline costs a dictionary entry instead of a timer of its own.

The timer stands at the earliest deadline that there was when it was set. By the time it fires most of those are over,
so it looks at what is left, and is set anew: about once in the time that requests may take.
"""

import asyncio
from typing import Any, Final

_AT_LEAST: Final = 0.005  # seconds from one look to the next: deadlines that lie close together share one


class Deadlines:
    """Cancels tasks that take too long, all watched by one timer that runs while there are any.

    `start` and `finish` enclose the work of the current task; a CancelledError in between was ours when `finish` says
    so: then it means a timeout, or `closed`.
    """

    __slots__ = ("_due", "_late", "_loop", "_timer", "closed")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._due: dict[asyncio.Task[Any], float] = {}
        self._late: dict[asyncio.Task[Any], int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.closed = False

    def start(self, seconds: float) -> asyncio.Task[Any]:
        """Give the current task `seconds` from now; return it."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a deadline needs a task")
        due = self._due[task] = self._loop.time() + seconds
        if self._timer is None or due < self._timer.when():
            self._set(due)
        return task

    def extend(self, task: asyncio.Task[Any], seconds: float) -> None:
        """Give `task`, which has made progress, `seconds` from now."""
        if task in self._due:
            self._due[task] = self._loop.time() + seconds

    def finish(self, task: asyncio.Task[Any]) -> bool:
        """Stop watching `task`; return whether it was cancelled here and by nobody else."""
        if self._due.pop(task, None) is not None:
            return False
        # As in asyncio.timeout: take our own cancellation back, and see whether somebody else's is left.
        cancelling = self._late.pop(task)
        return task.uncancel() <= cancelling

    def close(self) -> None:
        """End all work that is under way, and stop looking."""
        self.closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._end(list(self._due))

    def _set(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(max(due, self._loop.time() + _AT_LEAST), self._look)

    def _look(self) -> None:
        self._timer = None
        now = self._loop.time()
        self._end([task for task, due in self._due.items() if due <= now])
        if self._due:
            self._set(min(self._due.values()))

    def _end(self, tasks: list[asyncio.Task[Any]]) -> None:
        for task in tasks:
            del self._due[task]
            self._late[task] = task.cancelling()
            task.cancel()
