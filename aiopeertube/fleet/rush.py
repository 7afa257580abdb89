"""Keeps answers from coming all at once: hundreds of pages that arrive in one moment are a hundred MiB."""

import asyncio
from collections.abc import Callable

from aiopeertube.stack import Transport
from aiopeertube.wire.messages import Request, Response


class Rush:
    """Waits for `places` answers at a time, and for none longer than `seconds`: then the next one may go.

    So a rush goes as fast as its answers can be taken, and a slow instance holds up nobody.
    """

    def __init__(self, following: Transport, *, places: int = 24, seconds: float = 0.1) -> None:
        self._next = following
        self._places = asyncio.Semaphore(places)
        self._seconds = seconds

    async def handle(self, request: Request) -> Response:
        """Send `request` when not too many answers are due."""
        await self._places.acquire()
        leave = _once(self._places.release)
        timer = asyncio.get_running_loop().call_later(self._seconds, leave)
        try:
            return await self._next.handle(request)
        finally:
            timer.cancel()
            leave()

    def __repr__(self) -> str:
        return f"<Rush over {self._next!r}>"


def _once(do: Callable[[], None]) -> Callable[[], None]:
    """Return a function that does it the first time it is called."""
    left = [do]

    def once() -> None:
        if left:
            left.pop()()

    return once
