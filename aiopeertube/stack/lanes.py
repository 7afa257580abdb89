"""Lanes: requests that wait for the same things, what one of them holds while it is under way, and who asks."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from aiopeertube.errors import PeerTubeError

from .health import Health
from .place import Place
from .slots import Slots
from .span import NEVER
from .window import Window

SERVICES: Final = ("api", "token")
Announce = Callable[[Window, float], None]  # hears of a window that is waited for, and of the seconds


class Caller:
    """Who asks. Administrators and moderators pass the limit while its headers say the opposite; None: not known."""

    __slots__ = ("exempt",)

    def __init__(self, *, exempt: bool | None = None) -> None:
        self.exempt = exempt


class Waiter:
    """A request in a queue; who came first has the smallest number."""

    __slots__ = ("called", "future", "number")

    def __init__(self, number: int, future: "asyncio.Future[Permit]") -> None:
        self.number = number
        self.future = future
        self.called = False  # by the admission: with a permit or an error


class Lane:
    """Requests that wait for the same things: slots, windows (the first is the one that answers speak of), health.

    `patience` is for how many seconds a server may be away, or refuse, before those who wait here are told.
    """

    __slots__ = (
        "_announce",
        "_announced",
        "caller",
        "health",
        "lapsed",
        "patience",
        "patient_since",
        "queue",
        "slots",
        "windows",
    )

    def __init__(
        self,
        windows: tuple[Window, ...],
        health: Health,
        *,
        slots: Slots,
        caller: Caller,
        patience: float,
        announce: Announce,
    ) -> None:
        self._announce = announce
        self._announced = 0.0  # until when a wait has been told
        self.slots = slots
        self.windows = windows
        self.health = health
        self.caller = caller
        self.patience = patience
        self.lapsed: tuple[float, PeerTubeError] | None = None  # when patience was over, and what was told
        self.patient_since = 0.0  # it counts anew from here
        self.queue: deque[Waiter] = deque()

    def first(self) -> Waiter | None:
        """Return who has waited longest; those that were cancelled are passed over."""
        while self.queue and self.queue[0].future.done():
            self.queue.popleft()
        return self.queue[0] if self.queue else None

    def may_go(self, now: float) -> bool:
        """Ask all three models."""
        slots = self.slots
        return slots.in_flight < slots.limit and self._lacks_nothing_else(now)

    def is_saturated(self, now: float) -> bool:
        """Tell whether nothing but slots is missing, with somebody waiting for one."""
        slots = self.slots
        return bool(self.queue) and slots.in_flight >= slots.limit and self._lacks_nothing_else(now)

    def next_moment(self, now: float) -> float:
        """Return when to ask again if nothing is heard until then; slots come back with answers alone."""
        slots = self.slots
        if slots.in_flight >= slots.limit:
            return NEVER
        moment = now if self.health.may_go(now) else self.health.next_moment(now)
        for window in self.windows:
            if not self._fits(window, now):
                moment = max(moment, self._opens(window, now))
        return moment if moment > now else NEVER

    def impatient(self, now: float) -> tuple[Health | Window, float] | None:
        """Return what there is no use in waiting for any more, and since when there is none."""
        models: tuple[Health | Window, ...] = (self.health, *self.windows)
        for model in models:
            if now >= (moment := model.gives_up_at(self.patience, self.patient_since)):
                return model, moment
        return None

    def gives_up_at(self) -> float:
        """Return when `impatient` is to be asked again."""
        moments = [window.gives_up_at(self.patience, self.patient_since) for window in self.windows]
        return min(self.health.gives_up_at(self.patience, self.patient_since), *moments)

    def announce(self, now: float) -> None:
        """Tell those who watch that requests wait for a window, once for each."""
        if not self.queue or not self.health.is_up() or now < self._announced:
            return
        for window in self.windows:
            if window.is_closed(now) and not self._fits(window, now):
                opens = window.next_moment(now)
                self._announced = opens
                self._announce(window, opens - now)

    def waiting(self) -> int:
        """Count those who wait."""
        return sum(not waiter.future.done() for waiter in self.queue)

    def waiting_for(self, window: Window, now: float) -> int:
        """Count those who wait and need a place in a window: exempt callers need none, unless it holds everybody."""
        return 0 if self.caller.exempt and self._fits(window, now) else self.waiting()

    def _lacks_nothing_else(self, now: float) -> bool:
        health = self.health
        if health.state != "up" and not health.may_go(now):
            return False
        for window in self.windows:  # noqa: SIM110 - a generator costs more than the answer
            if not self._fits(window, now):
                return False
        return True

    def _fits(self, window: Window, now: float) -> bool:
        if self.caller.exempt:
            return not window.holds_everybody(now)
        return window.may_go(now) or (self._asks(window) and window.may_ask(now))

    def _asks(self, window: Window) -> bool:
        """Tell whether one request past zero is to find out who we are: by a 429, or by a 2xx that says "wait"."""
        return self.caller.exempt is None and window.is_spent()

    def _opens(self, window: Window, now: float) -> float:
        opens = window.next_moment(now)
        return min(opens, window.next_to_ask(now)) if self._asks(window) else opens


class Permit:
    """What a request holds while it is under way: a slot, a place in each window, and the health it was sent in."""

    __slots__ = ("generation", "lane", "places", "sent")

    def __init__(self, lane: Lane, now: float) -> None:
        self.lane = lane
        self.sent = now
        windows = lane.windows
        self.places: tuple[Place, ...]
        if len(windows) == 1:  # of nearly every route
            self.places = (windows[0].start(now),)
        else:
            self.places = tuple([window.start(now) for window in windows])
        self.generation = lane.health.start()
        lane.slots.in_flight += 1
