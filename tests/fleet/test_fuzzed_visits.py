"""Visits of instances that change, fail and lie at random, killed and gone on with at random: what holds for all."""

import asyncio
import json
import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from virtual_clock import VirtualClockLoop

from aiopeertube import errors
from aiopeertube.fleet import visit
from aiopeertube.fleet.manners import Bounds
from aiopeertube.fleet.page_log import PageLog
from aiopeertube.fleet.polite_pool import Pace
from aiopeertube.fleet.records import Page, Record
from aiopeertube.fleet.stores import store_at
from aiopeertube.fleet.visit import Job, Reached, Visit
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

ORIGIN = "https://videos.example"


def late() -> Response:
    raise errors.RequestTimeout("late")


def reset() -> Response:
    raise errors.ConnectionLost("reset")


FAILURES: list[Callable[[], Response]] = [
    late,
    reset,
    lambda: reply(503, text="starting", retry_after="5000"),
    lambda: reply(500, {"detail": "no database"}),
    lambda: reply(200, text="<html>starting</html>"),
    lambda: reply(429, text="wait", retry_after="7"),
    lambda: reply(429, text="wait", retry_after="99999"),
    lambda: reply(200, {"data": None}),
    lambda: reply(302, location="/api/v1/videos?start=0&count=100"),
    lambda: reply(302, location="https://elsewhere.example/api/v1/videos"),
    lambda: reply(404, {"detail": "nothing here"}),
    lambda: reply(204),
]
LIES: dict[str, Callable[[list[int], int, int], tuple[int, list[int]]]] = {
    "none": lambda ids, start, end: (len(ids), ids[start:end]),
    "counts nothing": lambda ids, start, end: (0, ids[start:end]),
    "counts more": lambda ids, start, end: (len(ids) + 500, ids[start:end]),
    "twice": lambda ids, start, end: (len(ids), ids[start:end] + ids[start : start + 3]),
    "the same": lambda ids, start, end: (len(ids), ids[: end - start]),
    "short": lambda ids, start, end: (len(ids), ids[start : start + 37]),
    "ends early": lambda ids, start, end: (len(ids), ids[start:end] if start < 200 else []),
}


class Instance:
    """A list of videos, the newest first."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.ids = list(range(self.draw.choice([0, 1, 99, 100, 101, 250, 600]), 0, -1))
        self.stayed = set(self.ids)
        self.lie = self.draw.choice([*["none"] * 6, *LIES])
        self.fails, self.changes = self.draw.choice([0, 0.05, 0.3]), self.draw.choice([0, 0.3, 1])
        self.newest = len(self.ids)
        self.times: list[float] = []

    async def answer(self, request: Request) -> Response:
        self.times.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.draw.random() / 2)
        query = parse_qs(urlsplit(request.target).query)
        if "start" not in query or self.draw.random() < self.fails:
            return self.draw.choice(FAILURES)()
        if self.draw.random() < self.changes:
            self._change()
        start = int(query["start"][0])
        total, found = LIES[self.lie](self.ids, start, start + int(query["count"][0]))
        return reply(200, {"total": total, "data": [{"id": one} for one in found]})

    def _change(self) -> None:
        for _ in range(self.draw.choice([0, 1, 3])):
            self.newest += 1
            self.ids.insert(0, self.newest)
        for gone in self.draw.sample(self.ids, min(len(self.ids), self.draw.choice([0, 1, 2]))):
            self.ids.remove(gone)
            self.stayed.discard(gone)


@pytest.fixture(autouse=True)
def without_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    async def here(do: Callable[..., Any], *arguments: Any) -> Any:
        return do(*arguments)

    monkeypatch.setattr(visit, "in_thread", here)


@pytest.fixture
def loop() -> Iterator[VirtualClockLoop]:
    made = VirtualClockLoop()
    yield made
    made.close()


async def visited(instance: Instance, seed: int) -> Record | None:
    """Visit it several times with one journal; some visits are cut off."""
    pace, store, record = Pace(1.0), store_at(f"memory://fuzzed-{seed}"), None

    async def deliver(page: Page) -> None:
        """Do nothing: it is in the journal."""

    for _ in range(5):
        log = PageLog(store, ORIGIN, "jsonl", retry=instance.draw.random() < 0.7)
        bounds = Bounds(seconds=instance.draw.choice([30.0, 3000.0]), pages=instance.draw.choice([3, 1000]))
        reached = Reached(MockTransport(instance.answer), pace)
        task = asyncio.ensure_future(
            Visit(ORIGIN, Job("me", 1.0, bounds, {"sort": "-createdAt"}), reached, log).run(deliver)
        )
        if instance.draw.random() < 0.4:
            await asyncio.wait([task], timeout=12 * instance.draw.random())
            task.cancel()
        (record,) = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(record, Record | asyncio.CancelledError), record
    return record if isinstance(record, Record) else None


@pytest.mark.parametrize("seed", range(100))
def test_nothing_is_lost_or_twice_or_too_often_or_claimed(seed: int, loop: VirtualClockLoop) -> None:
    instance = Instance(seed)
    record = loop.run_until_complete(visited(instance, seed))
    assert all(later - earlier >= 1.0 - 1e-6 for earlier, later in pairwise(instance.times))
    lines = (store_at(f"memory://fuzzed-{seed}").read("videos/videos.example.jsonl") or b"").splitlines()
    found = [json.loads(line)["id"] for line in lines]
    assert len(found) == len(set(found))
    if record is not None:
        assert record.videos == len(found)
    # One that always gives the same page cannot be told from a good one when as many came meanwhile as it left out.
    if record is not None and record.state == "done" and instance.lie != "the same":
        assert instance.stayed & set(instance.ids) <= set(found)
