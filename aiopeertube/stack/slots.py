"""The number of requests in flight in one lane: a fixed one, or what a controller makes of it. No I/O, no clock."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from .controller import LEVELS, START, START_READING, Controller
from .verdicts import Load

Changed = Callable[[str, int, int, str], None]  # lane, number before, number now, reason
UNBOUNDED: Final = 1 << 30
TRANSFERS: Final = 4  # files under way at once: they share the line, and more only make each of them slower


@dataclass(frozen=True, slots=True)
class ConcurrencyState:
    """One lane: `limit` requests may run, `in_flight` do, `waiting` would; `goodput` is per second by level."""

    kind: str
    limit: int
    in_flight: int
    waiting: int
    goodput: dict[int, float]


class Slots:
    """Places for the requests of one lane. `changed` hears the number before, the number now, and the reason."""

    __slots__ = ("_changed", "_controller", "in_flight", "kind", "limit")

    def __init__(self, kind: str, limit: int, controller: Controller | None, changed: Changed) -> None:
        self.kind = kind
        self.limit = limit
        self.in_flight = 0
        self._controller = controller
        self._changed = changed

    @classmethod
    def make(cls, kind: str, fixed: int | None, maximum: int, changed: Changed) -> "Slots":
        """Make the slots of a lane: a `fixed` number, or one found while running, up to `maximum`."""
        if kind == "token":
            return cls(kind, UNBOUNDED, None, changed)
        if fixed is not None or kind == "transfer":
            return cls(kind, fixed or min(TRANSFERS, maximum), None, changed)
        start = START_READING if kind == "read" else START
        controller = Controller(maximum=maximum, index=LEVELS.index(start))
        return cls(kind, controller.limit, controller, changed)

    def leave(self, seconds: float, load: Load, *, saturated: bool) -> None:
        """Give a slot back that was held for `seconds`."""
        self.in_flight -= 1
        controller = self._controller
        if controller is None or load is Load.NOTHING:
            return
        controller.answered(seconds, error=load is Load.OVERLOADED, saturated=saturated)
        if controller.limit != self.limit:
            before, self.limit = self.limit, controller.limit
            self._changed(self.kind, before, self.limit, controller.reason)

    def forget_errors(self) -> None:
        """Forget errors that an outage explains: they were not the number's fault."""
        if self._controller is not None:
            self._controller.forget_errors()

    def state(self, waiting: int) -> ConcurrencyState:
        """Return a snapshot."""
        goodput = {} if self._controller is None else self._controller.goodput()
        return ConcurrencyState(self.kind, self.limit, self.in_flight, waiting, goodput)
