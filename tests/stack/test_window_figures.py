"""What a window makes of figures and refusals, one step at a time: exact values at the boundaries."""

from collections.abc import Callable

import pytest

from aiopeertube.stack.place import Place
from aiopeertube.stack.span import NEVER
from aiopeertube.stack.states import WindowState
from aiopeertube.stack.window import Window
from aiopeertube.wire.headers import RateHeaders

RESET = 1_000_010


def figures(
    remaining: int, *, limit: int = 50, reset: int | None = RESET, date: int | None = None, wait: float | None = None
) -> RateHeaders:
    return RateHeaders(limit, remaining, reset, date, wait)


def answered(window: Window, sent: float, remaining: int, *, reset: int | None = RESET, limit: int = 50) -> Place:
    """Send one, and take in its answer a tenth of a second later."""
    place = window.start(sent)
    window.answered(place, sent + 0.1, figures(remaining, reset=reset, limit=limit))
    return place


def refused(window: Window, sent: float, wait: float, *, limit: int = 50) -> None:
    """Send one that is refused with figures a tenth of a second later."""
    window.refused(window.start(sent), sent + 0.1, figures(0, limit=limit, wait=wait), wait)


def known(remaining: int = 49, *, reset: int | None = RESET) -> Window:
    window = Window("api")
    answered(window, 0.0, remaining, reset=reset)
    return window


def learnt() -> Window:
    """Make one that is spent, and ends at 10.1: ten seconds after its first answer."""
    window = known()
    refused(window, 2.0, 8.0)
    return window


def remaining(window: Window) -> int | None:
    return window.state(0.0, 0).remaining


def in_flight(window: Window) -> int:
    return window.state(0.0, 0).in_flight


def number(window: Window, now: float) -> int:
    """Return which window it is, as a request that is sent now sees it."""
    place = window.start(now)
    window.unsent(place)
    return place.window


def how_many_go(window: Window, now: float) -> int:
    count = 0
    while window.may_go(now) and count < 1000:
        window.start(now)
        count += 1
    return count


# -- snapshots ---------------------------------------------------------------------------------------


def test_a_snapshot_of_a_window_of_which_nothing_is_known() -> None:
    assert Window("login").state(5.0, 3) == WindowState("login", None, None, 0, 3, None, None, None)


def test_a_snapshot_counts_what_is_lost_and_what_is_under_way() -> None:
    window = known(9)
    window.start(0.2)
    window.lost(window.start(0.2))
    assert window.state(0.3, 1) == WindowState("api", 50, 8, 1, 1, None, None, None)
    for _ in range(20):
        window.lost(window.start(0.2))
    assert window.state(0.3, 0).remaining == 0


def test_a_snapshot_of_a_window_that_refuses() -> None:
    window = learnt()
    assert window.state(3.0, 7) == WindowState("api", 50, 0, 0, 7, window.ends - 3.0, 10.0, 8.0, closed=True)
    assert window.state(10.1, 0).ends_in is None
    answered(window, 10.2, 49)
    assert window.state(10.5, 0) == WindowState("api", 50, 49, 0, 0, window.ends - 10.5, 10.0, None)


def test_a_snapshot_of_a_window_that_refuses_without_figures() -> None:
    window = Window("api")
    window.refused(window.start(0.0), 0.5, None, None)
    assert window.state(0.5, 0) == WindowState("api", None, None, 0, 0, 0.25, None, None, closed=True)
    window.refused(window.start(1.0), 1.0, None, 4.0)
    assert window.state(1.5, 0) == WindowState("api", None, None, 0, 0, 3.5, None, 4.0, closed=True)


# -- moments -----------------------------------------------------------------------------------------


def test_what_happens_at_the_very_moment_at_which_a_pause_is_over() -> None:
    window = known()
    window.start(2.8)
    window.refused(window.start(2.5), 2.9, None, None)
    (closed, over) = (3.149, 3.15)
    assert window.holds_everybody(closed)
    assert window.is_closed(closed)
    assert not window.may_ask(closed)
    assert window.next_moment(closed) == over
    assert not window.holds_everybody(over)
    assert not window.is_closed(over)
    assert window.next_moment(over) == pytest.approx(3.3)  # half a second after the one that is under way was sent
    assert not window.may_ask(over)
    assert window.may_ask(3.3)


