"""A client's numbers for dashboards: as Prometheus reads them, and as OpenTelemetry takes them.

`text(pt.statistics())` is a page for a scrape; `MetricsFile` keeps one as a file, for the textfile collector of
node_exporter, while a run is under way::

    async with PeerTube.from_env() as pt:
        async with MetricsFile(pt, "/var/lib/node_exporter/peertube.prom"):
            await migrate.apply(pt, "films.csv")

`instrument(pt)` hands what happens to OpenTelemetry, with the extra `aiopeertube[otel]`. All of it is made of
statistics and events, which cost nothing while nobody asks.
"""

from .otel import instrument
from .prometheus import CONTENT_TYPE, text
from .textfile import MetricsFile

__all__ = ["CONTENT_TYPE", "MetricsFile", "instrument", "text"]
