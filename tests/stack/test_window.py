"""The window by itself: no loop, no clock."""

from itertools import pairwise

import pytest

from aiopeertube.stack.place import Place
from aiopeertube.stack.span import NEVER
from aiopeertube.stack.window import Window
from aiopeertube.wire.headers import RateHeaders


def figures(
    remaining: int, *, limit: int = 50, reset: int | None = 1_000_010, retry_after: float | None = None
) -> RateHeaders:
    return RateHeaders(limit, remaining, reset, None, retry_after)


def known(*, remaining: int = 49, limit: int = 50, sent: float = 0.0, arrived: float = 0.1) -> Window:
    window = Window("api")
    window.answered(window.start(sent), arrived, figures(remaining, limit=limit))
    return window


def send_all(window: Window, now: float) -> list[Place]:
    """Send as many as may go at once."""
    places: list[Place] = []
    while window.may_go(now) and len(places) < 1000:
        places.append(window.start(now))
    return places


def test_nothing_known_lets_two_ask_and_one_more_when_they_are_slow() -> None:
    window = Window("api")
    assert len(send_all(window, 0.0)) == 2
    assert window.next_moment(0.1) == pytest.approx(0.5)
    assert len(send_all(window, 0.5)) == 1


def test_all_that_is_left_is_spent_at_once_and_then_one_asks() -> None:
    window = known(remaining=7)
    places = send_all(window, 0.2)
    assert len(places) == 7
    for number, place in enumerate(places):
        window.answered(place, 0.3, figures(6 - number))
    assert len(send_all(window, 0.3)) == 1  # nobody knows when the window ends


def test_answers_that_overtake_each_other_never_raise_what_is_left() -> None:
    window = known(remaining=49)
    first, second, third = (window.start(0.2) for _ in range(3))
    for place, remaining in ((first, 46), (second, 40), (third, 45)):
        window.answered(place, 0.3, figures(remaining))
    assert window.state(0.3, 0).remaining == 40


def test_a_late_answer_of_the_window_before_changes_nothing() -> None:
    window = known()
    late = window.start(0.2)
    refused = window.start(0.3)
    window.refused(refused, 0.4, figures(0, retry_after=10), 10)
    assert window.may_go(window.ends)
    window.answered(window.start(window.ends), window.ends + 0.1, figures(49, reset=1_000_020))
    window.answered(late, window.ends + 0.2, figures(2))
    assert window.state(12, 0).remaining == 49


@pytest.mark.parametrize("sent_after_it", [0.0, 0.5, 0.999])
def test_an_answer_of_the_window_before_may_be_sent_later_and_served_earlier(sent_after_it: float) -> None:
    window = known(remaining=3, limit=5)
    first, overtaken = window.start(2.0), window.start(2.0 + sent_after_it)
    window.answered(first, 3.0, figures(4, limit=5, reset=1_000_020))  # the first of another window
    places = [window.start(3.1) for _ in range(4)]
    for left, place in enumerate(reversed(places)):
        window.answered(place, 3.2, figures(left, limit=5, reset=1_000_020))
    window.answered(overtaken, 3.3, figures(2, limit=5))
    assert window.state(3.3, 0).remaining == 0


def test_a_clock_that_was_set_back_gives_a_window_an_earlier_name() -> None:
    window = known(remaining=0, limit=5)
    window.answered(window.start(5.0), 5.1, figures(4, limit=5, reset=999_000))
    assert window.state(5.2, 0).remaining == 4


def test_what_was_lost_is_asked_for_by_one_when_it_holds_the_last_places() -> None:
    window = known(remaining=49)
    window.refused(window.start(2.0), 2.1, figures(0, retry_after=8), 8)  # windows are 10 s long
    window.answered(window.start(10.2), 10.3, figures(3, reset=1_000_020))
    for place in [window.start(11.0), window.start(11.0)]:
        window.lost(place)
    window.answered(window.start(11.1), 11.2, figures(2, reset=1_000_020))  # they may be counted later
    assert (window.may_go(11.9), window.next_moment(11.9)) == (False, 12.0)
    asks = window.start(12.0)
    assert not window.may_go(12.0)
    window.answered(asks, 12.1, figures(1, reset=1_000_020))
    assert len(send_all(window, 12.1)) == 1
    assert window.next_moment(12.2) == pytest.approx(20.3)


def test_a_slow_answer_holds_nobodys_place() -> None:
    window = known(remaining=10)
    window.start(0.2)  # slow: never answered
    window.answered(window.start(1.5), 1.6, figures(8))
    assert len(send_all(window, 1.7)) == 8


def test_a_lost_answer_counts_in_its_own_window_alone() -> None:
    window = known(remaining=10)
    lost, late = window.start(0.2), window.start(0.2)
    window.lost(lost)
    assert window.state(0.3, 0).remaining == 9
    window.refused(window.start(0.3), 0.4, figures(0, retry_after=10), 10)
    assert window.may_go(11)
    window.lost(late)
    assert window.state(11, 0).remaining == 50


def test_a_server_without_figures_has_no_limit() -> None:
    window = Window("api")
    window.answered(window.start(0.0), 0.1, None)
    assert len(send_all(window, 0.2)) == 1000


def test_the_end_is_learnt_from_one_refusal() -> None:
    window = known(remaining=49, sent=0.0, arrived=0.1)
    window.refused(window.start(2.0), 2.1, figures(0, retry_after=8), 8)
    assert window.state(0.0, 0).length == 10
    assert window.ends == pytest.approx(10.1)  # the first answer, and ten seconds
    assert not window.may_go(10.0)
    assert window.may_go(10.1)


