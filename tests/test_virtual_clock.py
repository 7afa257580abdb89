"""The virtual clock itself: other tests stand on it."""

import asyncio
from typing import Any

import anyio
import pytest

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]


async def test_a_day_passes_while_nothing_real_does() -> None:
    loop = asyncio.get_running_loop()
    before = loop.time()
    await asyncio.sleep(86_400)
    assert loop.time() - before == pytest.approx(86_400)


async def test_timers_run_in_the_order_of_their_times() -> None:
    seen = []

    async def note(seconds: float) -> None:
        await asyncio.sleep(seconds)
        seen.append(seconds)

    async with anyio.create_task_group() as group:
        for seconds in (30, 5, 600, 0.25):
            group.start_soon(note, seconds)
    assert seen == [0.25, 5, 30, 600]


async def test_time_stands_still_while_there_is_work() -> None:
    before = asyncio.get_running_loop().time()
    for _ in range(100):
        await asyncio.sleep(0)
    assert asyncio.get_running_loop().time() == before


def test_waiting_for_what_never_comes_is_an_error_and_no_hang(virtual_backend: tuple[str, dict[str, Any]]) -> None:
    loop = virtual_backend[1]["loop_factory"]()
    try:
        with pytest.raises(RuntimeError, match="nothing will ever happen"):
            loop.run_forever()
    finally:
        loop.close()
