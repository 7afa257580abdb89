"""Counts of what the stack did, kept at its lower end where every attempt passes."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiopeertube._counting import counted
from aiopeertube.errors import ClientClosed, TransportError, UnexpectedResponse
from aiopeertube.events import AttemptFinished, Hooks
from aiopeertube.wire.messages import Request, Response

from . import Transport
from .histogram import Histogram
from .states import ConcurrencyState, HealthState, WindowState


@dataclass(frozen=True, slots=True)
class Statistics:
    """A snapshot of one client.

    `requests` counts attempts, `by_status` their answers (0: no answer), `latency` maps percentiles ("p50", "p90",
    "p99") to seconds of single attempts without waiting. `waits` counts requests that could not go at once, for want
    of a slot, a place in the window or the server itself, and `waited` is the sum of their seconds; `renewals` counts
    the tokens fetched. `concurrency` has the lanes read, write and transfer. `histogram` is a copy of what the
    percentiles are read from: one minus an earlier one tells of the time between.
    """

    requests: int
    in_flight: int
    by_status: Mapping[int, int]
    retries: int
    waits: int
    waited: float
    refused: int
    renewals: int
    latency: Mapping[str, float]
    windows: tuple[WindowState, ...]
    concurrency: tuple[ConcurrencyState, ...]
    health: tuple[HealthState, ...]
    histogram: Histogram = field(default_factory=Histogram, repr=False)


class Meter:
    """Counts attempts, times them, and tells those who listen."""

    def __init__(self, following: Transport, clock: Callable[[], float], hooks: Hooks) -> None:
        self._next = following
        self._clock = clock
        self._hooks = hooks
        self.by_status: Counter[int] = Counter()
        self.latency = Histogram()
        self.requests = 0
        self.in_flight = 0

    async def handle(self, request: Request) -> Response:
        """Pass `request` to the pool and note when it went out and came back."""
        request.attempts += 1
        request.in_flight, request.unsent = True, False
        self.requests += 1
        self.in_flight += 1
        sent = self._clock()
        status, error = 0, ""
        try:
            response = await self._next.handle(request)
            response.request, response.sent, status = request, sent, response.status
        except (TransportError, UnexpectedResponse) as exc:
            error = str(exc)
            if isinstance(exc, ClientClosed) and not request.unsent:
                request.leave()
            raise
        except asyncio.CancelledError:
            if not request.unsent:
                request.leave()
            raise
        finally:
            arrived = self._clock()
            request.in_flight = False
            self.in_flight -= 1
            self.by_status[status] += 1
            self.latency.add(arrived - sent)
            if self._hooks.wants(AttemptFinished):
                self._tell(request, status, arrived - sent, error)
        response.arrived = arrived
        return response

    def _tell(self, request: Request, status: int, seconds: float, error: str) -> None:
        self._hooks.emit(AttemptFinished(request.method, request.path, request.attempts, status, seconds, error))

    def percentiles(self) -> dict[str, float]:
        """Return the usual percentiles in seconds; empty before the first answer."""
        return self.latency.percentiles()

    def __repr__(self) -> str:
        return f"<Meter, {counted(self.requests, 'request')}, {self.in_flight} in flight>"
