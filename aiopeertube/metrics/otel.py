"""What a client does, handed to OpenTelemetry, under the names of its conventions for HTTP clients."""

import time
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from aiopeertube.errors import ConfigurationError
from aiopeertube.events import AttemptFinished
from aiopeertube.stack.histogram import Histogram

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

Values = Iterable[tuple[float, Mapping[str, str | int]]]


def instrument(
    pt: "PeerTube",
    *,
    meter_provider: "MeterProvider | None" = None,
    tracer_provider: "TracerProvider | None" = None,
    durations: bool = False,
    spans: bool = False,
) -> Callable[[], None]:
    """Hand what a client does to OpenTelemetry from now on; return a function that ends it.

    What statistics count comes in any case, durations of attempts included, as instruments `aiopeertube.*`: they are
    looked at when they are exported and cost nothing else. With `durations` each attempt is a measurement of
    `http.client.request.duration` besides, with `spans` a span below the one that is current where the call is
    awaited; the trace is not passed on to the server. The SDK takes CPU for these: for a duration a quarter of what
    an edit in bulk takes, for a span two thirds, less with a sampler. Providers that are not given are the global
    ones.

    Raises:
        ConfigurationError: OpenTelemetry is not installed.
    """
    try:
        from opentelemetry import metrics, trace  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigurationError("OpenTelemetry is not installed; install aiopeertube[otel]") from None
    meter = metrics.get_meter(_NAME, meter_provider=meter_provider)
    tracer = trace.get_tracer(_NAME, tracer_provider=tracer_provider) if spans else None
    listener = _Listener(pt.origin, _duration(meter) if durations else None, tracer)
    observed = _observed(meter_provider or metrics.get_meter_provider(), meter)
    observed[pt] = listener.server
    off = pt.on(AttemptFinished, listener) if durations or spans else None

    def end() -> None:
        if off is not None:
            off()
        observed.pop(pt, None)

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
        self._record = None if duration is None else duration.record
        self._tracer = tracer
        if tracer is not None:
            from opentelemetry.trace import SpanKind, Status, StatusCode  # noqa: PLC0415 - an extra

            self._client, self._failed = SpanKind.CLIENT, partial(Status, StatusCode.ERROR)
        self.server: dict[str, Any] = {
            "server.address": parts.hostname or "",
            "server.port": parts.port or {"http": 80, "https": 443}[parts.scheme],
        }
        self._known: dict[tuple[str, int, str], dict[str, Any]] = {}

    def __call__(self, event: AttemptFinished) -> None:
        attributes = self._attributes(event)
        if self._record is not None:
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
        now = time.time_ns()
        more: dict[str, Any] = {"url.full": self._origin + event.path}
        if event.attempt > 1:
            more["http.request.resend_count"] = event.attempt - 1
        span = self._tracer.start_span(
            event.method,
            kind=self._client,
            attributes={**attributes, **more},
            start_time=now - int(event.seconds * 1e9),
        )
        if _ERROR in attributes:
            span.set_status(self._failed(event.error or None))
        span.end(now)


# The clients whose statistics a provider's instruments look at; each instrument is made once.
_Observed = MutableMapping["PeerTube", Mapping[str, Any]]
_OBSERVED: "Final[WeakKeyDictionary[MeterProvider, _Observed]]" = WeakKeyDictionary()


def _observed(provider: "MeterProvider", meter: Any) -> _Observed:
    """Return where the clients of a provider are, with instruments that look at all of them."""
    if provider not in _OBSERVED:
        clients = _OBSERVED[provider] = WeakKeyDictionary()
        for name, (unit, count) in _COUNTERS.items():
            meter.create_observable_counter(name, [_callback(clients, count)], unit=unit)
        active = _callback(clients, lambda now: [(now.in_flight, {})])
        meter.create_observable_up_down_counter("http.client.active_requests", [active], unit="{request}")
        for name, values in _GAUGES.items():
            meter.create_observable_gauge(name, [_callback(clients, values)])
    return _OBSERVED[provider]


def _callback(
    clients: _Observed, values: "Callable[[Statistics], Values]"
) -> "Callable[[CallbackOptions], list[Observation]]":
    from opentelemetry.metrics import Observation  # noqa: PLC0415 - an extra

    def observe(_: "CallbackOptions") -> "list[Observation]":
        return [
            Observation(value, {**server, **attributes})
            for pt, server in tuple(clients.items())
            for value, attributes in values(pt.statistics())
        ]

    return observe


def _buckets(durations: Histogram) -> Values:
    """Give a histogram as counters, which need nobody to measure each attempt: how many took at most `le` seconds."""
    below = [(count, {"le": f"{bound:g}"}) for bound, count in durations.cumulated()]
    return [*below, (durations.count, {"le": "+Inf"})]


_COUNTERS: "Final[Mapping[str, tuple[str, Callable[[Statistics], Values]]]]" = {
    "aiopeertube.attempts": (
        "{attempt}",
        lambda now: [(n, {_STATUS: status}) for status, n in now.by_status.items()],
    ),
    "aiopeertube.attempt.duration.bucket": ("{attempt}", lambda now: _buckets(now.histogram)),
    "aiopeertube.attempt.duration.sum": ("s", lambda now: [(now.histogram.seconds, {})]),
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
