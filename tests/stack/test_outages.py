"""Whole clients while their server is away: who waits, for how long, and what is asked."""

import asyncio
import itertools
from collections.abc import Callable

import pytest

from aiopeertube import PeerTube, errors
from aiopeertube.events import HealthChanged
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

pytestmark = pytest.mark.anyio
HOME, ELSEWHERE = "http://127.0.0.1", "http://localhost"


class Server:
    """Refuses connections where `away` says so, and gives what `answer` does elsewhere."""

    def __init__(self, away: Callable[[Request, float], bool], answer: Callable[[Request], Response]) -> None:
        self.away, self.answer = away, answer
        self.seen: list[Request] = []

    async def handle(self, request: Request) -> Response:
        self.seen.append(request)
        await asyncio.sleep(0.01)
        if self.away(request, asyncio.get_running_loop().time()):
            raise errors.ServerUnreachable("connection refused")
        return self.answer(request)


def client(server: Server, **options: float | str) -> PeerTube:
    return PeerTube(HOME, token="user", transport=MockTransport(server.handle), **options)  # type: ignore[arg-type]


def is_home(request: Request) -> bool:
    return request.origin == HOME


def redirecting(request: Request) -> Response:
    if is_home(request) and request.path.endswith("/file"):
        return reply(302, location=f"{ELSEWHERE}/file")
    return reply(200, json={"total": 0, "data": []}) if request.method == "GET" else reply(204)


async def took(pt: PeerTube) -> tuple[float, errors.PeerTubeError]:
    began = asyncio.get_running_loop().time()
    with pytest.raises(errors.PeerTubeError) as caught:
        await pt.videos.update(1, name="Film")
    return asyncio.get_running_loop().time() - began, caught.value


async def test_each_client_has_its_own_patience() -> None:
    server = Server(lambda request, now: True, redirecting)
    async with client(server, patience=100) as patient, client(server, patience=2) as other:
        (long, first), (short, second) = await asyncio.gather(took(patient), took(other))
    assert short == pytest.approx(2, abs=0.5)
    assert long == pytest.approx(100, abs=0.5)
    assert isinstance(first, errors.ServerAway)
    assert isinstance(second, errors.ServerAway)


async def test_whoever_calls_after_patience_finds_the_server_that_came_back() -> None:
    back = asyncio.get_running_loop().time() + 10
    server = Server(lambda request, now: now < back, redirecting)
    async with client(server, patience=2) as pt:
        await took(pt)
        seconds, _ = await took(pt)
        assert seconds == pytest.approx(2, abs=0.5)
        await asyncio.sleep(10)
        await pt.videos.update(1, name="Film")


@pytest.mark.parametrize("idle", [0.5, 1.5, 2.5, 60.0])
async def test_whoever_calls_when_patience_was_over_long_ago_is_told_nothing_that_was_not_asked(idle: float) -> None:
    """On a clock that goes on between two readings, as real ones do."""
    loop = asyncio.get_running_loop()
    back, read, steps = loop.time() + 1.4, loop.time, itertools.count(0, 1e-6)
    server = Server(lambda request, now: now < back, redirecting)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "time", lambda: read() + next(steps))
        async with client(server, patience=1) as pt:
            await took(pt)
            await asyncio.sleep(idle)
            await pt.videos.update(1, name="Film")


async def test_where_a_redirect_led_nothing_is_concluded_about_the_server() -> None:
    server = Server(lambda request, now: not is_home(request), redirecting)
    async with client(server, patience=2, attempts=2) as pt:
        for _ in range(3):
            with pytest.raises(errors.ServerUnreachable) as caught:
                await pt.request("GET", "/file")
            assert not isinstance(caught.value, errors.ServerAway)
        await pt.videos.update(1, name="Film")
        assert pt.statistics().health[0].state == "up"


async def test_a_transport_that_knows_no_probe_gates_nobody() -> None:
    def answer(request: Request) -> Response:
        if request.method == "GET":
            raise KeyError(request.path)
        return reply(503)

    async with client(Server(lambda request, now: False, answer), patience=60, attempts=3) as pt:
        seconds, error = await took(pt)
    assert isinstance(error, errors.ServerError)
    assert seconds < 30


