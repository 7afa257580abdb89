"""The admission in trouble, on the virtual clock: suspicions, probes, the end of patience, refusals, and closing."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from aiopeertube import errors
from aiopeertube.stack.lanes import Permit
from aiopeertube.stack.slots import Slots
from aiopeertube.stack.verdicts import Told
from aiopeertube.wire.headers import RateHeaders
from aiopeertube.wire.turn import TURN, Turn

from .test_admission import (
    GONE,
    HERE,
    admission,
    cancel,
    enter,
    entering,
    fail,
    is_uneasy,
    lane_of,
    now,
    settle,
    state,
    told,
    waiting,
    went,
)

pytestmark = [pytest.mark.anyio]


class Asked:
    """How a client asks: notes when, and answers as it is told to after a tenth of a second."""

    def __init__(self, answer: Callable[[], Awaitable[Told]] | Told | Exception) -> None:
        self.answer = answer
        self.times: list[float] = []
        self.turns: list[Turn | None] = []

    async def __call__(self) -> Told:
        self.times.append(now())
        self.turns.append(TURN.get())
        await asyncio.sleep(0.1)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer if isinstance(self.answer, Told) else await self.answer()


async def test_a_suspicion_is_asked_about_once_somebody_waits_for_the_answer() -> None:
    made, asked = admission(), Asked(HERE)
    lane, other = lane_of(made, limit=9), lane_of(made, service="token", buckets=("login",))
    made.askers.append(asked)
    fail(made, lane, 1, 2)
    assert state(lane) == "suspected"
    held = await enter(made, other)
    waits = entering(made, other)  # of another service
    await asyncio.sleep(1.0)
    assert asked.times == []
    TURN.set(Turn())
    waits += entering(made, lane, 3)
    began = now()
    await asyncio.gather(*waits[1:])
    assert asked.times == [began]
    assert asked.turns == [None]  # it is everybody's
    assert now() - began == pytest.approx(0.1, abs=0.01)
    assert state(lane) == "up"
    assert made._probe is None
    made.end(held, HERE)
    await cancel([*waits])


async def test_an_answer_in_doubt_is_asked_about_for_whoever_looks() -> None:
    made, asked = admission(), Asked(HERE)
    lane = lane_of(made, limit=9)
    made.askers.append(asked)
    fail(made, lane, 1, 2)
    failed = now()
    await asyncio.sleep(0.5)
    assert asked.times == []
    assert made.unsettled("api", failed)
    assert not made.unsettled("token", failed)
    await asyncio.sleep(0.2)
    assert len(asked.times) == 1
    assert not made.unsettled("api", failed)


@pytest.mark.parametrize("silent", [False, True])
async def test_a_server_that_is_away_is_told_of_after_patience_and_asked_again_by_whoever_comes_later(
    silent: bool,
) -> None:
    asked = Asked(asyncio.Event().wait if silent else GONE)  # type: ignore[arg-type]
    made, states = admission(patience=20.0), list[tuple[str, str, float]]()
    lane, token = lane_of(made, limit=9, patience=20.0), lane_of(made, service="token", buckets=("login",))
    made.askers.append(asked)
    made.listeners.append(lambda name, health, moment: states.append((name, health.state, round(moment - began, 1))))
    began = now()
    fail(made, lane, 1, 2)
    waits = entering(made, lane, 3)
    ends = await asyncio.gather(*waits, return_exceptions=True)
    assert now() - began == pytest.approx(20.0, abs=0.1)
    assert {type(end) for end in ends} == {errors.ServerAway}
    assert len({id(end) for end in ends}) == 3  # each has its own
    assert str(ends[0]) == "refused (http://a has been away for 20 s)"
    assert waiting(made) == 0
    with pytest.raises(errors.ServerAway):
        await made.wait(lane, began + 1.0)  # its call came before
    before = len(asked.times)
    later = entering(made, lane)
    await settle()
    assert len(asked.times) == before + 1  # at once
    asked.answer = HERE
    await asyncio.wait(later)
    assert went(later) == [True]
    assert [(name, state) for name, state, _ in states] == [("api", "suspected"), ("api", "away"), ("api", "opening")]
    assert made.at_once(token) is not None
    made.close()


async def test_what_a_probe_raises_is_an_answer_for_who_looks_at_the_log(caplog: pytest.LogCaptureFixture) -> None:
    made, asked = admission(), Asked(LookupError("of the transport"))
    caplog.set_level("DEBUG", "aiopeertube.admission")
    lane = lane_of(made, limit=9)
    made.askers.append(asked)
    fail(made, lane, 1, 2)
    await asyncio.gather(*entering(made, lane))
    assert state(lane) == "up"
    assert caplog.messages == ["the probe of http://a raised"]
    assert caplog.records[0].exc_info


async def test_a_probe_may_take_five_seconds() -> None:
    made, asked = admission(), Asked(asyncio.Event().wait)  # type: ignore[arg-type]
    lane = lane_of(made, limit=9)
    made.askers.append(asked)
    fail(made, lane, 1, 2)
    lane.health.reason = ""
    waits = entering(made, lane)
    await asyncio.sleep(4.9)
    assert state(lane) == "suspected"
    await asyncio.sleep(0.2)
    assert state(lane) == "away"
    assert lane.health.reason == "no answer to a probe"
    await cancel([*waits])
    made.close()


async def test_the_probe_of_a_client_that_was_closed_tells_nothing() -> None:
    made, first, second = admission(), Asked(GONE), Asked(HERE)
    lane = lane_of(made, limit=9)
    made.askers += [second, first]
    fail(made, lane, 1, 2)
    waits = entering(made, lane)
    await asyncio.sleep(0.05)
    assert (len(first.times), len(second.times)) == (1, 0)
    made.askers.remove(first)
    await asyncio.gather(*waits)
    assert (len(first.times), len(second.times)) == (1, 1)
    assert state(lane) == "up"


async def test_an_outage_takes_the_errors_away_that_it_explains() -> None:
    heard: list[str] = []

    class Forgets(Slots):
        def forget_errors(self) -> None:
            heard.append(self.kind)

    for answer, forgotten in ((HERE, False), (GONE, True)):
        made = admission()
        lane, token = lane_of(made, limit=9), lane_of(made, service="token")
        lane.slots = Forgets("write", 9, None, lambda *changed: None)
        token.slots = Forgets("token", 9, None, lambda *changed: None)
        made.askers.append(Asked(answer))
        fail(made, lane, 1, 2)
        waits = entering(made, lane)
        await asyncio.sleep(0.2)
        assert heard == (["write", "token"] if forgotten else [])
        await cancel([*waits])
        made.close()


async def test_a_refusal_is_attended_to_until_it_is_over() -> None:
    made = admission(patience=30.0)
    lane = lane_of(made, limit=9, exempt=False, patience=30.0)
    made.end(Permit(lane, now()), told(status=429, retry_after=500))
    began = now()
    assert is_uneasy(made)
    ends = await asyncio.gather(*entering(made, lane, 2), return_exceptions=True)
    assert now() - began == pytest.approx(30.0, abs=0.1)
    assert [type(end) for end in ends] == [errors.RefusedTooLong] * 2
    made.end(Permit(lane, now()), HERE)
    assert not is_uneasy(made)
    made.close()


async def test_a_refusal_with_an_end_is_waited_for_and_no_longer() -> None:
    made = admission(patience=30.0)
    lane = lane_of(made, limit=9, exempt=False, patience=30.0)
    refusal = told(status=429, figures=RateHeaders(50, 0, None, None, 5), retry_after=5)
    made.end(Permit(lane, now()), refusal)
    began = now()
    (wait,) = entering(made, lane)
    await wait
    assert now() - began == pytest.approx(5.0, abs=0.01)
    made.close()


async def test_probes_go_on_where_all_slots_are_held() -> None:
    made, asked = admission(), Asked(GONE)
    lane = lane_of(made, limit=2)
    made.askers.append(asked)
    fail(made, lane, 1, 2)
    held = [Permit(lane, now()) for _ in range(2)]
    waits = entering(made, lane)
    began = now()
    await asyncio.sleep(10.0)
    assert len(asked.times) > 5
    assert asked.times[0] == began
    await cancel([*waits])
    assert len(held) == 2
    made.close()


async def test_all_lanes_of_a_window_are_told_why_they_end() -> None:
    made = admission(patience=30.0)
    lanes = [lane_of(made, limit=9, exempt=False, patience=30.0) for _ in range(2)]
    made.end(Permit(lanes[0], now()), told(status=429, retry_after=500))
    ends = await asyncio.gather(*[task for lane in lanes for task in entering(made, lane)], return_exceptions=True)
    said = "http://a has refused every request for 30 s (rate limit, api); it asks to wait for 500 s more"
    assert [getattr(end, "detail", None) for end in ends] == [said] * 2


async def test_closing_stops_the_timer_and_the_probe() -> None:
    made, asked = admission(), Asked(asyncio.Event().wait)  # type: ignore[arg-type]
    made.close()  # with nothing under way
    lane = lane_of(made, limit=9)
    made.askers.append(asked)
    fail(made, lane, 1, 2)
    waits = entering(made, lane)
    await asyncio.sleep(0.2)
    timer, probe = made._timer, made._probe
    assert timer is not None
    assert probe is not None
    made.close()
    await settle()
    assert timer.cancelled()
    assert probe.cancelled()
    made.fail(lane, errors.ClientClosed("over"))
    with pytest.raises(errors.ClientClosed, match="over"):
        await waits[0]
    assert waiting(made) == 0
