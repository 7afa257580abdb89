"""The plan as a page to read and to sign: one HTML file that needs a browser and nothing else."""

from .pictures import Pictures
from .summary import PlanSum, Summary
from .writing import write

__all__ = ["Pictures", "PlanSum", "Summary", "write"]
