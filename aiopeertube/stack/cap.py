"""The user's own limit, below the server's: aiolimiter's bucket, made so that it is never exceeded in any span."""

import asyncio
from collections import deque
from typing import Final

from aiolimiter import AsyncLimiter

from aiopeertube.errors import ConfigurationError, PeerTubeError, again
from aiopeertube.wire.turn import waited

_TICK: Final = 0.001  # seconds from one who is woken to the next, where the first does not go
_UNITS: Final = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


class Cap:
    """Lets one request go at a time. Waiting takes nothing: `take` counts, in the step in which a request is sent.

    So what waited for the server meanwhile has nothing saved up, and an outage is not followed by a burst.
    """

    def __init__(self, limiter: AsyncLimiter) -> None:
        self._limiter = limiter
        self._free_at = 0.0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    async def take(self) -> bool:
        """Count a request if one may go now, and tell whether; this does not wait."""
        if not self._limiter.has_capacity():
            return False
        await self._limiter.acquire()
        self._free_at = asyncio.get_running_loop().time() + self._limiter.time_period
        return True

    async def wait(self) -> None:
        """Wait until a request may go, behind those who came before."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(place)
        self._arm()
        await waited(place)

    def close(self, error: PeerTubeError) -> None:
        """Give `error` to all who wait."""
        if self._timer is not None:
            self._timer.cancel()
        for place in self._queue:
            if not place.done():
                place.set_exception(again(error))

    def _arm(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(loop.time() + _TICK, self._free_at), self._wake)

    def _wake(self) -> None:
        """Wake the next one if a request may go; those who were ended are passed over."""
        self._timer = None
        while self._queue and self._queue[0].done():
            self._queue.popleft()
        if self._queue and self._limiter.has_capacity():
            self._queue.popleft().set_result(None)
        if self._queue:
            self._arm()

    def __repr__(self) -> str:
        return f"<Cap, {len(self._queue)} waiting>"


def parse_rate(text: str) -> Cap:
    """Make a cap from "20/s", "300/min" or "50/10s" that never exceeds it in any span of that length.

    A bucket of capacity b lets b requests go at once *and* its leak besides, so the whole rate as capacity lets
    nearly twice the rate into one span. Evenly spaced, with the leak one request slower, it keeps the promise.

    Raises:
        ConfigurationError: `text` is not of that form.
    """
    number, seconds = read_rate(text)
    return Cap(AsyncLimiter(1, seconds / max(1, number - 1)))


def read_rate(text: str) -> tuple[int, float]:
    """Return how many requests a rate like "20/s" allows, and in how many seconds.

    Raises:
        ConfigurationError: `text` is not of that form.
    """
    count, slash, span = text.replace(" ", "").partition("/")
    digits = span.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = _UNITS.get(span[len(digits) :])
    try:
        number, seconds = int(count), float(digits or 1) * (unit or 0)
    except ValueError:
        number, seconds = 0, 0.0
    if not slash or number < 1 or not 0 < seconds < float("inf"):
        raise ConfigurationError(f'rate: {text!r} is not a rate; write it like "20/s", "300/min" or "50/10s"')
    return number, seconds
