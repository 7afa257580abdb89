"""The engine on a sender of its own: what becomes of each call, how it is counted, and what ends a run."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from aiopeertube import Call, errors
from aiopeertube.bulk.engine import BulkRun
from aiopeertube.bulk.outcome import BulkStatistics, Outcome
from aiopeertube.bulk.source import Calls
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.messages import Request
from aiopeertube.wire.turn import acted, waited

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]

Act = Callable[[Request], Awaitable[Any]]


@pytest.fixture(autouse=True)
def virtual_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engine time by the virtual clock, to the millisecond."""
    clock = SimpleNamespace(monotonic=lambda: round(asyncio.get_running_loop().time(), 3))
    monkeypatch.setattr("aiopeertube.bulk.engine.time", clock)


def call(number: int, method: str = "PUT") -> Call[Any]:
    return Call(method, f"/{number}", decode=nothing)


class Sender:
    """Carries out each call as a function says."""

    def __init__(self, act: Act) -> None:
        self.act = act
        self.requests: list[Request] = []

    def prepare(self, call: Call[Any]) -> Request:
        if call.path == "/unprepared":
            raise errors.InputError("it cannot be prepared")
        request = call.request("http://a")
        self.requests.append(request)
        return request

    async def send(self, request: Request) -> Any:
        return await self.act(request)


def run_of(act: Act, calls: Calls[Any] | int = 1, **options: Any) -> BulkRun[Any]:
    calls = [call(number) for number in range(calls)] if isinstance(calls, int) else calls
    return BulkRun(Sender(act), calls, **({"workers": 1} | options))


async def ends(run: BulkRun[Any]) -> list[Outcome[Any]]:
    """Take all outcomes, and let what ended the run pass."""
    found: list[Outcome[Any]] = []
    async with run:
        try:
            async for outcome in run:
                found.append(outcome)
        except errors.PeerTubeError:
            pass
    return found


def raising(error: BaseException, *, attempts: int = 1, lost: bool = False, wrote: bool = False) -> Act:
    async def act(request: Request) -> None:
        await asyncio.sleep(2.0)
        request.attempts, request.lost = attempts, lost
        if wrote:
            acted()
        raise error

    return act


def refused() -> errors.RateLimited:
    return errors.RateLimited(status=429, method="PUT", path="/x")


def doubtful() -> errors.ConnectionLost:
    error = errors.ConnectionLost("lost")
    error.in_doubt = True
    return error


# -- one call ----------------------------------------------------------------------------------------


async def test_what_succeeded() -> None:
    async def act(request: Request) -> int:
        request.attempts = 3
        await asyncio.sleep(2.0)
        return 7

    calls = [call(0)]
    run = run_of(act, calls)
    assert await ends(run) == [Outcome(calls[0], "ok", 7, None, 3, 2.0)]
    assert run.statistics() == BulkStatistics(1, 0, 0, 0, 0, 3, 2.0, True, "")


BECAME = [
    (errors.BadRequest(status=400, method="PUT", path="/x"), "failed"),
    (errors.ConnectionLost("lost"), "failed"),  # by its own word: a read
    (errors.ServerUnreachable("gone"), "failed"),
    (refused(), "failed"),
    (LookupError("of the sender"), "failed"),
    (doubtful(), "in doubt"),
    (errors.ServerAway("gone"), "not started"),
    (errors.WrongCredentials("no"), "not started"),
]


@pytest.mark.parametrize(("error", "state"), BECAME, ids=str)
async def test_what_failed(error: Exception, state: Any) -> None:
    calls = [call(0)]
    run = run_of(raising(error, attempts=2), calls)
    assert await ends(run) == [Outcome(calls[0], state, None, error, 2, 2.0)]
    found = run.statistics()
    assert (found.failed, found.in_doubt, found.not_started) == tuple(
        int(state == each) for each in ("failed", "in doubt", "not started")
    )
    assert (found.attempts, found.done) == (2, int(state != "not started"))


async def test_what_cannot_be_prepared_was_never_sent() -> None:
    calls: list[Call[Any]] = [Call("PUT", "/unprepared", decode=nothing)]
    (outcome,) = await ends(run_of(raising(LookupError()), calls))
    assert (outcome.state, outcome.attempts, outcome.seconds) == ("failed", 0, 0.0)
    assert str(outcome.error) == "it cannot be prepared"


@pytest.mark.parametrize(("wrote", "state"), [(False, "not started"), (True, "in doubt")])
async def test_the_end_of_a_run_after_something_was_written_is_in_doubt(wrote: bool, state: str) -> None:
    error = errors.ServerAway("gone")
    (outcome,) = await ends(run_of(raising(error, wrote=wrote)))
    assert (outcome.state, outcome.error) == (state, error)


