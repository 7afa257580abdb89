"""So many requests in flight for some seconds, and the search for the number that does best."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from aiopeertube.errors import ApiError, PeerTubeError, ends_run
from aiopeertube.stack.histogram import Histogram

_ENOUGH: Final = 0.98  # of the best rate: fewer in flight that do so well are as good
_MORE: Final = 1.05  # what twice as many have to bring, so that it is worth trying twice as many again

Send = Callable[[], Awaitable[object]]
Measure = Callable[[int], Awaitable["Level"]]


@dataclass(frozen=True, slots=True)
class Level:
    """What came of so many requests in flight: how many a second were completed well, and what went wrong.

    `latency` maps "p50", "p90" and "p99" to seconds; `errors` counts by status, or by the name of the error.
    """

    in_flight: int
    rate: float
    ok: int
    seconds: float
    latency: Mapping[str, float] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)


async def measured(send: Send, in_flight: int, seconds: float) -> Level:
    """Keep so many requests in flight for some seconds.

    Time counts from the first answer on, and to the last one that came in time: what begins and ends in between is
    what so many in flight complete.

    Raises:
        PeerTubeError: what every request would meet (see `errors.ends_run`).
    """
    clock = asyncio.get_running_loop().time
    end, ended, latency, errors = clock() + seconds, list[float](), Histogram(), Counter[str]()

    async def keep_on() -> None:
        while (began := clock()) < end:
            try:
                await send()
            except PeerTubeError as exc:
                if ends_run(exc):
                    raise
                errors[str(exc.status) if isinstance(exc, ApiError) else type(exc).__name__] += 1
                continue
            ended.append(clock())
            latency.add(ended[-1] - began)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(in_flight):
                group.create_task(keep_on())
    except ExceptionGroup as exc:
        raise exc.exceptions[0] from None
    return Level(in_flight, _rate(ended, in_flight), len(ended), seconds, latency.percentiles(), dict(errors))


def _rate(ended: list[float], in_flight: int) -> float:
    """Return how many were completed a second; the first, when not all were under way, and the last are left out."""
    counted = ended[in_flight - 1 : len(ended) - in_flight + 1] if len(ended) > 3 * in_flight else ended
    took = counted[-1] - counted[0] if counted else 0.0
    return (len(counted) - 1) / took if took > 0 else 0.0


async def search(measure: Measure, most: int) -> list[Level]:
    """Find the number in flight that does best, up to `most`; return all that was measured, by number.

    Where nothing is completed, more are not tried: they would only be a burden.
    """
    known: dict[int, Level] = {}

    async def at(number: int) -> float:
        if number not in known:
            known[number] = await measure(number)
        return known[number].rate

    number, before = 1, 0.0
    while number <= most and await at(number) >= before * _MORE:
        if not known[number].ok:
            break
        before, number = known[number].rate, number * 2
    if number > most and most not in known:
        await at(most)
    while (between := _between(known)) is not None:
        await at(between)
    await _fewer(known, at)
    return [known[number] for number in sorted(known)]


def _between(known: Mapping[int, Level]) -> int | None:
    """Return a number between the best and its neighbours that was not tried; None: there is none."""
    best = max(known, key=lambda number: known[number].rate)
    below = max((number for number in known if number < best), default=best)
    above = min((number for number in known if number > best), default=best)
    middles = ((below + best) // 2, (best + above + 1) // 2)
    return next((number for number in middles if number not in known), None)


async def _fewer(known: Mapping[int, Level], at: Callable[[int], Awaitable[float]]) -> None:
    """See whether fewer in flight than the best do as well."""
    good = best_of(known.values()).in_flight
    low = max((number for number in known if number < good), default=0)
    while good - low > 1:
        middle = (low + good) // 2
        if await at(middle) >= _ENOUGH * max(level.rate for level in known.values()):
            good = middle
        else:
            low = middle


def best_of(levels: Collection[Level]) -> Level:
    """Return the smallest number that does as well as the best."""
    enough = _ENOUGH * max(level.rate for level in levels)
    return min((level for level in levels if level.rate >= enough), key=lambda level: level.in_flight)