def test_any_refusal_overrides_what_was_believed() -> None:
    window = known(remaining=30)
    window.refused(window.start(1.0), 1.1, figures(0, retry_after=20), 20)
    assert not window.may_go(15)
    assert window.next_moment(15) <= 21.1


def test_an_answer_that_a_refusal_overtook_changes_no_end() -> None:
    window = known()
    window.answered(window.start(0.2), 0.3, figures(0))
    window.refused(window.start(0.4), 0.5, figures(0, retry_after=2), 2)  # so windows are two seconds long
    window.answered(window.start(3.0), 3.1, figures(30, reset=1_000_020))  # others opened this one
    overtaken = window.start(5.2)  # it should be over, and has become longer
    window.refused(window.start(5.3), 5.4, figures(0, reset=1_000_020, retry_after=9), 9)
    window.answered(overtaken, 5.5, figures(0, reset=1_000_020))
    assert window.ends == pytest.approx(14.4)


def test_a_window_that_became_longer_is_learnt_at_the_first_refusal() -> None:
    window = known()
    window.refused(window.start(2.0), 2.1, figures(0, retry_after=8), 8)
    assert window.may_go(10.1)
    window.refused(window.start(10.1), 10.2, figures(0, retry_after=15), 15)
    assert window.state(0.0, 0).length == 25


def test_a_window_that_others_opened_earlier_shows_by_its_name_and_by_what_is_left() -> None:
    for reset in (1_000_020, None):
        window = known(remaining=3)
        window.answered(window.start(8.0), 8.1, figures(45, reset=reset))
        assert window.state(8.1, 0).remaining == 45


@pytest.mark.parametrize("retry_after", [None, 0, 3.5, 86_400])
def test_refusals_without_figures_slow_everything_down_and_answers_speed_it_up(retry_after: float | None) -> None:
    window, now = Window("api"), 0.0
    sent: list[float] = []
    for _ in range(6):
        now = max(now, window.next_moment(now)) if not window.may_go(now) else now
        sent.append(now)
        place = window.start(now)
        assert len(sent) == 1 or not window.may_go(now)  # one at a time
        window.refused(place, now, None, retry_after)
        assert window.holds_everybody(now)
    pauses = [after - before for before, after in pairwise(sent)]
    assert pauses == sorted(pauses) or retry_after
    for _ in range(100):
        now = max(now, window.next_moment(now)) if not window.may_go(now) else now
        window.answered(window.start(now), now, None)
    assert len(send_all(window, now + 0.1)) > 5


def no_figures(takes: int, *, times: int) -> tuple[list[int], list[int]]:
    """Use a server that takes so many in 10 s and tells only when; return what each window refused and took."""
    window, now = Window("api"), 0.0
    taken, refused = [0], [0]
    for _ in range(times):
        for place in send_all(window, now) or [window.start(now := max(now, window.next_moment(now)))]:
            while now >= 10 * len(taken):
                taken.append(0)
                refused.append(0)
            if taken[-1] >= takes:
                refused[-1] += 1
                window.refused(place, now + 0.02, None, 10 * len(taken) - now)
            else:
                taken[-1] += 1
                window.answered(place, now + 0.02, None)
        now += 0.02
    return refused[:-1], taken[:-1]


def test_where_nothing_is_told_a_window_is_used_up_by_what_the_last_one_took() -> None:
    refused, taken = no_figures(50, times=2000)
    assert len(taken) > 5
    assert taken == [50] * len(taken)
    assert max(refused[1:]) <= 2  # the first one showed where the end is


def test_a_larger_window_is_found_though_nothing_is_told() -> None:
    window, now = Window("api"), 0.0
    for _ in range(5):
        window.answered(window.start(now), now, None)
    window.refused(window.start(now), now, None, 1)
    now += 2
    for _ in range(10):
        now = max(now, window.next_moment(now)) if not window.may_go(now) else now
        assert len(window._unanswered) == 0
        window.answered(window.start(now), now, None)
    now += 60  # and the pauses after a refusal are over, too
    for _ in range(20):
        window.answered(window.start(now), now, None)
        now += 1
    assert len(send_all(window, now)) == 1000


def test_a_refusal_of_hours_is_borne_for_patience_and_asked_once_more() -> None:
    window = Window("api", patience=120)
    window.refused(window.start(0.0), 0.0, None, 86_400)
    assert window.next_moment(1.0) == 120
    assert window.gives_up_at(120, 0) > 119
    window.refused(window.start(120.0), 120.1, None, 86_280)
    assert window.gives_up_at(120, 0) <= 120.1
    window.lapse()
    assert window.may_go(121)


def test_a_named_window_is_waited_for_beyond_patience() -> None:
    window = known()
    window.refused(window.start(1.0), 1.1, figures(0, retry_after=300), 300)
    assert window.gives_up_at(120, 0) > 200
    assert 300 < window.ends <= 301.1


def test_there_is_always_a_moment_to_ask_again() -> None:
    """Nothing waits for an answer alone."""
    for window in (Window("api"), known(remaining=0), known(remaining=5)):
        now = 0.2
        for _ in range(300):
            if window.may_go(now):
                window.start(now)
                continue
            moment = window.next_moment(now)
            assert now < moment < NEVER
            now = moment
