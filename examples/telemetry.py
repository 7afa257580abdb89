"""A run that OpenTelemetry follows: a span for each request, and the conventions' durations, printed at the end.

pip install 'aiopeertube[otel]' opentelemetry-sdk
export PEERTUBE_URL=https://videos.example PEERTUBE_USERNAME=nisv PEERTUBE_PASSWORD=...
python telemetry.py
"""

import asyncio
import sys

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

from aiopeertube import PeerTube
from aiopeertube.metrics import instrument


async def main() -> None:
    """Count the tags of one's own videos, within a span of one's own."""
    meters = MeterProvider([PeriodicExportingMetricReader(ConsoleMetricExporter(out=sys.stdout))])
    tracers = TracerProvider()
    tracers.add_span_processor(BatchSpanProcessor(ConsoleSpanExporter(out=sys.stdout)))
    async with PeerTube.from_env() as pt:
        instrument(pt, meter_provider=meters, tracer_provider=tracers, durations=True, spans=True)
        with tracers.get_tracer("example").start_as_current_span("count videos"):
            count = len([video async for video in pt.me.videos()])
        meters.shutdown()  # while the client is there to be looked at
        tracers.shutdown()
    print("videos:", count)


if __name__ == "__main__":
    asyncio.run(main())
