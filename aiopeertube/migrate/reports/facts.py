"""The facts of a report: what was asked, what came of it, how it went, and what a rollback would do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from aiopeertube.migrate.journal.schema import Job
from aiopeertube.migrate.journal.spans import Span, total


@dataclass(frozen=True, slots=True)
class Failures:
    """Items that came to one state for one reason; `example` is the reason of the first, in full.

    `rows` are the first fifty, as (line, name, what the row called the video).
    """

    state: str
    reason: str
    example: str
    count: int
    again: bool
    rows: tuple[tuple[int | None, str, str], ...]


@dataclass(frozen=True, slots=True)
class RollBack:
    """What a rollback would do, as far as the journal tells.

    Attributes:
        why_not: Why there is none; "" where there is.
        undone_by: The journal of a rollback that was begun already, "" where none was.
        videos: How many would be put back.
        by_field: In how many of them each field would be.
        for_ever: What it could not bring back, by field.
        in_doubt: Of how many nobody knows whether they were changed.
        damaged: How many entries of the journal cannot be read.
    """

    why_not: str = ""
    undone_by: str = ""
    videos: int = 0
    by_field: Mapping[str, int] = field(default_factory=dict)
    for_ever: Mapping[str, int] = field(default_factory=dict)
    in_doubt: int = 0
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What became of a job, as its journal tells.

    Attributes:
        path: Its journal.
        job: What was asked, by whom, where, and when it was begun.
        noun: What its items are about: "video", "playlist" or "channel".
        made: When the report was made, in seconds since the epoch.
        counts: Items by state.
        writes: What was sent, by what came of it.
        first_write, last_write: When, in seconds since the epoch; None: nothing was sent.
        failures: What could not be done, the most common reason first.
        more_failures: How many items have reasons beyond the first 200.
        roll_back: What a rollback would do.
        spans: What was done in each span of time; none where an earlier version of aiopeertube kept the journal.
        spans_damaged: How many of them cannot be read.
    """

    path: Path
    job: Job
    noun: str
    made: float
    counts: Mapping[str, int]
    writes: Mapping[str, int]
    first_write: float | None
    last_write: float | None
    failures: tuple[Failures, ...]
    more_failures: int
    roll_back: RollBack
    spans: tuple[Span, ...]
    spans_damaged: int = 0

    @property
    def runs(self) -> tuple[tuple[Span, ...], ...]:
        """The spans of each process that worked on the job."""
        return tuple(tuple(spans) for _, spans in groupby(self.spans, attrgetter("run")))

    @property
    def total(self) -> Span | None:
        """All spans as one; None where there are none."""
        return total(self.spans) if self.spans else None

    @property
    def before_spans(self) -> int:
        """How many outcomes the spans know nothing of: an earlier version of aiopeertube wrote them, say."""
        settled = sum(count for outcome, count in self.writes.items() if outcome not in {"sending", "damaged"})
        known = sum(self.total.outcomes.values()) if self.total else 0
        return max(0, settled - known)
