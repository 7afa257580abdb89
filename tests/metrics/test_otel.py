"""What OpenTelemetry gets, as its own exporters in memory see it."""

import builtins
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from aiopeertube import PeerTube, errors
from aiopeertube.events import AttemptFinished
from aiopeertube.metrics import instrument
from aiopeertube.testing import MockTransport, reply

pytestmark = pytest.mark.anyio

SERVER = {"server.address": "videos.example", "server.port": 8443}


class Telemetry:
    """An SDK that keeps everything in memory."""

    def __init__(self) -> None:
        self.reader, self.exporter = InMemoryMetricReader(), InMemorySpanExporter()
        self.meters, self.tracers = MeterProvider([self.reader]), TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))

    def points(self, name: str) -> list[Any]:
        data = self.reader.get_metrics_data()
        return [
            point
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]

    @property
    def spans(self) -> list[ReadableSpan]:
        return [*self.exporter.get_finished_spans()]


@pytest.fixture
def telemetry() -> Telemetry:
    return Telemetry()


def on(pt: PeerTube, telemetry: Telemetry, **more: Any) -> Any:
    return instrument(pt, meter_provider=telemetry.meters, tracer_provider=telemetry.tracers, **more)


async def work(pt: PeerTube) -> None:
    await pt.config.get()
    await pt.config.get()
    await pt.videos.delete(1)
    with pytest.raises(errors.NotPermitted):
        await pt.videos.update(2, name="Film")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)


async def test_each_attempt_is_measured_by_the_conventions(pt: PeerTube, telemetry: Telemetry) -> None:
    on(pt, telemetry, durations=True)
    await work(pt)
    found = {
        (point.attributes["http.request.method"], point.attributes["http.response.status_code"]): point
        for point in telemetry.points("http.client.request.duration")
    }
    assert {key: point.count for key, point in found.items()} == {
        ("GET", 200): 2, ("DELETE", 500): 1, ("DELETE", 204): 1, ("PUT", 403): 1,
    }  # fmt: skip
    assert all(SERVER.items() <= point.attributes.items() for point in found.values())
    assert {key for key, point in found.items() if "error.type" in point.attributes} == {
        ("DELETE", 500),
        ("PUT", 403),
    }
    assert found["DELETE", 500].attributes["error.type"] == "500"
    assert found["GET", 200].explicit_bounds[:3] == (0.005, 0.01, 0.025)
    assert sum(point.sum for point in found.values()) == pytest.approx(pt.statistics().histogram.seconds)


async def test_statistics_are_looked_at_when_asked(pt: PeerTube, telemetry: Telemetry) -> None:
    off = on(pt, telemetry, durations=True)
    await work(pt)
    now = pt.statistics()
    (retries,) = telemetry.points("aiopeertube.retries")
    assert (retries.value, retries.attributes) == (now.retries, SERVER)
    attempts = {
        point.attributes["http.response.status_code"]: point.value
        for point in telemetry.points("aiopeertube.attempts")
    }
    assert attempts == now.by_status
    (active,) = telemetry.points("http.client.active_requests")
    assert active.value == 0
    limits = {point.attributes["lane"]: point.value for point in telemetry.points("aiopeertube.concurrency.limit")}
    assert limits == {lane.kind: lane.limit for lane in now.concurrency}
    up = {point.attributes["service"]: point.value for point in telemetry.points("aiopeertube.server.up")}
    assert up["api"] == 1
    off()
    off()
    await pt.config.get()
    assert telemetry.points("aiopeertube.retries") == [], "it is looked at no more"
    assert sum(point.count for point in telemetry.points("http.client.request.duration")) == 5


