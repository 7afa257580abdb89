"""May this request go now? One queue per lane and one timer for an origin; three models without I/O say yes or no.

A request goes when its lane has a slot, its windows a place, and the server is there; until then it waits here and
holds nothing. `_pass` is the only place that lets waiters go: it reads the clock once, takes the oldest that may go,
whatever its lane, and arms the timer for the moment at which a model wants to be asked again. So after each pass the
queues are empty, or the timer is armed, or something is in flight that has a deadline.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from aiopeertube.errors import PeerTubeError, again
from aiopeertube.wire.turn import TURN, waited

from .health import Health
from .lanes import SERVICES, Lane, Permit, Waiter
from .outages import given_up
from .span import NEVER
from .verdicts import UNSENT, Load, Told, Verdict
from .window import Window

log = logging.getLogger("aiopeertube.admission")

_TICK: Final = 0.001  # seconds: a timer never fires twice for one moment
_PROBE_SECONDS: Final = 5.0  # that a probe may take

Probe = Callable[[], Awaitable[Told]]
Listener = Callable[[str, Health, float], None]  # hears of a service whose state changed, and when


class Admission:
    """All windows, healths and queues of one origin. `clock` is the event loop's; `patience` is in seconds."""

    def __init__(self, origin: str, clock: Callable[[], float], *, patience: float) -> None:
        self.origin = origin
        self.clients = 0
        self.windows: dict[str, Window] = {}
        self.healths = {name: Health(probes=name == "api") for name in SERVICES}
        self.lanes: list[Lane] = []
        self.askers: list[Probe] = []  # how the clients that are open ask whether the server is there; any will do
        self.listeners: list[Listener] = []
        self._clock = clock
        self._patience = patience
        self._numbers = self._waiting = 0
        self._uneasy = False  # something is refused or away
        self._timer: asyncio.TimerHandle | None = None
        self._probe: asyncio.Task[None] | None = None
        self._heard: dict[str, str] = {}

    def lane(self, buckets: tuple[str, ...], service: str | None, make: Callable[..., Lane]) -> Lane:
        """Add a lane; windows of the same name are the same. Without a service nothing is concluded from failures."""
        windows = tuple(self.windows.setdefault(name, Window(name, self._patience)) for name in buckets)
        lane = make(windows, Health(watched=False) if service is None else self.healths[service])
        self.lanes.append(lane)
        return lane

    # -- coming and going ------------------------------------------------------------------------

    def at_once(self, lane: Lane) -> Permit | None:
        """Let a request go that need not wait: the path of nearly all of them."""
        return None if lane.queue or not lane.may_go(now := self._clock()) else Permit(lane, now)

    async def wait(self, lane: Lane, since: float) -> Permit:
        """Wait until a request may go, whose call came at `since`.

        Raises:
            ServerAway, RateLimited: the server was away, or refused, for longer than patience.
        """
        if self._uneasy:
            self._attend(self._clock())
        if lane.lapsed is not None and since < lane.lapsed[0]:
            raise again(lane.lapsed[1])  # as those that waited here
        self._numbers += 1
        waiter = Waiter(self._numbers, asyncio.get_running_loop().create_future())
        is_first = not lane.queue
        lane.queue.append(waiter)
        self._waiting += 1
        if is_first or self._uneasy:
            self._pass()  # else those before it are waited for already
        try:
            return await waited(waiter.future)
        except BaseException:
            self._withdraw(waiter)
            raise

    def _withdraw(self, waiter: Waiter) -> None:
        """Leave no trace of a waiter that was ended; what it was granted goes on to the next in the same step."""
        if not waiter.called:
            self._waiting -= 1  # it stays in the queue until its turn comes, and is passed over then
            self._pass()
        elif waiter.future.exception() is None:
            self.end(waiter.future.result(), UNSENT)

    def end(self, permit: Permit, told: Told, whose: int = 0) -> None:
        """Take a permit back, with what the attempt told; `whose` tells requests apart."""
        now, lane = self._clock(), permit.lane
        self._end_places(permit, told, now)
        load = told.load if lane.health.state == "up" else Load.NOTHING
        lane.slots.leave(now - permit.sent, load, saturated=load is not Load.NOTHING and lane.is_saturated(now))
        lane.health.end(permit.generation, told, now, whose)
        if told.verdict is not Verdict.PRESENT or told.status == 429:
            self._uneasy = True
        if self._waiting or self._uneasy:
            self._pass()

    def _end_places(self, permit: Permit, told: Told, now: float) -> None:
        windows = permit.lane.windows
        named = 0
        if len(windows) > 1 and told.status == 429 and told.figures and told.figures.limit == windows[1].limit:
            named = 1  # the API's window is asked first; a refusal that shows its figures never reached the other
        for index, place in enumerate(permit.places):
            window = windows[index]
            if not told.sent:
                window.unsent(place)
            elif not told.status or (told.figures is None and told.verdict is not Verdict.PRESENT):
                window.lost(place)  # a proxy's words tell nothing of the window
            elif index != named:
                window.lost(place, now) if told.status == 429 else window.counted(place, now)
            elif told.status == 429:
                window.refused(place, now, told.figures, told.retry_after)
            else:
                window.answered(place, now, told.figures)

    # -- letting go ------------------------------------------------------------------------------

    def _pass(self, moment: float = 0.0) -> None:
        now = max(self._clock(), moment)
        if self._uneasy:
            self._attend(now)
        while (lane := self._next(now)) is not None:
            waiter = lane.queue.popleft()
            self._call(waiter)
            waiter.future.set_result(Permit(lane, now))
        if self._waiting:
            self._arm(now)

    def _next(self, now: float) -> Lane | None:
        """Return the lane whose first waiter may go, and is the oldest of those."""
        found: Lane | None = None
        for lane in self.lanes:
            first = lane.first() if lane.queue else None
            if first is not None and (found is None or first.number < found.queue[0].number) and lane.may_go(now):
                found = lane
        return found

    def _arm(self, now: float) -> None:
        moment, timer = NEVER, self._timer
        for lane in self.lanes:
            if lane.queue:
                moment = min(moment, lane.next_moment(now))
                if self._uneasy:
                    moment = min(moment, lane.health.next_moment(now), lane.gives_up_at())
        if moment == NEVER or (timer is not None and timer.when() <= moment):
            return  # a timer that fires too early only asks once more
        if timer is not None:
            timer.cancel()
        for lane in self.lanes:
            lane.announce(now)
        moment = max(moment, now + _TICK)
        self._timer = asyncio.get_running_loop().call_at(moment, self._fire, moment)

    def _fire(self, moment: float) -> None:
        self._timer = None
        self._pass(moment)

    # -- trouble ---------------------------------------------------------------------------------

    def _attend(self, now: float) -> None:
        """Look after what is refused or away: the end of patience, probes, and those who watch."""
        # All are asked before the first is told: a lapse ends what lanes that share a window see of it.
        lapses = [
            (lane, *over, given_up(self.origin, self.healths, over[0], now))
            for lane in self.lanes
            if (over := lane.impatient(now))
        ]
        for lane, model, moment, error in lapses:
            # Whoever calls later asks anew. Where nobody waited, patience was over long ago, and "later" is now.
            lane.lapsed, lane.patient_since = (moment, error), now
            model.lapse()
            self.fail(lane, error)
        for name, health in self.healths.items():
            if self._heard.get(name, "up") != health.state:
                self._heard[name] = health.state
                for listener in self.listeners:
                    listener(name, health, now)
        self._probe_if_due(now)
        calm = all(health.is_up() for health in self.healths.values())
        self._uneasy = not calm or any(window.refused_since is not None for window in self.windows.values())

    def fail(self, lane: Lane, error: PeerTubeError) -> None:
        """Give `error` to all who wait in a lane."""
        waiters, lane.queue = lane.queue, deque()
        for waiter in waiters:
            if not waiter.future.done():
                self._call(waiter)
                waiter.future.set_exception(again(error))

    def _call(self, waiter: Waiter) -> None:
        """Call one who waits: it hears from its future."""
        waiter.called = True
        self._waiting -= 1

    def unsettled(self, service: str, moment: float) -> bool:
        """Tell whether it is yet to be seen if a failure was the server's, and see to it that it is."""
        now, health = self._clock(), self.healths[service]
        health.suspect(moment, now)
        self._probe_if_due(now, waited_for=True)
        return health.is_unsettled(moment, now)

    def _probe_if_due(self, now: float, *, waited_for: bool = False) -> None:
        health = self.healths["api"]
        waited_for = waited_for or any(lane.queue for lane in self.lanes if lane.health is health)
        if waited_for and self.askers and self._probe is None and health.wants_probe(now):
            self._probe = asyncio.get_running_loop().create_task(self._ask(health, self.askers[-1]))

    async def _ask(self, health: Health, ask: Probe) -> None:
        TURN.set(None)  # it is everybody's, and does not end with the item that began it
        told = Told(Verdict.ABSENT, reason=health.reason or "no answer to a probe")
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                told = await ask()
        except TimeoutError:
            pass
        except Exception:
            log.debug("the probe of %s raised", self.origin, exc_info=True)
            told = Told(Verdict.PRESENT)
        finally:
            self._probe = None
        if ask in self.askers:  # else its client was closed meanwhile, and another one will ask
            health.probed(told, self._clock())
        if told.verdict is not Verdict.PRESENT:
            for lane in self.lanes:
                lane.slots.forget_errors()
        self._uneasy = True
        self._pass()

    def close(self) -> None:
        """Stop the timer and the probe: nobody waits any more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._probe is not None:
            self._probe.cancel()

    def __repr__(self) -> str:
        states = ", ".join(f"{name} {health.state}" for name, health in self.healths.items())
        return f"<Admission to {self.origin}, {self._waiting} waiting, {states}>"
