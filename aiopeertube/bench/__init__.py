"""Private: measures how much an instance takes, for `aiopeertube bench`."""

from .chart import chart
from .levels import Level, best_of, measured, search
from .measurement import Measurement, bench
from .renames import Edits

__all__ = ["Edits", "Level", "Measurement", "bench", "best_of", "chart", "measured", "search"]
