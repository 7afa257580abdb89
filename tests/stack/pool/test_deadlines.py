"""Timeouts for many requests with one timer, on the virtual clock."""

import asyncio
from typing import Any

import pytest

from aiopeertube.stack.pool.deadlines import Deadlines

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]


async def work(deadlines: Deadlines, allowed: float, takes: float) -> tuple[bool, float]:
    """Work for so long, with so much time; return whether it was ended by its deadline, and when it ended."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    task = deadlines.start(allowed)
    ended = False
    try:
        await asyncio.sleep(takes)
    except asyncio.CancelledError:
        ended = True
    ours = deadlines.finish(task)
    assert ours == ended
    return ended, round(loop.time() - began, 3)


def now() -> float:
    return round(asyncio.get_running_loop().time(), 3)


async def test_each_has_its_own_time_and_one_timer_serves_all() -> None:
    deadlines = Deadlines(asyncio.get_running_loop())
    wanted = [(5.0, 9.0), (2.0, 9.0), (5.0, 1.0), (7.0, 9.0), (2.0, 1.5), (2.0, 9.0)]
    found = await asyncio.gather(*(work(deadlines, *each) for each in wanted))
    assert found == [(True, 5.0), (True, 2.0), (False, 1.0), (True, 7.0), (False, 1.5), (True, 2.0)]
    assert not deadlines._due
    assert not deadlines._late
    assert deadlines._timer is None


async def test_the_timer_stands_at_the_earliest_deadline() -> None:
    deadlines, moments = Deadlines(asyncio.get_running_loop()), list[float]()
    began = now()
    for allowed in (5.0, 7.0, 2.0, 0.001):
        task = asyncio.create_task(work(deadlines, allowed, 0.0005))
        await asyncio.sleep(0)
        timer = deadlines._timer
        assert timer is not None
        moments.append(timer.when() - began)
        await task
    # Each took half a millisecond, and no two looks are closer than five.
    assert moments == pytest.approx([5.0, 5.0, 2.001, 0.0065], abs=0.0004)
    await asyncio.sleep(0.1)
    assert deadlines._timer is None


async def test_who_makes_progress_gets_more_time() -> None:
    deadlines = Deadlines(asyncio.get_running_loop())
    began = now()
    task = deadlines.start(2.0)
    try:
        for _ in range(4):
            await asyncio.sleep(1.5)
            deadlines.extend(task, 2.0)
        await asyncio.sleep(9.0)
    except asyncio.CancelledError:
        assert now() - began == pytest.approx(8.0, abs=0.01)
    assert deadlines.finish(task)
    deadlines.extend(task, 2.0)  # it is over: nobody watches it any more
    assert not deadlines._due


async def test_somebody_elses_cancellation_is_theirs() -> None:
    deadlines, told = Deadlines(asyncio.get_running_loop()), list[Any]()

    async def cancelled(both: bool) -> None:
        task = deadlines.start(2.0)
        try:
            await asyncio.sleep(9.0)
        except asyncio.CancelledError:
            if both:
                told.append(task.cancelling())
            raise
        finally:
            told.append(deadlines.finish(task))

    alone, both = asyncio.create_task(cancelled(False)), asyncio.create_task(cancelled(True))
    await asyncio.sleep(1.0)
    alone.cancel()
    await asyncio.wait([alone])
    await asyncio.sleep(0.9)
    asyncio.get_running_loop().call_at(deadlines._due[both], both.cancel)
    await asyncio.wait([both])
    assert told == [False, 2, False]
    assert both.cancelled()


async def test_closing_ends_all_that_is_under_way() -> None:
    loop = asyncio.get_running_loop()
    deadlines = Deadlines(loop)
    assert deadlines.closed is False
    deadlines.close()  # with nothing under way
    deadlines = Deadlines(loop)
    tasks = [asyncio.create_task(work(deadlines, 5.0, 9.0)) for _ in range(3)]
    await asyncio.sleep(1.0)
    timer = deadlines._timer
    assert timer is not None
    deadlines.close()
    assert await asyncio.gather(*tasks) == [(True, 1.0)] * 3
    assert deadlines.closed is True
    assert timer.cancelled()
    assert deadlines._timer is None


async def test_a_deadline_needs_a_task() -> None:
    deadlines, said = Deadlines(asyncio.get_running_loop()), list[str]()

    def outside() -> None:
        with pytest.raises(RuntimeError) as caught:
            deadlines.start(1.0)
        said.append(str(caught.value))

    asyncio.get_running_loop().call_soon(outside)
    await asyncio.sleep(0.1)
    assert said == ["a deadline needs a task"]
