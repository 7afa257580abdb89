"""The bulk engine: any stream of Calls in, a stream of Outcomes out, in the order in which they complete.

Workers pull calls from the source and put outcomes into a bounded buffer; when nobody takes the outcomes, nothing
more is pulled, so memory does not depend on the number of items. Each call that is pulled gets exactly one outcome,
whatever ends the run. The engine knows no client: how many requests run at once and when is the business of the
sender's stack.
"""

import asyncio
import math
import time
from types import TracebackType
from typing import Final, Generic, TypeVar

import anyio

from aiopeertube._counting import counted
from aiopeertube.errors import (
    BulkHalted,
    ConfigurationError,
    PeerTubeError,
    RateLimited,
    ServerUnreachable,
    TransportError,
    again,
    ends_run,
)
from aiopeertube.wire.call import Call, Sender
from aiopeertube.wire.messages import Request
from aiopeertube.wire.sendable import whole_problem
from aiopeertube.wire.turn import TURN, Stopped, Turn

from . import interrupts
from .buffer import Buffer
from .outcome import BulkStatistics, Halt, Outcome, State
from .source import Calls, Source, is_cancelled

T = TypeVar("T")

_LEFT: Final = "left early"


class _Worker:
    """One worker: what it is at."""

    __slots__ = ("request", "turn")

    def __init__(self) -> None:
        self.request: Request | None = None
        self.turn = Turn()


