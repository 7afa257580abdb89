"""The health, one step at a time: exact values at the boundaries."""

import pytest

from aiopeertube.stack.health import Health
from aiopeertube.stack.span import NEVER
from aiopeertube.stack.states import HealthState
from aiopeertube.stack.verdicts import Told, Verdict

HERE = Told(Verdict.PRESENT)
GONE = Told(Verdict.ABSENT, reason="refused")
BROKEN = Told(Verdict.FAILING, reason="the server answers 500")


def fails(health: Health, *moments: float, told: Told = GONE) -> None:
    """Let one request after the other fail."""
    for number, moment in enumerate(moments):
        health.end(health.start(), told, moment, number)


def state(health: Health) -> str:
    return health.state


def suspected() -> Health:
    health = Health()
    fails(health, 10.0, 10.25)
    assert state(health) == "suspected"
    return health


def away() -> Health:
    """Make one whose server went at 10 and was found to be away at 10.5."""
    health = suspected()
    health.probed(GONE, 10.5)
    return health


def opening() -> Health:
    health = away()
    health.probed(HERE, 20.0)
    return health


def told(health: Health, now: float) -> HealthState:
    return health.describe("http://a", "api", now, 120.0)


# -- snapshots ---------------------------------------------------------------------------------------


def test_each_state_tells_its_own() -> None:
    assert told(Health(), 5.0) == HealthState("http://a", "api", "up", "", 0.0, None, None)
    uneasy = Health()
    uneasy.start()
    fails(uneasy, 10.0)
    assert told(uneasy, 12.0) == HealthState("http://a", "api", "up", "refused", 2.0, None, None)
    assert told(suspected(), 11.0) == HealthState("http://a", "api", "suspected", "refused", 1.0, 0.0, 119.0)
    assert told(away(), 10.625) == HealthState("http://a", "api", "away", "refused", 0.625, 0.125, 119.375)
    assert told(away(), 200.0) == HealthState("http://a", "api", "away", "refused", 190.0, 0.0, 0.0)
    assert told(opening(), 21.0) == HealthState("http://a", "api", "opening", "refused", 0.0, None, None)


def test_only_failures_with_500_are_called_failing() -> None:
    for failure, failing in ((GONE, False), (BROKEN, True)):
        health = Health()
        fails(health, 10.0, 10.25, told=failure)
        assert health.failing is failing
        health.probed(HERE, 11.0)
        assert health.is_up()
        health = Health()
        assert health.failing is False
        fails(health, 10.0, 10.25, told=failure)
        health.probed(failure, 11.0)
        assert (health.failing, health.reason) == (failing, failure.reason)


def test_a_server_that_is_back_has_no_reason_to_be_away() -> None:
    health = suspected()
    health.probed(HERE, 11.0)
    assert told(health, 11.0) == HealthState("http://a", "api", "up", "", 0.0, None, None)
    health = opening()
    health.failing = True
    for _ in range(6):
        health.end(health.start(), HERE, 21.0)
    assert told(health, 21.0) == HealthState("http://a", "api", "up", "", 0.0, None, None)
    assert health.failing is False


def test_a_probe_that_says_nothing_new_keeps_the_reason() -> None:
    health = away()
    health.probed(Told(Verdict.ABSENT), 12.0)
    assert health.reason == "refused"
    health.probed(Told(Verdict.ABSENT, reason="silent"), 13.0)
    assert health.reason == "silent"


# -- moments -----------------------------------------------------------------------------------------


def test_when_to_look_again() -> None:
    assert Health().next_moment(5.0) == NEVER
    assert suspected().next_moment(10.2) == 10.25
    assert suspected().next_moment(10.25) == NEVER  # the probe is due, and its end tells
    assert away().next_moment(10.6) == 10.75
    assert away().next_moment(10.75) == NEVER
    assert opening().next_moment(5.0) == NEVER
    unsure = Health()
    unsure._next_probe = 99.0
    assert unsure.next_moment(5.0) == NEVER


@pytest.mark.parametrize(
    ("gone_for", "pause"), [(0.5, 0.25), (1.0, 0.25), (2.0, 0.5), (8.0, 2.0), (20.0, 2.0), (100.0, 2.0)]
)
def test_the_next_probe_comes_after_a_quarter_of_the_time_that_it_has_been_away(
    gone_for: float, pause: float
) -> None:
    health = away()
    now = 10.0 + gone_for
    health.probed(GONE, now)
    assert health.next_moment(now) == now + pause
    assert not health.wants_probe(now + pause - 0.01)
    assert health.wants_probe(now + pause)


def test_patience_counts_only_while_it_is_away_or_suspected() -> None:
    assert Health().gives_up_at(120.0, 0.0) == NEVER
    for health, moment in ((suspected(), 130.0), (away(), 130.0), (opening(), NEVER)):
        assert health.gives_up_at(120.0, 0.0) == moment
    assert away().gives_up_at(120.0, 50.0) == 170.0
    for health in (Health(), opening()):
        health.since = 5.0  # a failure that nobody has looked into yet
        assert health.gives_up_at(120.0, 0.0) == NEVER


def test_is_up_means_that_nothing_speaks_against_it() -> None:
    assert Health().is_up()
    uneasy = Health()
    uneasy.start()
    fails(uneasy, 10.0)
    for health in (uneasy, suspected(), away(), opening()):
        assert not health.is_up()


def test_after_a_lapse_the_next_caller_asks_at_once() -> None:
    health = away()
    health.lapse()
    assert health.wants_probe(0.0)


