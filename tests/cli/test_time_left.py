"""After a tenth of a run the time that is left is true within a tenth of it."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from aiopeertube.cli.progress import Progress
from aiopeertube.cli.screens import Now
from aiopeertube.cli.time_left import TimeLeft
from aiopeertube.stack.states import WindowState


class Clock:
    """Time as somebody sets it."""

    def __init__(self, now: list[float]) -> None:
        self._now = now

    def monotonic(self) -> float:
        return self._now[0]


class Showing:
    """A screen that keeps what it is shown."""

    between, shows_end = 1e9, True

    def __init__(self, shown: list[Now]) -> None:
        self._shown = shown

    def show(self, now: Now) -> None:
        self._shown.append(now)

    def say(self, line: str) -> None:
        raise AssertionError(line)


Done = Callable[[float], int]


def window(now: float, length: float, waiting: int) -> WindowState:
    return WindowState("api", 50, 0, 0, waiting, length - now % length, length, None, True)


def worst(total: int, ends: float, done: Done, length: float = 0.0, step: float = 0.25, looks: int = 0) -> float:
    """Return by how much of the run the time left was wrong, at its worst after a tenth."""
    left, errors, now = TimeLeft(0.0), [0.0], 0.0
    while now < ends:
        now += step
        number = done(now)
        is_held_up = bool(length) and number == done(now - step) and now % length > step
        left.sample(now, number, [window(now, length, 3)] if is_held_up else [], number + looks)
        told = left.seconds(now, total)
        if now > ends / 10 + 2 * step and now < ends:
            errors.append(math.inf if told is None else abs(told - (ends - now)) / ends)
    return max(errors)


@pytest.mark.parametrize("total", [90, 120, 150, 600, 1000, 5000])
@pytest.mark.parametrize("first", [50, 41])  # what looking before the first edit took of the first window
def test_a_run_in_windows(total: int, first: int) -> None:
    def done(now: float) -> int:
        opened, since = divmod(max(now, 0.0), 10.0)
        before = int(opened) * 50 - (50 - first) if opened else 0
        here = 50 if opened else first
        return min(total, before + min(here, int(since * 40)))

    ends = next(now / 4 for now in range(100_000) if done(now / 4) == total)
    assert worst(total, ends, done, 10.0) < 0.1


@pytest.mark.parametrize("seconds", [20.0, 300.0])
def test_a_steady_run(seconds: float) -> None:
    assert worst(1000, seconds, lambda now: min(1000, int(now / seconds * 1000))) < 0.1


def test_a_run_that_finds_its_speed_at_the_beginning() -> None:
    def done(now: float) -> int:
        return min(10_000, int(20 * now) if now < 4 else int(80 + 100 * (now - 4)))

    assert worst(10_000, 4 + 99.2, done) < 0.1


def test_what_else_the_run_sent_in_its_first_window_is_no_measure_of_the_next() -> None:
    left = TimeLeft(0.0)
    left.sample(1.0, 10, [window(1.0, 10.0, 3)], requests=50)
    assert left.seconds(1.0, 50) == pytest.approx(9 + 10 * 3, abs=1.0)
    left = TimeLeft(0.0)
    left.sample(1.0, 10, [window(1.0, 10.0, 3)], requests=10)  # another program has sent the rest
    assert left.seconds(1.0, 50) == pytest.approx(9, abs=1.0)


def test_who_waits_for_a_window_of_unknown_length_cannot_tell() -> None:
    left = TimeLeft(0.0)
    left.sample(3.0, 11, [replace(window(3.0, 10.0, 3), length=None)])
    assert left.seconds(4.0, 150) is None
    left.sample(13.0, 61, [window(13.0, 10.0, 3)])
    assert left.seconds(13.0, 150) == pytest.approx(
        7 + 10 + 3 * 39 / 50
    )  # the last 39 take what the last window took


def test_slots_that_are_waited_for_are_no_window() -> None:
    left = TimeLeft(0.0)
    for now in (1.0, 2.0, 3.0, 4.0):
        left.sample(now, int(10 * now), [replace(window(now, 10.0, 3), remaining=20, closed=False)])
    assert left.seconds(4.0, 100) == pytest.approx(6.0)


def test_what_is_sent_counts_where_files_take_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now, shown = [100.0], list[Now]()
    monkeypatch.setattr("aiopeertube.cli.progress.time", Clock(now))
    shows = Showing(shown)
    run = Progress(shows, 2)
    run.weigh(3_000_000)
    for _ in range(4):
        now[0] += 1.0
        run.sent(250_000)
    run.show()
    run.weigh(-1_000_000)
    run.advance()
    run.show()
    assert [one.state for one in shown] == ["1 of 3 MB, 0.2 MB/s", "1 of 2 MB, 0.2 MB/s"]
    assert [one.left for one in shown] == pytest.approx([8.0, 4.0])


def test_nothing_is_told_before_anything_is_known() -> None:
    left = TimeLeft(0.0)
    assert left.seconds(5.0, 100) is None
    left.sample(1.0, 3)
    assert left.seconds(1.5, 100) is None
    assert left.seconds(3.0, 3) == 0.0


def test_memory_does_not_grow_with_a_run() -> None:
    left = TimeLeft(0.0)
    for number in range(1, 100_000):
        left.sample(number / 10, number)
    assert len(left._samples) <= 400
    assert left.seconds(10_000.0, 200_000) == pytest.approx(10_000, rel=0.02)
