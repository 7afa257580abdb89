"""What is to be done at one instance, from wherever it is visited."""

from collections.abc import Callable
from dataclasses import dataclass

from .page_log import Keeping, PageLog
from .visit import Deliver, Job


def _nobody(origin: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Trip:
    """One visit: to which instance, what is asked there, and where its pages go.

    Attributes:
        origin: The instance.
        job: What is asked.
        deliver: Takes the pages.
        keeping: Where its journal is; None: nothing is kept.
        replay: Whether pages that are kept already are delivered, too.
        knows: Tells, where the instance calls itself by another name, whether it is visited by that.
        accepted: Another name of it, by which nobody visits it.
    """

    origin: str
    job: Job
    deliver: Deliver
    keeping: Keeping | None = None
    replay: bool = False
    knows: Callable[[str], bool] = _nobody
    accepted: str = ""

    def log(self) -> PageLog | None:
        """Return the journal of the instance."""
        return None if self.keeping is None else self.keeping.log(self.origin, self.accepted)