def test_a_pause_is_over_at_the_moment_that_was_asked_for() -> None:
    window = Window("api")
    window.refused(window.start(0.0), 0.0, None, 3.0)
    assert not window.may_ask(2.999)
    assert window.may_ask(3.0)


def test_how_long_the_last_answer_took_says_when_the_next_one_is_slow() -> None:
    window = Window("api")
    window.answered(window.start(10.0), 10.5, figures(40))
    window.start(11.0)
    assert window.next_to_ask(11.1) == 11.75


def test_only_a_window_that_is_used_up_and_whose_end_is_known_is_closed() -> None:
    assert not known(5).is_closed(0.2)
    assert not known(0).is_closed(0.2)
    window = learnt()
    assert window.is_closed(5.0)
    answered(window, window.ends, 49)
    assert window.ends < NEVER
    assert not window.is_closed(11.0)


def test_where_nothing_is_under_way_one_may_ask_at_once() -> None:
    for window in (Window("api"), known(0), known(5)):
        assert window.may_ask(0.2)
        assert window.next_moment(0.2) == 0.2
        assert window.next_to_ask(0.2) == 0.2


def test_a_window_that_is_over_opens_at_that_very_moment() -> None:
    window = learnt()
    assert window.ends == pytest.approx(10.1)
    assert window.is_closed(10.0)
    assert window.next_moment(5.0) == window.ends
    late = window.start(10.0)
    assert late.window == 0
    assert window.start(window.ends).window == 1
    assert window.ends == NEVER


def test_a_pause_is_exactly_as_long_as_the_pace_says() -> None:
    window = Window("api")
    window.refused(window.start(1.0), 1.0, None, None)
    assert window.next_moment(1.0) == 1.25
    assert window.asked_for == 0.0
    window.start(2.0)
    assert window.next_moment(2.0) == 2.25


def test_an_endless_refusal_is_borne_from_the_first_one_on() -> None:
    window = Window("api", patience=120.0)
    window.refused(window.start(10.0), 10.0, None, 86_400)
    assert window.next_moment(11.0) == 130.0
    window.refused(window.start(60.0), 61.0, None, 86_400)
    assert window.next_moment(62.0) == 130.0
    assert window.gives_up_at(120.0, 0.0) == 130.0
    assert window.gives_up_at(120.0, 50.0) == 170.0
    window.lapse()
    assert not window.holds_everybody(0.0)
    assert window.gives_up_at(120.0, 0.0) == NEVER


@pytest.mark.parametrize(
    ("asked", "limit", "bearable"), [(900.0, 50, 900.0), (901.0, 50, 120.0), (8.0, 50, 900.0), (8.0, None, 120.0)]
)
def test_windows_that_name_their_figures_are_borne_for_a_quarter_of_an_hour(
    asked: float, limit: int | None, bearable: float
) -> None:
    window = Window("api")
    window.refused(window.start(1.0), 1.0, None if limit is None else figures(0, limit=limit, wait=asked), asked)
    assert window.gives_up_at(120.0, 0.0) == 1.0 + bearable
    assert window.gives_up_at(1000.0, 0.0) == 1001.0


@pytest.mark.parametrize(("wait", "slows_down"), [(0.0, True), (0.5, True), (1.0, False), (2.0, False)])
def test_a_window_that_ends_now_and_yet_refuses_slows_everybody_down(wait: float, slows_down: bool) -> None:
    window = known()
    refused(window, 2.0, wait)
    assert window.holds_everybody(2.2) == slows_down
    assert not window.holds_everybody(2.35)


# -- places ------------------------------------------------------------------------------------------


def test_each_end_of_a_request_gives_its_place_back() -> None:
    window = known()
    places = [window.start(0.2) for _ in range(5)]
    assert in_flight(window) == 5
    window.unsent(places[0])
    window.lost(places[1])
    window.answered(places[2], 0.3, figures(40))
    window.counted(places[3], 0.3)
    window.refused(places[4], 0.3, None, None)
    assert in_flight(window) == 0


