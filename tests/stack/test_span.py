"""When a window began, how long windows are, and so when it ends: exact values."""

import pytest

from aiopeertube.stack.span import NEVER, Span


def opened(sent: float = 0.0, arrived: float = 0.1) -> Span:
    span = Span()
    span.answered(arrived)
    span.opened = (sent, arrived)
    return span


def test_nothing_is_known_at_first() -> None:
    span = Span()
    assert (span.length, span.is_guess, span.first_answer, span.opened, span.said) == (None, False, NEVER, None, None)
    assert span.answered(5.0) == NEVER
    assert span.answered(6.0) == NEVER
    assert span.first_answer == 5.0


def test_where_nobody_saw_it_open_a_refusal_tells_the_end_and_not_the_length() -> None:
    span = Span()
    span.answered(1.0)
    assert span.bound(2.0, 2.5, 8.0) == 10.5
    assert span.length is None


LEARNT = [  # opened: sent and answered; refused: sent, arrived, wait; the length, whether it is a guess, the end
    ((0.0, 0.1), (2.0, 2.1, 8.0), 10.0, False, 10.1),
    ((0.0, 0.1), (2.0, 2.1, 9.0), 11.0, False, 11.1),
    ((0.0, 0.1), (0.05, 0.15, 10.0), 10.0, False, 10.1),
    ((0.0, 0.1), (1.99, 2.5, 8.0), 10.0, False, 10.1),  # as long under way as that, within a fiftieth
    ((0.0, 0.1), (1.97, 2.07, 8.0), 9.0, True, 9.1),
    ((0.0, 0.005), (1.99, 1.995, 8.0), 9.995, False, 9.995),  # the most likely whole number is too long
    ((0.0, 3.0), (5.0, 8.0, 5.0), 10.0, True, 13.0),  # it may be longer
    ((0.0, 3.0), (5.0, 5.5, 5.0), 10.0, False, 10.5),
    ((0.0, 0.5), (2.0, 4.0, 8.0), 10.0, True, 10.5),
    ((0.0, 0.5), (2.0, 3.0, 8.0), 10.0, True, 10.5),
    ((0.0, 0.5), (2.0, 2.99, 8.0), 10.0, False, 10.5),
]


@pytest.mark.parametrize(("first", "refusal", "length", "is_guess", "end"), LEARNT)
def test_the_length_follows_from_the_request_that_opened_it_and_a_refusal(
    first: tuple[float, float], refusal: tuple[float, float, float], length: float, is_guess: bool, end: float
) -> None:
    span = opened(*first)
    assert span.bound(*refusal) == pytest.approx(end)
    assert span.length == pytest.approx(length)
    assert span.is_guess == is_guess


def ten_seconds() -> Span:
    span = opened()
    span.bound(2.0, 2.1, 8.0)
    return span


def test_a_known_length_tells_when_the_next_window_ends() -> None:
    span = ten_seconds()
    assert span.answered(3.0) == 10.1
    span.roll()
    assert span.answered(20.0) == 30.0
    assert span.bound(25.0, 25.1, 5.0) == 30.0  # what is believed lies in that second
    assert span.bound(25.0, 25.1, 7.0) == 32.1  # it does not: any refusal overrides it
    assert span.bound(25.0, 25.1, 4.0) == 29.1
    assert span.bound(25.0, 25.5, 4.5) == 30.0
    assert span.bound(25.0, 25.5, 6.0) == 31.5  # the second before begins where believed ends
    assert span.length == 10.0


def test_a_length_that_nothing_speaks_against_stays() -> None:
    span = ten_seconds()
    span.roll()
    span.answered(20.1)
    span.opened = (20.0, 20.1)
    span.bound(20.2, 20.9, 10.0)  # from 9.1 to 10.9 s, most likely 10.2
    assert (span.length, span.is_guess) == (10.0, False)
    span.bound(20.9, 21.0, 10.0)  # from 9.8 to 11 s, most likely 10.9
    assert span.length == 10.0
    span.bound(21.2, 21.3, 10.0)  # from 10.1 s
    assert span.length == 11.0


@pytest.mark.parametrize(
    ("refusal", "length"),
    [((3.0, 3.5, 8.0), 11.0), ((2.9375, 3.5, 8.0), 10.0), ((1.0, 2.0, 8.0), 10.0), ((1.0, 1.9, 8.0), 9.0)],
)
def test_what_is_known_stays_to_the_bounds_of_what_a_refusal_says(
    refusal: tuple[float, float, float], length: float
) -> None:
    span = ten_seconds()
    span.opened = (0.0, 0.0)
    span.bound(*refusal)
    assert span.length == length


def test_a_guess_gives_way_to_what_is_most_likely() -> None:
    span = opened(0.0, 3.0)
    span.bound(5.0, 8.0, 5.0)
    assert (span.length, span.is_guess) == (10.0, True)
    span.bound(6.0, 8.0, 5.0)
    assert span.length == 11.0


def test_a_refusal_before_any_answer_means_that_the_window_before_is_longer() -> None:
    span = ten_seconds()
    span.roll()
    assert span.bound(10.1, 10.2, 15.0) == 25.2
    assert span.length == 25.0
    span = ten_seconds()
    span.roll()
    span.bound(10.1, 11.5, 0.5)  # most likely 10.6, but ten were not enough
    assert span.length == 11.0


def test_the_length_is_asked_for_again_after_twenty_windows() -> None:
    span = ten_seconds()
    for _ in range(19):
        span.roll()
    assert span.length == 10.0
    span.roll()
    assert span.length is None


def test_a_length_that_changed_holds_for_one_window_until_it_is_seen_again() -> None:
    span = ten_seconds()
    for after in (None, 20.0):
        span.opened, span.first_answer = (0.0, 0.1), 0.1
        span.bound(2.0, 2.1, 18.0)
        assert span.length == 20.0
        span.roll()
        assert span.length == after


def test_a_length_that_is_longer_than_the_server_said_holds_for_one_window() -> None:
    for said, holds in ((1.0, 1), (8.9, 1), (9.0, 20), (10.0, 20), (0.0, 20), (-5.0, 20), (None, 20)):
        span = opened()
        span.said = said
        span.bound(2.0, 2.1, 8.0)
        for _ in range(holds - 1):
            span.roll()
        assert span.length == 10.0, said
        span.roll()
        assert span.length is None, said


def test_a_guess_is_over_with_the_next_windows_first_answer() -> None:
    span = opened(0.0, 3.0)
    span.bound(5.0, 8.0, 5.0)
    assert span.is_guess
    span.answered(9.0)
    assert span.is_guess
    span.roll()
    assert span.is_guess
    span.answered(14.0)
    assert not span.is_guess
