"""So many at a time, and none that takes long holds up the others."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Turns:
    """Lets in as many as there are `places`; whoever takes longer than `seconds` gives up its place, and goes on."""

    def __init__(self, places: int, seconds: float) -> None:
        self._places = asyncio.Semaphore(places)
        self._seconds = seconds

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Wait for a place, and hold it."""
        await self._places.acquire()
        leave = _once(self._places.release)
        timer = asyncio.get_running_loop().call_later(self._seconds, leave)
        try:
            yield
        finally:
            timer.cancel()
            leave()


def _once(do: Callable[[], None]) -> Callable[[], None]:
    """Return a function that does it the first time it is called."""
    left = [do]

    def once() -> None:
        if left:
            left.pop()()

    return once
