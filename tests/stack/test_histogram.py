"""Latencies in a histogram of fixed size."""

import random
from collections.abc import Iterable

import pytest

from aiopeertube.stack.histogram import Histogram


def exact(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    rank = max(1, -int(-share * len(ordered) // 1))  # the ceiling
    return ordered[rank - 1]


DISTRIBUTIONS = {
    "uniform": lambda draw: draw.uniform(0.001, 2.0),
    "exponential": lambda draw: 0.001 + draw.expovariate(5.0),
    "lognormal": lambda draw: min(100.0, max(0.001, draw.lognormvariate(-3, 1.5))),
    "two humps": lambda draw: draw.gauss(0.05, 0.002) if draw.random() < 0.8 else draw.gauss(3.0, 0.1),
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [1, 2, 10, 3000])
def test_percentiles_are_within_five_percent(name: str, seed: int, count: int) -> None:
    draw = random.Random(f"{name} {seed}")
    values = [DISTRIBUTIONS[name](draw) for _ in range(count)]
    histogram = Histogram()
    for value in values:
        histogram.add(value)
    for share in (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0):
        assert histogram.percentile(share) == pytest.approx(exact(values, share), rel=0.05)


def test_percentiles_never_fall() -> None:
    draw = random.Random(3)
    histogram = Histogram()
    for _ in range(500):
        histogram.add(draw.expovariate(1.0))
    found = [value for n in range(101) if (value := histogram.percentile(n / 100)) is not None]
    assert len(found) == 101
    assert found == sorted(found)


def test_nothing_counted_has_no_percentiles() -> None:
    assert Histogram().percentile(0.5) is None


@pytest.mark.parametrize("seconds", [0.0, -1.0, 1e-9, 1e-4])
def test_very_fast_answers_count_as_the_fastest(seconds: float) -> None:
    histogram = Histogram()
    histogram.add(seconds)
    assert histogram.count == 1
    assert histogram.percentile(0.5) == pytest.approx(1e-4, rel=0.05)


def test_very_slow_answers_count_as_the_slowest() -> None:
    histogram = Histogram()
    histogram.add(1e9)
    assert histogram.percentile(0.5) == pytest.approx(200, rel=0.1)


def test_memory_does_not_grow() -> None:
    histogram = Histogram()
    before = len(histogram._counts)
    for n in range(10_000):
        histogram.add(n / 50)
    assert len(histogram._counts) == before
    assert sum(histogram._counts) == histogram.count == 10_000