@pytest.mark.parametrize(
    ("lost", "method", "doubt"), [(True, "PUT", "in doubt"), (False, "PUT", "failed"), (False, "GET", "failed")]
)
async def test_what_was_cancelled_from_within(lost: bool, method: str, doubt: str) -> None:
    calls = [call(0, method), call(1)]
    outcomes = await ends(run_of(raising(asyncio.CancelledError(), lost=lost), calls))
    assert [(outcome.call, outcome.state, outcome.seconds) for outcome in outcomes] == [
        (each, doubt, 2.0) for each in calls
    ]
    error = outcomes[0].error
    assert str(error) == "the call was cancelled from within, by its sender or its transport"
    assert isinstance(error, errors.TransportError)
    assert error.in_doubt is lost


# -- stopping ----------------------------------------------------------------------------------------


def waiting(
    *, lost: bool = False, wrote: bool = False, failure: errors.PeerTubeError | None = None, attempts: int = 1
) -> Act:
    """Wait for something, as in a queue, after what came before."""

    async def act(request: Request) -> None:
        request.lost, request.failure, request.attempts = lost, failure, attempts
        if wrote:
            acted()
        await waited(asyncio.get_running_loop().create_future())

    return act


STOPPED = [
    ({}, "not started", None),
    ({"attempts": 0}, "not started", None),
    ({"lost": True}, "in doubt", None),
    ({"failure": refused()}, "not started", errors.RateLimited),
    ({"failure": errors.ServerUnreachable("gone")}, "not started", errors.ServerUnreachable),
    ({"failure": errors.ServerAway("gone")}, "not started", errors.ServerAway),
    ({"failure": errors.ConnectionLost("of a read")}, "failed", errors.ConnectionLost),
    ({"failure": doubtful()}, "in doubt", errors.ConnectionLost),
    ({"lost": True, "failure": refused()}, "in doubt", errors.RateLimited),
    ({"wrote": True}, "in doubt", errors.TransportError),
    ({"wrote": True, "failure": refused()}, "in doubt", errors.RateLimited),
]


@pytest.mark.parametrize(("before", "state", "kind"), STOPPED, ids=str)
async def test_what_waits_when_a_run_is_stopped(before: Any, state: str, kind: type[Exception] | None) -> None:
    calls = [call(number) for number in range(3)]
    run = run_of(waiting(**before), calls)
    asyncio.get_running_loop().call_later(2.0, run.stop)
    outcomes = await ends(run)
    first = outcomes[0]
    assert (first.call, first.state, first.seconds, first.attempts) == (
        calls[0],
        state,
        2.0,
        before.get("attempts", 1),
    )
    assert first.error is None if kind is None else type(first.error) is kind
    assert outcomes[1:] == [Outcome(each, "not started") for each in calls[1:]]
    assert run.statistics().stopped_by == "stop"
    if before == {"wrote": True}:
        said = "the run was stopped before all requests of this call were sent; some were"
        assert str(first.error) == said
        assert getattr(first.error, "in_doubt", None) is True


async def test_after_a_stop_what_is_safe_to_say_is_not_started_is_and_the_rest_failed() -> None:
    for error, state in ((refused(), "not started"), (errors.ConnectionLost("of a read"), "failed")):
        run = run_of(raising(error), 1)
        asyncio.get_running_loop().call_later(1.0, run.stop, "enough")
        (outcome,) = await ends(run)
        assert outcome.state == state
        assert run.statistics().stopped_by == "enough"


async def test_the_first_reason_to_stop_is_the_reason() -> None:
    run = run_of(waiting(), 3)
    for after, reason in ((1.0, "one"), (1.5, "two")):
        asyncio.get_running_loop().call_later(after, run.stop, reason)
    await ends(run)
    assert run.statistics().stopped_by == "one"


async def test_an_error_that_all_would_meet_ends_the_run_with_its_name() -> None:
    error = errors.WrongCredentials("no")
    run = run_of(raising(error), 3)
    with pytest.raises(errors.WrongCredentials) as caught:
        async with run:
            states = [outcome.state async for outcome in run]
    assert caught.value is not error
    assert run.statistics().stopped_by == "WrongCredentials: no"
    states = [outcome.state for outcome in await ends(run_of(raising(error), 3))]
    assert states == ["not started"] * 3


async def test_a_halt_counts_what_failed_and_what_is_in_doubt() -> None:
    async def act(request: Request) -> None:
        number = int(request.path[1:])
        if number % 3 == 1:
            raise doubtful()
        if number % 3 == 2:
            raise errors.ConnectionLost("of a read")

    run = run_of(act, 20, halt=4)
    outcomes: list[Outcome[Any]] = []
    with pytest.raises(errors.BulkHalted) as caught:
        async with run:
            async for outcome in run:
                outcomes.append(outcome)
    assert str(caught.value) == "the run was stopped: 4 of 6 calls failed"
    found = run.statistics()
    assert (found.succeeded, found.failed, found.in_doubt, found.not_started) == (2, 2, 2, 14)
    assert found.stopped_by == "halt: 4 of 6 calls failed"
    assert repr(run) == "<BulkRun, 2 ok, 2 failed, 2 in doubt, 14 not started>"
    assert len(outcomes) == 20


