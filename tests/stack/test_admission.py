"""The admission by itself, on the virtual clock: who goes when, and what an end tells which model."""

import asyncio
from typing import Any

import pytest

from aiopeertube.stack.admission import Admission
from aiopeertube.stack.health import Health
from aiopeertube.stack.lanes import Caller, Lane, Permit
from aiopeertube.stack.slots import Slots
from aiopeertube.stack.span import NEVER
from aiopeertube.stack.verdicts import UNSENT, Load, Told, Verdict
from aiopeertube.stack.window import Window
from aiopeertube.wire.headers import RateHeaders

pytestmark = [pytest.mark.anyio]

HERE = Told(Verdict.PRESENT, Load.COMPLETED, status=204)
GONE = Told(Verdict.ABSENT, Load.OVERLOADED, "refused")


def now() -> float:
    return asyncio.get_running_loop().time()


def admission(patience: float = 120.0) -> Admission:
    return Admission("http://a", asyncio.get_running_loop().time, patience=patience)


def lane_of(
    made: Admission,
    *,
    limit: int = 1,
    service: str | None = "api",
    buckets: tuple[str, ...] = ("api",),
    patience: float = 120.0,
    exempt: bool = True,
    heard: list[tuple[str, float]] | None = None,
) -> Lane:
    def announce(window: Window, seconds: float) -> None:
        if heard is not None:
            heard.append((window.name, round(seconds, 3)))

    def make(windows: tuple[Window, ...], health: Health) -> Lane:
        slots = Slots("write", limit, None, lambda *changed: None)
        return Lane(windows, health, slots=slots, caller=Caller(exempt=exempt), patience=patience, announce=announce)

    return made.lane(buckets, service, make)


async def enter(made: Admission, lane: Lane, *, since: float | None = None) -> Permit:
    return made.at_once(lane) or await made.wait(lane, now() if since is None else since)


def entering(made: Admission, lane: Lane, count: int = 1) -> list[asyncio.Task[Permit]]:
    return [asyncio.create_task(enter(made, lane)) for _ in range(count)]


def waiting(made: Admission) -> int:
    return made._waiting


def is_uneasy(made: Admission) -> bool:
    return made._uneasy


def has_timer(made: Admission) -> bool:
    return made._timer is not None


def state(lane: Lane) -> str:
    return lane.health.state


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def went(tasks: list[asyncio.Task[Permit]]) -> list[bool]:
    return [task.done() and not task.cancelled() and task.exception() is None for task in tasks]


