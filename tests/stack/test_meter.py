"""What the meter counts, and what those who listen hear of an attempt."""

import asyncio

import pytest

from aiopeertube.errors import ClientClosed, ConnectionLost, NotFound, PeerTubeError
from aiopeertube.events import AttemptFinished, Hooks
from aiopeertube.stack.histogram import Histogram
from aiopeertube.stack.meter import Meter
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.messages import Request, Response

pytestmark = pytest.mark.anyio


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Pool:
    """Answers after half a second of the clock, or raises; tells what the meter says meanwhile."""

    def __init__(self, clock: Clock, error: BaseException | None = None) -> None:
        self.clock, self.error = clock, error
        self.meter: Meter | None = None
        self.seen: list[tuple[int, int, bool]] = []

    async def handle(self, request: Request) -> Response:
        assert self.meter is not None
        self.seen.append((self.meter.requests, self.meter.in_flight, request.in_flight))
        self.clock.now += 0.5
        if self.error is not None:
            raise self.error
        return Response(204, {}, b"")


def metered(error: BaseException | None = None) -> tuple[Meter, Pool, list[AttemptFinished]]:
    clock, hooks, heard = Clock(), Hooks(), list[AttemptFinished]()
    hooks.on(AttemptFinished, heard.append)
    pool = Pool(clock, error)
    pool.meter = Meter(pool, clock, hooks)
    return pool.meter, pool, heard


def request() -> Request:
    return Request("PUT", "http://a", "/x?y=1", path="/x", decode=nothing)


async def test_an_answer() -> None:
    meter, pool, heard = metered()
    asked = request()
    response = await meter.handle(asked)
    assert (response.request, response.sent, response.arrived) == (asked, 100.0, 100.5)
    await meter.handle(asked)
    assert pool.seen == [(1, 1, True), (2, 1, True)]
    assert (asked.attempts, asked.in_flight, asked.lost) == (2, False, False)
    assert (meter.requests, meter.in_flight, meter.by_status, meter.latency.count) == (2, 0, {204: 2}, 2)
    assert heard == [AttemptFinished("PUT", "/x", attempt, 204, 0.5, "") for attempt in (1, 2)]
    assert meter.latency.percentile(0.5) == pytest.approx(0.5, rel=0.05)


async def test_as_many_are_in_flight_as_are() -> None:
    meter, _, _ = metered()

    class Nested:
        async def handle(self, request: Request) -> Response:
            depths.append(meter.in_flight)
            return await meter.handle(request) if len(depths) < 3 else Response(204, {}, b"")

    depths: list[int] = []
    meter._next = Nested()
    await meter.handle(request())
    assert (depths, meter.in_flight) == ([1, 2, 3], 0)


@pytest.mark.parametrize(
    ("error", "said", "lost"),
    [
        (ConnectionLost("cut"), "cut", False),  # the retry's affair
        (ClientClosed("closed"), "closed", True),
        (asyncio.CancelledError(), "", True),
        (NotFound(status=404, method="", path="", detail="no"), "", False),
    ],
)
async def test_an_error(error: PeerTubeError, said: str, lost: bool) -> None:
    meter, _, heard = metered(error)
    asked = request()
    with pytest.raises(type(error)):
        await meter.handle(asked)
    assert (asked.in_flight, asked.lost, meter.in_flight, meter.by_status) == (False, lost, 0, {0: 1})
    assert heard == [AttemptFinished("PUT", "/x", 1, 0, 0.5, said)]


async def test_the_usual_percentiles() -> None:
    meter, _, _ = metered()
    assert meter.percentiles() == {}
    for seconds in range(1, 101):
        meter.latency.add(float(seconds))
    found = meter.percentiles()
    assert list(found) == ["p50", "p90", "p99"]
    assert list(found.values()) == pytest.approx([50.0, 90.0, 99.0], rel=0.05)
    meter.in_flight = 3
    assert repr(meter) == "<Meter, 0 requests, 3 in flight>"


def test_the_slowest_share_the_last_bucket() -> None:
    histogram = Histogram()
    for seconds in (1e4, 1e9):
        histogram.add(seconds)
    assert histogram._counts[-1] == 2
    last = len(histogram._counts) - 1
    histogram.add(1e-4 * 2 ** ((last + 0.5) / 14))
    histogram.add(1e-4 * 2 ** ((last + 1.5) / 14))  # the first one that is too slow
    assert histogram._counts[-1] == 4
