"""Many visits at once, so many and no more; what they give comes through one bounded stream."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, Generic, TypeVar

import anyio

from aiopeertube.errors import ClientClosed

from .addresses import canonical, key_of

E = TypeVar("E")
_BUFFER = 8  # what may wait to be taken: of pages, two MiB

Send = Callable[[E], Awaitable[None]]
Visitor = Callable[[str, Send[E]], Awaitable[None]]  # visits an origin
_MOVES: Final = 5  # from one address to the next


class Crew(Generic[E]):
    """Visits `origins`, each instance once, whatever it is called; iterate over what the visits send."""

    def __init__(self, origins: Iterable[str], visit: Visitor[E], at_once: int) -> None:
        self._waiting = deque(origins)
        self._known = {key_of(origin) for origin in self._waiting}
        self._moved: dict[str, str] = {}
        self._moves: dict[str, int] = {}  # that led to an address which is not on the list
        self._visit = visit
        self._at_once = at_once
        self._running: set[asyncio.Task[None]] = set()
        self._error: BaseException | None = None
        self._closed = self._over = False  # ended, and at its own end
        self._send, self._receive = anyio.create_memory_object_stream[E](_BUFFER)
        self._start()

    @property
    def waiting(self) -> int:
        """How many instances nobody has gone to yet."""
        return len(self._waiting)

    @property
    def instances(self) -> int:
        """How many there are, with those that others turned out to lead to."""
        return len(self._known)

    @property
    def at_work(self) -> int:
        """How many instances are being visited."""
        return len(self._running)

    def knows(self, origin: str) -> bool:
        """Tell whether an instance is visited under this name, or will be, or was."""
        return key_of(origin) in self._known

    def follow(self, origin: str, there: str) -> str:
        """Have an instance visited at its other address, unless it is on the list; return why not, "" where it is."""
        here = key_of(origin)
        self._moved[here] = at = key_of(there)
        while at != here and at in self._moved:
            at = self._moved[at]
        moves = self._moves.get(here, 0) + 1
        if at == here or moves > _MOVES:
            del self._moved[here]
            return "which leads back here" if at == here else f"and so on, {moves} times"
        if not self.knows(there):
            self._moves[key_of(there)] = moves
            self._known.add(key_of(there))
            self._waiting.append(canonical(there))
        return ""

    def __aiter__(self) -> "Crew[E]":
        return self

    async def __anext__(self) -> E:
        try:
            return await self._receive.receive()
        except (anyio.EndOfStream, anyio.ClosedResourceError):
            self._over = self._over or not self._closed
            await self.close()
        if self._error is not None:
            raise self._error
        if not self._over:
            raise ClientClosed("this is not all: another stream of the fleet began, or the fleet was left")
        raise StopAsyncIteration

    async def close(self) -> None:
        """End all visits; what they kept is kept."""
        self._closed = True
        for task in self._running:
            task.cancel()
        while self._running:
            await asyncio.wait(self._running)
        self._send.close()
        self._receive.close()

    def _start(self) -> None:
        while self._waiting and len(self._running) < self._at_once and not self._closed:
            task = asyncio.get_running_loop().create_task(self._one(self._waiting.popleft()))
            self._running.add(task)
            task.add_done_callback(self._ended)
        if not self._running:
            self._send.close()

    async def _one(self, origin: str) -> None:
        await self._visit(origin, self._send.send)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._error = self._error or error
            self._closed = True
            for other in self._running:
                other.cancel()
        self._start()

    def __repr__(self) -> str:
        return f"<Crew, {self.at_work} at work, {self.waiting} waiting>"
