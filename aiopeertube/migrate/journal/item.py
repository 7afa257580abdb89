"""One video's change, from the row that asked for it to what became of it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from aiopeertube.migrate.exact_json import dumps

State = Literal["read", "planned", "sending", "changed", "unchanged", "skipped", "conflict", "failed", "damaged"]

# What a run has still to do; "sending" is a question that the server can answer.
OPEN: Final = ("read", "planned", "sending")
AIM: Final = "aim"  # in an item's note: what a change that is half done was to come to
EXPECTED: Final = "expected"  # in an item's note: what a job wrote that is to be undone
LATE: Final = "late"  # in an item's note: that it is compared just before, and what a row told of its video
PARTLY: Final = "partly"  # in an item's note: what is there of a change that takes several requests, and is half done


@dataclass(slots=True)
class Item:
    """What a row wants of one video.

    `ref` names the video (or, for one that does not exist yet, its row), `wanted` is what the row asks for,
    `before` and `after` are only the fields that differ: what the server had, and what it is to have.
    `again` tells of a failure that another run may get past; `ready` says that it needs no (further) comparison with
    the server, so that it can be planned as it is.
    """

    ref: str
    wanted: dict[str, Any]
    line: int | None = None
    row: dict[str, Any] = field(default_factory=dict)
    id: int = 0
    state: State = "read"
    uuid: str = ""
    name: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    reason: str = ""
    again: bool = False
    attempts: int = 0
    note: dict[str, Any] = field(default_factory=dict)
    ready: bool = False

    @property
    def change(self) -> str:
        """A hash of what is wanted: with `ref` it names this change, wherever its row stands."""
        return hashlib.sha256(dumps(self.wanted, sort_keys=True)).hexdigest()[:32]

    @property
    def known(self) -> dict[str, Any]:
        """What the last look found of fields that were to be changed, or what was written there since."""
        written = (self.after or {}) if self.state == "changed" else {}
        found = {} if LATE in self.note else self.before or {}
        return {**found, **self.note.get("looked", {}), **written}

    def settle(self, state: State, reason: str = "", *, again: bool = False) -> "Item":
        """Say what became of it."""
        self.state, self.reason, self.again = state, reason, again
        return self

    def take_in(self, other: "Item", wanted: dict[str, Any]) -> None:
        """Want what another row wants of the same video as well; `wanted` is what both come to."""
        self.wanted = wanted
        self.row |= {column: cell for column, cell in other.row.items() if self.row.get(column) in ("", None)}
        self.note = together(self.note, other.note)
        doubts = {**other.note.get("doubts", {}), **self.note.get("doubts", {})}
        if doubts:
            self.note["doubts"] = doubts


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any] | None:
    """Put what two rows want of one video together; None where they contradict each other."""
    if any(name in one and one[name] != value for name, value in other.items()):
        return None
    return {**one, **other}


def together(note: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Put together what is noted of two rows that want something of one video; the first one's word is the last."""
    both = {**other, **note}
    for name in ("base", "own", "lines", "rows"):
        if name in both:
            both[name] = {**other.get(name, {}), **note.get(name, {})}
    return both


def joined(chain: Sequence[Item]) -> Item:
    """Put what one job did to a video in several steps into one change: what was there first, and what came last.

    Where somebody else changed a field between two steps, what they left is what was there.
    """
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for item in chain:
        found = item.before or {}
        before |= {name: value for name, value in found.items() if name not in after or after[name] != value}
        after |= item.after or {}
    return replace(chain[-1], before=before, after=after)
