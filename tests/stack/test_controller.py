"""The controller by itself: no loop, no clock, and no chance."""

from collections.abc import Callable

import pytest

from aiopeertube.stack.controller import LEVELS, Controller


def settled(limit: int, **known: float) -> Controller:
    """Make one past its doubling, at a limit; `known` has what is completed per second by limit, as "n8=100"."""
    controller = Controller(index=LEVELS.index(limit), _doubling=False)
    for name, goodput in known.items():
        level = controller.levels[LEVELS.index(int(name[1:]))]
        level.goodput, level.weight = goodput, 30.0
    return controller


def answers(controller: Controller, count: int, seconds: float = 0.1, *, errors: int = 0) -> None:
    """Give it so many answers of a busy server, the errors first."""
    for number in range(count):
        controller.answered(seconds, error=number < errors, saturated=True)


def finish(controller: Controller, goodput: float) -> None:
    """Go on until an epoch has ended in which so much was completed per second."""
    epoch = controller.epoch
    while controller.epoch == epoch:
        skipped = controller._skip > 0
        controller.answered(9.0 if skipped else controller.limit / goodput, error=False, saturated=True)


def trace(goodput: Callable[[int], float], epochs: int, *, maximum: int = 64) -> list[tuple[int, int, str]]:
    """Run on a server that completes `goodput(limit)`; return each change: epoch, limit, and why."""
    controller, found = Controller(maximum=maximum), [(0, 0, "")]
    while controller.epoch < epochs:
        finish(controller, goodput(controller.limit))
        if controller.limit != found[-1][1]:
            found.append((controller.epoch, controller.limit, controller.reason))
    return found[1:]


# -- epochs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "doubling", "wanted"), [(2, True, 6), (8, True, 12), (2, False, 30), (8, False, 48)]
)
def test_an_epoch_takes_so_many_completed_requests(limit: int, doubling: bool, wanted: int) -> None:
    controller = Controller(index=LEVELS.index(limit), _doubling=doubling)
    answers(controller, wanted - 1, 0.001)
    assert controller.epoch == 0
    answers(controller, 1, 0.001)
    assert controller.epoch == 1


def test_errors_complete_nothing() -> None:
    controller = Controller(index=0)
    answers(controller, 4, errors=4)
    answers(controller, 4)
    assert controller.epoch == 0
    answers(controller, 1)
    assert controller.epoch == 1


def test_where_requests_are_slow_an_epoch_is_over_after_two_seconds_of_all_slots() -> None:
    controller = settled(4)
    answers(controller, 4, 2.5)  # no more than are in flight
    assert controller.epoch == 0
    answers(controller, 1, 0.001)
    assert controller.epoch == 1
    assert controller.goodput() == {4: pytest.approx(5 * 4 / 10.001)}
    controller = settled(4)
    answers(controller, 8, 1.0)  # two seconds, not more
    assert controller.epoch == 0


def test_a_free_slot_measures_demand_and_begins_the_epoch_anew() -> None:
    controller = Controller()
    answers(controller, 5)
    controller.answered(0.1, error=False, saturated=False)
    answers(controller, 5)
    assert controller.epoch == 0
    answers(controller, 1)
    assert controller.epoch == 1


def test_a_look_that_disappoints_is_cut_short() -> None:
    for hoped, done in ((64.1, 16), (64.0, 24 + 3 * 16)):
        controller = settled(16)
        controller._hoped = hoped
        answers(controller, done - 1, 0.25)  # 64 a second
        assert controller.epoch == 0
        answers(controller, 1, 0.25)
        assert controller.epoch == 1
        assert controller._hoped == 0.0 or controller.limit > 16


@pytest.mark.parametrize(("doubling", "before", "goodput", "skipped"), [(True, 2, 50.0, 2), (False, 8, 50.0, 12)])
def test_answers_to_what_began_at_the_level_before_are_passed_over(
    doubling: bool, before: int, goodput: float, skipped: int
) -> None:
    controller = Controller(index=LEVELS.index(before), _doubling=doubling)
    finish(controller, goodput)
    assert controller.limit > before
    answers(controller, skipped, 1e6)
    assert controller._busy == 0.0
    answers(controller, 1, 0.5)
    assert controller._busy == 0.5


def test_going_down_passes_over_as_many_as_were_in_flight() -> None:
    controller = settled(8, n4=50.0, n6=100.0, n8=100.0)
    finish(controller, 100.0)
    assert (controller.limit, controller._skip, controller._hoped) == (6, 8, 0.0)


def test_goodput_is_completed_requests_by_the_seconds_that_slots_were_held() -> None:
    controller = settled(4)
    answers(controller, 36 + 2, 0.1, errors=2)
    assert controller.goodput() == {4: pytest.approx(36 * 4 / 3.8)}
    assert Controller()._goodput() == 0.0


