"""The bulk engine: outcomes in completion order, bounded, and nothing ends in silence."""

import asyncio
import gc
import os
import signal
import tracemalloc
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import pytest

from aiopeertube import Call, Halt, PeerTube, errors
from aiopeertube.errors import BulkHalted
from aiopeertube.testing import Answer, MockTransport, reply
from aiopeertube.wire.messages import Request, Response

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]
URL = "http://127.0.0.1"


def answering(answer: Answer, **options: Any) -> PeerTube:
    return PeerTube(URL, transport=MockTransport(answer), **options)


async def ok(request: Request) -> Response:
    await asyncio.sleep(0.01)
    return reply(204)


def renames(pt: PeerTube, numbers: Iterable[int]) -> Iterator[Call[None]]:
    return (pt.videos.update(number + 1, name=f"Film {number}") for number in numbers)


async def test_outcomes_carry_call_result_attempts_and_seconds() -> None:
    answers: dict[str, int] = {}

    async def flaky(request: Request) -> Response:
        await asyncio.sleep(0.01)
        answers[request.path] = answers.get(request.path, 0) + 1
        return reply(500, {"detail": "no"}) if answers[request.path] < 3 else reply(200, {"path": request.path})

    async with answering(flaky) as pt:
        calls = [pt.videos.get(number) for number in range(1, 21)]
        async with pt.bulk(calls) as run:
            outcomes = [outcome async for outcome in run]
        statistics = run.statistics()
    assert {outcome.call for outcome in outcomes} == set(calls)
    assert all(outcome.ok and outcome.attempts == 3 and outcome.seconds >= 0 for outcome in outcomes)
    found: list[Any] = [outcome.result for outcome in outcomes]
    assert [result["path"] for result in found] == [outcome.call.path for outcome in outcomes]
    assert (statistics.succeeded, statistics.failed, statistics.attempts) == (20, 0, 60)
    assert statistics.exhausted
    assert statistics.stopped_by == ""


async def test_the_order_is_that_of_completion() -> None:
    async def by_number(request: Request) -> Response:
        await asyncio.sleep(1 / int(request.path.rsplit("/", 1)[1]))
        return reply(204)

    async with answering(by_number, concurrency=10) as pt, pt.bulk(renames(pt, range(10))) as run:
        order = [outcome.call.path async for outcome in run]
    # The first two ask alone what the limit is.
    assert order == [f"/api/v1/videos/{number}" for number in (2, *range(10, 2, -1), 1)]


async def test_bad_items_are_outcomes_and_never_the_end() -> None:
    async def picky(request: Request) -> Response:
        return reply(404, {"detail": "Video not found"}) if request.path.endswith("/3") else reply(204)

    async with answering(picky) as pt:
        calls = [*renames(pt, range(5)), pt.videos.update("no id", name="Film"), pt.videos.update(9, name="x")]
        async with pt.bulk(iter(calls)) as run:
            failed = {outcome.call.path: outcome async for outcome in run if not outcome.ok}
        assert pt.statistics().requests == 5
    assert isinstance(failed["/api/v1/videos/3"].error, errors.NotFound)
    assert isinstance(failed["/api/v1/videos/no%20id"].error, errors.InvalidIdentifier)
    assert failed["/api/v1/videos/9"].attempts == 0
    assert len(failed) == 3


async def test_an_async_endless_source_is_pulled_as_needed() -> None:
    pulled = 0

    async def source(pt: PeerTube) -> AsyncIterator[Call[None]]:
        nonlocal pulled
        while True:
            pulled += 1
            yield pt.videos.update(pulled, name="Film")

    async with answering(ok) as pt, pt.bulk(source(pt), workers=4, buffer=4) as run:
        taken = 0
        async for _ in run:
            taken += 1
            if taken == 30:
                break
    assert taken == 30
    assert pulled <= 30 + 4 + 4 + 4


async def test_nobody_takes_and_nothing_is_pulled() -> None:
    async with answering(ok) as pt, pt.bulk(renames(pt, range(10_000)), workers=4, buffer=8) as run:
        await asyncio.sleep(60)
        assert run.statistics().succeeded <= 12


