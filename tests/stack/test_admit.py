"""A client's part of the admission, on the virtual clock: its lanes, what it learns, and what it says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from aiopeertube import errors
from aiopeertube.events import ConcurrencyChanged, HealthChanged, Hooks, RateLimitWaiting
from aiopeertube.stack import origins
from aiopeertube.stack.admit import Admit, Gates
from aiopeertube.stack.cap import parse_rate
from aiopeertube.stack.lanes import Lane
from aiopeertube.testing import reply
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.messages import Request, Response

pytestmark = [pytest.mark.anyio]

SHOWN = {"x-ratelimit-limit": "50", "x-ratelimit-remaining": "7"}


def now() -> float:
    return asyncio.get_running_loop().time()


def state(gates: Gates) -> str:
    return gates.home.healths["api"].state


class Pool:
    """Answers as it is told to, after a tenth of a second; attempts are counted as the meter does."""

    def __init__(self, answer: Callable[[Request], Response | Exception] = lambda request: reply(204)) -> None:
        self.answer = answer
        self.asked: list[Request] = []
        self.sends = True

    async def handle(self, request: Request) -> Response:
        self.asked.append(request)
        request.attempts += self.sends
        await asyncio.sleep(0.1)
        answer = self.answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer


@asynccontextmanager
async def opened(pool: Pool, **options: Any) -> AsyncIterator[Gates]:
    given: dict[str, Any] = {"clock": now, "hooks": Hooks(), "patience": 20.0, "fixed": 1} | options
    gates = Gates("http://a", pool, **given)
    try:
        yield gates
    finally:
        if gates.closed is None:
            gates.close(errors.ClientClosed("over"))


def request(method: str = "PUT", path: str = "/api/v1/x", **options: Any) -> Request:
    return Request(method, options.pop("origin", "http://a"), path, path=path, decode=nothing, **options)


async def sent(gates: Gates, pool: Pool, *requests: Request) -> list[Any]:
    admit = Admit(pool, gates)
    return await asyncio.gather(*(admit.handle(each) for each in requests), return_exceptions=True)


# -- lanes -------------------------------------------------------------------------------------------


async def test_lanes_are_told_apart_by_what_they_wait_for() -> None:
    pool = Pool()
    async with opened(pool, fixed=None, maximum=64) as gates:
        write, read = gates.lane(request(), "write"), gates.lane(request("GET"), "read")
        assert gates.lane(request(path="/api/v1/y"), "write") is write
        assert write.slots is not read.slots
        assert [state.kind for state in gates.lanes()] == ["read", "write", "transfer"]
        assert [state.limit for state in gates.lanes()] == [4, 2, 4]
        anonymous = gates.lane(request(authenticate=False), "write")
        assert anonymous is not write
        assert anonymous.slots is write.slots
        assert (write.caller, anonymous.caller.exempt) == (gates.user, False)
        ping = gates.lane(request("GET", "/api/v1/ping"), "read")
        assert [window.name for window in ping.windows] == ["ping"]
        assert ping.slots is read.slots
        token = gates.lane(request("POST", "/api/v1/users/token", authenticate=False), "token")
        assert (token.health, write.health) == (gates.home.healths["token"], gates.home.healths["api"])
        assert {lane.patience for lane in gates.home.lanes} == {20.0}
        assert len(gates.home.lanes) == 5


async def test_what_a_redirect_led_to_has_slots_of_its_own_and_nothing_is_concluded() -> None:
    pool = Pool()
    async with opened(pool) as gates:
        home, away = gates.lane(request("GET"), "read"), gates.lane(request("GET", origin="http://b"), "read")
        assert away.slots is not home.slots
        assert away.slots.limit == 1
        assert away in gates.admission("http://b").lanes
        assert gates.admission("http://b") is gates.admission("http://b")
        assert gates.admission("http://a") is gates.home
        for _ in range(3):
            await sent(gates, Pool(lambda request: errors.ConnectionLost("gone")), request("GET", origin="http://b"))
        assert away.health.is_up()


async def test_sixteen_foreign_origins_are_kept_and_who_waits_at_one_that_is_dropped_is_told() -> None:
    pool = Pool()
    async with opened(pool) as gates:
        for number in range(16):
            gates.lane(request("GET", origin=f"http://b{number}"), "read")
        assert len(gates._foreign) == 16
        last = gates.admission("http://b15")
        lane = last.lanes[0]
        lane.slots.in_flight = 1
        waits = asyncio.create_task(last.wait(lane, now()))
        await asyncio.sleep(0)
        gates.lane(request("GET", origin="http://c"), "read")
        assert len(gates._foreign) == 16
        assert "http://b15" not in gates._foreign
        with pytest.raises(errors.ConnectionLost) as caught:
            await waits
        assert str(caught.value) == "redirects lead to too many places"
        assert last.clients == 0
        assert not [key for key in gates._lanes if key[0] == "http://b15"]


async def test_clients_of_one_origin_share_an_admission_until_the_last_one_leaves() -> None:
    pool = Pool()
    loop = asyncio.get_running_loop()
    async with opened(pool, patience=7.0) as one:
        async with opened(pool, patience=9.0) as two:
            assert one.home is two.home
            assert one.home.clients == 2
            assert one.home._patience == 7.0
            lanes: list[Lane] = [gates.lane(request(), "write") for gates in (one, two)]
            assert one.home.lanes == lanes
            assert [len(listeners) for listeners in (one.home.askers, one.home.listeners)] == [2, 2]
        assert one.home.lanes == lanes[:1]
        assert [len(listeners) for listeners in (one.home.askers, one.home.listeners)] == [1, 1]
        assert (one.home.clients, origins._OPEN[loop]["http://a", None]) == (1, one.home)
    assert ("http://a", None) not in origins._OPEN[loop]
    async with opened(pool) as other:
        assert other.home is not one.home


async def test_clients_that_go_different_ways_share_nothing() -> None:
    loop = asyncio.get_running_loop()
    async with opened(Pool(), way=lambda origin: f"one to {origin}") as one, opened(Pool()) as two:
        assert one.home is not two.home
        foreign = one.admission("http://b")
        keys = [("http://a", "one to http://a"), ("http://a", None), ("http://b", "one to http://b")]
        assert list(origins._OPEN[loop]) == keys
        assert origins._OPEN[loop][keys[2]] is foreign
        one.close(errors.ClientClosed("over"))
        assert list(origins._OPEN[loop]) == keys[1:2]


# -- on the way --------------------------------------------------------------------------------------


async def test_one_goes_after_the_other_and_waits_are_counted() -> None:
    pool = Pool()
    async with opened(pool) as gates:
        requests = [request() for _ in range(3)]
        began = now()
        requests[2].since = 5.0
        tasks = [asyncio.create_task(sent(gates, pool, *requests))]
        await asyncio.sleep(0.05)
        assert [state.waiting for state in gates.lanes()] == [0, 2, 0]
        assert [(state.bucket, state.waiting, state.in_flight) for state in gates.windows()] == [("api", 2, 1)]
        assert [response.status for response in await tasks[0]] == [204] * 3
        assert gates.waits == 2
        assert gates.waited == pytest.approx(0.3, abs=0.01)
        assert [each.since for each in requests] == [0.0, began, 5.0]
        assert repr(Admit(pool, gates)) == f"<Admit to {gates.home!r}>"
        assert [(state.service, state.state) for state in gates.health()] == [("api", "up"), ("token", "up")]
        assert {state.origin for state in gates.health()} == {"http://a"}


async def test_who_is_exempt_waits_for_no_window() -> None:
    pool = Pool()
    async with opened(pool) as gates:
        gates.user.exempt = True
        sending = asyncio.create_task(sent(gates, pool, request(), request(), request()))
        await asyncio.sleep(0.05)
        assert [state.waiting for state in gates.lanes()] == [0, 2, 0]  # for those before them
        assert [state.waiting for state in gates.windows()] == [0]
        await sending


async def test_the_kind_of_lane_may_be_said() -> None:
    pool = Pool()
    async with opened(pool) as gates:
        await Admit(pool, gates, "token").handle(request("POST", "/api/v1/users/token"))
        assert [key[1] for key in gates._lanes] == ["token"]


LEARNT = [  # the answer; whether its caller is exempt, and how many refusals there were
    (reply(204), None, 0),
    (reply(204, **SHOWN), None, 0),
    (reply(204, **SHOWN, retry_after="8"), True, 0),
    (reply(399, **SHOWN, retry_after="8"), True, 0),
    (reply(400, **SHOWN, retry_after="8"), None, 0),
    (reply(204, retry_after="8"), None, 0),
    (reply(429, **SHOWN, retry_after="8"), False, 1),
    (reply(429, retry_after="8"), None, 1),
]


@pytest.mark.parametrize(("answer", "exempt", "refused"), LEARNT)
async def test_who_we_are_is_learnt_from_answers(answer: Response, exempt: bool | None, refused: int) -> None:
    pool = Pool(lambda request: answer)
    async with opened(pool) as gates:
        await sent(gates, pool, request())
        assert (gates.user.exempt, gates.refused) == (exempt, refused)
        await sent(gates, pool, request("GET", authenticate=False))
        assert (gates.user.exempt, gates.refused) == (exempt, 2 * refused)
        assert gates._anonymous.exempt is False


async def test_what_was_never_sent_says_nothing() -> None:
    pool = Pool(lambda request: errors.ConnectionLost("gone"))
    async with opened(pool) as gates:
        pool.sends = False
        (told,) = await sent(gates, pool, request())
        assert isinstance(told, errors.ConnectionLost)
        assert gates.home.healths["api"].is_up()
        pool.sends = True
        await sent(gates, pool, request())
        assert not gates.home.healths["api"].is_up()
        assert gates.home.windows["api"].state(now(), 0).in_flight == 0
        assert [state.in_flight for state in gates.lanes()] == [0, 0, 0]


async def test_failures_of_one_request_alone_are_no_outage() -> None:
    pool = Pool(lambda request: errors.ConnectionLost("gone"))
    async with opened(pool, fixed=9) as gates:
        gates.home.healths["api"].start()  # somebody else is under way
        one = request()
        for _ in range(4):
            await sent(gates, pool, one)
        assert state(gates) == "up"
        others = [request() for _ in range(2)]
        await sent(gates, pool, *others)
        assert state(gates) == "suspected"


async def test_the_users_own_limit_holds_nothing_while_it_waits() -> None:
    pool = Pool()
    async with opened(pool, fixed=1, cap=parse_rate("1/2s")) as gates:
        began = now()
        tasks = [asyncio.create_task(sent(gates, pool, *[request() for _ in range(3)]))]
        await asyncio.sleep(1.0)
        assert [state.in_flight for state in gates.lanes()] == [0, 0, 0]
        assert [response.status for response in await tasks[0]] == [204] * 3
        assert now() - began == pytest.approx(4.1, abs=0.05)
        assert [state.in_flight for state in gates.lanes()] == [0, 0, 0]


async def test_who_may_go_by_the_users_own_limit_waits_for_the_server_again() -> None:
    pool = Pool()
    async with opened(pool, fixed=1, cap=parse_rate("1/0.03s")) as gates:
        began, requests = now(), [request() for _ in range(3)]
        assert [response.status for response in await sent(gates, pool, *requests)] == [204] * 3
        assert now() - began == pytest.approx(0.3, abs=0.02)
        assert gates.waits >= 2
        assert [each.since >= began for each in requests[1:]] == [True, True]


async def test_closing_tells_all_who_wait_and_all_who_come() -> None:
    for cap in (None, "1/2s"):
        pool = Pool()
        async with opened(pool, cap=None if cap is None else parse_rate(cap)) as gates:
            tasks = [asyncio.create_task(sent(gates, pool, *[request() for _ in range(3)]))]
            await asyncio.sleep(0.05)
            gates.close(errors.ClientClosed("over"))
            told = await tasks[0]
            assert [getattr(end, "status", str(end)) for end in told] == [204, "over", "over"]
            assert len({id(end) for end in told}) == 3
            pool.asked.clear()
            home = gates.home
            (end,) = await sent(gates, pool, request())
            assert isinstance(end, errors.ClientClosed)
            assert str(end) == "over"
            assert pool.asked == []
            assert (home.askers, home.listeners) == ([], [])


# -- the probe, and what is said ---------------------------------------------------------------------


@pytest.mark.parametrize("answer", [reply(200), errors.ServerUnreachable("refused")], ids=["there", "gone"])
async def test_how_it_asks_whether_the_server_is_there(
    answer: Response | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    pool, hooks, heard = Pool(lambda request: answer), Hooks(), list[HealthChanged]()
    hooks.on(HealthChanged, heard.append)
    caplog.set_level("INFO", "aiopeertube.admission")
    async with opened(pool, hooks=hooks) as gates:
        told = await gates._ask()
        (probe,) = pool.asked
        assert (probe.method, probe.origin, probe.target) == ("GET", "http://a", "/api/v1/videos?start=0&count=0")
        assert probe.authenticate is False
        assert probe.decode is nothing
        assert told.verdict.value == ("present" if isinstance(answer, Response) else "absent")
        health = gates.home.healths["api"]
        health.state, health.since, health.reason = "away", now() - 5.0, "refused"
        health._next_probe = now() + 2.0
        gates.home._attend(now())
        assert heard == [HealthChanged("http://a", "api", "away", "refused", 2.0, 15.0)]
        assert caplog.messages == ["http://a (api) is away refused"]
        told_of = gates.health()[0]
        assert (told_of.away_for, told_of.next_try_in, told_of.gives_up_in) == (5.0, 2.0, 15.0)


async def test_a_change_of_the_number_in_flight_is_told() -> None:
    hooks, heard = Hooks(), list[ConcurrencyChanged]()
    hooks.on(ConcurrencyChanged, heard.append)
    pool = Pool()
    async with opened(pool, hooks=hooks, fixed=None, maximum=5) as gates:
        await sent(gates, pool, *[request() for _ in range(20)])
        assert heard[0] == ConcurrencyChanged("write", 2, 4, "climb")
        assert {state.limit for state in gates.lanes() if state.kind == "write"} <= {4, 5}


WAITS = [  # seconds to wait, seconds asked for, whether it refuses; what is in the log
    (15.0, 0.0, True, None),
    (15.1, 0.0, True, "waiting 15 s for the rate limit of http://a (api)"),
    (60.0, 0.0, False, "waiting 60 s for the rate limit of http://a (api)"),
    (60.0, 70.0, False, "waiting 60 s for the rate limit of http://a (api)"),
    (60.0, 70.0, True, "waiting 60 s for the rate limit of http://a (api), it asked for 70 s"),
    (60.0, 75.0, True, "waiting 60 s for the rate limit of http://a (api), it asked for 75 s"),
    (
        60.0,
        900.0,
        True,
        "waiting 60 s for the rate limit of http://a (api), it asked for 900 s, so this gives up then",
    ),
]


@pytest.mark.parametrize(("seconds", "asked", "refuses", "said"), WAITS)
async def test_a_wait_for_the_rate_limit_is_told(
    seconds: float, asked: float, refuses: bool, said: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    hooks, heard = Hooks(), list[RateLimitWaiting]()
    hooks.on(RateLimitWaiting, heard.append)
    async with opened(Pool(), hooks=hooks) as gates:
        (window,) = gates.lane(request(), "write").windows
        window.asked_for, window.refused_since = asked, now() if refuses else None
        gates._announce(window, seconds)
        assert heard == [RateLimitWaiting("api", seconds, asked if refuses else None)]
        assert caplog.messages == ([] if said is None else [said])
