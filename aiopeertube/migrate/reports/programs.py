"""The report as plain values, for programs."""

from dataclasses import asdict
from typing import Any

from aiopeertube.migrate.journal.spans import Span

from .facts import Facts


def as_dict(report: Facts) -> dict[str, Any]:
    """Return a report as values of JSON; moments are seconds since the epoch."""
    job = report.job
    return {
        "journal": str(report.path),
        "kind": job.kind,
        "url": job.origin,
        "user": job.user,
        "source": job.source,
        "began": job.began,
        "rollback_of": job.parent or None,
        "made": report.made,
        "counts": dict(report.counts),
        "writes": dict(report.writes),
        "first_write": report.first_write,
        "last_write": report.last_write,
        "failures": [asdict(one) | {"rows": [_row(*row) for row in one.rows]} for one in report.failures],
        "more_failures": report.more_failures,
        "rollback": asdict(report.roll_back),
        "total": None if report.total is None else figures(report.total),
        "outcomes_without_time": report.before_spans,
        "timeline": [figures(span) for span in report.spans],
        "timeline_damaged": report.spans_damaged,
    }


def _row(line: int | None, name: str, video: str) -> dict[str, Any]:
    return {"line": line, "name": name, "video": video}


def figures(span: Span) -> dict[str, Any]:
    """Return what was done in a span; latencies are in seconds."""
    return {
        "run": span.run,
        "began": span.began,
        "ended": span.ended,
        "requests": span.requests,
        "by_status": {str(status): count for status, count in sorted(span.by_status.items())},
        "outcomes": dict(span.outcomes),
        "retries": span.retries,
        "refused": span.refused,
        "waits": span.waits,
        "waited": span.waited,
        "renewals": span.renewals,
        "in_flight": span.in_flight,
        "at_once": span.at_once,
        "latency": span.latency.percentiles(),
        "outages": [asdict(outage) for outage in span.outages],
        "more_outages": span.more_outages,
    }
