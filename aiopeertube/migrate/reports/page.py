"""The report as a page: facts, charts, failures, and what a rollback would do."""

from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from aiopeertube._counting import counted
from aiopeertube.migrate.pages.markup import escaped, policy, text_of
from aiopeertube.migrate.plans.page.writing import part

from . import timeline
from .facts import Facts, Failures, RollBack
from .moments import moment

# In which order and words items are counted; those that are 0 only where it is good to know.
_COUNTS: Final = (
    ("failed", "failed"), ("damaged", "cannot be read in the journal"), ("conflict", "changed by somebody else"),
    ("changed", "changed"), ("unchanged", "as they should be"), ("planned", "not done yet"),
    ("read", "not compared yet"), ("sending", "in doubt"), ("skipped", "left out"),
)  # fmt: skip
_ALWAYS: Final = frozenset({"failed", "changed"})
_WORDS: Final = dict(_COUNTS)


def html_of(report: Facts) -> str:
    """Write a report as HTML."""
    style = part("page.css") + files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    template = files(__package__).joinpath("report.html").read_text(encoding="utf-8")
    source = Path(report.job.source).name or report.job.source
    parts = {
        "policy": policy(style),
        "style": style,
        "page_title": f"Report of {escaped(source)}",
        "title": f"Report of {text_of(source)}",
        "noun": report.noun,
        "counts": "".join(_counts(report)),
        "warnings": "".join(f'<p class="warning">{text_of(line)}</p>' for line in _warnings(report)),
        "facts": "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in _facts(report)),
        "how": timeline.html_of(report),
        "failures": "".join(_failures(report)) or "<p>Nothing failed.</p>",
        "rollback": "".join(_roll_back(report.roll_back, report.noun)),
    }
    return Template(template).substitute(parts)


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


def _counts(report: Facts) -> Iterator[str]:
    for state, words in _COUNTS:
        number = report.counts.get(state, 0)
        if number or state in _ALWAYS:
            look = state if number else "zero"
            yield f'<li class="count {look}"><strong>{number:,}</strong> <span>{words}</span></li>'


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
    yield '<div class="scroll"><table class="numbers"><thead><tr><th scope="col" class="number">Line</th>'
    yield '<th scope="col">Name</th><th scope="col">Named in its row</th></tr></thead><tbody>'
    for line, name, video in group.rows:
        at = "" if line is None else f"{line:,}"
        yield f'<tr><td class="number">{at}</td><td>{text_of(name)}</td><td>{text_of(video)}</td></tr>'
    yield "</tbody></table></div>"
    if (more := group.count - len(group.rows)) > 0:
        yield f"<p>And {more:,} more.</p>"


# -- rollback ------------------------------------------------------------------------------------


def _roll_back(found: RollBack, noun: str) -> Iterator[str]:
    if found.why_not:
        yield f"<p>{text_of(found.why_not)}</p>"
        return
    yield f"<p>It would put back {counted(found.videos, noun)}, each where what the job wrote is still there.</p>"
    if found.by_field:
        yield '<div class="scroll"><table class="numbers"><thead><tr><th scope="col">Field</th>'
        yield f'<th scope="col" class="number">{noun.capitalize()}s</th></tr></thead><tbody>'
        for name, count in found.by_field.items():
            yield f'<tr><th scope="row">{text_of(name)}</th><td class="number">{count:,}</td></tr>'
        yield "</tbody></table></div>"
    if found.for_ever:
        lost = ", ".join(f"{field} of {counted(count, noun)}" for field, count in found.for_ever.items())
        yield f'<p class="warning">It cannot bring back: {text_of(lost)}.</p>'
    if found.in_doubt:
        yield f"<p>Of {counted(found.in_doubt, noun)} nobody knows whether it was changed: it would look first.</p>"
    if found.damaged:
        yield f'<p class="warning">{counted(found.damaged, "entry", "entries")} of the journal cannot be read.</p>'
