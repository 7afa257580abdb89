"""Where a bulk run's calls come from: any iterable, pulled as it is needed and closed at the end."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sized
from typing import Any, Generic, TypeVar

from aiopeertube.errors import NotACall, SourceCancelled
from aiopeertube.wire.call import Call

from .buffer import Buffer

T = TypeVar("T")

Calls = Iterable[Call[T]] | AsyncIterable[Call[T]]


log = logging.getLogger("aiopeertube.bulk")


def is_cancelled() -> bool:
    """Tell whether the task that runs is itself cancelled; if not, a CancelledError is that of a task it awaited."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


class Source(Generic[T]):
    """Gives one call after the other: `take` where they are at hand, `pull` where they are waited for.

    An async source is asked and closed by one task alone, whoever pulls: what a generator opens around its `yield`, a
    timeout, a task group or another run, belongs to the task that opened it.

    `error` is what the source raised, `exhausted` says that it came to its end, `is_at_hand` that nobody has to wait
    for its calls.
    """

    def __init__(self, calls: Calls[T]) -> None:
        self.error: Exception | None = None
        self.exhausted = False
        self._sized = isinstance(calls, Sized)
        self._pulled = 0
        self._stopped = False
        self._calls: Buffer[Call[T]] = Buffer(sys.maxsize)  # of an async source: pulled, and not yet taken
        self._wanted = 0  # by so many who pull
        self._hunger = asyncio.Event()
        self._feeder: asyncio.Task[None] | None = None
        self._sync: Iterator[Call[T]] | None = None
        self._async: AsyncIterator[Call[T]] | None = None
        if isinstance(calls, AsyncIterable):
            self._async = aiter(calls)
        else:
            self._sync = iter(calls)
        self.is_at_hand = self._sync is not None

    def start(self) -> None:
        """Get ready to be pulled from."""
        if self._async is not None:
            self._feeder = asyncio.get_running_loop().create_task(self._feed(self._async))
            self._feeder.add_done_callback(lambda _: self._calls.end())  # also if it is stopped before it began

    def stop(self) -> None:
        """End a wait for the next call: who pulls gets what came nevertheless, or None."""
        if self._feeder is not None and not self._stopped:
            self._feeder.cancel()  # only once: the source's `finally` may have to wait for something, too
        self._stopped = True

    def take(self) -> Call[T] | None:
        """Return the next call at hand; None when there is none, or the source failed."""
        try:
            return self._checked(next(self._sync)) if self._goes_on() else None  # type: ignore[arg-type]
        except StopIteration:
            self.exhausted = True
        except asyncio.CancelledError:
            if is_cancelled():
                raise
            self._was_cancelled()
        except Exception as exc:  # noqa: BLE001 - the user's own code; kept, and raised at the end
            self.error = exc
        return None

    async def pull(self) -> Call[T] | None:
        """Wait for the next call; None when there is none, or the source failed."""
        self._wanted += 1
        self._hunger.set()
        try:
            return await self._calls.take()
        except StopAsyncIteration:
            return None
        finally:
            self._wanted -= 1

    async def _feed(self, calls: AsyncIterator[Call[T]]) -> None:
        try:
            while self._goes_on():
                if self._wanted > len(self._calls):
                    await self._ask(calls)
                else:
                    self._hunger.clear()
                    await self._hunger.wait()
        except asyncio.CancelledError:
            if not self._stopped:  # a timeout of the generator's own, while it was not asked
                self._was_cancelled()
        finally:
            self._stopped = True
            self._calls.end()
            await self._closed(calls, "aclose")

    async def _ask(self, calls: AsyncIterator[Call[T]]) -> None:
        try:
            await self._calls.put(self._checked(await anext(calls)))
        except StopAsyncIteration:
            self.exhausted = True
        except asyncio.CancelledError:
            if is_cancelled():
                raise
            self._was_cancelled()
        except Exception as exc:  # noqa: BLE001 - see above
            self.error = exc

    def _was_cancelled(self) -> None:
        self.error = SourceCancelled(f"the source of calls was cancelled after {self._pulled:,} of them")

    def untaken(self) -> Iterator[Call[T]]:
        """Give what was pulled for somebody who was cancelled in the same moment."""
        return self._calls.left()

    def rest(self) -> Iterator[Call[T]]:
        """Give what is left of a source that is known to have an end."""
        if self._sync is None or not self._sized or self.error is not None:
            return
        for call in self._sync:
            if isinstance(call, Call):
                yield call
        self.exhausted = True

    async def close(self) -> None:
        """Let a generator come to its `finally`."""
        self.stop()
        if self._feeder is None:
            await self._closed(self._sync, "close")
            return
        await asyncio.wait({self._feeder})
        if not self._feeder.cancelled() and (error := self._feeder.exception()) is not None:
            raise error

    async def _closed(self, iterator: object, name: str) -> None:
        close: Any = getattr(iterator, name, None)
        if close is None:
            return
        try:
            closed = close()
            if closed is not None:
                await closed
        except asyncio.CancelledError:
            # Not ours, for nothing cancels this: a `finally` that awaited a task it had cancelled.
            log.debug("the source of calls ended by being cancelled from within")
        except Exception as exc:  # noqa: BLE001 - see above
            self.error = self.error or exc

    def _goes_on(self) -> bool:
        return not self.exhausted and self.error is None and not self._stopped

    def _checked(self, call: Any) -> Call[T]:
        self._pulled += 1
        if not isinstance(call, Call):
            raise NotACall(f"item {self._pulled:,} of the source is no Call but {type(call).__name__}")
        return call
