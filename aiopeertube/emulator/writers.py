"""Parallel writes: a pool of five connections, and transactions that fail when they collide."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

from .wire.problem_json import serialization_failure

_POOL = 5
# (writes in progress, share that fails), measured on a real server: edits of one video's own fields, and
# edits that give the same new tags to many videos at once.
_PLAIN_FAILURES = ((1, 0.0), (2, 0.0), (4, 0.015), (8, 0.043), (32, 0.033))
_COLLISION_FAILURES = ((1, 0.0), (2, 0.007), (4, 0.093), (8, 0.137), (32, 0.123))


def failure_share(in_progress: int, *, collides: bool) -> float:
    """Return the share of writes that fail with so many in progress, interpolated between measurements."""
    points = _COLLISION_FAILURES if collides else _PLAIN_FAILURES
    if in_progress >= points[-1][0]:
        return points[-1][1]
    for (low, low_share), (high, high_share) in pairwise(points):
        if in_progress <= high:
            return low_share + (high_share - low_share) * max(0, in_progress - low) / (high - low)
    raise AssertionError("the points cover every number")


def duration(alone: float, together: int, *, collides: bool) -> float:
    """Return the seconds that a write takes when so many run in parallel.

    Parallel writes reach up to 1.4 times the throughput of one; colliding ones lose a quarter of it.
    """
    if collides:
        return alone * together * (1 + 0.08 * (together - 1))
    return alone * (0.35 + 0.65 * together)


class WriterPool:
    """Admits writes like a database pool.

    `seconds` is the time of one write by itself and may be changed at any time; 0 makes writes immediate.
    `failures` lets parallel writes fail; `seed` is that of the draws.
    """

    def __init__(self, seconds: float, *, failures: bool = True, seed: int = 0) -> None:
        self.seconds = seconds
        self._failures = failures
        self._random = random.Random(f"writers {seed}")  # noqa: S311 -- nothing secret hangs on it.
        self._places = asyncio.Semaphore(_POOL)
        self._running = 0
        self._in_progress = 0
        self._tags: Counter[str] = Counter()

    @property
    def in_progress(self) -> int:
        """Writes that run or wait."""
        return self._in_progress

    async def write(self, tags: frozenset[str] = frozenset()) -> None:
        """Spend the time of one write.

        `tags` are those it writes.

        Raises:
            Problem: it collided with another; nothing may be written.
        """
        if self.seconds <= 0:
            return
        async with self._entered(tags), self._places:
            self._running += 1
            try:
                await self._run(tags)
            finally:
                self._running -= 1

    async def _run(self, tags: frozenset[str]) -> None:
        collides = any(self._tags[tag] > 1 for tag in tags)
        share = failure_share(self._in_progress, collides=collides)
        # Both draws are made here, in the order in which writes start, so that a seed gives one outcome.
        jitter, chance = self._random.uniform(0.9, 1.1), self._random.random()
        await asyncio.sleep(duration(self.seconds, self._running, collides=collides) * jitter)
        if self._failures and chance < share:
            raise serialization_failure(collides)

    @asynccontextmanager
    async def _entered(self, tags: frozenset[str]) -> AsyncIterator[None]:
        self._in_progress += 1
        self._tags.update(tags)
        try:
            yield
        finally:
            self._in_progress -= 1
            self._tags.subtract(tags)
            if not self._in_progress:
                self._tags.clear()
