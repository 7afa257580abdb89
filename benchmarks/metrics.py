"""What numbers for dashboards cost: CPU of the client per PUT with them, as a multiple of that without.

Rounds of each kind take turns over real sockets, so that what else the machine does meets them all.

python benchmarks/metrics.py [PUTs of one round] [rounds]
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, Sampler, TraceIdRatioBased
from running import Server

from aiopeertube import PeerTube
from aiopeertube.metrics import MetricsFile, instrument

UUID = "9c9de5e8-0a1e-484a-b099-e80766180a6d"
BODY: dict[str, Any] = {"name": "Film 1", "description": "x" * 200}


class _Nowhere(SpanExporter):
    """Takes spans, and sends them nowhere."""

    def export(self, spans: object) -> SpanExportResult:
        return SpanExportResult.SUCCESS


@asynccontextmanager
async def off(pt: PeerTube) -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def file(pt: PeerTube) -> AsyncIterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        async with MetricsFile(pt, Path(folder) / "x.prom", every=1.0):
            yield


@asynccontextmanager
async def otel(pt: PeerTube, *, durations: bool = False) -> AsyncIterator[None]:
    reader = InMemoryMetricReader()
    end = instrument(pt, meter_provider=MeterProvider([reader]), durations=durations)
    yield
    assert reader.get_metrics_data() is not None
    end()


@asynccontextmanager
async def spans(pt: PeerTube, sampler: Sampler = ALWAYS_ON) -> AsyncIterator[None]:
    tracers = TracerProvider(sampler)
    tracers.add_span_processor(BatchSpanProcessor(_Nowhere()))
    end = instrument(pt, meter_provider=MeterProvider([InMemoryMetricReader()]), tracer_provider=tracers, spans=True)
    yield
    end()
    tracers.shutdown()


KINDS: dict[str, Callable] = {  # type: ignore[type-arg]
    "off": off,
    "file": file,
    "otel": otel,
    "durations": partial(otel, durations=True),
    "spans": spans,
    "1 span in 100": partial(spans, sampler=TraceIdRatioBased(0.01)),
}


async def cpu_of(url: str, kind: str, calls: int) -> float:
    """Return the CPU seconds of one round; what is made once for a process does not count."""
    async with PeerTube(url, token="x", concurrency=8) as pt, KINDS[kind](pt):
        for _ in range(50):
            await pt.videos.update(UUID, **BODY)
        began = time.process_time()
        async with pt.bulk(pt.videos.update(UUID, **BODY) for _ in range(calls)) as outcomes:
            async for outcome in outcomes:
                assert outcome.ok, outcome.error
        return time.process_time() - began


def measure(calls: int = 4000, rounds: int = 9) -> dict[str, dict[str, float]]:
    """Measure all kinds; a ratio is the median of those of rounds that stood beside each other."""
    took: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with Server("bare.py") as server:
        for _ in range(rounds):
            for kind, found in took.items():
                found.append(asyncio.run(cpu_of(server.url, kind, calls)))
    return {
        kind: {
            "us_per_put": round(1e6 * min(found) / calls, 1),
            "ratio": round(statistics.median(one / base for one, base in zip(found, took["off"], strict=True)), 3),
        }
        for kind, found in took.items()
    }


if __name__ == "__main__":
    print(json.dumps(measure(*map(int, sys.argv[1:])), indent=1))
