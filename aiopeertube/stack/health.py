"""Is the server there at all? Up, suspected, away, opening. No I/O and no clock: moments come in.

Failures in a row that more than one request meets make a suspicion, and a probe settles it: a safe read of our own.
If the probe gets an answer the failures were the requests' own, and count as their attempts. If it does not, the
server is away: nobody is sent, one probe follows another at growing intervals, and what failed since the first
failure was nobody's attempt. Then it opens gently. Its own name for a server that is there and fails at everything,
as while its database restarts, is "failing".

Where the request itself is the only thing that can tell (`probes` False: the token endpoint), it goes as the probe.
Of other origins, where a redirect led, nothing is concluded (`watched` False).
"""

from collections import deque
from typing import Final

from .span import NEVER
from .states import HealthState, State
from .verdicts import Told, Verdict

_IN_A_ROW: Final = 3  # failures that make a suspicion
_SPAN: Final = 0.1  # seconds over which they must be spread: a burst that bounces off a busy proxy is none
_SOON: Final = 0.25  # seconds in which a failure that is not alone becomes a suspicion
_PROBES: Final = (0.25, 2.0)  # seconds from one probe to the next, at first and at most ...
_AS_PROBES: Final = 5.0  # the most where requests are the probes: logins are few
_LATE: Final = 0.25  # ... and between, of the time that it has been away: so much later than possible it is found
# Seconds between two suspicions that come to nothing, likewise; fewer than it takes to use up a request's attempts.
_RESPITES: Final = (0.5, 2.0)
_BELIEVED: Final = 60.0  # seconds of a 503's Retry-After
_OPEN: Final = 64  # answers wanted at once before the gate counts as open
_KEPT: Final = 1024  # outages remembered, to forgive what failed in them