@pytest.mark.parametrize(("halt", "most"), [(5, 5 + 8), ("5", 5 + 8), ("fail=20%", 50 + 8)])
async def test_halt_stops_and_says_so(halt: int | str, most: int) -> None:
    async def bad(request: Request) -> Response:
        await asyncio.sleep(0.01)
        return reply(400, {"detail": "no"})

    async with (
        answering(bad, concurrency=8) as pt,
        pt.bulk(list(renames(pt, range(500))), workers=8, halt=halt) as run,
    ):
        states = []
        with pytest.raises(BulkHalted, match="calls failed"):
            async for outcome in run:
                states.append(outcome.state)
    assert states.count("failed") <= most
    assert len(states) == 500
    assert run.statistics().not_started == 500 - states.count("failed")


@pytest.mark.parametrize("text", ["", "x", "0", "-1", "200%", "fail=", "1.5"])
def test_a_halt_that_is_none(text: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="halt"):
        Halt.parse(text)


def test_a_share_is_looked_at_when_there_are_enough() -> None:
    halt = Halt.parse("2%")
    assert not halt.reached(failed=10, done=20)
    assert not halt.reached(failed=1, done=50)
    assert halt.reached(failed=2, done=51)


async def test_ctrl_c_finishes_what_is_in_flight_and_reports_the_rest() -> None:
    seen = []

    async def slow(request: Request) -> Response:
        seen.append(request.path)
        if len(seen) == 10:
            os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0.5)
        return reply(204)

    before = signal.getsignal(signal.SIGINT)
    outcomes = []
    async with answering(slow, concurrency=4) as pt:
        with pytest.raises(KeyboardInterrupt):
            async with pt.bulk(list(renames(pt, range(200))), handle_sigint=True) as run:
                async for outcome in run:
                    outcomes.append(outcome)
        statistics = run.statistics()
    assert signal.getsignal(signal.SIGINT) is before
    assert len(outcomes) == 200
    sent = {outcome.call.path for outcome in outcomes if outcome.state == "ok"}
    assert sent == set(seen)  # what was sent has its end, and nothing else was sent
    assert statistics.not_started == 200 - len(seen)
    assert statistics.stopped_by == "interrupted"


async def test_stop_ends_the_iteration_after_what_is_in_flight() -> None:
    async with answering(ok, concurrency=4) as pt, pt.bulk(list(renames(pt, range(100)))) as run:
        states = []
        async for outcome in run:
            states.append(outcome.state)
            run.stop()
    assert len(states) == 100
    assert 1 <= states.count("ok") <= 8


async def test_a_source_that_fails_is_raised_after_the_last_outcome() -> None:
    def source(pt: PeerTube) -> Iterator[Call[None]]:
        yield from renames(pt, range(3))
        raise LookupError("row 4 of films.csv")

    async with answering(ok) as pt, pt.bulk(source(pt)) as run:
        done = 0
        with pytest.raises(LookupError, match="row 4"):
            async for _ in run:
                done += 1
    assert done == 3


async def test_an_error_of_the_caller_lets_calls_in_flight_finish() -> None:
    finished = 0

    async def slow(request: Request) -> Response:
        nonlocal finished
        await asyncio.sleep(0.5)
        finished += 1
        return reply(204) if finished > 1 else reply(404, {"detail": "first"})

    async with answering(slow, concurrency=4) as pt:
        with pytest.raises(ZeroDivisionError):
            async with pt.bulk(renames(pt, range(50))) as run:
                async for _ in run:
                    raise ZeroDivisionError
        assert finished >= 4
        assert pt.statistics().in_flight == 0


async def test_memory_does_not_grow_with_the_number_of_items() -> None:
    quick = reply(204)

    async def peak(count: int) -> int:
        gc.collect()
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        async with answering(lambda request: quick) as pt, pt.bulk(renames(pt, range(count))) as run:
            async for outcome in run:
                assert outcome.ok
        return tracemalloc.get_traced_memory()[1] - before

    tracemalloc.start()
    try:
        await peak(500)
        small, large = await peak(1000), await peak(10_000)
    finally:
        tracemalloc.stop()
    assert large < small + 500_000


