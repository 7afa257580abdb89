"""Where a bulk run's calls come from: any iterable, pulled as it is needed and closed at the end."""

import asyncio
import logging
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sized
from typing import Any, Generic, TypeVar

import anyio

from aiopeertube.errors import NotACall, SourceCancelled
from aiopeertube.wire.call import Call

T = TypeVar("T")

Calls = Iterable[Call[T]] | AsyncIterable[Call[T]]


log = logging.getLogger("aiopeertube.bulk")


def is_cancelled() -> bool:
    """Tell whether the task that runs is itself cancelled; if not, a CancelledError is that of a task it awaited."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


class Source(Generic[T]):
    """Gives one call after the other: `take` where they are at hand, `pull` where they are waited for.

    `error` is what the source raised, `exhausted` says that it came to its end, `is_at_hand` that nobody has to wait
    for its calls.
    """

    def __init__(self, calls: Calls[T]) -> None:
        self.error: Exception | None = None
        self.exhausted = False
        self._sized = isinstance(calls, Sized)
        self._pulled = 0
        self._turn = anyio.Lock(fast_acquire=True)
        self._sync: Iterator[Call[T]] | None = None
        self._async: AsyncIterator[Call[T]] | None = None
        if isinstance(calls, AsyncIterable):
            self._async = aiter(calls)
        else:
            self._sync = iter(calls)
        self.is_at_hand = self._sync is not None

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
        try:
            async with self._turn:
                return self._checked(await anext(self._async)) if self._goes_on() else None  # type: ignore[arg-type]
        except StopAsyncIteration:
            self.exhausted = True
        except asyncio.CancelledError:
            if is_cancelled():
                raise
            self._was_cancelled()
        except Exception as exc:  # noqa: BLE001 - see above
            self.error = exc
        return None

    def _was_cancelled(self) -> None:
        self.error = SourceCancelled(f"the source of calls was cancelled after {self._pulled:,} of them")

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
        for iterator, name in ((self._async, "aclose"), (self._sync, "close")):
            close: Any = getattr(iterator, name, None)
            if close is None:
                continue
            try:
                closed = close()
                if closed is not None:
                    await closed
            except asyncio.CancelledError:
                # Not ours, for the run shields this: a `finally` that awaited a task it had cancelled.
                log.debug("the source of calls ended by being cancelled from within")
            except Exception as exc:  # noqa: BLE001 - see above
                self.error = self.error or exc

    def _goes_on(self) -> bool:
        return not self.exhausted and self.error is None

    def _checked(self, call: Any) -> Call[T]:
        self._pulled += 1
        if not isinstance(call, Call):
            raise NotACall(f"item {self._pulled:,} of the source is no Call but {type(call).__name__}")
        return call
