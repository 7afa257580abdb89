"""The layer over the admission: which lane a request waits in, and what the end of its attempt tells."""

import logging
from collections.abc import Callable, Hashable
from functools import partial
from typing import Final

from aiopeertube import errors
from aiopeertube.events import ConcurrencyChanged, HealthChanged, Hooks, RateLimitWaiting
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.messages import API, Request, Response

from . import Transport
from .admission import Admission
from .buckets import Kind, buckets_of, kind_of
from .cap import Cap
from .health import Health
from .lanes import Caller, Lane, Permit
from .origins import join, leave
from .slots import Slots
from .states import ConcurrencyState, HealthState, WindowState
from .verdicts import UNSENT, Told, of_answer, of_error
from .window import Window

log = logging.getLogger("aiopeertube.admission")

# A read that the server answers with its database, and that shows nothing; no token goes with it.
_PROBE: Final = f"{API}/videos?start=0&count=0"
_LANES: Final = ("read", "write", "transfer", "token")
_FOREIGN: Final = 16  # origins that redirects led to
_LONG: Final = 15.0  # seconds: who waits for longer is told in the log


class Gates:
    """A client's part of the admission: its lanes, its limits, and whether its user is exempt from the windows.

    `fixed` is the number in flight for reads and for writes; None finds it while running, up to `maximum`. `patience`
    is in seconds, `cap` the user's own limit, `pool` what asks whether the server is there, and `way` says how an
    origin is reached: clients that go different ways share nothing.
    """

    def __init__(
        self,
        origin: str,
        pool: Transport,
        *,
        clock: Callable[[], float],
        hooks: Hooks,
        patience: float,
        fixed: int | None = None,
        maximum: int = 64,
        cap: Cap | None = None,
        way: Callable[[str], Hashable] = lambda origin: None,
    ) -> None:
        self.clock = clock
        self.cap = cap
        self.hooks = hooks
        self.user = Caller()
        self.home = join(origin, way(origin), patience)
        self.waits = self.refused = 0
        self.waited = 0.0
        self.closed: errors.PeerTubeError | None = None
        self._anonymous = Caller(exempt=False)
        self._pool = pool
        self._patience = patience
        self._way = way
        self._make_slots = partial(Slots.make, fixed=fixed, maximum=maximum, changed=self._changed)
        self._slots = {kind: self._make_slots(kind) for kind in _LANES}
        self._lanes: dict[tuple[str, str, tuple[str, ...], bool], Lane] = {}
        self._foreign: dict[str, Admission] = {}
        self.home.askers.append(self._ask)
        self.home.listeners.append(self._heard)

    def lane(self, request: Request, kind: str) -> Lane:
        """Return the lane in which a request waits."""
        key = (request.origin, kind, buckets_of(request.method, request.path), request.authenticate)
        return self._lanes.get(key) or self._add(*key)

    def admission(self, origin: str) -> Admission:
        """Return the admission to an origin: ours, or one that a redirect led to."""
        if origin == self.home.origin:
            return self.home
        if origin not in self._foreign:
            if len(self._foreign) >= _FOREIGN:
                self._leave(self._foreign.popitem()[1], errors.ConnectionLost("redirects lead to too many places"))
            self._foreign[origin] = join(origin, self._way(origin), self._patience)
        return self._foreign[origin]

    def close(self, error: errors.PeerTubeError) -> None:
        """Leave every queue; whoever waits in one, or comes yet, gets `error`."""
        self.closed = error
        if self.cap is not None:
            self.cap.close(error)
        self.home.askers.remove(self._ask)
        self.home.listeners.remove(self._heard)
        for admission in (self.home, *self._foreign.values()):
            self._leave(admission, error)

    def windows(self) -> tuple[WindowState, ...]:
        """Return what is known of every window of the server."""
        now, known = self.clock(), self.home.windows.values()
        return tuple(window.state(now, self._waiting_for(window, now)) for window in known)

    def lanes(self) -> tuple[ConcurrencyState, ...]:
        """Return the state of the lanes: read, write, transfer."""
        states = (self._slots[kind] for kind in _LANES if kind != "token")
        return tuple(slots.state(self._waiting_in(slots)) for slots in states)

    def health(self) -> tuple[HealthState, ...]:
        """Return how the server is, service by service."""
        now, origin = self.clock(), self.home.origin
        healths = self.home.healths.items()
        return tuple(health.describe(origin, name, now, self._patience) for name, health in healths)

    # -- inside ----------------------------------------------------------------------------------

    def _add(self, origin: str, kind: str, buckets: tuple[str, ...], signed: bool) -> Lane:
        service = None if origin != self.home.origin else "token" if kind == "token" else "api"
        caller = self.user if signed else self._anonymous
        # What a place that a redirect led to can carry is its own affair; and its answers wake nobody who waits here.
        slots = self._slots[kind] if origin == self.home.origin else self._make_slots(kind)
        make = partial(Lane, slots=slots, caller=caller, patience=self._patience, announce=self._announce)
        lane = self.admission(origin).lane(buckets, service, make)
        self._lanes[origin, kind, buckets, signed] = lane
        return lane

    def _leave(self, admission: Admission, error: errors.PeerTubeError) -> None:
        ours = {key: lane for key, lane in self._lanes.items() if key[0] == admission.origin}
        for key in ours:
            del self._lanes[key]
        leave(admission, self._way(admission.origin), list(ours.values()), error)

    def _waiting_for(self, window: Window, now: float) -> int:
        return sum(lane.waiting_for(window, now) for lane in self.home.lanes if window in lane.windows)

    def _waiting_in(self, slots: Slots) -> int:
        return sum(lane.waiting() for lane in self._lanes.values() if lane.slots is slots)

    async def _ask(self) -> Told:
        """Ask whether the server is there."""
        request = Request("GET", self.home.origin, _PROBE, decode=nothing, authenticate=False)
        try:
            return of_answer(await self._pool.handle(request))
        except errors.PeerTubeError as exc:
            return of_error(exc, sent=True)

    def _changed(self, kind: str, before: int, now: int, reason: str) -> None:
        if self.hooks.wants(ConcurrencyChanged):
            self.hooks.emit(ConcurrencyChanged(kind, before, now, reason))

    def _announce(self, window: Window, seconds: float) -> None:
        asked = window.asked_for if window.refused_since is not None else None
        if seconds > _LONG:
            why = f", it asked for {asked:.0f} s" if asked else ""
            why += ", so this gives up then" if asked and asked > seconds + _LONG else ""
            log.warning("waiting %.0f s for the rate limit of %s (%s)%s", seconds, self.home.origin, window.name, why)
        if self.hooks.wants(RateLimitWaiting):
            self.hooks.emit(RateLimitWaiting(window.name, seconds, asked))

    def _heard(self, service: str, health: Health, now: float) -> None:
        state = health.describe(self.home.origin, service, now, self._patience)
        log.info("%s (%s) is %s %s", state.origin, state.service, state.state, state.reason)
        if self.hooks.wants(HealthChanged):
            told = (state.origin, state.service, state.state, state.reason, state.next_try_in, state.gives_up_in)
            self.hooks.emit(HealthChanged(*told))


