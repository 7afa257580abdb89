"""Outcomes on their way to who takes them: a bounded buffer that can be left without leaving anybody behind."""

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Buffer(Generic[T]):
    """Holds up to `size` items. `end` says that no more will come, `leave` that nobody takes any more."""

    __slots__ = ("_ended", "_items", "_left", "_putters", "_size", "_takers")

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: deque[T] = deque()
        self._putters: deque[asyncio.Future[None]] = deque()
        self._takers: deque[asyncio.Future[None]] = deque()
        self._ended = self._left = False

    async def put(self, item: T) -> None:
        """Add an item when there is room; drop it where nobody takes any more."""
        while len(self._items) >= self._size and not self._left:
            await _turn_of(self._putters)
        if not self._left:
            self._items.append(item)
            _wake_one(self._takers)

    async def take(self) -> T:
        """Return the oldest item.

        Raises:
            StopAsyncIteration: all were taken, and no more will come.
        """
        while not self._items:
            if self._ended:
                raise StopAsyncIteration
            await _turn_of(self._takers)
        item = self._items.popleft()
        _wake_one(self._putters)
        return item

    def left(self) -> Iterator[T]:
        """Give what nobody took."""
        while self._items:
            yield self._items.popleft()

    def __len__(self) -> int:
        return len(self._items)

    def end(self) -> None:
        """Say that no more will come."""
        self._ended = True
        _wake_all(self._takers)

    def leave(self) -> None:
        """Say that nobody takes any more: whoever waits for room goes on."""
        self._left = True
        self._items.clear()
        _wake_all(self._putters)


async def _turn_of(queue: "deque[asyncio.Future[None]]") -> None:
    """Wait to be woken; a wake-up that comes to one who was cancelled goes to the next."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    queue.append(future)
    try:
        await future
    except asyncio.CancelledError:
        if future.done() and not future.cancelled():
            _wake_one(queue)
        raise


def _wake_one(queue: "deque[asyncio.Future[None]]") -> None:
    while queue:
        future = queue.popleft()
        if not future.done():
            future.set_result(None)
            return


def _wake_all(queue: "deque[asyncio.Future[None]]") -> None:
    while queue:
        _wake_one(queue)
