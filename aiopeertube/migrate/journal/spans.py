"""What a journal keeps of how a job went: spans of time, each with what was sent in it and what came of that.

Spans are joined as a run grows, so that there are never more than some hundreds of them, and nothing of their sums
is lost.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from aiopeertube.migrate.exact_json import dumps, loads
from aiopeertube.stack.histogram import Histogram

from .columns import Unreadable, sum_of

SHORTEST: Final = 0.5  # seconds of a span, at first
_MOST: Final = 400  # spans of one journal
_OUTAGES: Final = 100  # of one span that are told one by one


@dataclass(frozen=True, slots=True)
class Outage:
    """The server, or a service of it, was away. Moments are seconds since the epoch."""

    began: float
    ended: float
    service: str
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """What one process did for a job in some time; moments are seconds since the epoch.

    Counts are those of `Statistics`, for the span alone: `by_status` has 0 for attempts without an answer. `outcomes`
    counts what was settled by what came of it. `in_flight` and `at_once` are the most requests that were seen in
    flight, and the most writes that were allowed to be. Outages belong to the span in which they ended.
    """

    run: int
    began: float
    ended: float
    requests: int = 0
    by_status: Mapping[int, int] = field(default_factory=dict)
    retries: int = 0
    waits: int = 0
    waited: float = 0.0
    refused: int = 0
    renewals: int = 0
    latency: Histogram = field(default_factory=Histogram)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    in_flight: int = 0
    at_once: int = 0
    outages: tuple[Outage, ...] = ()
    more_outages: int = 0

    @property
    def seconds(self) -> float:
        """How long it was."""
        return self.ended - self.began

    def __add__(self, other: "Span") -> "Span":
        outages = self.outages + other.outages
        return Span(
            other.run,
            min(self.began, other.began),
            max(self.ended, other.ended),
            **{name: getattr(self, name) + getattr(other, name) for name in _SUMS},
            by_status=Counter(self.by_status) + Counter(other.by_status),
            outcomes=Counter(self.outcomes) + Counter(other.outcomes),
            latency=self.latency + other.latency,
            in_flight=max(self.in_flight, other.in_flight),
            at_once=max(self.at_once, other.at_once),
            outages=outages[:_OUTAGES],
            more_outages=self.more_outages + other.more_outages + max(0, len(outages) - _OUTAGES),
        )


_SUMS: Final = ("requests", "retries", "waits", "waited", "refused", "renewals")
_PLAIN: Final = (*_SUMS, "in_flight", "at_once", "more_outages")


def total(spans: Iterable[Span]) -> Span:
    """Sum spans up, of which there is one at least."""
    first, *others = spans
    for span in others:
        first += span
    return first


def row_of(place: int, span: Span, seed: int) -> list[Any]:
    """Write a span as the row of its place, with its sum."""
    figures = {name: getattr(span, name) for name in _PLAIN} | {
        "status": {str(status): count for status, count in span.by_status.items()},
        "outcomes": dict(span.outcomes),
        "latency": {str(index): count for index, count in span.latency.by_bucket().items()},
        "seconds": span.latency.seconds,
        "outages": [[one.began, one.ended, one.service, one.reason] for one in span.outages],
    }
    row = [place, span.run, float(span.began), float(span.ended), dumps(figures).decode()]
    return [*row, sum_of(seed, row)]


def span_of(row: Sequence[Any], seed: int) -> Span:
    """Read a span.

    Raises:
        Unreadable: its row is damaged.
    """
    *cells, checked = row
    place, run, began, ended, text = cells
    if checked != sum_of(seed, cells):
        raise Unreadable(f"span {place!r}")
    try:
        figures = loads(text)
        return Span(
            run,
            began,
            ended,
            **{name: figures[name] for name in _PLAIN},
            by_status=_numbered(figures["status"]),
            outcomes=figures["outcomes"],
            latency=Histogram.of(_numbered(figures["latency"]), figures["seconds"]),
            outages=tuple(Outage(*one) for one in figures["outages"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Unreadable(f"span {place!r}") from None


def _numbered(counts: Mapping[str, int]) -> dict[int, int]:
    return {int(name): count for name, count in counts.items()}


class Timeline:
    """The spans of a journal: those it had, and those of the run that is under way.

    One thread adds, another writes.
    """

    def __init__(self, spans: Sequence[Span] = (), *, most: int = _MOST) -> None:
        self._spans = list(spans)
        self._most = most
        self._unwritten = len(self._spans)  # the first place whose row is not as it is here
        self._outcomes: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.width = SHORTEST  # seconds of the next span
        self.run = max((span.run for span in spans), default=0) + 1
        self.matters = False  # once the run did something that is worth remembering

    def count(self, outcome: str) -> None:
        """Count what came of something, in the span that is under way."""
        self._outcomes[outcome] += 1
        self.matters = True

    def add(self, span: Span) -> None:
        """Add a span that is over, with the outcomes that were counted meanwhile."""
        outcomes, self._outcomes = self._outcomes, Counter()
        with self._lock:
            self._spans.append(replace(span, run=self.run, outcomes=dict(outcomes)))
            while len(self._spans) > self._most:
                self._coarsen()

    def _coarsen(self) -> None:
        """Join neighbours; those of two runs only where nothing else is left to join."""
        self.width *= 2
        joined: list[Span] = []
        alone = len({span.run for span in self._spans}) == len(self._spans)
        for span in self._spans:
            if joined and self._fit(joined[-1], span, alone=alone):
                joined[-1] += span
            else:
                joined.append(span)
        self._spans, self._unwritten = joined, 0

    def _fit(self, one: Span, other: Span, *, alone: bool) -> bool:
        return alone or (one.run == other.run and other.ended - one.began <= self.width * 1.5)

    def unwritten(self) -> tuple[int, list[tuple[int, Span]]]:
        """Return how many spans there are, and those that are to be written with their places; they count as such."""
        if not self.matters:
            return 0, []
        with self._lock:
            first, self._unwritten = self._unwritten, len(self._spans)
            return len(self._spans), [(place, self._spans[place]) for place in range(first, len(self._spans))]

    def __repr__(self) -> str:
        return f"<Timeline, {len(self._spans)} spans of about {self.width:g} s>"