class Admit:
    """Lets a request pass when the admission does. `kind` names the lane; None: it follows from the request."""

    def __init__(self, following: Transport, gates: Gates, kind: Kind | None = None) -> None:
        self._next = following
        self._gates = gates
        self._kind = kind

    async def handle(self, request: Request) -> Response:
        """Wait until `request` may go, and pass it on."""
        gates = self._gates
        lane = gates.lane(request, self._kind or kind_of(request))
        admission = gates.admission(request.origin)
        permit = admission.at_once(lane) or await self._waited(request, admission, lane)
        while gates.cap is not None and gates.closed is None and not await gates.cap.take():
            admission.end(permit, UNSENT)  # nothing is held while it waits for the user's own limit
            await gates.cap.wait()
            permit = admission.at_once(lane) or await self._waited(request, admission, lane)
        if gates.closed is not None:
            admission.end(permit, UNSENT)
            raise errors.again(gates.closed)
        before = request.attempts
        try:
            response = await self._next.handle(request)
        except BaseException as exc:
            admission.end(permit, of_error(exc, sent=request.attempts > before), id(request))
            raise
        told = of_answer(response)
        if told.figures is not None or told.status == 429:
            self._learn(told, lane.caller if request.authenticate else None)
        admission.end(permit, told, id(request))
        return response

    def _learn(self, told: Told, caller: Caller | None) -> None:
        """Learn whether the user is exempt: a 2xx that says "wait" means it, a 429 with figures the opposite."""
        if told.status == 429:
            self._gates.refused += 1
        if caller is None or told.figures is None:
            return
        if told.status == 429:
            caller.exempt = False
        elif told.figures.retry_after is not None and told.status < 400:
            caller.exempt = True

    async def _waited(self, request: Request, admission: Admission, lane: Lane) -> Permit:
        gates = self._gates
        began = gates.clock()
        request.since = request.since or began
        gates.waits += 1
        try:
            return await admission.wait(lane, request.since)
        finally:
            gates.waited += gates.clock() - began

    def __repr__(self) -> str:
        return f"<Admit to {self._gates.home!r}>"