# -- doubling ----------------------------------------------------------------------------------------

DOUBLED = [  # goodput before and now; the limit, the reason, whether it goes on
    (0.0, 10.0, 16, "climb", True),
    (100.0, 150.0, 16, "climb", True),
    (100.0, 149.0, 8, "climb", False),
    (100.0, 105.0, 8, "climb", False),
    (100.0, 104.0, 4, "as good with fewer", False),
    (100.0, 50.0, 4, "as good with fewer", False),
]


@pytest.mark.parametrize(("before", "now", "limit", "reason", "goes_on"), DOUBLED)
def test_it_doubles_while_doubling_pays(before: float, now: float, limit: int, reason: str, goes_on: bool) -> None:
    controller = Controller(index=LEVELS.index(8), _halfway=before)
    assert LEVELS[controller._doubled(now)] == limit
    assert (controller.reason, controller._doubling, controller._halfway) == (reason, goes_on, now)


def test_what_is_measured_while_doubling_is_not_remembered() -> None:
    controller = Controller()
    finish(controller, 50.0)
    assert controller.goodput() == {}
    assert (controller.limit, controller.reason) == (4, "climb")
    assert controller._halfway == pytest.approx(50.0)


@pytest.mark.parametrize(
    ("maximum", "limits"), [(1, [1, 1]), (3, [2, 2, 3, 3]), (4, [2, 4, 4]), (5, [2, 4, 4, 5, 5])]
)
def test_doubling_ends_at_the_maximum(maximum: int, limits: list[int]) -> None:
    controller, found = Controller(maximum=maximum), []
    for _ in limits:
        found.append(controller.limit)
        finish(controller, 100.0 * controller.limit)
    assert found == limits


def test_reading_may_begin_higher_and_the_last_level_is_the_last() -> None:
    controller = Controller(maximum=1000, index=len(LEVELS) - 2, _doubling=True)
    finish(controller, 1000.0)
    assert controller.limit == 96
    assert not controller._allowed(len(LEVELS))
    assert not controller._allowed(-1)


# -- errors ------------------------------------------------------------------------------------------


def test_what_chance_explains_is_no_error_share() -> None:
    level = Controller().levels[0]
    assert (level.error_share(), level.sure_share()) == (0.0, 0.0)
    level.answers, level.errors = 100.0, 1.9
    assert level.sure_share() == 0.0
    assert level.error_share() == pytest.approx(0.019)
    level.errors = 4.0
    assert (level.error_share(), level.sure_share()) == (0.04, 0.01)
    level.errors = 2.0
    assert level.sure_share() == pytest.approx((2 - 1.5 * 2**0.5) / 100)


def test_errors_are_half_forgotten_after_three_hundred_answers() -> None:
    level = Controller().levels[0]
    for number in range(300):
        level.counted(error=number < 20)
    assert (level.answers, level.errors) == (300.0, 20.0)
    level.counted(error=True)
    assert (level.answers, level.errors) == (151.0, 11.0)


def test_measurements_weigh_by_what_they_rest_on_and_old_ones_not_at_all() -> None:
    level = Controller().levels[0]
    level.measured(100.0, 20, 1)
    assert (level.goodput, level.weight, level.seen) == (100.0, 20, 1)
    level.measured(200.0, 20, 49)
    assert (level.goodput, level.weight, level.seen) == (150.0, 40, 49)
    level.measured(50.0, 20, 60)  # the ones before count for thirty
    assert (level.goodput, level.weight) == (110.0, 50.0)
    level.measured(7.0, 20, 109)
    assert (level.goodput, level.weight) == (7.0, 20)


CUT = [(2, 1), (3, 2), (4, 2), (6, 4), (8, 4), (12, 8), (16, 8), (24, 16), (32, 16), (48, 32), (128, 64)]


@pytest.mark.parametrize(("limit", "after"), CUT)
def test_a_level_with_too_many_errors_is_left_for_two_thirds_and_alone_for_a_while(limit: int, after: int) -> None:
    controller = Controller(maximum=1000, index=LEVELS.index(limit))
    answers(controller, 6, errors=6)
    assert (controller.limit, controller.reason, controller._doubling) == (after, "errors", False)
    failed = controller.levels[LEVELS.index(limit)]
    assert (failed.banned_until, failed.ban) == (controller.epoch + 16, 32)
    above = controller.levels[-1]
    assert above.banned_until == controller.epoch + 16
    assert controller.levels[LEVELS.index(after)].banned_until == 0
    assert not controller._allowed(LEVELS.index(limit))


