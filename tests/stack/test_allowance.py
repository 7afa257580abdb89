"""The limiter against a server with PeerTube's fixed windows, on a clock that jumps."""

import asyncio
import random
from typing import TypeVar

import pytest
from simulated_servers import FixedWindowServer

from aiopeertube import Call, errors, events
from aiopeertube.stack.buckets import buckets_of
from aiopeertube.stack.cap import parse_rate
from aiopeertube.testing import reply
from aiopeertube.wire.messages import Request, Response

from .conftest import ClientOf, Renames

T = TypeVar("T")

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("seed", range(25))
async def test_uses_the_whole_allowance_with_at_most_one_refusal(
    seed: int, make_server: type[FixedWindowServer], client_of: ClientOf, renames: Renames
) -> None:
    """Whatever the clocks' phases and the network do: one probe, and then exact windows."""
    draw = random.Random(seed)
    server = make_server(
        offset=1.7e9 + draw.uniform(-1e6, 1e6),
        length=float(draw.choice([5, 10, 10, 60])),
        delay=lambda: draw.uniform(0.0005, 0.03),
        work=lambda: draw.uniform(0.01, 0.06),
    )
    async with client_of(server) as pt:
        done, seconds = await renames(pt, 170)
    ideal = 3 * server.length  # 50 at once, and three windows more
    assert done == 170
    assert server.count(429) <= 1
    assert seconds <= 1.02 * ideal + 2, (seconds, ideal)


async def test_600_renames_reach_the_allowance(
    server: FixedWindowServer, client_of: ClientOf, renames: Renames
) -> None:
    async with client_of(server) as pt:
        done, seconds = await renames(pt, 600)
    # 600 take eleven whole windows after the first 50.
    assert done == 600
    assert 600 / seconds >= 0.98 * 600 / 110.6
    assert server.count(429) <= 1


async def test_a_job_that_fits_into_the_window_is_not_slowed_down(
    server: FixedWindowServer, client_of: ClientOf, renames: Renames
) -> None:
    async with client_of(server, concurrency=8) as pt:
        done, seconds = await renames(pt, 48)
        assert pt.statistics().refused == 0
    assert done == 48
    assert seconds < 48 / 8 * 0.04 + 0.05  # latency alone, and the first request by itself


async def test_spends_what_is_left_of_a_window_that_others_opened(
    server: FixedWindowServer, client_of: ClientOf, renames: Renames
) -> None:
    for _ in range(30):
        server.hit()
    async with client_of(server) as pt:
        done, seconds = await renames(pt, 20)
    assert (done, server.count(429)) == (20, 0)
    assert seconds < 1


async def test_administrators_do_not_wait(server: FixedWindowServer, client_of: ClientOf, renames: Renames) -> None:
    async with client_of(server, token="admin", concurrency=4) as pt:
        done, seconds = await renames(pt, 400)
        assert pt.statistics().refused == 0
    assert done == 400
    assert seconds < 1.05 * 400 * 0.04 / 4 + 0.2


async def test_an_administrator_who_loses_the_role_waits_like_everybody(
    server: FixedWindowServer, client_of: ClientOf, renames: Renames
) -> None:
    async with client_of(server, token="admin") as pt:
        await renames(pt, 120)
        server.administrators = frozenset()
        done, _ = await renames(pt, 100)
    assert done == 100
    assert server.count(429) <= 66  # the run's 64 workers had passed the limiter when the role went


async def test_anonymous_callers_are_never_thought_exempt(server: FixedWindowServer, client_of: ClientOf) -> None:
    async with client_of(server, token=None) as pt:
        for _ in range(60):
            await pt.request("DELETE", "/videos/1")
    assert server.count(429) == 1  # which tells when the window ends


async def test_somebody_else_on_the_same_address(
    server: FixedWindowServer, client_of: ClientOf, renames: Renames
) -> None:
    """Others spend from the same window: what is refused is repeated, and nothing is lost."""
    draw = random.Random(3)

    async def other() -> None:
        while True:
            await asyncio.sleep(draw.uniform(0.1, 0.5))
            server.hit()

    async with client_of(server) as pt:
        task = asyncio.ensure_future(other())
        done, _ = await renames(pt, 200)
        task.cancel()
    assert done == 200
    assert server.count(429) <= 12  # a few per window at most, not one per request


