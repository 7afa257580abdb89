"""The bulk engine: any stream of Calls in, a stream of Outcomes out, in the order in which they complete.

Workers pull calls from the source and put outcomes into a bounded stream; when nobody takes the outcomes, nothing
more is pulled, so memory does not depend on the number of items. The engine knows no client: how many requests run
at once and when is the business of the sender's stack.
"""

import asyncio
import math
import signal
import threading
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sized
from types import TracebackType
from typing import Any, Generic, TypeVar

import anyio

from aiopeertube.errors import BulkHalted
from aiopeertube.wire.call import Call, Sender
from aiopeertube.wire.messages import Request

from .outcome import BulkStatistics, Halt, Outcome

T = TypeVar("T")

Source = Iterable[Call[T]] | AsyncIterable[Call[T]]


class _Worker:
    """One worker: its scope, and what it is at."""

    __slots__ = ("call", "request", "scope")

    def __init__(self) -> None:
        self.scope = anyio.CancelScope()
        self.call: Call[Any] | None = None
        self.request: Request | None = None

    def may_be_cancelled(self) -> bool:
        """Tell whether stopping now leaves nothing half done: it waits for a call, or nothing came of one so far.

        What was refused by the rate limit waits for its window, and need not.
        """
        if self.call is None:
            return True
        return self.request is not None and not self.request.in_flight and not self.request.lost