def test_a_level_that_fails_again_is_left_alone_for_longer_and_begins_without_errors() -> None:
    controller, bans = Controller(), []
    for epoch in (0, 100, 200, 300, 400):
        controller.epoch, controller.index = epoch, LEVELS.index(8)
        level = controller.levels[controller.index]
        level.answers = level.errors = 7.0
        assert controller._cut() == LEVELS.index(4)
        assert (level.answers, level.errors) == (0.0, 0.0)
        bans.append(level.banned_until - epoch)
    assert bans == [16, 32, 64, 128, 128]


@pytest.mark.parametrize(
    ("errors", "answered", "fails"),
    [(6, 100, True), (5, 100, False), (3, 3, True), (2, 2, False), (5, 82, True), (5, 83, False)],
)
def test_errors_must_be_more_than_two_in_a_hundred_and_more_than_chance(
    errors: int, answered: int, fails: bool
) -> None:
    controller = Controller(index=LEVELS.index(8))
    level = controller.levels[controller.index]
    level.errors, level.answers = float(errors), float(answered)
    assert controller._failing() == fails
    controller.index, controller.levels[0] = 0, level  # with one at a time there is nothing smaller
    assert not controller._failing()


@pytest.mark.parametrize(
    ("errors", "fails"), [(9, False), (10, False), (11, True)]
)  # of 100: the sure share is 4.5, 5.3, 6.0 per cent
def test_errors_are_borne_where_all_that_is_smaller_completes_far_less(errors: int, fails: bool) -> None:
    controller = settled(8, n6=96.0, n8=100.0)
    level = controller.levels[controller.index]
    level.errors, level.answers = float(errors), 100.0
    assert controller._failing() == fails
    controller.levels[LEVELS.index(6)].goodput = 97.0
    assert controller._failing()
    level.errors = 5.0
    assert not controller._failing()


@pytest.mark.parametrize(
    ("known", "above"),
    [
        ({"n6": 96.0, "n8": 100.0}, True),
        ({"n6": 97.0, "n8": 100.0}, False),
        ({"n4": 96.0, "n8": 100.0}, True),
        ({"n3": 96.0, "n8": 100.0}, False),  # the next two have to be known
        ({"n3": 97.0, "n6": 50.0, "n8": 100.0}, False),
        ({"n6": 50.0}, False),
        ({"n8": 100.0, "n12": 50.0}, False),
    ],
)
def test_what_is_far_above_all_that_is_smaller(known: dict[str, float], above: bool) -> None:
    assert settled(8, **known)._far_above() == above


def test_one_at_a_time_is_the_only_one_below_two() -> None:
    assert settled(2, n1=50.0, n2=100.0)._far_above()
    assert settled(3, n1=50.0, n3=100.0)._far_above()


@pytest.mark.parametrize(("errors", "tolerance"), [(0, 0.02), (1, 0.02), (2, 0.04), (10, 0.2)])
def test_errors_that_one_at_a_time_meets_are_tolerated_twice(errors: int, tolerance: float) -> None:
    controller = Controller()
    controller.levels[0].errors, controller.levels[0].answers = float(errors), 100.0
    assert controller._tolerance() == tolerance


def test_bans_end_where_one_at_a_time_meets_the_errors_as_well() -> None:
    for errors, banned in ((2.0, 0), (1.0, 40)):
        controller = settled(1, n1=10.0)
        controller.levels[0].errors, controller.levels[0].answers = errors, 60.0
        controller.levels[3].banned_until = 40
        controller._choose()
        assert controller.levels[3].banned_until == banned


def test_an_outage_takes_errors_and_bans_away_but_not_what_was_learnt() -> None:
    controller = settled(8, n8=100.0)
    answers(controller, 3, errors=2)
    controller.levels[5].banned_until = controller.levels[9].banned_until = 30
    controller.levels[5].ban = 64
    controller.forget_errors()
    assert {(level.answers, level.errors, level.banned_until, level.ban) for level in controller.levels} == {
        (0.0, 0.0, 0, 16)
    }
    assert (controller._busy, controller._completed) == (0.0, 0)
    assert controller.goodput() == {8: 100.0}


# -- choosing ----------------------------------------------------------------------------------------


def choose(controller: Controller, epoch: int = 0, *, patience: int = 6) -> tuple[int, str]:
    controller.epoch, controller._patience = epoch, patience
    return LEVELS[controller._choose()], controller.reason


def test_the_smallest_that_does_as_well_as_the_best_is_the_best() -> None:
    assert LEVELS[settled(8)._best()] == 8
    assert LEVELS[settled(8, n4=98.0, n6=99.0, n8=100.0)._best()] == 4
    assert LEVELS[settled(8, n4=97.9, n6=98.0, n8=100.0)._best()] == 6
    banned = settled(4, n4=50.0, n8=100.0)
    banned.levels[LEVELS.index(8)].banned_until = 1
    assert LEVELS[banned._best()] == 4


