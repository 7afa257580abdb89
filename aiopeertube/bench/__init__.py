"""Private: measures how much an instance takes, for `aiopeertube bench`."""

from .chart import chart
from .levels import Level, best_of, measured, search
from .measurement import Measurement, bench
from .renames import Edits
from .titles import Titles

__all__ = ["Edits", "Level", "Measurement", "Titles", "bench", "best_of", "chart", "measured", "search"]