async def test_each_attempt_is_a_span_below_the_callers(pt: PeerTube, telemetry: Telemetry) -> None:
    on(pt, telemetry, spans=True)
    with telemetry.tracers.get_tracer("mine").start_as_current_span("edit"):
        await work(pt)
    *spans, mine = telemetry.spans
    assert [span.name for span in spans] == ["GET", "GET", "DELETE", "DELETE", "PUT"]
    assert mine.context is not None
    for span in spans:
        assert (span.kind, span.parent and span.parent.span_id) == (SpanKind.CLIENT, mine.context.span_id)
        assert span.attributes is not None
        assert SERVER.items() <= span.attributes.items()
        assert span.start_time is not None
        assert span.end_time is not None
        assert mine.start_time is not None
        assert mine.start_time - 1_000_000 <= span.start_time <= span.end_time
    first, again, refused = spans[2:]
    assert first.attributes is not None
    assert again.attributes is not None
    assert (first.status.status_code, first.attributes["error.type"]) == (StatusCode.ERROR, "500")
    assert (again.status.status_code, again.attributes["http.request.resend_count"]) == (StatusCode.UNSET, 1)
    assert again.attributes["url.full"] == "https://videos.example:8443/api/v1/videos/1"
    assert refused.status.status_code is StatusCode.ERROR
    assert "geheim" not in "".join(span.to_json() for span in spans)


async def test_what_never_got_an_answer_is_an_error_of_no_status(pt: PeerTube, telemetry: Telemetry) -> None:
    on(pt, telemetry, durations=True, spans=True)
    pt._hooks.emit(AttemptFinished("GET", "/api/v1/config", 1, 0, 0.5, "connection refused"))
    (point,) = telemetry.points("http.client.request.duration")
    assert point.attributes == {"http.request.method": "GET", "error.type": "no_answer", **SERVER}
    (span,) = telemetry.spans
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "connection refused")


async def test_without_spans_there_are_none(pt: PeerTube, telemetry: Telemetry) -> None:
    on(pt, telemetry, durations=True)
    await work(pt)
    assert telemetry.spans == []
    assert telemetry.points("http.client.request.duration")


async def test_unless_more_is_asked_for_nothing_listens_and_the_counts_are_there(
    pt: PeerTube, telemetry: Telemetry
) -> None:
    on(pt, telemetry)()
    on(pt, telemetry)
    assert not pt._hooks.wants(AttemptFinished)
    await work(pt)
    assert (telemetry.points("http.client.request.duration"), telemetry.spans) == ([], [])
    assert sum(point.value for point in telemetry.points("aiopeertube.attempts")) == 5


async def test_durations_are_there_as_counters_of_buckets(pt: PeerTube, telemetry: Telemetry) -> None:
    on(pt, telemetry)
    for seconds in (0.001, 0.004, 3.0, 3000.0):
        pt._meter.latency.add(seconds)
    points = telemetry.points("aiopeertube.attempt.duration.bucket")
    assert all(SERVER.items() <= point.attributes.items() for point in points)
    found = {point.attributes["le"]: point.value for point in points}
    assert [found[le] for le in ("0.0008", "0.0016", "0.0064", "3.2768", "52.4288", "+Inf")] == [0, 1, 2, 3, 3, 4]
    assert [*map(float, found)] == sorted(map(float, found))
    (seconds,) = telemetry.points("aiopeertube.attempt.duration.sum")
    assert (seconds.value, seconds.attributes) == (pytest.approx(3003.005), SERVER)


async def test_clients_of_one_provider_are_told_apart(pt: PeerTube, telemetry: Telemetry) -> None:
    transport = MockTransport(lambda _: reply(json={}))
    async with PeerTube("http://127.0.0.1", transport=transport) as other:
        on(pt, telemetry)
        on(other, telemetry)
        await pt.config.get()
        await other.config.get()
        found = {point.attributes["server.address"]: point for point in telemetry.points("aiopeertube.attempts")}
        assert {name: point.value for name, point in found.items()} == {"videos.example": 1, "127.0.0.1": 1}
        assert found["127.0.0.1"].attributes["server.port"] == 80


async def test_off_nothing_listens(pt: PeerTube, telemetry: Telemetry) -> None:
    assert not pt._hooks.wants(AttemptFinished)
    off = on(pt, telemetry, spans=True)
    assert pt._hooks.wants(AttemptFinished)
    off()
    assert not pt._hooks.wants(AttemptFinished)


async def test_without_the_extra_it_says_which(pt: PeerTube, monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("opentelemetry"):
            raise ImportError(name)
        return found(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(errors.ConfigurationError, match=r"install aiopeertube\[otel\]"):
        instrument(pt)