def test_what_a_new_window_has_forgotten_may_end_as_it_likes() -> None:
    ends: tuple[Callable[[Window, Place], None], ...] = (
        lambda window, place: window.unsent(place),
        lambda window, place: window.lost(place),
        lambda window, place: window.counted(place, 11.0),
        lambda window, place: window.answered(place, 11.0, figures(3)),
        lambda window, place: window.refused(place, 11.0, figures(0, wait=9.0), 9.0),
    )
    window = learnt()
    places = [window.start(9.0) for _ in ends]
    assert window.may_go(window.ends)
    for end, place in zip(ends, places, strict=True):
        end(window, place)
        assert (remaining(window), in_flight(window), window.ends) == (50, 0, NEVER)


def test_what_is_lost_takes_a_place_and_only_once() -> None:
    window = known(2)
    lost = window.start(0.2)
    window.lost(lost)
    window.lost(lost)
    assert remaining(window) == 1
    assert how_many_go(window, 0.3) == 1


def test_what_was_let_go_as_too_slow_is_not_counted_when_it_is_lost() -> None:
    window = known(10)
    slow = window.start(0.2)
    answered(window, 1.5, 8)
    window.lost(slow)
    assert remaining(window) == 8


@pytest.mark.parametrize(("sent", "left"), [(0.4, 0), (0.5, 1), (0.6, 1)])
def test_figures_include_what_was_sent_more_than_a_second_earlier(sent: float, left: int) -> None:
    window = known(10)
    window.start(sent)
    answered(window, 1.5, 8)
    assert in_flight(window) == left


def test_an_answer_of_another_window_takes_a_place_and_ends_a_refusal() -> None:
    window = known(10)
    window.refused_since = 0.1
    window.counted(window.start(0.2), 0.3)
    assert remaining(window) == 9
    assert window.refused_since is None


@pytest.mark.parametrize(("sent", "left"), [(0.2, 7), (0.4, 8)])
def test_figures_include_what_was_answered_before_they_were_asked_for(sent: float, left: int) -> None:
    window = known(10)
    window.counted(window.start(0.1), 0.3)  # as a login is, which another window counts, too
    answered(window, sent, 8)
    assert remaining(window) == left


def test_after_a_refusal_one_alone_asks_until_the_window_is_over_for_sure() -> None:
    window = known(20)
    window._span.opened = (0.0, 0.1)
    slow = window.start(0.5)
    window.refused(slow, 1.3, figures(0, wait=1), 1.0)  # it is believed to be over already, and may last to 2.3
    assert window.may_go(1.3)
    window.start(1.3)
    assert not window.may_go(2.2)
    assert window.next_moment(2.2) == pytest.approx(2.3)
    assert window.may_go(2.3)


# -- which window figures speak of -------------------------------------------------------------------

ANOTHER = [  # reset before and now, what was left before and now, when the answer's request was sent
    (RESET, RESET + 2, 40, 39, 0.5, True),  # renamed
    (RESET, RESET + 1, 40, 39, 0.5, False),  # the same, rounded otherwise
    (RESET, RESET - 1, 40, 39, 1.0, False),
    (RESET, RESET - 2, 40, 39, 1.0, True),  # the server's clock was set back
    (RESET, RESET, 3, 45, 5.0, False),  # the same name, however long they were under way
    (RESET, None, 40, 39, 0.5, False),
    (None, RESET, 40, 39, 0.5, False),
    (None, None, 3, 45, 1.01, True),  # filled again
    (None, None, 3, 45, 1.0, False),
    (None, None, 3, 45, 0.5, False),  # answers overtake each other
    (None, None, 3, 3, 5.0, False),
    (None, None, 3, 2, 5.0, False),
]


@pytest.mark.parametrize(("before", "now", "had", "has", "sent", "another"), ANOTHER)
def test_another_window_shows_by_its_name_or_by_what_is_left(
    before: int | None, now: int | None, had: int, has: int, sent: float, another: bool
) -> None:
    window = known(had, reset=before)
    answered(window, sent, has, reset=now)
    assert number(window, sent) == another
    assert remaining(window) == (has if another else min(had, has))