async def test_a_source_that_ends_by_a_cancelled_task_does_not_hide_why_the_run_ended() -> None:
    async def source(pt: PeerTube) -> AsyncIterator[Call[None]]:
        task = asyncio.create_task(asyncio.sleep(3600))
        try:
            for call in renames(pt, range(10_000)):
                yield call
        finally:
            task.cancel()
            await task

    async def bad(request: Request) -> Response:
        await asyncio.sleep(0.2)
        return reply(404)

    taken = 0
    async with answering(bad) as pt:
        with pytest.raises(BulkHalted):
            async with pt.bulk(source(pt), halt=3) as run:
                async for _ in run:
                    taken += 1
                    await asyncio.sleep(0.02)
    assert taken == run.statistics().done + run.statistics().not_started >= 3


@pytest.mark.parametrize("workers", [1, 4])
async def test_a_transport_that_is_cancelled_from_within_costs_one_item(workers: int) -> None:
    async def cancelled(request: Request) -> Response:
        if request.path.endswith("/5"):
            task = asyncio.create_task(asyncio.sleep(10))
            asyncio.get_running_loop().call_later(0.01, task.cancel)
            await task
        return await ok(request)

    async with answering(cancelled) as pt, pt.bulk(renames(pt, range(50)), workers=workers) as run:
        outcomes = [outcome async for outcome in run]
    (bad,) = [outcome for outcome in outcomes if not outcome.ok]
    assert len(outcomes) == 50
    assert (bad.state, bad.attempts) == ("in doubt", 1)  # a write that was sent
    assert isinstance(bad.error, errors.TransportError)


async def test_stop_from_within_the_source_starts_no_further_call() -> None:
    def source(pt: PeerTube) -> Iterator[Call[None]]:
        for number, call in enumerate(renames(pt, range(100)), 1):
            if number == 10:
                run.stop()
            yield call

    async with answering(ok) as pt:
        async with pt.bulk(source(pt), workers=1) as run:
            states = [outcome.state async for outcome in run]
        assert pt.statistics().requests == 9
    assert states == ["ok"] * 9 + ["not started"]


async def test_each_who_takes_is_told_why_the_run_ended() -> None:
    def source(pt: PeerTube) -> Iterator[Call[None]]:
        yield from renames(pt, range(20))
        raise ValueError("source")

    async with answering(ok) as pt, pt.bulk(source(pt)) as run:

        async def take() -> int:
            return sum([outcome.ok async for outcome in run])

        ends = await asyncio.gather(take(), take(), return_exceptions=True)
    assert [type(end) for end in ends] == [ValueError, ValueError]


async def test_a_client_that_is_closed_twice_at_once_is_closed() -> None:
    pt = await answering(ok).__aenter__()
    await asyncio.gather(pt.__aexit__(None, None, None), pt.__aexit__(None, None, None))
    with pytest.raises(RuntimeError, match="not open"):
        await pt.videos.get(1)


async def test_what_comes_after_the_client_was_closed_is_not_started() -> None:
    async with answering(ok) as pt:
        calls = list(renames(pt, range(20)))
    with pytest.raises(errors.ClientClosed, match="was closed"):
        await calls[0]
    states = []
    with pytest.raises(errors.ClientClosed):
        async with pt.bulk(calls) as outcomes:
            async for outcome in outcomes:
                states.append(outcome.state)
    assert states == ["not started"] * 20


class ReadsBack:
    """A sender that looks at what it wrote."""

    def __init__(self, pt: PeerTube) -> None:
        self._pt = pt

    def prepare(self, call: Call[None]) -> Request:
        return self._pt.prepare(call)

    async def send(self, request: Request) -> Any:
        result = await self._pt.send(request)
        await self._pt.request("GET", request.path)
        return result


async def test_what_was_written_is_not_called_not_started() -> None:
    written = set()

    async def slow_to_read(request: Request) -> Response:
        if request.method == "PUT":
            written.add(request.path)
        await asyncio.sleep(0.5 if request.method == "GET" else 0)
        return reply(200, {})

    async with (
        answering(slow_to_read, concurrency=1) as pt,
        pt.bulk(renames(pt, range(20)), sender=ReadsBack(pt)) as run,
    ):
        outcomes = []
        async for outcome in run:
            outcomes.append(outcome)
            run.stop()
    untouched = {outcome.call.path for outcome in outcomes if outcome.state == "not started"}
    doubtful = [outcome for outcome in outcomes if outcome.state == "in doubt"]
    assert not untouched & written
    assert doubtful
    assert all(outcome.error is not None and outcome.attempts == 1 for outcome in doubtful)
