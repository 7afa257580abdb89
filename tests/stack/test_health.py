"""The health by itself: no loop, no clock."""

from itertools import pairwise

import pytest

from aiopeertube.stack.health import Health
from aiopeertube.stack.span import NEVER
from aiopeertube.stack.verdicts import Told, Verdict

HERE = Told(Verdict.PRESENT)
GONE = Told(Verdict.ABSENT, reason="refused")
BROKEN = Told(Verdict.FAILING, reason="the server answers 500")


def fails(health: Health, now: float, *, whose: int = 1, told: Told = GONE) -> None:
    health.end(health.start(), told, now, whose)


def away(at: float = 0.0) -> Health:
    """Make one whose server was found to be away."""
    health = Health()
    for number, moment in enumerate((at, at + 0.05, at + 0.2)):
        fails(health, moment, whose=number)
    health.probed(GONE, at + 0.3)
    return health


def test_one_failure_is_nothing() -> None:
    health = Health()
    other = health.start()
    fails(health, 0.0)
    assert health.may_go(0.0)
    health.end(other, HERE, 0.1)
    assert health.is_up()


def test_a_failure_is_unsettled_for_a_moment_and_while_it_is_asked_about() -> None:
    health = Health()
    health.start()  # under way, so that somebody else could tell
    fails(health, 0.0)
    assert health.is_unsettled(0.0, 0.2)
    assert not health.is_unsettled(0.0, 0.3)  # it was alone
    for number, moment in enumerate((0.05, 0.2), 2):
        fails(health, moment, whose=number)
    assert health.is_unsettled(0.0, 4.0)
    health.probed(GONE, 5.0)
    assert not health.is_unsettled(0.0, 5.0)
    assert health.forgives(0.0)


def test_failures_of_more_than_one_request_are_asked_about_and_hold_everybody() -> None:
    health = Health()
    others = [health.start() for _ in range(3)]  # under way, so that somebody else could tell
    for number, moment in enumerate((0.0, 0.05, 0.2)):
        fails(health, moment, whose=number)
    assert health.state == "suspected"
    assert not health.may_go(0.2)
    assert health.wants_probe(0.2)
    assert len(others) == 3


def test_one_request_that_always_fails_does_not_declare_the_server_away() -> None:
    health = Health()
    health.start()  # somebody else is under way
    for moment in (0.0, 1.0, 2.0, 3.0):
        fails(health, moment, whose=7)
    assert health.state == "up"


def test_alone_it_is_asked_about_and_an_answer_makes_it_the_requests_own() -> None:
    health = Health()
    fails(health, 0.0, whose=7)
    fails(health, 0.1, whose=7)
    assert health.wants_probe(0.1)
    health.probed(HERE, 0.2)
    assert health.is_up()
    assert not health.forgives(0.1)
    fails(health, 0.3, whose=7)
    fails(health, 0.4, whose=7)
    assert health.state == "up"  # it was asked a moment ago


def test_a_burst_that_bounces_off_a_busy_proxy_is_no_outage() -> None:
    health = Health()
    busy = [health.start() for _ in range(4)]
    for number in range(50):
        fails(health, 0.001 * number, whose=number)
    assert health.state == "up"
    health.end(busy.pop(), HERE, 0.06)
    assert health.is_up()


def test_what_failed_in_an_outage_is_nobodys_attempt() -> None:
    health = away(at=10.0)
    assert health.forgives(10.0)
    assert health.forgives(11.0)
    assert not health.forgives(9.9)
    health.probed(HERE, 30.0)
    assert health.forgives(29.0)
    assert not health.forgives(30.1)


def test_probes_follow_each_other_at_growing_intervals_of_two_seconds_at_most() -> None:
    health, moments = away(), []
    now = 0.3
    while now < 100:
        now = health.next_moment(now)
        assert health.wants_probe(now)
        moments.append(now)
        health.probed(GONE, now)
    pauses = [after - before for before, after in pairwise(moments)]
    assert pauses == sorted(pauses)
    assert pauses[0] < 0.5
    assert pauses[-1] == 2


def test_it_opens_gently() -> None:
    health = away()
    health.probed(HERE, 1.0)
    under_way = []
    for wanted in (1, 2, 4, 8, 16, 32):
        while health.may_go(1.0):
            under_way.append(health.start())
        assert len(under_way) == wanted
        health.end(under_way.pop(), HERE, 1.1)
        while under_way and health.state == "opening" and len(under_way) > wanted - 1:
            under_way.pop()
    assert health.is_up()


def test_what_was_sent_before_it_opened_says_nothing() -> None:
    health = Health()
    old = [health.start() for _ in range(5)]
    for number, moment in enumerate((0.0, 0.05, 0.2)):
        fails(health, moment, whose=number)
    health.probed(GONE, 0.3)
    health.probed(HERE, 1.0)
    for number, generation in enumerate(old):
        health.end(generation, GONE, 1.1 + number, whose=number)
    assert health.state == "opening"
    assert health.may_go(6.0)


def test_a_failure_while_it_opens_is_asked_about_at_once() -> None:
    health = away()
    health.probed(HERE, 1.0)
    fails(health, 1.1)
    assert health.wants_probe(1.1)
    health.probed(GONE, 1.2)
    assert health.state == "away"
    assert health.forgives(1.1)


def test_patience_counts_from_the_first_failure_and_then_the_next_caller_asks_anew() -> None:
    health = away(at=10.0)
    assert health.gives_up_at(120.0, 0.0) == 130.0
    health.lapse()
    assert health.wants_probe(131.0)
    health.probed(GONE, 131.0)
    assert health.gives_up_at(120.0, 130.0) == 250.0
    assert health.forgives(125.0)


def test_a_server_that_fails_at_everything_has_a_name_of_its_own() -> None:
    health = Health()
    for number, moment in enumerate((0.0, 0.05, 0.2)):
        fails(health, moment, whose=number, told=BROKEN)
    health.probed(BROKEN, 0.3)
    assert health.failing
    assert health.describe("http://a", "api", 0.5, 120.0).reason == "the server answers 500"


@pytest.mark.parametrize(("asked", "wanted"), [(8.0, 8.0), (3600.0, 60.0), (None, 0.25)])
def test_a_503_that_asks_for_time_is_believed_within_reason(asked: float | None, wanted: float) -> None:
    health = Health()
    for number, moment in enumerate((0.0, 0.05, 0.2)):
        fails(health, moment, whose=number)
    health.probed(Told(Verdict.ABSENT, retry_after=asked), 0.3)
    assert health.next_moment(0.3) == pytest.approx(0.3 + wanted)


def test_where_nothing_can_be_asked_one_request_goes_as_the_probe() -> None:
    health = Health(probes=False)
    fails(health, 0.0)
    assert health.state == "away"
    assert not health.wants_probe(1.0)
    moment = health.next_moment(0.1)
    assert moment < NEVER
    assert health.may_go(moment)
    generation = health.start()
    assert not health.may_go(moment)
    health.end(generation, HERE, moment)
    assert health.is_up()
    assert health.forgives(0.0)
