"""Keeps answers from coming all at once: hundreds of pages that arrive in one moment are a hundred MiB."""

from aiopeertube.stack import Transport
from aiopeertube.stack.pool.turns import Turns
from aiopeertube.wire.messages import Request, Response


class Rush:
    """Waits for `places` answers at a time, and for none longer than `seconds`: then the next one may go.

    So a rush goes as fast as its answers can be taken, and a slow instance holds up nobody.
    """

    def __init__(self, following: Transport, *, places: int = 24, seconds: float = 0.1) -> None:
        self._next = following
        self._turns = Turns(places, seconds)

    async def handle(self, request: Request) -> Response:
        """Send `request` when not too many answers are due."""
        async with self._turns.taken():
            return await self._next.handle(request)

    def __repr__(self) -> str:
        return f"<Rush over {self._next!r}>"
