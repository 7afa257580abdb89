"""The controller against simulated servers, on a clock that jumps."""

import asyncio
import random
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from simulated_servers import FixedWindowServer

from aiopeertube import Call, events
from aiopeertube.stack.controller import LEVELS, Controller
from aiopeertube.stack.meter import Statistics
from aiopeertube.testing import reply
from aiopeertube.wire.messages import Request, Response

from .conftest import ClientOf, Renames

T = TypeVar("T")

pytestmark = pytest.mark.anyio


class Pool:
    """A server of `slots` places; `cost(running)` is the seconds of a write, `failure(in_flight)` its risk."""

    def __init__(
        self,
        *,
        slots: int = 5,
        cost: Callable[[int], float] = lambda running: 0.04,
        failure: Callable[[int], float] = lambda n: 0.0,
        network: float = 0.0,
        seed: int = 1,
    ) -> None:
        self.slots = asyncio.Semaphore(slots)
        self.cost, self.failure, self.network = cost, failure, network
        self.in_flight = self.running = self.most = 0
        self.statuses: list[int] = []
        self.draw = random.Random(seed)

    async def handle(self, request: Request) -> Response:
        await asyncio.sleep(self.network)
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        async with self.slots:
            self.running += 1
            fails = self.draw.random() < self.failure(self.in_flight)
            await asyncio.sleep(self.cost(self.running) * self.draw.uniform(0.8, 1.2))
            self.running -= 1
        self.in_flight -= 1
        response = reply(500, {"detail": "could not serialize access"}) if fails else reply(204)
        self.statuses.append(response.status)
        return response


async def _rate(
    client_of: ClientOf, renames: Renames, pool: Pool, count: int, **options: Any
) -> tuple[float, Statistics]:
    async with client_of(pool, **options) as pt:
        done, seconds = await renames(pt, count)
        assert done == count
        return count / seconds, pt.statistics()


def contended(running: int) -> float:
    """What a real server was seen to do: five writes together bring 1.4 times the throughput of one."""
    return 0.045 * (0.35 + 0.65 * running)


def conflicts(n: int) -> float:
    return 0.0 if n <= 2 else 0.0075 * (n - 2) if n <= 8 else 0.045


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("five equal places", Pool),
        ("contended, conflicts", lambda: Pool(cost=contended, failure=conflicts)),
        ("one place", lambda: Pool(slots=1)),
        ("more only harms", lambda: Pool(cost=lambda running: 0.02 * running * (1 + 0.08 * (running - 1)))),
        ("large, 120 ms away", lambda: Pool(slots=24, network=0.12)),
        ("small, 120 ms away", lambda: Pool(cost=contended, failure=conflicts, network=0.12)),
    ],
)
async def test_comes_close_to_the_best_fixed_number(
    name: str, make: Callable[[], Pool], client_of: ClientOf, renames: Renames
) -> None:
    fixed = {n: (await _rate(client_of, renames, make(), 800, concurrency=n))[0] for n in (1, 2, 4, 8, 16, 32)}
    found, statistics = await _rate(client_of, renames, make(), 800, concurrency="auto")
    assert found >= 0.95 * max(fixed.values()), (found, fixed, statistics.concurrency)


async def test_keeps_errors_below_two_percent(client_of: ClientOf, renames: Renames) -> None:
    pool = Pool(cost=contended, failure=conflicts)
    await _rate(client_of, renames, pool, 1500, concurrency="auto")
    after = pool.statuses[50:]
    assert sum(status >= 500 for status in after) < 0.02 * len(after)


async def test_errors_that_have_other_reasons_do_not_strangle_it(client_of: ClientOf, renames: Renames) -> None:
    """One answer in ten is a 500 whatever the number in flight: fewer at once would not help."""
    pool = Pool(failure=lambda n: 0.1)
    rate, _ = await _rate(client_of, renames, pool, 1500, concurrency="auto")
    alone, _ = await _rate(client_of, renames, Pool(failure=lambda n: 0.1), 300, concurrency=1)
    assert rate > 2 * alone


async def test_follows_a_server_that_becomes_slower(client_of: ClientOf, renames: Renames) -> None:
    pool = Pool()
    async with client_of(pool, concurrency="auto") as pt:
        await renames(pt, 800)
        pool.cost = lambda running: 0.04 * running * (1 + 0.2 * (running - 1))  # now more only harms
        await renames(pt, 1500)
        write = pt.statistics().concurrency[1]
    assert write.limit <= 3


async def test_a_fixed_number_stays(client_of: ClientOf, renames: Renames) -> None:
    pool = Pool(failure=lambda n: 0.2)
    async with client_of(pool, concurrency=7) as pt:
        await renames(pt, 300)
    assert pool.most == 7


async def test_never_more_than_the_maximum(client_of: ClientOf, renames: Renames) -> None:
    pool = Pool(slots=64)
    async with client_of(pool, concurrency="auto", max_concurrency=5) as pt:
        await renames(pt, 1000)
    assert pool.most <= 5


async def test_refusals_by_the_rate_limit_say_nothing_of_capacity(
    client_of: ClientOf, renames: Renames, make_server: type[FixedWindowServer]
) -> None:
    server = make_server(work=lambda: 0.04)
    async with client_of(server, concurrency="auto") as pt:
        await renames(pt, 400)
        write = pt.statistics().concurrency[1]
    assert write.limit >= 2


async def test_changes_are_announced(client_of: ClientOf, renames: Renames) -> None:
    seen: list[events.ConcurrencyChanged] = []
    async with client_of(Pool(), concurrency="auto") as pt:
        pt.on(events.ConcurrencyChanged, seen.append)
        await renames(pt, 400)
    assert seen[0].before == 2
    assert [event.before for event in seen[1:]] == [event.now for event in seen[:-1]]


async def test_a_cancelled_waiter_leaves_no_hole(client_of: ClientOf) -> None:
    pool = Pool(cost=lambda running: 1.0)
    async with client_of(pool, concurrency=2) as pt:
        tasks = [asyncio.ensure_future(_result(pt.videos.update(1, name="Film"))) for _ in range(10)]
        await asyncio.sleep(0.1)
        for task in tasks[2:9]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        write = pt.statistics().concurrency[1]
    assert tasks[9].result() is None
    assert (write.in_flight, write.waiting) == (0, 0)


async def _result(call: Call[T]) -> T:
    return await call


def test_without_demand_nothing_is_concluded() -> None:
    controller = Controller()
    for second in range(500):
        controller.answered(second / 10, error=False, saturated=False)
    assert controller.limit == 2
    assert controller.epoch == 0


def test_levels_rise() -> None:
    assert list(LEVELS) == sorted(set(LEVELS))
