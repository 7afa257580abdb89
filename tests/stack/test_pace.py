"""The pace by itself: how far apart requests go after a refusal without figures."""

import pytest

from aiopeertube.stack.pace import Pace
from aiopeertube.stack.place import soon_enough


@pytest.mark.parametrize(
    ("took", "wanted"), [(0.0, 0.5), (1 / 3, 0.5), (0.4, 0.6), (1.0, 1.5), (4 / 3, 2.0), (9.0, 2.0)]
)
def test_one_and_a_half_times_the_last_answer_is_not_slow_within_bounds(took: float, wanted: float) -> None:
    assert soon_enough(took) == pytest.approx(wanted)


def test_without_a_refusal_there_is_no_pace() -> None:
    pace = Pace()
    pace.start(7.0)
    assert (pace.seconds, pace.not_before) == (0.0, 0.0)


def test_refusals_slow_it_down_to_five_seconds_at_most() -> None:
    pace, found = Pace(), []
    for number in range(1, 10):
        pace.slower(10.0 * number, 10.0 * number, 0.0)
        found.append(pace.seconds)
        assert pace.not_before == 10.0 * number + pace.seconds
    assert found[:4] == [0.25, 0.375, 0.5625, 0.84375]
    assert found[-2:] == [pytest.approx(0.25 * 1.5**7), 5.0]


@pytest.mark.parametrize(("sent", "seconds"), [(9.9, 0.25), (10.0, 0.375), (10.1, 0.375)])
def test_what_was_sent_before_the_last_refusal_slows_nothing_down_again(sent: float, seconds: float) -> None:
    pace = Pace()
    pace.slower(9.0, 10.0, 0.0)
    pace.slower(sent, 10.2, 0.0)
    assert pace.seconds == seconds
    assert pace.not_before == 10.2 + seconds


def test_silence_that_is_asked_for_is_kept_and_never_shortened() -> None:
    pace = Pace()
    pace.slower(9.0, 10.0, 30.0)
    assert pace.not_before == 30.0
    pace.slower(9.5, 11.0, 12.0)
    assert pace.not_before == 30.0


def test_answers_speed_it_up_until_there_is_none() -> None:
    pace = Pace()
    pace.slower(0.0, 0.0, 0.0)
    pace.faster()
    assert pace.seconds == pytest.approx(0.2)
    for seconds, after in ((0.0251, 0.02008), (0.025, 0.0), (0.02, 0.0)):
        pace.seconds = seconds
        pace.faster()
        assert pace.seconds == pytest.approx(after, abs=0.0)


def test_each_request_keeps_the_next_one_waiting_and_gives_that_back_if_it_never_left() -> None:
    pace = Pace()
    pace.slower(0.0, 1.0, 0.0)
    pace.start(2.0)
    assert pace.not_before == 2.25
    pace.start(2.25)
    assert pace.not_before == 2.5
    pace.unsent(2.0)  # an earlier one: the pause is not after it
    assert pace.not_before == 2.5
    pace.unsent(2.25)
    assert pace.not_before == 2.25
    pace.not_before = 1.5
    pace.unsent(2.25)  # a window that lapsed meanwhile is not closed again
    assert pace.not_before == 1.5


def test_a_request_never_opens_what_is_closed_for_longer() -> None:
    pace = Pace()
    pace.slower(0.0, 1.0, 60.0)
    pace.start(2.0)
    assert pace.not_before == 60.0


def test_beyond_as_many_as_passed_between_two_refusals_one_goes_at_a_time() -> None:
    pace = Pace()
    assert pace.lets(0)
    assert pace.lets(1000)  # nothing was ever refused
    pace.slower(1.0, 1.0, 0.0)  # nothing had passed: that says nothing
    assert pace.lets(1000)
    for _ in range(3):
        pace.faster()
    pace.slower(2.0, 2.0, 0.0)
    assert [pace.lets(beside) for beside in range(5)] == [True, True, True, False, False]
    pace.faster()
    assert [pace.lets(beside) for beside in range(4)] == [True, True, False, False]
    for _ in range(4):
        pace.faster()
    assert [pace.lets(beside) for beside in range(2)] == [True, False]
    pace.faster()  # twice as many as the last time: it is not the same any more
    assert pace.lets(1000)


def test_only_a_refusal_that_counts_says_how_many_passed() -> None:
    pace = Pace()
    for _ in range(5):
        pace.faster()
    pace.slower(1.0, 10.0, 0.0)
    pace.faster()
    pace.slower(9.9, 10.5, 0.0)  # sent before the last one
    assert [pace.lets(beside) for beside in (3, 4)] == [True, False]
    pace.slower(11.0, 11.0, 0.0)
    assert [pace.lets(beside) for beside in (0, 1)] == [True, False]
