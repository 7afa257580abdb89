"""The top of the page, which is there without its script, too: what is planned, by whom, and what it costs."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from aiopeertube._counting import counted
from aiopeertube.errors import FileUnreadable
from aiopeertube.migrate.journal.schema import Job
from aiopeertube.migrate.metadata.excerpts import excerpt
from aiopeertube.migrate.pages.frame import Count, Top
from aiopeertube.migrate.pages.markup import escaped, text_of
from aiopeertube.migrate.plans.report import Change

_LISTED: Final = ("failed", "conflict")  # states that are kinds of rows in the list
_OPEN: Final = 30  # lines about fields that are shown at once; more would hide the list below


@dataclass(frozen=True, slots=True)
class PlanSum:
    """Which file has the plan for `apply`: its name, and what it is known by."""

    name: str
    sha256: str

    @classmethod
    def of(cls, path: str | Path) -> "PlanSum":
        """Read a plan's file.

        Raises:
            FileUnreadable: it cannot be read.
        """
        try:
            with Path(path).open("rb") as file:
                return cls(Path(path).name, hashlib.file_digest(file, "sha256").hexdigest())
        except OSError as exc:
            raise FileUnreadable(str(path), exc.strerror or str(exc)) from None


@dataclass(frozen=True, slots=True)
class Summary:
    """What the page says of a plan as a whole; `changes` are grouped and counted, `cost` is a line for people."""

    job: Job
    counts: Mapping[str, int]
    changes: Sequence[Change]
    cost: str
    for_ever: Mapping[str, int]
    replaced: tuple[int, int] = (0, 0)
    plan_file: PlanSum | None = None
    noun: str = "video"  # what one row is about

    def parts(self) -> dict[str, str]:
        """Return the parts of the template as HTML."""
        top = Top("Plan", self.job.source, self.noun, self._counts(), self._warnings(), self._facts())
        return top.parts() | {
            "origin": escaped(self.job.origin),
            "kind": escaped(self.job.kind),
            "title_noun": self.noun.capitalize(),
            "groups": _groups(self.changes),
            "groups_count": counted(len(self.changes), "line"),
            "groups_open": " open" if len(self.changes) <= _OPEN else "",
        }

    def _facts(self) -> Iterator[tuple[str, str]]:
        made = datetime.fromtimestamp(self.job.began, UTC) if self.job.began else datetime.now(UTC)
        yield "Instance", text_of(self.job.origin)
        yield "User", text_of(self.job.user)
        yield "Made from", text_of(self.job.source)
        yield "Made", f"{made:%Y-%m-%d %H:%M} UTC"
        yield "Cost", text_of(self.cost)
        if self.plan_file is not None:
            yield "Plan file", f"{text_of(self.plan_file.name)}<br>SHA-256 <code>{self.plan_file.sha256}</code>"

    def _counts(self) -> Iterator[Count]:
        """Give the numbers, problems first; those that are 0 only where it is good to know."""
        shown = (
            ("failed", "cannot be done"),
            ("conflict", "changed by somebody else"),
            ("planned", "will change"),
            ("unchanged", "as they should be"),
        )
        for state, words in shown:
            number = self.counts.get(state, 0)
            linked = number and state in _LISTED
            yield Count(state, number, f'<a href="#rows-title" data-kind="{state}">{words}</a>' if linked else words)

    def _warnings(self) -> Iterator[str]:
        if self.for_ever:
            what = ", ".join(f"{field} of {counted(count, self.noun)}" for field, count in self.for_ever.items())
            yield f"A rollback cannot bring back: {what}."
        values, filled = self.replaced
        if values:
            replaced = f"{counted(values, 'value')} would be replaced; not empty now: {filled:,}."
            yield f"{replaced} The table does not tell what they were when it was exported."


def _groups(changes: Iterable[Change]) -> str:
    return "".join(
        f'<tr><td class="number">{one.count:,}</td><th scope="row">{text_of(one.field)}</th>'
        f"<td>{_change(one)}</td></tr>"
        for one in changes
    )


def _change(one: Change) -> str:
    if one.old == one.new == "...":
        return "<em>others: see the list</em>"
    return text_of(one.difference) + (f"<br><small>{text_of(excerpt(one.video))}</small>" if one.video else "")
