"""What became of a job, from its journal alone: facts for programs, and a page to look at."""

from .facts import Failures, RollBack
from .reporting import Report, report

__all__ = ["Failures", "Report", "RollBack", "report"]