async def cancel(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def fail(made: Admission, lane: Lane, *whose: int, told: Told = GONE) -> None:
    """Let attempts of so many requests fail."""
    permits = [Permit(lane, now()) for _ in whose]
    for permit, request in zip(permits, whose, strict=True):
        made.end(permit, told, request)


# -- coming and going --------------------------------------------------------------------------------


async def test_lanes_share_windows_by_name_and_health_by_service() -> None:
    made = admission(patience=7.0)
    one, two = lane_of(made, buckets=("login", "api")), lane_of(made, service="token")
    foreign = lane_of(made, service=None, buckets=("api",))
    assert made.lanes == [one, two, foreign]
    assert one.windows == (made.windows["login"], made.windows["api"])
    assert two.windows == foreign.windows == (made.windows["api"],)
    assert made.windows["login"]._patience == 7.0
    assert (one.health, two.health) == (made.healths["api"], made.healths["token"])
    assert foreign.health not in made.healths.values()
    assert (foreign.health._watched, one.health._probes, two.health._probes) == (False, True, False)
    assert repr(made) == "<Admission to http://a, 0 waiting, api up, token up>"


async def test_at_once_goes_who_finds_all_free_and_nobody_before() -> None:
    made = admission()
    lane = lane_of(made, limit=2)
    first = made.at_once(lane)
    assert first is not None
    assert first.sent == now()
    assert made.at_once(lane) is not None
    assert made.at_once(lane) is None
    waits = entering(made, lane, 2)
    await settle()
    made.end(first, HERE)
    await settle()
    assert went(waits) == [True, False]
    lane.slots.limit = 9
    assert made.at_once(lane) is None  # somebody came before
    await cancel([*waits])


async def test_whoever_has_waited_longest_goes_first_whatever_the_lane() -> None:
    made, order = admission(), list[int]()
    lanes = [lane_of(made, limit=9) for _ in range(2)]
    for lane in lanes:
        lane.slots.in_flight = 9

    async def wait(number: int) -> None:
        await enter(made, lanes[number % 2])
        order.append(number)

    tasks = []
    for number in (1, 0, 3, 5, 2, 4):
        tasks.append(asyncio.create_task(wait(number)))
        await settle()
    assert repr(made) == "<Admission to http://a, 6 waiting, api up, token up>"
    lanes[0].slots.in_flight, lanes[1].slots.in_flight = 6, 7
    made._pass()
    await settle()
    assert order == [1, 0, 3, 2, 4]  # the fifth waits for a slot, and keeps nobody
    lanes[1].slots.in_flight = 0
    made._pass()
    await asyncio.gather(*tasks)
    assert order[-1] == 5
    assert waiting(made) == 0


async def test_who_is_cancelled_leaves_no_trace() -> None:
    made = admission()
    lane = lane_of(made)
    held = await enter(made, lane)
    first, second, third = entering(made, lane, 3)
    await settle()
    second.cancel()
    await settle()
    assert waiting(made) == 2
    made.end(held, HERE)  # grants the first ...
    first.cancel()  # ... who is cancelled in the same step
    await settle()
    assert went([first, second, third]) == [False, False, True]
    assert (waiting(made), lane.slots.in_flight) == (0, 1)
    made.end(third.result(), HERE)
    assert lane.slots.in_flight == 0
    assert lane.windows[0].state(now(), 0).in_flight == 0


async def test_an_end_gives_the_slot_back_and_tells_the_health() -> None:
    made = admission()
    lane = lane_of(made, limit=9)
    fail(made, lane, 1)
    assert lane.slots.in_flight == 0
    assert lane.health.gives_up_at(120.0, 0.0) > now()
    assert not lane.health.is_up()
    assert is_uneasy(made)
    made.end(await enter(made, lane), HERE)
    assert lane.health.is_up()
    assert not is_uneasy(made)


async def test_the_controller_learns_only_of_a_server_that_is_up() -> None:
    made, heard = admission(), list[tuple[float, Load, bool]]()
    lane = lane_of(made)

    class Noting(Slots):
        def leave(self, seconds: float, load: Load, *, saturated: bool) -> None:
            heard.append((round(seconds, 3), load, saturated))
            super().leave(seconds, load, saturated=saturated)

    lane.slots = Noting("write", 1, None, lambda *changed: None)
    permit = await enter(made, lane)
    await asyncio.sleep(2.0)
    made.end(permit, HERE)
    permit = await enter(made, lane)
    waits = entering(made, lane)
    await settle()
    made.end(permit, HERE)
    await settle()
    lane.health.state = "away"
    made.end(waits[0].result(), GONE)
    assert heard == [
        (2.0, Load.COMPLETED, False),
        (0.0, Load.COMPLETED, True),
        (0.0, Load.NOTHING, False),
    ]


# -- what an end tells the windows -------------------------------------------------------------------


class Noting(Window):
    """Notes what it is told."""

    def __init__(self, name: str, limit: int | None) -> None:
        super().__init__(name)
        self.limit = limit
        self.heard: list[tuple[Any, ...]] = []

    def unsent(self, place: Any) -> None:
        self.heard.append(("unsent",))

    def lost(self, place: Any, by: float = NEVER) -> None:
        assert place.window == 0
        self.heard.append(("lost",))

    def counted(self, place: Any, now: float) -> None:
        self.heard.append(("counted",))

    def answered(self, place: Any, now: float, figures: RateHeaders | None) -> None:
        self.heard.append(("answered", figures))

    def refused(self, place: Any, now: float, figures: RateHeaders | None, retry_after: float | None) -> None:
        self.heard.append(("refused", figures, retry_after))


LOGIN, API = RateHeaders(15, 3, None, None, None), RateHeaders(50, 0, None, None, 9)


def told(
    verdict: Verdict = Verdict.PRESENT, status: int = 200, figures: RateHeaders | None = None, **more: Any
) -> Told:
    return Told(verdict, status=status, figures=figures, **more)


ENDS = [  # what an attempt told; what the window of its route hears, and the API's beside it
    (UNSENT, ("unsent",), ("unsent",)),
    (told(Verdict.ABSENT, 0), ("lost",), ("lost",)),
    (told(Verdict.NOTHING, 0), ("lost",), ("lost",)),
    (told(Verdict.ABSENT, 502), ("lost",), ("lost",)),
    (told(Verdict.FAILING, 500), ("lost",), ("lost",)),
    (told(Verdict.FAILING, 500, LOGIN), ("answered", LOGIN), ("counted",)),
    (told(), ("answered", None), ("counted",)),
    (told(figures=LOGIN), ("answered", LOGIN), ("counted",)),
    (told(status=429, retry_after=4), ("refused", None, 4), ("lost",)),
    (told(status=429, figures=LOGIN, retry_after=4), ("refused", LOGIN, 4), ("lost",)),
    (told(status=429, figures=API, retry_after=9), ("lost",), ("refused", API, 9)),  # it never reached the login's
    (told(status=200, figures=API), ("answered", API), ("counted",)),
]


@pytest.mark.parametrize(("end", "own", "api"), ENDS)
async def test_what_the_windows_hear_of_an_end(end: Told, own: tuple[Any, ...], api: tuple[Any, ...]) -> None:
    made = admission()
    made.windows = {"login": Noting("login", 15), "api": Noting("api", 50)}
    both, one = lane_of(made, buckets=("login", "api")), lane_of(made, buckets=("api",))
    made.end(Permit(both, now()), end)
    assert [window.heard for window in made.windows.values()] == [[own], [api]]  # type: ignore[attr-defined]
    window = made.windows["api"]
    assert isinstance(window, Noting)
    window.heard.clear()
    made.end(Permit(one, now()), end)
    expected = api if api[0] == "refused" else own
    assert window.heard == [expected]


# -- moments -----------------------------------------------------------------------------------------


async def test_who_waits_for_a_window_goes_when_it_opens_and_that_is_told_once() -> None:
    made, heard = admission(), list[tuple[str, float]]()
    lane = lane_of(made, limit=9, exempt=False, heard=heard)
    window = made.windows["api"]
    window.limit, window.ends, began = 50, now() + 10.0, now()
    waits = entering(made, lane, 3)
    await asyncio.sleep(9.9)
    assert went(waits) == [False] * 3
    assert heard == [("api", 10.0)]
    await asyncio.gather(*waits[:2])
    assert now() - began == pytest.approx(10.0, abs=0.01)
    await cancel([*waits])
    made.close()


async def test_one_timer_stands_at_the_earliest_moment() -> None:
    made = admission()
    lanes = [lane_of(made, limit=9, exempt=False, buckets=(name,)) for name in ("one", "two", "three")]
    began, waits, moments = now(), list[asyncio.Task[Permit]](), list[float]()
    for lane, ends in zip(lanes, (10.0, 20.0, 5.0), strict=True):
        lane.windows[0].limit, lane.windows[0].ends = 50, began + ends
        waits += entering(made, lane)
        await settle()
        assert made._timer is not None
        moments.append(round(made._timer.when() - began, 2))
    assert moments == [10.0, 10.0, 5.0]
    went_at = []
    for number in (2, 0, 1):
        await waits[number]
        went_at.append(round(now() - began, 2))
    assert went_at == [5.0, 10.0, 20.0]


async def test_a_timer_never_fires_twice_for_one_moment() -> None:
    made = admission()
    lane = lane_of(made, exempt=False)
    lane.windows[0].limit, lane.windows[0].ends = 50, now() + 1e-5
    waits = entering(made, lane)
    await settle()
    assert made._timer is not None
    assert made._timer.when() - now() == pytest.approx(0.001, abs=0.0002)
    await waits[0]
    assert not has_timer(made)
    made.close()
