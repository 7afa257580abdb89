"""What goes on while a job is under way, taken down for its journal: a look at the client's counts now and then.

Nothing is counted twice, and requests pay nothing for it.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiopeertube.events import HealthChanged
from aiopeertube.migrate.journal.spans import Outage, Span, Timeline

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_WRITES = 1  # the place of their lane in statistics


class Recorder:
    """Takes down what a client does from now on, span by span."""

    def __init__(self, pt: "PeerTube") -> None:
        self._pt = pt
        self._last = pt.statistics()
        self._loop = asyncio.get_running_loop()
        self._epoch = time.time() - self._loop.time()  # so that a clock that is set meanwhile moves nothing
        self._began = self._now()
        self._away: dict[str, tuple[float, str]] = {}  # since when services are away, and why
        self._outages: list[Outage] = []

    @contextmanager
    def recording(self, timeline: Timeline) -> Iterator[None]:
        """Fill a time line while the block lasts."""
        off = self._pt.on(HealthChanged, self._health)
        timer = self._loop.call_later(timeline.width, self._tick, timeline)
        self._timer = timer
        try:
            yield
        finally:
            self._timer.cancel()
            off()
            for service in tuple(self._away):
                self._back(service)
            timeline.add(self._span())

    def _tick(self, timeline: Timeline) -> None:
        timeline.add(self._span())
        self._timer = self._loop.call_later(timeline.width, self._tick, timeline)

    def _now(self) -> float:
        return self._epoch + self._loop.time()

    def _span(self) -> Span:
        """Return what happened since the last one."""
        last, now, began = self._last, self._pt.statistics(), self._began
        outages, self._outages = self._outages, []
        self._last, self._began = now, self._now()
        return Span(
            0,
            began,
            self._began,
            requests=now.requests - last.requests,
            by_status=Counter(now.by_status) - Counter(last.by_status),
            retries=now.retries - last.retries,
            waits=now.waits - last.waits,
            waited=now.waited - last.waited,
            refused=now.refused - last.refused,
            renewals=now.renewals - last.renewals,
            latency=now.histogram - last.histogram,
            in_flight=now.in_flight,
            at_once=now.concurrency[_WRITES].limit,
            outages=tuple(outages),
        )

    # -- outages ---------------------------------------------------------------------------------

    def _health(self, event: HealthChanged) -> None:
        if event.state == "away" and event.service not in self._away:
            self._away[event.service] = (self._now() - self._away_for(event.service), event.reason)
        elif event.state in {"opening", "up"} and event.service in self._away:
            self._back(event.service)

    def _away_for(self, service: str) -> float:
        """Return for how many seconds a service had been away when that was found."""
        states = self._pt.statistics().health
        return max((state.away_for for state in states if state.service == service), default=0.0)

    def _back(self, service: str) -> None:
        began, reason = self._away.pop(service)
        self._outages.append(Outage(began, self._now(), service, reason))
