"""The report as a page: facts, charts, failures, and what a rollback would do."""

from collections.abc import Iterable, Iterator
from string import Template
from typing import Final

from aiopeertube._counting import counted, plural
from aiopeertube.migrate.pages.frame import Count, Top, framed, looks, part
from aiopeertube.migrate.pages.markup import escaped, text_of

from . import timeline
from .facts import Facts, Failures, RollBack
from .moments import moment
from .tables import row, table

# In which order and words items are counted; those that are 0 only where it is good to know.
_COUNTS: Final = (
    ("failed", "failed"), ("damaged", "cannot be read in the journal"), ("conflict", "changed by somebody else"),
    ("changed", "changed"), ("unchanged", "as they should be"), ("planned", "not done yet"),
    ("read", "not compared yet"), ("sending", "in doubt"), ("skipped", "left out"),
)  # fmt: skip
_FAILED: Final = (("Line", True), ("Name", False), ("Named in its row", False))
_FAILED_NUMBERS: Final = tuple(numbers for _, numbers in _FAILED)
_ALWAYS: Final = frozenset({"failed", "changed"})
_WORDS: Final = dict(_COUNTS)


def html_of(report: Facts) -> str:
    """Write a report as HTML."""
    top = Top("Report", report.job.source, report.noun, _counts(report), _warnings(report), _facts(report))
    parts = {
        "how": timeline.html_of(report),
        "failures": "".join(_failures(report)) or "<p>Nothing failed.</p>",
        "rollback": "".join(_roll_back(report.roll_back, report.noun)),
    }
    template = Template(framed(part(__package__, "report.html")))
    return template.substitute(top.parts() | looks(part(__package__, "report.css")) | parts)


def _facts(report: Facts) -> Iterator[tuple[str, str]]:
    job = report.job
    yield "Instance", text_of(job.origin)
    yield "User", text_of(job.user)
    yield "Job", text_of(job.kind)
    yield "Made from", text_of(job.source)
    yield "Begun", moment(job.began)
    yield "First change sent", moment(report.first_write)
    yield "Last outcome", moment(report.last_write)
    yield "Journal", f"<code>{escaped(str(report.path))}</code>"
    yield "Report made", moment(report.made)


def _counts(report: Facts) -> Iterator[Count]:
    for state, words in _COUNTS:
        number = report.counts.get(state, 0)
        if number or state in _ALWAYS:
            yield Count(state, number, words)


def _warnings(report: Facts) -> Iterator[str]:
    left = sum(report.counts.get(state, 0) for state in ("planned", "read", "sending"))
    if left:
        yield f"The job has not come to its end: {counted(left, report.noun)} left; --resume goes on."
    if report.roll_back.undone_by:
        yield f"It was rolled back by {report.roll_back.undone_by}."
    if report.job.parent:
        yield f"It is the rollback of {report.job.parent}."


# -- failures ------------------------------------------------------------------------------------


def _failures(report: Facts) -> Iterator[str]:
    for place, group in enumerate(report.failures):
        yield f"<details{'' if place else ' open'}><summary>{counted(group.count, report.noun)}, "
        yield f"{_WORDS[group.state]}: {text_of(group.reason)}"
        yield f"{' (another run may get past it)' if group.again else ''}</summary>"
        if group.example != group.reason:
            yield f"<p>The first: {text_of(group.example)}</p>"
        yield from _rows(group)
        yield "</details>"
    if report.more_failures:
        yield f"<p>And {counted(report.more_failures, 'item')} with other reasons: see the table of failed rows.</p>"


def _rows(group: Failures) -> Iterable[str]:
    rows = (
        row(("" if line is None else f"{line:,}", text_of(name), text_of(video)), _FAILED_NUMBERS)
        for line, name, video in group.rows
    )
    yield table(f"Rows: {group.reason}", rows, _FAILED)
    if (more := group.count - len(group.rows)) > 0:
        yield f"<p>And {more:,} more.</p>"


# -- rollback ------------------------------------------------------------------------------------


def _roll_back(found: RollBack, noun: str) -> Iterator[str]:
    if found.why_not:
        yield f"<p>{text_of(found.why_not)}</p>"
        return
    yield f"<p>It would put back {counted(found.videos, noun)}, each where what the job wrote is still there.</p>"
    if found.by_field:
        rows = (row((f"{count:,}",), (True,), text_of(name)) for name, count in found.by_field.items())
        yield table("What it would put back, by field", rows, (("Field", False), (f"{noun.capitalize()}s", True)))
    if found.for_ever:
        lost = ", ".join(f"{field} of {counted(count, noun)}" for field, count in found.for_ever.items())
        yield f'<p class="warning">It cannot bring back: {text_of(lost)}.</p>'
    if found.in_doubt:
        yield f"<p>Of {counted(found.in_doubt, noun)} nobody knows whether"
        yield f" {plural(found.in_doubt, 'it was', 'they were')} changed: a rollback would look first.</p>"
    if found.damaged:
        yield f'<p class="warning">{counted(found.damaged, "entry", "entries")} of the journal cannot be read.</p>'