async def test_a_client_that_is_closed_says_nothing_about_the_server_to_others() -> None:
    heard: list[str] = []
    back = asyncio.get_running_loop().time() + 0.5
    server = Server(lambda request, now: request.path.endswith(("/1", "/2")) and now < back, redirecting)
    async with client(server) as stays:
        stays.on(HealthChanged, lambda event: heard.append(event.state))
        goes = client(server)
        async with goes, asyncio.TaskGroup() as group:
            for number in (1, 2):
                group.create_task(stays.videos.update(number, name="Film").send())
            await asyncio.sleep(0.2)
    assert "away" not in heard


@pytest.mark.parametrize("first", ["by the proxy", "direct"])
async def test_a_proxy_that_is_away_is_not_the_servers_being_away_for_those_who_go_another_way(first: str) -> None:
    gone, there = Server(lambda request, now: True, redirecting), Server(lambda request, now: False, redirecting)
    ways = {"by the proxy": (gone, {"proxy": "http://127.0.0.1:1"}), "direct": (there, {})}
    server, option = ways.pop(first)
    (other, further) = next(iter(ways.values()))
    async with client(server, patience=20, **option) as one, client(other, patience=20, **further) as two:
        barred, goes = (one, two) if server is gone else (two, one)
        calls = [pt.videos.update(number, name="Film") for pt in (barred, goes) for number in range(1, 9)]
        ends = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(end) for end in ends] == [errors.ServerAway] * 8 + [type(None)] * 8


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_an_answer_that_nobody_asked_for_is_not_asked_for_again(method: str) -> None:
    def odd(request: Request) -> Response:
        raise errors.OddAnswer("answered with 101", status=101)

    transport = MockTransport(odd)
    async with PeerTube("http://localhost", token="t", transport=transport) as pt:
        began = asyncio.get_running_loop().time()
        with pytest.raises(errors.OddAnswer) as caught:
            await pt.request(method, "/videos/1")
        assert asyncio.get_running_loop().time() == began
        assert [service.state for service in pt.statistics().health] == ["up", "up"]
    assert transport.requests == 1
    assert caught.value.in_doubt == (method == "PUT")


def no_http(request: Request) -> Response:
    raise errors.NotHttp("does not speak HTTP", status=400)


def no_answer(request: Request) -> Response:
    raise errors.ConnectionLost("reset")


OUTAGES = {
    "no HTTP": no_http,
    "a page": lambda request: reply(200, "<html>", content_type="text/html"),
    "reset": no_answer,
    "500": lambda request: reply(500),
    "503": lambda request: reply(503),
}


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES)
@pytest.mark.parametrize("calls", [1, 50])
@pytest.mark.parametrize("attempts", [1, 8])
async def test_an_outage_costs_no_attempt(outage: Callable[[Request], Response], calls: int, attempts: int) -> None:
    back = asyncio.get_running_loop().time() + 60

    def answer(request: Request) -> Response:
        return redirecting(request) if asyncio.get_running_loop().time() > back else outage(request)

    async with (
        client(Server(lambda request, now: False, answer), attempts=attempts) as pt,
        pt.bulk(pt.videos.update(number, name="Film") for number in range(1, calls + 1)) as run,
    ):
        assert [outcome.state async for outcome in run] == ["ok"] * calls
    assert asyncio.get_running_loop().time() < back + 10


async def test_a_last_attempt_that_fails_alone_is_charged_where_the_server_is_there() -> None:
    server = Server(lambda request, now: False, lambda r: reply(502) if r.path.endswith("/1") else redirecting(r))
    async with client(server, attempts=1) as pt:
        seconds, error = await took(pt)
    assert isinstance(error, errors.ServerError)
    assert seconds < 1


@pytest.mark.parametrize("bad", [2, 6])
async def test_an_outage_after_suspicions_that_came_to_nothing_costs_no_attempt(bad: int) -> None:
    begins = asyncio.get_running_loop().time() + 20
    server = Server(
        lambda request, now: (
            (request.path.endswith("/666") and request.method == "PUT") or begins < now < begins + 25
        ),
        redirecting,
    )
    async with client(server) as pt:
        while asyncio.get_running_loop().time() < begins:
            calls = [pt.videos.update(666, name="Film").within(2).send() for _ in range(bad)]
            await asyncio.gather(*calls, return_exceptions=True)
        async with pt.bulk(pt.videos.update(number, name="Film") for number in range(1000, 1300)) as outcomes:
            states = [outcome.state async for outcome in outcomes]
    assert states == ["ok"] * 300
