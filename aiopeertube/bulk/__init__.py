"""Bulk runs: many calls, bounded memory, an outcome for each."""

from .engine import BulkRun
from .outcome import BulkStatistics, Halt, Outcome

__all__ = ["BulkRun", "BulkStatistics", "Halt", "Outcome"]
