"""An item's turn in a bulk run, as far as the layers of the stack have to know of it: whether it is to stop.

What waits for the server may be ended at any moment, for nothing of it is under way; what is under way comes to its
end, and then waits for nothing more.
"""

from contextvars import ContextVar
from typing import Final


class Stopped(Exception):
    """The run that a call belongs to has stopped; nothing more is sent."""


class Turn:
    """`waits` is above zero while it waits for something that may be given up at once."""

    __slots__ = ("stopping", "waits")

    def __init__(self) -> None:
        self.stopping = False
        self.waits = 0

    def begin_wait(self) -> None:
        """Note that a wait begins.

        Raises:
            Stopped: it must not.
        """
        if self.stopping:
            raise Stopped
        self.waits += 1

    def end_wait(self) -> None:
        """Note that a wait is over."""
        self.waits -= 1


TURN: Final[ContextVar[Turn | None]] = ContextVar("turn", default=None)
