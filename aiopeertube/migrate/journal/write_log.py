"""The log of writes: what was sent, what was there before, and what came of it, kept whatever comes later."""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, get_args

from .columns import DAMAGED, Unreadable, is_moment, row_of_log, values_of_log
from .item import PARTLY, Item, State, joined

_PAGE: Final = 200  # changes that are read at a time
_COLUMNS: Final = "id, outcome, at, item, uuid, before, after, sum"
_BEGIN: Final = "INSERT INTO write (item, uuid, before, after, sum, outcome, at) VALUES (?, ?, ?, ?, ?, 'sending', ?)"
_SETTLE: Final = """
UPDATE write SET item = ?, uuid = ?, before = ?, after = ?, sum = ?, outcome = ?, at = ?
WHERE id = (SELECT max(id) FROM write WHERE item = ?) AND outcome = 'sending'
"""
# The writes to each video; not in the file itself, most of which never needs it.
_STEPS: Final = """
DROP TABLE IF EXISTS temp.step;
CREATE TEMP TABLE step AS
    SELECT uuid, id FROM write WHERE outcome IN ('changed', 'sending') AND uuid != '' ORDER BY uuid;
CREATE INDEX temp.step_uuid ON step (uuid);
"""
_TIMES: Final = "SELECT outcome, count(*), min(at), max(at) FROM write GROUP BY outcome ORDER BY outcome"
NOT_SENT: Final = "not sent"
_OUTCOMES: Final = frozenset({*get_args(State), NOT_SENT})


@dataclass(frozen=True, slots=True)
class Write:
    """One write: of which item and video, when it was begun or settled (seconds since the epoch), what came of it.

    `outcome` is the state of its item after it, "sending" where nobody knows, or "not sent".
    """

    item: int
    uuid: str
    at: float
    outcome: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class WriteTimes:
    """How many writes came to what, and when the first and the last were, in seconds since the epoch (None: none)."""

    counts: dict[str, int]
    first: float | None
    last: float | None


class WriteLog:
    """The table of writes of one journal."""

    def __init__(self, connection: sqlite3.Connection, seed: int) -> None:
        self._connection = connection
        self._seed = seed

    def begin(self, items: Iterable[Item]) -> None:
        """Note what is about to be sent."""
        now = time.time()
        self._connection.executemany(_BEGIN, [(*row_of_log(item, self._seed), now) for item in items])

    def settle(self, items: Iterable[Item]) -> None:
        """Note what came of what was sent."""
        now = time.time()
        settled = (_written(item) for item in items if item.state != "sending")
        rows = [(*row_of_log(item, self._seed), outcome, now, item.id) for item, outcome in settled]
        self._connection.executemany(_SETTLE, rows)

    def correct(self, item: Item) -> None:
        """Note what is about to be sent in place of what was."""
        row = row_of_log(item, self._seed)
        self._connection.execute(_SETTLE, (*row, "sending", time.time(), item.id))

    def all(self) -> Iterator[Write]:
        """Give all writes in their order; what is damaged has the outcome "damaged"."""
        for row in self._connection.execute(f"SELECT {_COLUMNS} FROM write ORDER BY id"):  # noqa: S608 - our own names
            yield self._write(row)

    def last_at(self) -> float | None:
        """Return when something was changed last, or may have been; None: nothing was."""
        (found,) = self._connection.execute(
            "SELECT max(at) FROM write WHERE outcome IN ('changed', 'sending')"
        ).fetchone()
        return found if is_moment(found) else None

    def times(self) -> WriteTimes:
        """Count the writes by outcome, and tell when they were."""
        rows = self._connection.execute(_TIMES).fetchall()
        sound = [row for row in rows if row[0] in _OUTCOMES]
        counts = {outcome: count for outcome, count, *_ in sound}
        if len(sound) < len(rows):
            counts["damaged"] = sum(row[1] for row in rows if row[0] not in _OUTCOMES)
        moments = [moment for row in sound for moment in row[2:] if is_moment(moment)]
        return WriteTimes(counts, min(moments, default=None), max(moments, default=None))

    def find_steps(self) -> None:
        """Find the writes to each video, for `chains` and `written_since`."""
        self._connection.executescript(_STEPS)

    def written_since(self, item: Item, moment: float) -> dict[str, Any]:
        """Return what other items of the job wrote to an item's video since a moment, the latest last."""
        rows = self._rows("id IN (SELECT id FROM temp.step WHERE uuid = ?) ORDER BY id", (item.uuid,))
        writes = (write for write in map(self._write, rows) if write.outcome == "changed" and write.item != item.id)
        return {name: value for write in writes if write.at > moment for name, value in (write.after or {}).items()}

    def chains(self, after: int) -> tuple[list[tuple[int, Item]], int | None]:
        """Return some videos that were written to, each with an item that did it, and where to go on (None: all)."""
        where = f"(outcome IN ('changed', 'sending') OR {_STRANGE}) AND id > ? ORDER BY id LIMIT {_PAGE}"
        page = self._rows(where, (after,))
        chains = [found for row in page if (found := self._chain(row)) is not None]
        return chains, page[-1][0] if len(page) == _PAGE else None

    def _chain(self, row: Sequence[Any]) -> tuple[int, Item] | None:
        """Return all that was done to a video as one change; None where that began with an earlier write."""
        rows = self._rows("id IN (SELECT id FROM temp.step WHERE uuid = ?) ORDER BY id", (row[4],)) or [row]
        if rows[0][0] != row[0]:
            return None
        writes = [self._write(one) for one in rows]
        last = writes[-1]
        if any(write.outcome == "damaged" for write in writes):
            return last.item, Item(last.uuid, {}, uuid=last.uuid, state="damaged", reason=DAMAGED)
        return last.item, _joined(writes)

    def _rows(self, where: str, values: tuple[Any, ...]) -> list[Sequence[Any]]:
        return self._connection.execute(f"SELECT {_COLUMNS} FROM write WHERE {where}", values).fetchall()  # noqa: S608

    def _write(self, row: Sequence[Any]) -> Write:
        _, outcome, at, item, uuid, *_ = row
        if outcome in _OUTCOMES and is_moment(at):
            with suppress(Unreadable):
                return Write(item, uuid, at, outcome, *values_of_log(row[3:], self._seed))
        return Write(item, str(uuid), 0.0, "damaged", None, None)


def _written(item: Item) -> tuple[Item, str]:
    """Return what came of a write, and its outcome; half a change is one, too."""
    if PARTLY in item.note:
        return replace(item, after=item.note[PARTLY]), "changed"
    return item, NOT_SENT if item.state == "planned" else item.state


def outcome_of(item: Item) -> str:
    """Return what came of a write to an item that was settled since."""
    return _written(item)[1]


_STRANGE: Final = f"outcome NOT IN ({', '.join(repr(outcome) for outcome in sorted(_OUTCOMES))})"


def _joined(writes: Sequence[Write]) -> Item:
    """Put writes to one video together; of those that are in doubt `perhaps` tells what they would have left."""
    steps = [Item(write.uuid, {}, uuid=write.uuid, before=write.before, after=write.after) for write in writes]
    sure = [step for step, write in zip(steps, writes, strict=True) if write.outcome == "changed"]
    whole = joined(steps)
    if len(sure) == len(steps):
        whole.state = "changed"
        return whole
    whole.state = "sending"
    known = joined(sure).after if sure else {}
    whole.note = {"perhaps": {**(whole.before or {}), **(known or {})}}
    return whole
