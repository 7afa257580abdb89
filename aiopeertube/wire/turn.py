"""Private: an item's turn in a bulk run, as far as the layers of the stack have to know: what it waits for.

What waits for the server can be ended at any moment, for nothing of it is under way; what is under way comes to its
end, and then waits for nothing more. A wait is ended through the future that it waits for, which is done only once:
so a request that was let go in the same moment has left, and one that was ended has not.
"""

import asyncio
from contextvars import ContextVar
from typing import Any, Final, TypeVar

T = TypeVar("T")


class Stopped(Exception):
    """The run that a call belongs to has stopped; nothing more is sent."""


class Turn:
    """One item's turn: the futures that it waits for, and whether it is to end.

    `acted` says that a request sent for it wrote something, or may have: a sender may send several for one item.
    """

    __slots__ = ("_waits", "acted", "stopping")

    def __init__(self) -> None:
        self.stopping = self.acted = False
        self._waits: set[asyncio.Future[Any]] = set()

    def stop(self) -> None:
        """End what waits, and let nothing begin to wait any more."""
        self.stopping = True
        for future in tuple(self._waits):
            if not future.done():
                future.set_exception(Stopped())


TURN: Final[ContextVar[Turn | None]] = ContextVar("turn", default=None)


def acted(*, really: bool = True) -> None:
    """Note that the item whose turn it is has written something; `really` False: that nothing is left of it."""
    turn = TURN.get()
    if turn is not None:
        turn.acted = really


async def waited(future: "asyncio.Future[T]") -> T:
    """Wait for `future`, for as long as the item that waits has its turn.

    Raises:
        Stopped: its run has stopped.
    """
    turn = TURN.get()
    if turn is None:
        return await future
    if turn.stopping and not future.done():
        future.set_exception(Stopped())
    turn._waits.add(future)  # noqa: SLF001 - this is its other half
    try:
        return await future
    finally:
        turn._waits.discard(future)  # noqa: SLF001