class BulkRun(Generic[T]):
    """A run: an async context manager, and in it an async iterator of Outcomes. See `PeerTube.bulk`."""

    def __init__(
        self,
        sender: Sender,
        calls: Calls[T],
        *,
        workers: int = 64,
        buffer: int = 256,
        halt: str | int | Halt | None = None,
        handle_sigint: bool = False,
    ) -> None:
        for name, number in (("workers", workers), ("buffer", buffer)):
            if whole_problem(name, number, 1):
                raise ConfigurationError(f"{name}: {number!r} must be a positive integer")
        self._sender = sender
        self._halt = None if halt is None else Halt.parse(halt)
        self._source = Source(calls)
        self._workers = [_Worker() for _ in range(workers)]
        self._outcomes: Buffer[Outcome[T]] = Buffer(buffer)
        self._handle_sigint = handle_sigint
        self._error: Exception | None = None  # that all others would meet as well
        self._stopped_by = ""
        self._succeeded = self._failed = self._in_doubt = self._not_started = self._attempts = 0
        self._began = self._ended = math.nan

    # -- for the user ----------------------------------------------------------------------------

    def stop(self, reason: str = "stop") -> None:
        """Start no further call; those in flight finish, and the iteration ends after them."""
        if self._stopped_by:
            return
        self._stopped_by = reason
        self._source.stop()
        for worker in self._workers:
            worker.turn.stop()  # ends a wait at once; what is under way comes to its end, and waits no more

    def statistics(self) -> BulkStatistics:
        """Return the counts so far."""
        end = time.monotonic() if math.isnan(self._ended) else self._ended
        return BulkStatistics(
            succeeded=self._succeeded,
            failed=self._failed,
            in_doubt=self._in_doubt,
            not_started=self._not_started,
            in_flight=sum(1 for w in self._workers if w.request is not None and w.request.in_flight),
            attempts=self._attempts,
            seconds=0.0 if math.isnan(self._began) else end - self._began,
            exhausted=self._source.exhausted,
            stopped_by=self._stopped_by,
        )

    async def __aenter__(self) -> "BulkRun[T]":
        if not math.isnan(self._began):
            raise RuntimeError("this run has begun before; make another one")
        self._began = time.monotonic()
        self._group = anyio.create_task_group()
        await self._group.__aenter__()
        if self._handle_sigint:
            interrupts.listen(self.stop)
        self._group.start_soon(self._run)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if math.isnan(self._ended):
            self.stop(_LEFT)
        self._outcomes.leave()
        # A cancelled caller wants us gone; any other error lets what is in flight come to its end.
        cancelled = isinstance(error, asyncio.CancelledError)
        try:
            if cancelled:
                return await self._group.__aexit__(kind, error, trace)
            await self._group.__aexit__(None, None, None)
            return None
        finally:
            interrupts.forget(self.stop)

    def __aiter__(self) -> "BulkRun[T]":
        return self

    async def __anext__(self) -> Outcome[T]:
        if math.isnan(self._began):
            raise RuntimeError("this run has not begun; use it with `async with pt.bulk(...) as outcomes:`")
        try:
            return await self._outcomes.take()
        except StopAsyncIteration:
            self._raise_why_it_ended()
            raise

    def __repr__(self) -> str:
        counts = f"{self._succeeded} ok, {self._failed} failed, {self._in_doubt} in doubt"
        return f"<BulkRun, {counts}, {self._not_started} not started>"

    # -- inside ----------------------------------------------------------------------------------

    def _raise_why_it_ended(self) -> None:
        """End in silence only when all was done: the caller must not go on as if it were."""
        error = self._source.error or self._error
        if error is not None:
            raise again(error) if isinstance(error, PeerTubeError) else error
        if self._stopped_by == "interrupted":
            raise KeyboardInterrupt
        if self._stopped_by == _LEFT:
            raise RuntimeError("this run was left before its end; its last outcomes are only in its statistics")
        if self._stopped_by.startswith("halt"):
            raise BulkHalted(f"the run was stopped: {self._stopped_by.removeprefix('halt: ')}")

    async def _run(self) -> None:
        self._source.start()
        try:
            async with anyio.create_task_group() as group:
                for worker in self._workers:
                    group.start_soon(self._work, worker)
        finally:
            with anyio.CancelScope(shield=True):
                await self._source.close()
            for call in self._source.untaken():
                self._count(Outcome(call, "not started"))
        self._ended = time.monotonic()
        if self._stopped_by:
            for call in self._source.rest():
                await self._hand_out(Outcome(call, "not started"))
        self._outcomes.end()

    async def _work(self, worker: _Worker) -> None:
        while not self._stopped_by:
            turn = worker.turn = Turn()
            call = await self._pull()
            if call is None:
                return
            if turn.stopping:  # since the source was asked for it
                await self._hand_out(Outcome(call, "not started"))
                return
            await self._hand_out(await self._carry_out(worker, call))

    async def _pull(self) -> Call[T] | None:
        source = self._source
        call = source.take() if source.is_at_hand else await source.pull()
        if source.error is not None:
            self.stop("the source of calls failed")
        return call

    async def _carry_out(self, worker: _Worker, call: Call[T]) -> Outcome[T]:
        began, token = time.monotonic(), TURN.set(worker.turn)
        request = worker.request = None
        error: Exception | None = None
        try:
            request = worker.request = self._sender.prepare(call)
            result = await self._sender.send(request)
            return Outcome(call, "ok", result, None, request.attempts, time.monotonic() - began)
        except Stopped:
            pass
        except Exception as exc:  # noqa: BLE001 - an item's error is its outcome and never ends the run
            error = exc
        except asyncio.CancelledError:
            if not is_cancelled():
                return self._unsuccessful(call, worker, _ended_from_within(request), time.monotonic() - began)
            # Nobody is there any more to take an outcome, but it counts.
            self._count(self._unsuccessful(call, worker, None, time.monotonic() - began))
            raise
        finally:
            TURN.reset(token)
        return self._unsuccessful(call, worker, error, time.monotonic() - began)

    def _unsuccessful(self, call: Call[T], worker: _Worker, error: Exception | None, seconds: float) -> Outcome[T]:
        """Say what became of a call that failed, or that the end of the run ended (`error` None)."""
        if ends_run(error):
            self._error = self._error or error
            self.stop(f"{type(error).__name__}: {error}")
        request, acted = worker.request, worker.turn.acted
        attempts = 0 if request is None else request.attempts
        last = error if error is not None or request is None else request.failure
        state = self._state(request, error, last)
        if state == "not started" and acted:
            state, last = "in doubt", last or _left_undone()
        return Outcome(call, state, None, last, attempts, seconds)

    def _state(self, request: Request | None, error: Exception | None, last: Exception | None) -> State:
        if getattr(last, "in_doubt", False) or (error is None and request is not None and request.lost):
            return "in doubt"
        nothing_came_of_it = last is None or isinstance(last, RateLimited | ServerUnreachable)
        ended = error is None or bool(self._stopped_by)  # an error that all would meet has stopped it by now
        return "not started" if ended and (nothing_came_of_it or ends_run(last)) else "failed"

    async def _hand_out(self, outcome: Outcome[T]) -> None:
        self._count(outcome)
        await self._outcomes.put(outcome)

    def _count(self, outcome: Outcome[T]) -> None:
        self._attempts += outcome.attempts
        if outcome.state == "ok":
            self._succeeded += 1
        elif outcome.state == "not started":
            self._not_started += 1
        else:
            self._in_doubt += outcome.state == "in doubt"
            self._failed += outcome.state == "failed"
            bad, done = self._failed + self._in_doubt, self._failed + self._in_doubt + self._succeeded
            if self._halt is not None and self._halt.reached(bad, done):
                self.stop(f"halt: {bad} of {counted(done, 'call')} failed")


def _ended_from_within(request: Request | None) -> TransportError:
    """Say that a call was cancelled, though nobody cancelled the run."""
    error = TransportError("the call was cancelled from within, by its sender or its transport")
    error.in_doubt = request is not None and request.lost
    return error


def _left_undone() -> TransportError:
    error = TransportError("the run was stopped before all requests of this call were sent; some were")
    error.in_doubt = True
    return error