async def test_a_longer_window_from_one_moment_to_the_next(
    server: FixedWindowServer, client_of: ClientOf, renames: Renames
) -> None:
    async with client_of(server) as pt:
        await renames(pt, 120)
        server.length = 25.0
        done, seconds = await renames(pt, 200)
    assert done == 200
    assert server.count(429) <= 6
    assert seconds < 4 * 25 + 15


async def test_a_proxys_429_without_figures_is_waited_for(client_of: ClientOf, server: FixedWindowServer) -> None:
    answers = [reply(429, retry_after="7"), reply(204)]
    times = []

    async def proxy(request: Request) -> Response:
        times.append(asyncio.get_running_loop().time())
        return answers.pop(0)

    server.handle = proxy  # type: ignore[method-assign]
    async with client_of(server) as pt:
        await pt.videos.update(1, name="Film")
    assert times[1] - times[0] == pytest.approx(7, abs=0.01)


async def test_endless_refusals_end_in_an_error(client_of: ClientOf, server: FixedWindowServer) -> None:
    async def proxy(request: Request) -> Response:
        return reply(429, retry_after="1")

    server.handle = proxy  # type: ignore[method-assign]
    async with client_of(server) as pt:
        with pytest.raises(errors.RateLimited):
            await pt.videos.update(1, name="Film")


async def test_a_day_is_not_waited_for_however_many_lanes_share_the_window(
    client_of: ClientOf, server: FixedWindowServer
) -> None:
    sent: list[str] = []

    async def proxy(request: Request) -> Response:
        sent.append(request.method)
        return reply(429, retry_after="86400") if request.method == "PUT" else reply(200, {})

    server.handle = proxy  # type: ignore[method-assign]
    loop = asyncio.get_running_loop()
    async with client_of(server, patience=30) as pt:
        await pt.videos.get(1)  # so that there is a lane of reads, in which nobody waits
        began = loop.time()
        with pytest.raises(errors.RefusedTooLong, match=r"for 30 s .* asks to wait for 86400 s more"):
            await pt.videos.update(1, name="Film")
        assert loop.time() - began == pytest.approx(30, abs=0.1)
    assert sent.count("PUT") == 1


async def test_ping_and_login_have_buckets_of_their_own(server: FixedWindowServer, client_of: ClientOf) -> None:
    assert buckets_of("GET", "/api/v1/ping") == ("ping",)
    assert buckets_of("POST", "/api/v1/users/token") == ("login", "api")
    assert buckets_of("GET", "/api/v1/users/token") == ("api",)
    assert buckets_of("PUT", "/api/v1/videos/1") == ("api",)
    assert buckets_of("GET", "/feeds/videos.json") == ("feeds",)


async def test_a_refused_login_that_shows_the_apis_figures_is_the_apis(
    server: FixedWindowServer, client_of: ClientOf
) -> None:
    """/users/token is counted in both buckets, and refused while the API's is spent."""
    async with client_of(server, token=None) as pt:
        for _ in range(3):
            await pt.videos.update(1, name="Film")
        for _ in range(47):
            server.hit()
        began = asyncio.get_running_loop().time()
        await pt.request("POST", "/users/token")
        waited = asyncio.get_running_loop().time() - began
    assert 9 < waited < 11
    assert server.count(429) == 1


async def test_a_cancelled_waiter_gives_its_place_back(server: FixedWindowServer, client_of: ClientOf) -> None:
    async with client_of(server, token=None) as pt:
        await asyncio.gather(*(pt.videos.update(1, name="Film") for _ in range(50)))
        waiting = [asyncio.ensure_future(_result(pt.videos.update(1, name="Film"))) for _ in range(30)]
        await asyncio.sleep(1)
        for task in waiting[:29]:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        (window, *_) = pt.statistics().windows
    assert waiting[29].result() is None
    assert (window.in_flight, window.waiting) == (0, 0)