def test_a_new_limit_is_not_a_new_window() -> None:
    window = known(3, reset=None)
    answered(window, 5.0, 80, reset=None, limit=100)
    assert number(window, 5.2) == 0
    assert window.limit == 100
    assert remaining(window) == 80


def test_what_was_sent_a_second_before_a_new_window_showed_is_in_it() -> None:
    window = known(10, reset=None)
    older, kept = window.start(6.9), window.start(7.0)
    answered(window, 8.0, 45, reset=None)
    assert (older.window, kept.window) == (0, 1)
    assert in_flight(window) == 1
    window.answered(kept, 8.2, figures(44, reset=None))
    assert remaining(window) == 44


def test_what_is_left_refills_only_a_second_after_it_was_seen_last() -> None:
    window = known(5, reset=None)
    answered(window, 2.0, 5, reset=None)
    answered(window, 2.5, 6, reset=None)
    assert remaining(window) == 5


def test_within_a_window_the_name_that_was_shown_to_the_last_one_sent_holds() -> None:
    window = known(49)
    early = [window.start(0.3) for _ in range(2)]
    answered(window, 0.5, 45, reset=RESET + 1)
    window.answered(early[0], 0.7, figures(44, reset=RESET))
    assert remaining(window) == 45  # sent earlier, of another name: it is late
    window.answered(early[1], 0.7, figures(43, reset=RESET + 1))
    assert remaining(window) == 43


def test_late_answers_are_those_of_any_window_before() -> None:
    window = learnt()
    late = [window.start(9.0) for _ in range(3)]
    for turn in range(3):
        assert window.may_go(window.ends)
        window.answered(late[turn], 100.0 * turn, figures(2))
        assert (remaining(window), window.ends) == (50, NEVER)
        window.ends = 50.0  # the next one
    assert number(window, 49.0) == 3


def test_figures_end_what_was_believed_of_a_server_without() -> None:
    window = Window("api")
    window.answered(window.start(0.0), 0.1, None)
    assert how_many_go(window, 0.2) == 1000
    window = Window("api")
    window.answered(window.start(0.0), 0.1, None)
    answered(window, 0.2, 49)
    window.answered(window.start(0.3), 0.4, None)  # one without figures says nothing against those before
    refused(window, 2.0, 8.0)
    window.counted(window.start(2.2), 2.3)  # refused no more
    assert how_many_go(window, window.ends) == 2


def test_the_first_answer_of_a_window_says_how_long_it_is_but_nobody_relies_on_it() -> None:
    for reset, date, said in ((RESET, RESET - 10, 10), (RESET, None, None), (None, RESET, None)):
        window = Window("api")
        window.answered(window.start(0.0), 0.1, figures(49, reset=reset, date=date))
        assert window._span.said == said
        assert window._span.opened == (0.0, 0.1)
        assert window.ends == NEVER


def test_an_exempt_callers_wait_tells_when_the_window_ends() -> None:
    window = known()
    window.answered(window.start(2.0), 2.1, figures(0, wait=8.0))
    assert window.state(2.1, 0).length == 10.0
    assert window.ends == pytest.approx(10.1)
    assert window.refused_since is None


def test_a_refusal_opens_no_window_also_where_a_window_has_one_place() -> None:
    window = Window("api")
    answered(window, 0.0, 0, limit=1)
    refused(window, 5.0, 55.0, limit=1)
    assert window.state(5.1, 0).length == 60.0
    assert window.ends == pytest.approx(60.1)


def test_while_it_refuses_or_guesses_one_goes_at_a_time() -> None:
    window = known(40)
    assert how_many_go(window, 0.2) == 40
    window = known(40)
    window.refused_since = 0.1
    assert how_many_go(window, 0.2) == 1
    assert window.may_go(0.8) == (0.8 >= 0.2 + 0.5)  # the one under way is slow
    window = Window("api")
    assert how_many_go(window, 0.0) == 2
