"""The part of the page that tells how it went: totals, outages, and for each run a drawing with its numbers."""

from collections.abc import Iterator, Sequence
from typing import Final

from aiopeertube._counting import counted, plural
from aiopeertube.migrate.journal.spans import Span, total
from aiopeertube.migrate.pages.markup import text_of

from .drawing import drawing, is_error
from .facts import Facts
from .moments import moment
from .tables import row, table

_DRAWN: Final = 10  # runs: of more, the last ones
_COLUMNS: Final = (
    "From", "Seconds", "Requests", "Changed", "Failed", "Refused", "Errors", "In flight", "p50", "p90", "p99",
)  # fmt: skip
_NONE: Final = "<p>The journal has no time line: nothing was sent, or an earlier version of aiopeertube kept it.</p>"


def html_of(report: Facts) -> str:
    """Write what is known of how a job went."""
    return "".join(_parts(report))


def _parts(report: Facts) -> Iterator[str]:
    if report.spans_damaged:
        yield f'<p class="warning">{counted(report.spans_damaged, "part")} of the time line cannot be read.</p>'
    whole, runs = report.total, report.runs
    if whole is None:
        yield _NONE
        return
    if missing := report.before_spans:
        yield f"<p>Of {counted(missing, 'outcome')} the time line knows nothing: it was not kept, or lost.</p>"
    yield table("All runs together", _totals(whole))
    yield from _outages(whole)
    if len(runs) > _DRAWN:
        yield f"<p>There were {len(runs)} runs; these are the last {_DRAWN}.</p>"
    for spans in runs[-_DRAWN:]:
        yield from _run(spans)


def _totals(whole: Span) -> Iterator[str]:
    rows = {
        "Requests sent": f"{whole.requests:,}",
        "Answers": ", ".join(_status(status, count) for status, count in sorted(whole.by_status.items())) or "none",
        "Outcomes": ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(whole.outcomes.items())) or "none",
        "Repeated": f"{whole.retries:,}",
        "Refused by the rate limit": f"{whole.refused:,}",
        "Waited": f"{counted(whole.waits, 'request')}, {whole.waited:,.1f} s together",
        "Tokens fetched": f"{whole.renewals:,}",
        "Latency": ", ".join(_latencies(whole)) or "none",
    }
    for name, value in rows.items():
        yield row((text_of(value),), (False,), name)


def _status(status: int, count: int) -> str:
    return f"{count:,} of {status}" if status else f"{count:,} without an answer"


def _latencies(span: Span) -> Iterator[str]:
    return (f"{name} {seconds * 1000:,.1f} ms" for name, seconds in span.latency.percentiles().items())


def _outages(whole: Span) -> Iterator[str]:
    if not whole.outages:
        return
    yield f"<p>The server was away {counted(len(whole.outages) + whole.more_outages, 'time')}:</p><ul>"
    for one in whole.outages:
        what = one.reason if one.service == "api" else f"{one.service}: {one.reason}"
        yield f"<li>{moment(one.began)}, for {one.ended - one.began:.1f} s: {text_of(what)}</li>"
    yield "</ul>"
    if whole.more_outages:
        yield f"<p>And {whole.more_outages:,} more.</p>"


def _run(spans: Sequence[Span]) -> Iterator[str]:
    whole = total(spans)
    label = f"{moment(whole.began)}, {whole.seconds:,.1f} s"
    yield f"<h3>{label}</h3>{drawing(spans, label=label)}"
    width = whole.seconds / len(spans)
    yield f"<details><summary>The numbers: {counted(len(spans), 'span')} of {width:.1f} s"
    yield f"{plural(len(spans), '', ' on average')}</summary>"
    rows = (row(_cells(span, whole.began), (True,) * len(_COLUMNS)) for span in spans)
    yield table(f"The numbers of {label}", rows, [(name, True) for name in _COLUMNS])
    yield "</details>"


def _cells(span: Span, began: float) -> Iterator[str]:
    yield f"{span.began - began:,.1f}"
    yield f"{span.seconds:,.1f}"
    errors = sum(count for status, count in span.by_status.items() if is_error(status))
    failed = span.outcomes.get("failed", 0) + span.outcomes.get("conflict", 0)
    counts = (span.requests, span.outcomes.get("changed", 0), failed, span.by_status.get(429, 0), errors)
    yield from (f"{count:,}" for count in (*counts, span.in_flight))
    latency = span.latency.percentiles()
    yield from (f"{latency[name] * 1000:,.1f} ms" if name in latency else "" for name in ("p50", "p90", "p99"))
