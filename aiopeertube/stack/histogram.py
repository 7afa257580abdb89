"""Latencies in a histogram of fixed size: percentiles to within 5 %, whatever the number of requests."""

import math
from collections.abc import Iterator, Mapping
from typing import Final, Self

_LOWEST: Final = 1e-4  # seconds; faster answers count as this
_PER_OCTAVE: Final = 14  # buckets per doubling: each is 5 % wide
_BUCKETS: Final = 21 * _PER_OCTAVE  # up to about 200 s
_SCALE: Final = _PER_OCTAVE / math.log(2)
_SHIFT: Final = math.log(_LOWEST) * _SCALE
_OCTAVES: Final = (3, 21)  # from 0.8 ms to some 100 s
_USUAL: Final = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


class Histogram:
    """Counts of durations in seconds, by logarithmic bucket."""

    __slots__ = ("_counts", "count", "seconds")

    def __init__(self) -> None:
        self._counts = [0] * _BUCKETS
        self.count = 0
        self.seconds = 0.0

    @classmethod
    def of(cls, counts: Mapping[int, int], seconds: float = 0.0) -> Self:
        """Make one of counts by the numbers of their buckets, as `by_bucket` gives them, and the sum of seconds.

        Raises:
            ValueError: there is no such bucket.
        """
        made = cls()
        for index, count in counts.items():
            if not 0 <= index < _BUCKETS or count < 0:
                raise ValueError(f"no histogram has {count} in bucket {index}")
            made._counts[index] = count
        made.count, made.seconds = sum(made._counts), seconds
        return made

    def add(self, seconds: float) -> None:
        """Count one duration."""
        index = int(math.log(seconds) * _SCALE - _SHIFT) if seconds > _LOWEST else 0
        self._counts[index if index < _BUCKETS else -1] += 1
        self.count += 1
        self.seconds += seconds

    def copy(self) -> "Histogram":
        """Return what it is now, which later durations do not change."""
        made = Histogram()
        made._counts, made.count, made.seconds = self._counts.copy(), self.count, self.seconds
        return made

    def by_bucket(self) -> dict[int, int]:
        """Return the counts of the buckets that are not empty, by their numbers."""
        return {index: count for index, count in enumerate(self._counts) if count}

    def cumulated(self) -> Iterator[tuple[float, int]]:
        """Give bounds in seconds, each twice the one before, with how many durations were below."""
        for octave in range(*_OCTAVES):
            yield _LOWEST * 2**octave, sum(self._counts[: octave * _PER_OCTAVE])

    def percentile(self, share: float) -> float | None:
        """Return the seconds below which `share` (0 to 1) of the durations lie; None without any."""
        rank, seen = share * self.count, 0
        for index, count in enumerate(self._counts):
            seen += count
            if count and seen >= rank:
                return math.exp((index + 0.5 + _SHIFT) / _SCALE)
        return None

    def percentiles(self) -> dict[str, float]:
        """Return "p50", "p90" and "p99" in seconds; nothing before the first duration."""
        return {name: seconds for name, seconds in self._percentiles() if seconds is not None}

    def _percentiles(self) -> Iterator[tuple[str, float | None]]:
        return ((name, self.percentile(share)) for name, share in _USUAL.items())

    def __add__(self, other: "Histogram") -> "Histogram":
        made = Histogram()
        made._counts = [one + two for one, two in zip(self._counts, other._counts, strict=True)]
        made.count, made.seconds = self.count + other.count, self.seconds + other.seconds
        return made

    def __sub__(self, other: "Histogram") -> "Histogram":
        """Return what was counted since an earlier copy of it."""
        made = Histogram()
        made._counts = [now - then for now, then in zip(self._counts, other._counts, strict=True)]
        made.count, made.seconds = self.count - other.count, self.seconds - other.seconds
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Histogram) and self._counts == other._counts

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __repr__(self) -> str:
        return f"<Histogram of {self.count:,}, {self.seconds:.3f} s>"
