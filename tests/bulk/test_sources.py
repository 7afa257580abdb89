"""Async sources: one task asks and closes them, and each call that they gave is told."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import pytest

from aiopeertube import Call, PeerTube, errors
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]


async def ok(request: Request) -> Response:
    await asyncio.sleep(0.01)
    return reply(204)


def client(**options: Any) -> PeerTube:
    return PeerTube("http://127.0.0.1", transport=MockTransport(ok), **options)


def renames(pt: PeerTube, numbers: Iterable[int]) -> Iterator[Call[None]]:
    return (pt.videos.update(number + 1, name=f"Film {number}") for number in numbers)


@pytest.mark.parametrize("stops", [False, True])
async def test_one_task_asks_a_source_and_closes_it(stops: bool) -> None:
    tasks: set[asyncio.Task[Any] | None] = set()

    async def source(pt: PeerTube) -> AsyncIterator[Call[None]]:
        try:
            for call in renames(pt, range(60)):
                await asyncio.sleep(0.001)
                tasks.add(asyncio.current_task())
                yield call
        finally:
            tasks.add(asyncio.current_task())

    async with client() as pt, pt.bulk(source(pt), workers=5) as run:
        async for _ in run:
            if stops:
                run.stop()
    assert len(tasks) == 1


async def test_a_run_is_the_source_of_another() -> None:
    async def source(pt: PeerTube) -> AsyncIterator[Call[None]]:
        async with pt.bulk(renames(pt, range(30)), workers=3, buffer=1) as before:
            async for outcome in before:
                yield pt.videos.update(outcome.call.path.rsplit("/", 1)[1], name="Film, renamed")

    async with client(concurrency=1) as pt, pt.bulk(source(pt), workers=3, buffer=1) as run:
        assert [outcome.ok async for outcome in run] == [True] * 30


async def test_a_run_that_is_the_source_of_another_is_left_with_it() -> None:
    async def source(pt: PeerTube) -> AsyncIterator[Call[None]]:
        async with pt.bulk(renames(pt, range(1000)), workers=3, buffer=1) as before:
            runs.append(before)
            async for outcome in before:
                yield outcome.call

    runs: list[Any] = []
    async with client() as pt:
        async with pt.bulk(source(pt), workers=3, buffer=1) as run:
            async for _ in run:
                run.stop()
        assert runs[0].statistics().done < 20


async def test_a_source_that_is_stopped_may_wait_in_its_finally() -> None:
    saved: list[int] = []

    async def source(pt: PeerTube) -> AsyncIterator[Call[None]]:
        try:
            for call in renames(pt, range(5)):
                yield call
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(1)
            saved.append(1)

    async with client() as pt, pt.bulk(source(pt)) as run:
        asyncio.get_running_loop().call_later(5, run.stop)
        assert len([outcome async for outcome in run]) == 5
    assert saved == [1]


async def test_a_timeout_of_the_sources_own_is_told_also_where_the_source_was_not_asked() -> None:
    async def source(pt: PeerTube) -> AsyncIterator[Call[None]]:
        async with asyncio.timeout(1):
            for call in renames(pt, range(100)):
                yield call

    taken = 0
    with pytest.raises(errors.SourceCancelled):
        async with client() as pt, pt.bulk(source(pt), workers=1, buffer=1) as run:
            async for _ in run:
                taken += 1
                await asyncio.sleep(0.3)
    assert 0 < taken < 10


@pytest.mark.parametrize("steps", range(40))
async def test_a_caller_who_is_cancelled_finds_each_call_in_the_statistics(steps: int) -> None:
    pulled = 0

    async def source(pt: PeerTube) -> AsyncIterator[Call[None]]:
        nonlocal pulled
        for call in renames(pt, range(1000)):
            await asyncio.sleep(0)
            pulled += 1
            yield call

    async with client() as pt:
        run = pt.bulk(source(pt), workers=3, buffer=1)

        async def takes() -> None:
            async with run:
                async for _ in run:
                    pass

        task = asyncio.create_task(takes())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    statistics = run.statistics()
    assert statistics.done + statistics.not_started == pulled


async def test_a_run_that_has_not_begun_has_no_outcomes_and_does_not_keep_one_waiting() -> None:
    async with client() as pt:
        with pytest.raises(RuntimeError, match="has not begun"):
            await anext(pt.bulk(renames(pt, range(3))))


async def test_a_run_begins_once() -> None:
    async with client() as pt:
        run = pt.bulk(renames(pt, range(3)))
        async with run:
            assert len([outcome async for outcome in run]) == 3
        with pytest.raises(RuntimeError, match="begun before"):
            await run.__aenter__()


async def test_a_run_that_was_left_does_not_look_complete_to_those_who_go_on_taking() -> None:
    async with client() as pt:
        async with pt.bulk(renames(pt, range(30)), workers=2) as run:
            async for _ in run:
                break
        with pytest.raises(RuntimeError, match="left before its end"):
            await anext(run)


@pytest.mark.parametrize("number", [0, -1, True, 1.5, "4"])
async def test_numbers_of_workers_and_outcomes_that_are_none(number: Any) -> None:
    async with client() as pt:
        for name in ("workers", "buffer"):
            with pytest.raises(errors.ConfigurationError, match=name):
                pt.bulk([], **{name: number})