def test_it_looks_up_then_down_and_then_stays_with_growing_patience() -> None:
    controller = settled(8, n8=100.0)
    assert choose(controller) == (12, "climb")
    assert controller._hoped == 100.0
    controller.levels[LEVELS.index(12)].goodput = 90.0
    assert choose(controller) == (6, "try fewer")
    controller.levels[LEVELS.index(6)].goodput = 90.0
    assert choose(controller) == (8, "best")
    assert controller._patience == 7
    assert choose(controller, patience=48) == (8, "best")
    assert controller._patience == 48
    controller.levels[LEVELS.index(6)].goodput = 100.0
    controller.levels[LEVELS.index(4)].goodput = 10.0
    assert choose(controller) == (6, "as good with fewer")


def test_a_neighbour_is_looked_at_again_when_it_was_long_ago() -> None:
    controller = settled(8, n6=90.0, n8=100.0, n12=90.0)
    assert choose(controller, 5) == (8, "best")
    assert choose(controller, 6) == (12, "climb")
    controller.levels[LEVELS.index(12)].seen = 6
    assert choose(controller, 6) == (6, "try fewer")


def test_where_errors_were_met_it_looks_down_first() -> None:
    for errors, looked_at in ((3.0, 6), (2.0, 12)):
        controller = settled(8, n8=100.0)
        level = controller.levels[LEVELS.index(8)]
        level.errors, level.answers = errors, 100.0
        assert choose(controller)[0] == looked_at
    controller.levels[LEVELS.index(6)].goodput, level.errors = 90.0, 3.0
    assert choose(controller)[0] == 12


def test_where_nothing_is_known_nothing_is_hoped_for() -> None:
    controller = settled(8)
    assert choose(controller) == (12, "climb")
    assert controller._hoped == 0.0


def test_a_step_up_is_tried_only_if_the_last_one_was_worth_it() -> None:
    assert choose(settled(8, n6=96.0, n8=100.0)) == (8, "best")
    assert choose(settled(8, n6=95.2, n8=100.0)) == (12, "climb")
    assert choose(settled(8, n6=100.0, n8=105.0)) == (12, "climb")
    assert choose(settled(8, n6=96.0, n8=100.0), 6) == (6, "try fewer")
    assert choose(settled(1, n1=100.0)) == (2, "climb")
    assert choose(settled(1, n1=100.0, n128=100.0)) == (2, "climb")
    controller = settled(8, n6=96.0, n8=100.0, n12=90.0)
    assert choose(controller, 6) == (12, "climb")  # it is known: only its time counts


def test_nothing_above_the_maximum_or_banned_is_looked_at() -> None:
    controller = settled(8, n6=90.0, n8=100.0)
    controller.maximum = 8
    assert choose(controller) == (8, "best")
    controller.maximum = 9
    assert choose(controller) == (12, "climb")
    controller.levels[LEVELS.index(12)].banned_until = 1
    assert choose(controller) == (8, "best")
    assert choose(controller, 1) == (12, "climb")


# -- whole runs --------------------------------------------------------------------------------------


def test_the_way_on_a_server_with_five_places() -> None:
    assert trace(lambda n: 25.0 * min(n, 5), 120) == [
        (1, 4, "climb"),
        (2, 8, "climb"),
        (4, 12, "climb"),
        (5, 6, "try fewer"),
        (6, 4, "try fewer"),
        (7, 6, "best"),
        (52, 8, "climb"),
        (53, 6, "as good with fewer"),
        (55, 4, "try fewer"),
        (56, 6, "best"),
        (101, 8, "climb"),
        (102, 6, "as good with fewer"),
        (104, 4, "try fewer"),
        (105, 6, "best"),
    ]


def test_the_way_on_a_server_that_more_only_harms() -> None:
    assert trace(lambda n: 50.0 / n**0.5, 40) == [
        (1, 4, "climb"),
        (2, 2, "as good with fewer"),
        (3, 3, "climb"),
        (4, 1, "try fewer"),
    ]


def test_the_way_on_a_large_server_far_away() -> None:
    assert trace(lambda n: min(8.0 * n, 300.0), 40) == [
        (1, 4, "climb"),
        (2, 8, "climb"),
        (3, 16, "climb"),
        (4, 32, "climb"),
        (5, 64, "climb"),
        (7, 48, "try fewer"),
        (8, 32, "try fewer"),
        (9, 48, "best"),
    ]


def test_the_way_below_a_maximum() -> None:
    assert trace(lambda n: 25.0 * n, 30, maximum=5) == [(1, 4, "climb"), (3, 5, "climb")]