def test_how_long_a_failure_is_unsettled_and_forgiven() -> None:
    health = Health()
    health.start()
    fails(health, 10.0)
    assert health.is_unsettled(10.0, 10.24)
    assert not health.is_unsettled(10.0, 10.25)
    health = opening()
    assert [health.forgives(moment) for moment in (9.9, 10.0, 20.0, 20.1)] == [False, True, True, False]
    assert not health.is_unsettled(10.0, 10.1)


# -- suspicions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whose", "last", "suspicious"),
    [
        ((1, 2, 2), 10.125, True),
        ((1, 1, 2), 10.1, True),  # spread over a tenth of a second
        ((1, 2, 3), 10.09, False),
        ((1, 1, 1), 10.125, False),
        ((1, 2), 10.125, False),
    ],
)
def test_three_failures_of_two_requests_make_a_suspicion(
    whose: tuple[int, ...], last: float, suspicious: bool
) -> None:
    health = Health()
    health.start()  # somebody else is under way
    for number, request in enumerate(whose, 1):
        health.end(health.start(), GONE, last if number == len(whose) else 10.0, request)
    assert state(health) == ("suspected" if suspicious else "up")


def test_an_answer_begins_the_count_anew() -> None:
    health = Health()
    health.start()
    fails(health, 10.0, 10.1)
    health.end(health.start(), HERE, 10.2)
    fails(health, 10.3, 10.5)
    assert state(health) == "up"
    fails(health, 10.6)
    assert state(health) == "suspected"


def test_alone_two_failures_are_a_suspicion_and_one_is_not() -> None:
    health = Health()
    fails(health, 10.0)
    assert state(health) == "up"
    fails(health, 10.0)
    assert state(health) == "suspected"


def test_between_suspicions_that_come_to_nothing_there_is_a_growing_respite() -> None:
    health, now, respites = Health(), 10.0, []
    for _ in range(4):
        fails(health, now, now)
        assert state(health) == "suspected"
        health.probed(HERE, now)
        began = now
        while True:
            now += 0.125
            fails(health, now, now)
            if state(health) == "suspected":
                break
        respites.append(now - began)
        health.probed(HERE, now)
        now += 10.0
    assert respites == [0.5, 2.0, 2.0, 2.0]


def test_an_outage_makes_the_respite_short_again() -> None:
    health = suspected()
    health.probed(HERE, 11.0)
    assert health._respite == 1.0
    fails(health, 20.0, 20.0)
    health.probed(GONE, 20.0)
    assert health._respite == 0.5


def test_of_origins_that_are_not_watched_nothing_is_concluded() -> None:
    health = Health(watched=False)
    fails(health, 10.0, 10.2, 10.4)
    assert health.is_up()


# -- coming back -------------------------------------------------------------------------------------


def test_each_opening_is_a_generation_of_its_own() -> None:
    health, seen = Health(), []
    for turn in range(3):
        seen.append(health.start())
        fails(health, 10.0 + 100 * turn, 10.1 + 100 * turn, 10.2 + 100 * turn)
        health.probed(GONE, 10.5 + 100 * turn)
        health.probed(HERE, 20.0 + 100 * turn)
        for _ in range(6):
            health.end(health.start(), HERE, 21.0 + 100 * turn)
        assert health.is_up()
    assert len(set(seen)) == 3
    for generation in seen:
        health.end(generation, GONE, 400.0, generation)
    assert health.is_up()


def test_a_late_answer_settles_nothing_while_it_is_asked_about() -> None:
    for make in (suspected, away):
        health = make()
        before = health.state
        health.end(health.start(), HERE, 10.6)
        assert (health.state, health.since) == (before, 10.0)
        old = health.generation - 1
        health.end(old, HERE, 10.7)
        assert (health.state, health.since) == (before, 10.0)


def test_an_answer_from_before_it_opened_is_an_answer() -> None:
    health = opening()
    fails(health, 20.5)
    health.probed(HERE, 20.6)
    health = opening()
    health.end(0, HERE, 20.1)  # the generation before
    assert health._admitted == 2
    assert health._in_flight == 0


def test_an_answer_while_it_is_up_is_no_news() -> None:
    health = Health()
    health._failures = 2
    health.end(health.start(), HERE, 10.0)
    assert health._failures == 2


def test_the_token_endpoint_is_back_with_its_first_answer() -> None:
    health = Health(probes=False)
    for turn in (0.0, 100.0):
        generation = health.generation
        other = health.start()
        fails(health, 10.0 + turn)
        assert (health.state, health.since) == ("away", 10.0 + turn)
        assert not health.may_go(10.25 + turn)
        health.end(generation - 1, HERE, 10.1 + turn)  # sent before it came back the last time
        assert state(health) == "away"
        health.end(other, Told(Verdict.NOTHING), 10.2 + turn)
        assert health.may_go(10.25 + turn)
        health.end(health.start(), HERE, 12.0 + turn)
        assert health.is_up()
        assert health.generation != generation
        assert health._in_flight == 0
        assert health.forgives(11.0 + turn)
        assert not health.forgives(12.1 + turn)
        health.end(generation, GONE, 12.5 + turn)  # sent before it went
        assert health.is_up()
    assert len({0, generation, health.generation}) == 3


def test_a_probe_that_fails_out_of_the_blue_is_the_first_failure() -> None:
    health = Health()
    health.probed(GONE, 10.0)
    assert (health.state, health.since) == ("away", 10.0)
    assert health.next_moment(10.0) == 10.25


def test_so_many_outages_are_remembered() -> None:
    health = Health()
    for number in range(1100):
        health.probed(GONE, float(number))
        health.probed(HERE, number + 0.5)
    assert not health.forgives(75.25)
    assert health.forgives(76.25)
