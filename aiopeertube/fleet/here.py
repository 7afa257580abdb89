"""Visits from this process: one pool of connections for all instances."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from aiopeertube._client import PeerTube
from aiopeertube._proxies import Proxies
from aiopeertube.errors import RequestTimeout
from aiopeertube.stack.pool.aiohttp import USER_AGENT, AiohttpPool
from aiopeertube.stack.pool.lookups import Lookups

from .addresses import key_of
from .manners import Login
from .polite_pool import Pace, PolitePool
from .records import Elsewhere, Record
from .rush import Rush
from .trip import Trip
from .visit import Job, Reached, Visit

_ORIGINS = 2048  # whose connections are known at a time


class Places(Protocol):
    """From where instances are visited."""

    async def visit(self, trip: Trip) -> Record:
        """Visit one instance, and deliver its pages."""
        ...

    async def close(self) -> None:
        """Let go of what visits share."""
        ...


class Here:
    """This process; `own` are the logins of one's own instances by `key_of` their addresses.

    `settle` is in how many seconds nobody else can be at an instance that somebody was at before.
    """

    def __init__(
        self,
        job: Job,
        own: Mapping[str, Login],
        *,
        proxies: Proxies | None = None,
        allow_http: bool = False,
        settle: float = 0.0,
    ) -> None:
        self._job = job
        self._own = own
        self._allow_http = allow_http
        self._settle = settle
        self._paces: dict[str, Pace] = {}
        self._pool = AiohttpPool(
            timeout=job.bounds.timeout,
            proxies=proxies,
            user_agent=job.user_agent or USER_AGENT,
            most=job.bounds.answer,
            origins=_ORIGINS,
            resolver=Lookups(),
        )
        self._rush = Rush(self._pool)

    async def visit(self, trip: Trip) -> Record:
        """Visit one instance."""
        visit = Visit(trip.origin, trip.job, self._reached(trip.origin), trip.log(), trip.knows)
        try:
            return await visit.run(trip.deliver, replay=trip.replay)
        finally:
            self._leave(trip.origin)

    async def ask(self, origin: str, function: Callable[[PeerTube], Awaitable[Any]]) -> Any:
        """Return what `function` makes of the client of one instance."""
        try:
            return await self._asked_at_each_name(origin, function)
        finally:
            self._leave(origin)

    async def _asked_at_each_name(self, origin: str, function: Callable[[PeerTube], Awaitable[Any]]) -> Any:
        try:
            return await self._asked(origin, function)
        except Elsewhere as exc:
            if not exc.location or key_of(exc.location) != key_of(origin):
                raise
            there = exc.location
        return await self._asked(there, function)  # from http to https

    async def _asked(self, origin: str, function: Callable[[PeerTube], Awaitable[Any]]) -> Any:
        reached, bounds = self._reached(origin), self._job.bounds
        pool = PolitePool(self._rush, reached.pace)
        limit = asyncio.timeout(bounds.seconds)
        try:
            async with limit, reached.client(origin, pool, patience=bounds.patience) as pt:
                return await function(pt)
        except TimeoutError:
            if not limit.expired():
                raise
        raise RequestTimeout(f"{origin} took longer than {bounds.seconds:g} s")

    def _reached(self, origin: str) -> Reached:
        key = key_of(origin)
        if key in self._own:
            return Reached(self._rush, None, self._own[key], self._allow_http)
        return Reached(self._rush, self._paces.setdefault(key, Pace(self._job.interval)), settle=self._settle)

    def _leave(self, origin: str) -> None:
        """Close what is open to an instance: each connection is an open file, which the next one needs."""
        host = origin.partition("://")[2]
        for scheme in ("http", "https"):
            self._pool.leave(f"{scheme}://{host}")

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    def __repr__(self) -> str:
        return f"<Here, {len(self._paces)} instances>"
