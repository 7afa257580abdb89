"""What a client does, handed to OpenTelemetry, under the names of its conventions for HTTP clients."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from aiopeertube.errors import ConfigurationError
from aiopeertube.events import AttemptFinished

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation
    from opentelemetry.trace import TracerProvider

    from aiopeertube._client import PeerTube
    from aiopeertube.stack.meter import Statistics

_NAME: Final = "aiopeertube"
# What the conventions advise for seconds of HTTP requests.
_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_ERROR: Final = "error.type"
_STATUS: Final = "http.response.status_code"

Values = Iterable[tuple[float, Mapping[str, str]]]


def instrument(
    pt: "PeerTube",
    *,
    meter_provider: "MeterProvider | None" = None,
    tracer_provider: "TracerProvider | None" = None,
    spans: bool = True,
) -> Callable[[], None]:
    """Hand what a client does to OpenTelemetry from now on; return a function that ends it.

    Each attempt is one measurement of `http.client.request.duration` and, unless `spans` is False, one span below the
    one that is current where the call is awaited. What statistics count comes as instruments
    `aiopeertube.*`. Providers that are not given are the global ones. The trace is not passed on to the server.

    Raises:
        ConfigurationError: OpenTelemetry is not installed.
    """
    try:
        from opentelemetry import metrics, trace  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigurationError("OpenTelemetry is not installed; install aiopeertube[otel]") from None
    meter = metrics.get_meter(_NAME, meter_provider=meter_provider)
    tracer = trace.get_tracer(_NAME, tracer_provider=tracer_provider) if spans else None
    listener = _Listener(pt.origin, _duration(meter), tracer)
    gauges = _Gauges(pt, listener.server)
    gauges.observed_by(meter)
    off = pt.on(AttemptFinished, listener)

    def end() -> None:
        off()
        gauges.ended = True

    return end


def _duration(meter: Any) -> Any:
    return meter.create_histogram(
        "http.client.request.duration",
        unit="s",
        description="Duration of HTTP client requests.",
        explicit_bucket_boundaries_advisory=_BOUNDS,
    )


class _Listener:
    """Takes the end of each attempt."""

    def __init__(self, origin: str, duration: Any, tracer: Any) -> None:
        parts = urlsplit(origin)
        self._origin = origin
        self._record = duration.record
        self._tracer = tracer
        self.server: dict[str, Any] = {
            "server.address": parts.hostname or "",
            "server.port": parts.port or {"http": 80, "https": 443}[parts.scheme],
        }
        self._known: dict[tuple[str, int, str], dict[str, Any]] = {}

    def __call__(self, event: AttemptFinished) -> None:
        attributes = self._attributes(event)
        self._record(event.seconds, attributes)
        if self._tracer is not None:
            self._trace(event, attributes)

    def _attributes(self, event: AttemptFinished) -> dict[str, Any]:
        """Return the attributes of an attempt: few are different, so each set is made once."""
        error = "" if event.status else "no_answer"
        key = (event.method, event.status, error)
        if (known := self._known.get(key)) is not None:
            return known
        made = {"http.request.method": event.method, **self.server}
        if event.status:
            made[_STATUS] = event.status
        if event.status >= 400 or error:
            made[_ERROR] = error or str(event.status)
        self._known[key] = made
        return made

    def _trace(self, event: AttemptFinished, attributes: Mapping[str, Any]) -> None:
        from opentelemetry.trace import SpanKind, Status, StatusCode  # noqa: PLC0415 - an extra

        now = time.time_ns()
        more: dict[str, Any] = {"url.full": self._origin + event.path}
        if event.attempt > 1:
            more["http.request.resend_count"] = event.attempt - 1
        span = self._tracer.start_span(
            event.method,
            kind=SpanKind.CLIENT,
            attributes={**attributes, **more},
            start_time=now - int(event.seconds * 1e9),
        )
        if _ERROR in attributes:
            span.set_status(Status(StatusCode.ERROR, event.error or None))
        span.end(now)


class _Gauges:
    """What statistics have, looked at when OpenTelemetry asks."""

    def __init__(self, pt: "PeerTube", server: Mapping[str, Any]) -> None:
        self._pt = pt
        self._server = server
        self.ended = False

    def observed_by(self, meter: Any) -> None:
        """Make the instruments."""
        for name, (unit, count) in _COUNTERS.items():
            meter.create_observable_counter(name, [self._callback(count)], unit=unit)
        meter.create_observable_up_down_counter(
            "http.client.active_requests", [self._callback(lambda now: [(now.in_flight, {})])], unit="{request}"
        )
        for name, values in _GAUGES.items():
            meter.create_observable_gauge(name, [self._callback(values)])

    def _callback(self, values: "Callable[[Statistics], Values]") -> "Callable[[CallbackOptions], list[Observation]]":
        from opentelemetry.metrics import Observation  # noqa: PLC0415 - an extra

        def observe(_: "CallbackOptions") -> "list[Observation]":
            if self.ended:
                return []
            return [
                Observation(value, {**self._server, **attributes})
                for value, attributes in values(self._pt.statistics())
            ]

        return observe


_COUNTERS: "Final[Mapping[str, tuple[str, Callable[[Statistics], Values]]]]" = {
    "aiopeertube.retries": ("{attempt}", lambda now: [(now.retries, {})]),
    "aiopeertube.waits": ("{request}", lambda now: [(now.waits, {})]),
    "aiopeertube.waited": ("s", lambda now: [(now.waited, {})]),
    "aiopeertube.refused": ("{attempt}", lambda now: [(now.refused, {})]),
    "aiopeertube.tokens_fetched": ("{token}", lambda now: [(now.renewals, {})]),
}
_GAUGES: "Final[Mapping[str, Callable[[Statistics], Values]]]" = {
    "aiopeertube.concurrency.limit": lambda now: [(one.limit, {"lane": one.kind}) for one in now.concurrency],
    "aiopeertube.waiting": lambda now: [(one.waiting, {"lane": one.kind}) for one in now.concurrency],
    "aiopeertube.window.remaining": lambda now: [
        (one.remaining, {"window": one.bucket}) for one in now.windows if one.remaining is not None
    ],
    "aiopeertube.server.up": lambda now: [(int(one.state != "away"), {"service": one.service}) for one in now.health],
}