class BulkRun(Generic[T]):
    """A run: an async context manager, and in it an async iterator of Outcomes. See `PeerTube.bulk`."""

    def __init__(
        self,
        sender: Sender,
        calls: Source[T],
        *,
        workers: int = 64,
        buffer: int = 256,
        halt: str | int | Halt | None = None,
        handle_sigint: bool = True,
    ) -> None:
        self._sender = sender
        self._halt = None if halt is None else Halt.parse(halt)
        self._size = len(calls) if isinstance(calls, Sized) else None
        self._sync: Iterator[Call[T]] | None = None
        self._async: AsyncIterator[Call[T]] | None = None
        if isinstance(calls, AsyncIterable):
            self._async = aiter(calls)
        else:
            self._sync = iter(calls)
        self._workers = [_Worker() for _ in range(workers)]
        # asyncio's queue: an anyio stream costs a tenth of a request per item that has to be waited for.
        self._outcomes: asyncio.Queue[Outcome[T] | None] = asyncio.Queue(buffer)
        self._left = False
        self._turn = anyio.Lock(fast_acquire=True)
        self._sigint = _Sigint(self) if handle_sigint else None
        self._source_error: Exception | None = None
        self._exhausted = False
        self._stopped_by = ""
        self._succeeded = self._failed = self._not_started = self._attempts = 0
        self._began = self._ended = math.nan

    # -- for the user ----------------------------------------------------------------------------

    def stop(self, reason: str = "stop") -> None:
        """Start no further call; those in flight finish, and the iteration ends after them."""
        if self._stopped_by:
            return
        self._stopped_by = reason
        for worker in self._workers:
            if worker.may_be_cancelled():
                worker.scope.cancel()

    def statistics(self) -> BulkStatistics:
        """Return the counts so far."""
        end = time.monotonic() if math.isnan(self._ended) else self._ended
        return BulkStatistics(
            succeeded=self._succeeded,
            failed=self._failed,
            not_started=self._not_started,
            in_flight=sum(1 for w in self._workers if w.request is not None and w.request.in_flight),
            attempts=self._attempts,
            seconds=0.0 if math.isnan(self._began) else end - self._began,
            exhausted=self._exhausted,
            stopped_by=self._stopped_by,
        )

    async def __aenter__(self) -> "BulkRun[T]":
        self._began = time.monotonic()
        self._group = anyio.create_task_group()
        await self._group.__aenter__()
        if self._sigint is not None:
            self._sigint.install()
        self._group.start_soon(self._run)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if math.isnan(self._ended):
            self.stop("left early")
        self._left = True
        while not self._outcomes.empty():  # lets those go on who wait for room
            self._outcomes.get_nowait()
        # A cancelled caller wants us gone; any other error lets what is in flight come to its end.
        cancelled = isinstance(error, asyncio.CancelledError)
        try:
            if cancelled:
                return await self._group.__aexit__(kind, error, trace)
            await self._group.__aexit__(None, None, None)
            return None
        finally:
            if self._sigint is not None:
                self._sigint.remove()

    def __aiter__(self) -> "BulkRun[T]":
        return self

    async def __anext__(self) -> Outcome[T]:
        outcomes = self._outcomes
        outcome = await outcomes.get() if outcomes.empty() else outcomes.get_nowait()
        if outcome is not None:
            return outcome
        outcomes.put_nowait(None)  # whoever asks again gets the same answer
        self._raise_why_it_ended()
        raise StopAsyncIteration

    def __repr__(self) -> str:
        return f"<BulkRun, {self._succeeded} ok, {self._failed} failed, {self._not_started} not started>"

    # -- inside ----------------------------------------------------------------------------------

    def _raise_why_it_ended(self) -> None:
        """End in silence only when all was done: the caller must not go on as if it were."""
        if self._source_error is not None:
            error, self._source_error = self._source_error, None
            raise error
        if self._stopped_by == "interrupted":
            raise KeyboardInterrupt
        if self._stopped_by.startswith("halt"):
            raise BulkHalted(f"the run was stopped: {self._stopped_by.removeprefix('halt: ')}")

    async def _run(self) -> None:
        async with anyio.create_task_group() as group:
            for worker in self._workers:
                group.start_soon(self._work, worker)
        self._ended = time.monotonic()
        await self._report_rest()
        await self._hand_out(None)

    async def _work(self, worker: _Worker) -> None:
        with worker.scope:
            while not self._stopped_by:
                call = await self._pull()
                if call is None:
                    return
                worker.call = call
                outcome = await self._carry_out(worker, call)
                worker.call = worker.request = None
                await self._hand_out(outcome)
        if worker.call is not None:
            call, worker.call = worker.call, None
            await self._hand_out(Outcome(call, "not started"))

    async def _pull(self) -> Call[T] | None:
        """Take the next call from the source; None at its end."""
        if self._exhausted or self._source_error is not None:
            return None
        try:
            if self._sync is not None:
                return next(self._sync)
            async with self._turn:
                return None if self._exhausted else await anext(self._async)  # type: ignore[arg-type]
        except (StopIteration, StopAsyncIteration):
            self._exhausted = True
        except Exception as exc:  # noqa: BLE001 - the user's own code; kept, and raised at the end
            self._source_error = exc
            self.stop("the source of calls failed")
        return None

    async def _carry_out(self, worker: _Worker, call: Call[T]) -> Outcome[T]:
        began = time.monotonic()
        request: Request | None = None
        try:
            request = worker.request = self._sender.prepare(call)
            result = await self._sender.send(request)
        except Exception as exc:  # noqa: BLE001 - an item's error is its outcome and never ends the run
            return Outcome(
                call,
                "failed",
                error=exc,
                attempts=request.attempts if request else 0,
                seconds=time.monotonic() - began,
            )
        return Outcome(call, "ok", result, None, request.attempts, time.monotonic() - began)

    async def _hand_out(self, outcome: Outcome[T] | None) -> None:
        if outcome is not None:
            self._count(outcome)
        if self._left:
            return
        if self._outcomes.full():
            await self._outcomes.put(outcome)
        else:
            self._outcomes.put_nowait(outcome)

    def _count(self, outcome: Outcome[T]) -> None:
        self._attempts += outcome.attempts
        if outcome.state == "ok":
            self._succeeded += 1
        elif outcome.state == "failed":
            self._failed += 1
            if self._halt is not None and self._halt.reached(self._failed, self._failed + self._succeeded):
                self.stop(f"halt: {self._failed} of {self._failed + self._succeeded} calls failed")
        else:
            self._not_started += 1

    async def _report_rest(self) -> None:
        """Report what a stopped run leaves over, where the source is known to have an end."""
        if not self._stopped_by or self._size is None or self._sync is None:
            return
        for call in self._sync:
            await self._hand_out(Outcome(call, "not started"))
        self._exhausted = True


class _Sigint:
    """Ctrl-C: the first stops the run cleanly, the second is as if we were not here."""

    def __init__(self, run: BulkRun[Any]) -> None:
        self._run = run
        self._before: Any = None
        self._installed = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def install(self) -> None:
        """Listen, where Python lets us: in the main thread."""
        if threading.current_thread() is threading.main_thread():
            self._loop = asyncio.get_running_loop()
            self._before = signal.getsignal(signal.SIGINT)
            signal.signal(signal.SIGINT, self._interrupted)
            self._installed = True

    def remove(self) -> None:
        """Put back who listened before."""
        if self._installed:
            signal.signal(signal.SIGINT, self._before)
            self._installed = False

    def _interrupted(self, number: int, frame: Any) -> None:
        self.remove()
        # This runs between any two steps of the main thread: leave the work to the loop, and wake it.
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._run.stop, "interrupted")
