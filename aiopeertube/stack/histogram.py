"""Latencies in a histogram of fixed size: percentiles to within 5 %, whatever the number of requests."""

import math
from typing import Final

_LOWEST: Final = 1e-4  # seconds; faster answers count as this
_PER_OCTAVE: Final = 14  # buckets per doubling: each is 5 % wide
_BUCKETS: Final = 21 * _PER_OCTAVE  # up to about 200 s
_SCALE: Final = _PER_OCTAVE / math.log(2)
_SHIFT: Final = math.log(_LOWEST) * _SCALE


class Histogram:
    """Counts of durations in seconds, by logarithmic bucket."""

    __slots__ = ("_counts", "count")

    def __init__(self) -> None:
        self._counts = [0] * _BUCKETS
        self.count = 0

    def add(self, seconds: float) -> None:
        """Count one duration."""
        index = int(math.log(seconds) * _SCALE - _SHIFT) if seconds > _LOWEST else 0
        self._counts[index if index < _BUCKETS else -1] += 1
        self.count += 1

    def percentile(self, share: float) -> float | None:
        """Return the seconds below which `share` (0 to 1) of the durations lie; None without any."""
        rank, seen = share * self.count, 0
        for index, count in enumerate(self._counts):
            seen += count
            if count and seen >= rank:
                return math.exp((index + 0.5 + _SHIFT) / _SCALE)
        return None
