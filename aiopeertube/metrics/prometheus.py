"""Statistics in the text format of Prometheus."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from aiopeertube.stack.histogram import Histogram
from aiopeertube.stack.meter import Statistics

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_ESCAPED: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})

Sample = tuple[Mapping[str, str], float]


def text(statistics: Statistics, *, outcomes: Mapping[str, int] | None = None, **labels: str) -> str:
    """Write statistics as a page for Prometheus, with `labels` at each number.

    `outcomes` counts what became of items, by state. A status of "none" is an attempt that got no answer.
    """
    pages = (_family(*family, labels) for family in _families(statistics))
    counted = _outcomes(outcomes, labels) if outcomes is not None else ""
    return "".join(pages) + _histogram(statistics.histogram, labels) + counted


def _families(now: Statistics) -> Iterator[tuple[str, str, str, Iterable[Sample]]]:
    """Give the families: name, type, what it is, and the samples."""
    by_status = sorted(now.by_status.items())
    yield (
        "aiopeertube_attempts_total", "counter", "Attempts that ended, by the status of the answer.",
        [({"status": str(status or "none")}, count) for status, count in by_status],
    )  # fmt: skip
    yield "aiopeertube_requests_in_flight", "gauge", "Attempts in flight.", [({}, now.in_flight)]
    yield "aiopeertube_retries_total", "counter", "Attempts that were repeated.", [({}, now.retries)]
    yield "aiopeertube_waits_total", "counter", "Requests that could not go at once.", [({}, now.waits)]
    yield "aiopeertube_waited_seconds_total", "counter", "Seconds that these waited, together.", [({}, now.waited)]
    yield "aiopeertube_refused_total", "counter", "Refusals by the rate limit.", [({}, now.refused)]
    yield "aiopeertube_tokens_fetched_total", "counter", "Tokens that were fetched.", [({}, now.renewals)]
    yield (
        "aiopeertube_window_remaining", "gauge", "Requests left in a window of the server's, where it told.",
        [({"window": one.bucket}, one.remaining) for one in now.windows if one.remaining is not None],
    )  # fmt: skip
    yield (
        "aiopeertube_concurrency_limit", "gauge", "Requests that may be in flight at once.",
        [({"lane": one.kind}, one.limit) for one in now.concurrency],
    )  # fmt: skip
    yield (
        "aiopeertube_waiting", "gauge", "Requests that wait to go.",
        [({"lane": one.kind}, one.waiting) for one in now.concurrency],
    )  # fmt: skip
    yield (
        "aiopeertube_server_up", "gauge", "Whether the server, or its token endpoint, is there.",
        [({"service": one.service}, one.state != "away") for one in now.health],
    )  # fmt: skip


def _family(name: str, kind: str, meaning: str, samples: Iterable[Sample], labels: Mapping[str, str]) -> str:
    lines = "".join(_line(name, {**labels, **own}, value) for own, value in samples)
    return f"# HELP {name} {meaning}\n# TYPE {name} {kind}\n{lines}"


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    shown = labels_of(labels)
    return f"{name}{{{shown}}} {value:d}\n" if isinstance(value, int) else f"{name}{{{shown}}} {value}\n"


def labels_of(labels: Mapping[str, str]) -> str:
    """Write labels as they stand between braces."""
    return ",".join(f'{label}="{text.translate(_ESCAPED)}"' for label, text in labels.items())


def _outcomes(outcomes: Mapping[str, int], labels: Mapping[str, str]) -> str:
    samples = [({"state": state}, count) for state, count in sorted(outcomes.items())]
    return _family("aiopeertube_items_total", "counter", "What became of items.", samples, labels)


def _histogram(latency: Histogram, labels: Mapping[str, str]) -> str:
    """Write latencies with the bounds of our own buckets, so that no count is an estimate."""
    name = "aiopeertube_attempt_duration_seconds"
    rows = [({"le": f"{bound:g}"}, count) for bound, count in latency.cumulated()]
    rows.append(({"le": "+Inf"}, latency.count))
    lines = "".join(_line(f"{name}_bucket", {**labels, **own}, count) for own, count in rows)
    ends = _line(f"{name}_sum", labels, round(latency.seconds, 6)) + _line(f"{name}_count", labels, latency.count)
    return f"# HELP {name} Seconds of single attempts, without waiting.\n# TYPE {name} histogram\n{lines}{ends}"