class Health:
    """The health of one service."""

    def __init__(self, *, probes: bool = True, watched: bool = True) -> None:
        self.state: State = "up"
        self.reason = ""
        self.failing = False  # it answers, with 500
        self.since: float | None = None  # the first failure that no answer has followed
        self.generation = 0  # grows when it opens: attempts from before say nothing any more
        self._probes = probes
        self._watched = watched
        self._failures = 0
        self._whose: set[int] = set()
        self._in_flight = 0
        self._admitted = _OPEN  # while opening: how many may be in flight
        self._next_probe = 0.0
        self._no_suspicion_before = 0.0
        self._respite = _RESPITES[0]
        self._outages: deque[tuple[float, float]] = deque(maxlen=_KEPT)

    # -- may one go ------------------------------------------------------------------------------

    def may_go(self, now: float) -> bool:
        """Tell whether a request may be sent at `now`."""
        if self.state == "up":
            return True
        if self.state == "opening":
            return self._in_flight < self._admitted
        return not self._probes and now >= self._next_probe and not self._in_flight

    def next_moment(self, now: float) -> float:
        """Return when to look again if nothing is heard until then."""
        if self.state in {"up", "opening"} or self._next_probe <= now:
            return NEVER  # a probe that is due is under way or about to be, and its end tells
        return self._next_probe

    def is_up(self) -> bool:
        """Tell whether nothing speaks against the server."""
        return self.state == "up" and self.since is None

    def gives_up_at(self, patience: float, lapsed: float) -> float:
        """Return when the patience is over, in seconds, of those who gave up at `lapsed` before."""
        if self.since is None or self.state in {"up", "opening"}:
            return NEVER
        return max(self.since, lapsed) + patience

    def lapse(self) -> None:
        """Let the next caller ask at once."""
        self._next_probe = 0.0

    def wants_probe(self, now: float) -> bool:
        """Tell whether a probe is due, if anybody waits for its answer."""
        return self._probes and self.state in {"suspected", "away"} and now >= self._next_probe

    # -- attempts --------------------------------------------------------------------------------

    def start(self) -> int:
        """Count an attempt that begins; return the generation, to be handed back at its end."""
        self._in_flight += 1
        return self.generation

    def end(self, generation: int, told: Told, now: float, whose: int = 0) -> None:
        """Take in the end of an attempt of the request `whose`."""
        if generation == self.generation:
            self._in_flight -= 1
        elif told.verdict is not Verdict.PRESENT or self.state in {"suspected", "away"}:
            return  # it was sent before the server was found again
        if told.verdict is Verdict.PRESENT:
            if self.since is not None or self.state != "up":
                self._present(now)
        elif told.verdict is not Verdict.NOTHING and self._watched:
            self._failed(told, now, whose)

    def forgives(self, moment: float) -> bool:
        """Tell whether a failure at `moment` was the server's being away, and nobody's attempt."""
        if self.state == "away" and self.since is not None and moment >= self.since:
            return True
        return any(begun <= moment <= ended for begun, ended in self._outages)

    def is_unsettled(self, moment: float, now: float) -> bool:
        """Tell whether it is yet to be seen if a failure at `moment` was the server's being away."""
        return self.state == "suspected" or (self.state == "up" and self.since is not None and now < moment + _SOON)

    def suspect(self, moment: float, now: float) -> None:
        """Ask about a failure at `moment` that used up an item's attempts, where no answer has come since to tell."""
        quiet = self.state == "up" and self.since is not None and now >= moment + _SOON
        if quiet and self._probes and now >= self._no_suspicion_before:
            self.state, self._next_probe = "suspected", now

    # -- probes ----------------------------------------------------------------------------------

    def probed(self, told: Told, now: float) -> None:
        """Take in the end of a probe."""
        if told.verdict is Verdict.PRESENT:
            self._found(now)
        else:
            self._away(told, now)

    # -- inside ----------------------------------------------------------------------------------

    def _present(self, now: float) -> None:
        if self.state == "opening":
            self._admitted *= 2
        if self.state in {"suspected", "away"} and self._probes:
            return  # a late answer; the probe will tell
        if self.state != "opening" or self._admitted >= _OPEN:
            if not self._probes and self.state == "away":
                self._outages.append((now if self.since is None else self.since, now))
                self.generation += 1
                self._in_flight = 0
            self.state, self.reason, self.failing = "up", "", False
        self._clear()

    def _clear(self) -> None:
        self._failures, self.since = 0, None
        self._whose.clear()

    def _failed(self, told: Told, now: float, whose: int) -> None:
        if self.since is None:
            self.since = now
        self._failures += 1
        self._whose.add(whose)
        self.reason = told.reason
        if not self._probes:
            self._away(told, now)
        elif self.state in {"up", "opening"} and self._is_suspicious(now):
            self.state, self._next_probe, self.failing = "suspected", now, told.verdict is Verdict.FAILING

    def _is_suspicious(self, now: float) -> bool:
        if now < self._no_suspicion_before or self.since is None:
            return False
        if self.state == "opening" or (not self._in_flight and self._failures >= 2):
            return True  # nobody else is there who could tell
        return self._failures >= _IN_A_ROW and len(self._whose) >= 2 and now >= self.since + _SPAN

    def _found(self, now: float) -> None:
        """The probe was answered."""
        if self.state == "away":
            if self.since is not None:
                self._outages.append((self.since, now))
            self.state, self._admitted = "opening", 1
            self.generation += 1
            self._in_flight = 0
        elif self.state == "suspected":
            # The failures are the requests' own.
            self.state, self.reason, self._admitted = "up", "", _OPEN
            self._no_suspicion_before = now + self._respite
            self._respite = min(_RESPITES[1], self._respite * 2)
        self._clear()

    def _away(self, told: Told, now: float) -> None:
        if self.since is None:
            self.since = now
        self.state, self.failing = "away", told.verdict is Verdict.FAILING
        self.reason = told.reason or self.reason
        self._respite = _RESPITES[0]
        most = _PROBES[1] if self._probes else _AS_PROBES
        pause = min(most, max(_PROBES[0], _LATE * (now - self.since)))
        self._next_probe = now + max(pause, min(told.retry_after or 0.0, _BELIEVED))

    def describe(self, origin: str, service: str, now: float, patience: float) -> HealthState:
        """Return a snapshot for a client whose patience is so many seconds."""
        away = self.state in {"suspected", "away"} and self.since is not None
        return HealthState(
            origin,
            service,
            self.state,
            self.reason,
            now - self.since if self.since is not None else 0.0,
            max(0.0, self._next_probe - now) if away else None,
            max(0.0, self.since + patience - now) if away and self.since is not None else None,
        )
