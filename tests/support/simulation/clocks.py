"""Everything that moves by itself, made to move by the seed alone: time, chance, threads and the order of sets.

Where the client reads clocks and chance: `time.time()` in `stack/auth.py` (the life of tokens) and in
`migrate/journal.py` (when an item was written), `time.monotonic()` in `bulk/engine.py` (seconds of an outcome), the
loop's clock everywhere else; `random` in `stack/retry.py` and `resumable/driver.py` (jitter). Under `wire.py` also
`aiohttp.connector.monotonic` (how long a connection is kept).
"""

import asyncio
import itertools
import random
import selectors
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any, TypeVar

from anyio._backends._asyncio import CancelScope
from virtual_clock import START, JumpingSelector, VirtualClockLoop

from aiopeertube.migrate.journal import journal

T = TypeVar("T")

EPOCH = 1_700_000_000.0  # what `time.time()` says when a simulation begins
STEPS_AT_ONE_MOMENT = 200_000  # turns of the loop within a millisecond


class EndlessRun(Exception):
    """The simulation did not come to its end: out of virtual time, or time stands still."""


class _NoFiles(JumpingSelector):
    """There are no real files to look at, so that no system call is made."""

    def look(self) -> list[tuple[selectors.SelectorKey, int]]:
        return []


class NumberedTask(asyncio.Task[Any]):
    """A task whose place in a set follows from its number, not from its address."""

    numbers = itertools.count()

    def __init__(self, coroutine: Coroutine[Any, Any, Any], **options: Any) -> None:
        self._number = next(NumberedTask.numbers)
        super().__init__(coroutine, **options)

    def __hash__(self) -> int:
        return self._number

    def __eq__(self, other: object) -> bool:
        return self is other


class SimulationLoop(VirtualClockLoop):
    """A loop that ends what would not end, and does the work of threads at once.

    `seconds` is how much virtual time there is. `before_work` is called before the work of a thread is done.
    """

    def __init__(self, *, seconds: float) -> None:
        self._last = START + seconds
        self._steps, self._mark = 0, START
        super().__init__(_NoFiles())
        NumberedTask.numbers = itertools.count()
        self.set_task_factory(lambda loop, coroutine, **options: NumberedTask(coroutine, loop=loop, **options))
        self.complaints: list[str] = []
        self.set_exception_handler(lambda loop, context: self.complaints.append(_complaint(context)))
        self.before_work: Callable[[str], None] = lambda what: None

    def _jump(self, seconds: float) -> None:
        super()._jump(seconds)
        if self._now - self._mark > 0.001:  # many tiny steps are standing still, too
            self._mark, self._steps = self._now, 0
        if self._now > self._last:
            raise EndlessRun(f"not at its end after {self._last - START:.0f} virtual seconds")

    def _run_once(self) -> None:
        self._steps += 1
        if self._steps > STEPS_AT_ONE_MOMENT:
            raise EndlessRun("time stands still: something runs round in circles")
        super()._run_once()  # type: ignore[misc]  # asyncio's own, not in its stubs

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, work: Callable[..., T], *arguments: Any
    ) -> asyncio.Future[T]:
        """Do the work now; a turn of the loop passes before its result is seen, as with a thread."""
        future: asyncio.Future[T] = self.create_future()
        self.before_work(getattr(work, "__name__", "work"))
        try:
            result = work(*arguments)
        except Exception as exc:  # noqa: BLE001 - whoever waits for the future raises it
            self.call_soon(_set_error, future, exc)
        else:
            self.call_soon(_set_result, future, result)
        return future

    def timers(self) -> list[asyncio.TimerHandle]:
        """Return the timers that are set."""
        scheduled: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        return [handle for handle in scheduled if not handle.cancelled()]


def _complaint(context: dict[str, Any]) -> str:
    exception = context.get("exception")
    return f"{context.get('message')}: {exception!r}" if exception else str(context.get("message"))


def _set_result(future: asyncio.Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)


def _set_error(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)


class InlineExecutor(Executor):
    """Does the work of a thread at once, in the thread that asks."""

    def __init__(self, *args: Any, **options: Any) -> None:
        pass

    def submit(self, work: Callable[..., T], /, *arguments: Any, **named: Any) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(work(*arguments, **named))
        except Exception as exc:  # noqa: BLE001 - whoever asks for the result raises it
            future.set_exception(exc)
        return future


_scopes: dict[int, tuple[CancelScope, int]] = {}  # by address, each kept alive so that none is given twice


def _numbered(scope: CancelScope) -> int:
    known = _scopes.get(id(scope))
    if known is None:
        known = _scopes[id(scope)] = scope, next(NumberedTask.numbers)
    return known[1]


@contextmanager
def one_seed(seed: int, loop: SimulationLoop) -> Iterator[None]:
    """Let the clocks follow `loop` and chance follow `seed`, and put everything back."""
    before, state = (time.time, time.monotonic), random.getstate()
    time.time = lambda: EPOCH - START + loop.time()
    time.monotonic = loop.time
    journals: Any = journal
    threads, journals.ThreadPoolExecutor = journals.ThreadPoolExecutor, InlineExecutor
    CancelScope.__hash__ = _numbered  # type: ignore[assignment, method-assign]  # they are cancelled in a set's order
    random.seed(f"client {seed}")
    try:
        yield
    finally:
        time.time, time.monotonic = before
        CancelScope.__hash__ = object.__hash__  # type: ignore[method-assign]
        _scopes.clear()
        journals.ThreadPoolExecutor = threads
        random.setstate(state)
