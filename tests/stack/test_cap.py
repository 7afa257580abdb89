"""The user's own limit by itself."""

import asyncio

import pytest

from aiopeertube.errors import ClientClosed, ConfigurationError
from aiopeertube.stack.cap import Cap, parse_rate

pytestmark = [pytest.mark.anyio]

RATES = [  # seconds from one request to the next
    ("1/s", 1.0),
    ("20/s", 1 / 19),
    ("2/s", 1.0),
    ("300/min", 60 / 299),
    ("3/m", 30.0),
    ("1/h", 3600.0),
    (" 50 / 10s ", 10 / 49),
    ("11/2.5min", 15.0),
]


def has_timer(cap: Cap) -> bool:
    return cap._timer is not None


@pytest.mark.parametrize(("text", "seconds"), RATES)
async def test_a_rate_is_evenly_spaced(text: str, seconds: float) -> None:
    cap = parse_rate(text)
    assert cap._limiter.max_rate == 1
    assert cap._limiter.time_period == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20",
        "20/",
        "/s",
        "0/s",
        "-1/s",
        "x/s",
        "20/x",
        "20/0s",
        "20/-1s",
        "20/infs",
        "20/1e999s",
        "20/1.2.3s",
        "2.5/s",
    ],
)
async def test_what_is_no_rate_is_quoted(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_rate(text)
    assert str(caught.value) == f'rate: {text!r} is not a rate; write it like "20/s", "300/min" or "50/10s"'


async def test_waiting_takes_nothing_and_one_goes_at_a_time_in_order() -> None:
    cap, went = parse_rate("1/2s"), list[tuple[int, float]]()
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert await cap.take()
    assert not await cap.take()

    async def go(number: int) -> None:
        await cap.wait()
        assert await cap.take()
        went.append((number, loop.time() - began))

    tasks = [asyncio.create_task(go(number)) for number in range(4)]
    await asyncio.sleep(0)
    assert repr(cap) == "<Cap, 4 waiting>"
    assert cap._timer is not None
    assert cap._timer.when() - began == pytest.approx(2.0, abs=0.0001)  # not before one may go
    tasks[1].cancel()
    await asyncio.wait(tasks)
    assert [number for number, _ in went] == [0, 2, 3]
    assert [moment for _, moment in went] == pytest.approx([2.0, 4.0, 6.0], abs=0.01)
    assert repr(cap) == "<Cap, 0 waiting>"
    assert not has_timer(cap)


async def test_who_is_woken_and_does_not_go_keeps_the_next_one_for_a_tick_only() -> None:
    cap = parse_rate("1/2s")
    loop = asyncio.get_running_loop()
    began = loop.time()
    await cap.take()
    await asyncio.sleep(1.0)
    waits = [asyncio.create_task(cap.wait()) for _ in range(3)]
    await waits[0]
    assert loop.time() - began == pytest.approx(2.0, abs=0.0001)
    await asyncio.gather(*waits)
    assert loop.time() - began == pytest.approx(2.002, abs=0.0001)


async def test_what_was_free_all_along_is_free_after_a_tick() -> None:
    cap, loop = parse_rate("1/2s"), asyncio.get_running_loop()
    began = loop.time()
    await cap.wait()
    assert loop.time() - began == pytest.approx(0.001, abs=0.0005)


async def test_closing_tells_all_who_wait() -> None:
    cap = parse_rate("1/2s")
    await cap.take()
    waits = [asyncio.create_task(cap.wait()) for _ in range(3)]
    await asyncio.sleep(0.1)
    waits[0].cancel()
    await asyncio.sleep(0)
    cap.close(ClientClosed("over"))
    told = await asyncio.gather(*waits[1:], return_exceptions=True)
    assert [(type(error), str(error)) for error in told] == [(ClientClosed, "over")] * 2
    assert cap._timer is not None
    assert cap._timer.cancelled()
    parse_rate("1/s").close(ClientClosed("over"))