async def _result(call: Call[T]) -> T:
    return await call


async def test_a_lost_request_counts_against_the_window(server: FixedWindowServer, client_of: ClientOf) -> None:
    """The server has counted it, and nobody may send one more in its place."""
    server.work = lambda: 3.0
    async with client_of(server, token=None) as pt:
        await pt.videos.update(1, name="Film")
        lost = [asyncio.ensure_future(_result(pt.videos.update(1, name="Film"))) for _ in range(4)]
        await asyncio.sleep(0.5)
        for task in lost:
            task.cancel()
        await asyncio.gather(*lost, return_exceptions=True)
        (window, *_) = pt.statistics().windows
    assert window.remaining == 45
    assert window.in_flight == 0


@pytest.mark.parametrize("text", ["20/s", "50/10s", "1/s", "300/min", "2/s"])
async def test_a_users_own_rate_is_never_exceeded_in_any_span(
    text: str, make_server: type[FixedWindowServer], client_of: ClientOf, renames: Renames
) -> None:
    server = make_server(limit=100_000)
    count, span = {"20/s": (20, 1), "50/10s": (50, 10), "1/s": (1, 1), "300/min": (300, 60), "2/s": (2, 1)}[text]
    async with client_of(server, rate=text) as pt:
        await renames(pt, 3 * count + 5)
    starts = sorted(server.started)
    # Half-open spans; `started` is seen at the server, and the network's delay is constant here.
    most = max(sum(1 for other in starts if start <= other < start + span - 1e-6) for start in starts)
    assert most <= count
    assert len(starts) / (starts[-1] - starts[0]) >= 0.45 * count / span


@pytest.mark.parametrize("text", ["", "20", "0/s", "x/s", "20/fortnight", "-1/s", "20/0s", "20/"])
def test_a_rate_that_is_none(text: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="rate"):
        parse_rate(text)


async def test_waiting_is_announced(server: FixedWindowServer, client_of: ClientOf, renames: Renames) -> None:
    seen: list[events.RateLimitWaiting] = []
    async with client_of(server) as pt:
        pt.on(events.RateLimitWaiting, seen.append)
        await renames(pt, 60)
        statistics = pt.statistics()
    (event,) = seen  # one for all who wait
    assert 8 < event.seconds <= 11
    assert event.asked == 10
    assert statistics.waits >= 10
    assert statistics.waited > 0


async def test_stop_and_close_end_a_wait_for_the_users_own_rate(
    make_server: type[FixedWindowServer], client_of: ClientOf
) -> None:
    loop = asyncio.get_running_loop()
    server = make_server(limit=100_000)
    async with client_of(server, rate="4/min") as pt:
        async with pt.bulk([pt.videos.update(number, name="Film") for number in range(1, 101)]) as run:
            began, states = loop.time(), []
            async for outcome in run:
                states.append(outcome.state)
                run.stop()
        assert states == ["ok"] + ["not started"] * 99
        tasks = [asyncio.ensure_future(_result(pt.videos.update(1, name="Film"))) for _ in range(3)]
        await asyncio.sleep(0.3)
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(end) for end in ends} == {errors.ClientClosed}
    assert loop.time() - began < 1


async def test_no_burst_follows_what_waited_for_the_server(
    make_server: type[FixedWindowServer], client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    server = make_server(limit=100_000)
    answer, back = server.handle, loop.time() + 7

    async def away(request: Request) -> Response:
        if loop.time() < back:
            raise errors.ServerUnreachable("cannot connect")
        return await answer(request)

    monkeypatch.setattr(server, "handle", away)
    async with client_of(server, rate="5/s", concurrency=16) as pt:
        await asyncio.gather(*(_result(pt.videos.update(number, name="Film")) for number in range(1, 31)))
    starts = sorted(server.started)
    assert len(starts) >= 30
    most = max(sum(1 for other in starts if start <= other < start + 1 - 1e-6) for start in starts)
    assert most <= 5 + 1  # a probe of the client's own is not the user's