async def test_a_share_is_one_of_all_that_were_carried_out() -> None:
    async def act(request: Request) -> None:
        number = int(request.path[1:])
        if number % 10 == 1:
            raise doubtful()
        if number % 10 == 2:
            raise errors.ConnectionLost("of a read")

    for halt, stopped_by in (("20%", "halt: 11 of 52 calls failed"), ("23%", "")):
        run = run_of(act, 60, halt=halt)
        await ends(run)
        assert run.statistics().stopped_by == stopped_by


async def test_a_source_that_fails_stops_the_run() -> None:
    error = LookupError("row 2")

    def source() -> Iterable[Call[Any]]:
        yield call(0)
        raise error

    async def act(request: Request) -> None: ...

    run = run_of(act, source())
    with pytest.raises(LookupError) as caught:
        await ends(run)
    assert caught.value is error
    assert run.statistics().stopped_by == "the source of calls failed"


async def test_who_leaves_early_stops_the_run() -> None:
    async def act(request: Request) -> None:
        await asyncio.sleep(1.0)

    run = run_of(act, 20)
    async with run:
        async for _ in run:
            break
    found = run.statistics()
    assert found.stopped_by == "left early"
    assert (found.succeeded, found.not_started) == (2, 18)
    finished = run_of(act, 1)
    async with finished:
        async for _ in finished:
            await asyncio.sleep(5.0)
    assert finished.statistics().stopped_by == ""


def under_way(*, lost: bool = False) -> Act:
    """Send something that takes long."""

    async def act(request: Request) -> None:
        request.lost, request.attempts = lost, 1
        await asyncio.sleep(3600)

    return act


@pytest.mark.parametrize("act", [waiting, under_way])
@pytest.mark.parametrize(("lost", "counted"), [(False, (0, 0, 1)), (True, (0, 1, 0))])
async def test_who_is_cancelled_takes_what_is_under_way_along_and_it_counts(
    act: Callable[..., Act], lost: bool, counted: tuple[int, int, int]
) -> None:
    run = run_of(act(lost=lost), 3)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(2.0), run:
            async for _ in run:
                pass
    found = run.statistics()
    assert (found.failed, found.in_doubt, found.not_started) == counted
    assert found.attempts == 1


async def test_a_run_that_is_cancelled_waits_for_its_sources_finally() -> None:
    ended: list[str] = []

    async def source() -> AsyncIterator[Call[Any]]:
        try:
            yield call(0)
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(1.0)
            ended.append("the source")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(2.0), run_of(under_way(), source()) as run:
            async for _ in run:
                pass
    assert ended == ["the source"]


async def test_a_call_that_came_while_the_run_was_stopped_is_told_as_not_started() -> None:
    calls = [call(number) for number in range(3)]

    def source() -> Iterator[Call[Any]]:
        yield calls[0]
        run.stop()
        yield calls[1]

    async def act(request: Request) -> None: ...

    run = run_of(act, source())
    assert [(outcome.call, outcome.state) for outcome in await ends(run)] == [
        (calls[0], "ok"),
        (calls[1], "not started"),
    ]


async def test_only_a_run_that_asks_for_it_listens_to_ctrl_c_and_only_while_it_lasts() -> None:
    async def act(request: Request) -> None: ...

    before = signal.getsignal(signal.SIGINT)
    for options, listens in (({}, False), ({"handle_sigint": True}, True)):
        run = BulkRun(Sender(act), [call(0)], **options)
        assert run._outcomes._size == 256
        async with run:
            assert (signal.getsignal(signal.SIGINT) is not before) == listens
            async for _ in run:
                pass
        assert signal.getsignal(signal.SIGINT) is before


# -- options and counts ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["workers", "buffer"])
@pytest.mark.parametrize("number", [0, -1, 1.5, "8", None])
def test_what_is_no_number_of_workers_or_places(name: str, number: Any) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        BulkRun(Sender(waiting()), [], **{name: number})
    assert str(caught.value) == f"{name}: {number!r} must be a positive integer"


async def test_as_many_run_as_there_are_workers() -> None:
    run = BulkRun(Sender(waiting()), [call(number) for number in range(100)])
    async with run:
        await asyncio.sleep(1.0)
        assert run.statistics().attempts == 0
        assert len(run._workers) == 64
        assert sum(worker.request is not None for worker in run._workers) == 64


async def test_counts_while_it_runs() -> None:
    async def act(request: Request) -> None:
        request.in_flight = request.path != "/2"
        await asyncio.sleep(4.0)
        request.in_flight = False

    run = run_of(act, 3, workers=3)
    assert (run.statistics().seconds, run.statistics().in_flight) == (0.0, 0)
    async with run:
        await asyncio.sleep(1.5)
        assert run.statistics() == BulkStatistics(0, 0, 0, 0, 2, 0, 1.5, True, "") or not run.statistics().exhausted
        assert (run.statistics().seconds, run.statistics().in_flight) == (1.5, 2)
        outcomes = [outcome async for outcome in run]
        await asyncio.sleep(10.0)
    assert len(outcomes) == 3
    assert run.statistics().seconds == 4.0
