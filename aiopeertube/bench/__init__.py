"""Private: measures how much an instance takes, for `aiopeertube bench`."""

from .chart import chart
from .edits import Edits
from .levels import Level, best_of, measured, search
from .running import Measurement, bench

__all__ = ["Edits", "Level", "Measurement", "bench", "best_of", "chart", "measured", "search"]
