"""The journal's file: every question and change that is written in SQL. Nothing here is asynchronous.

SQLite with a write-ahead log; a transaction is on the disk when its method returns. Items tell how things are; the
log of writes tells what was sent, and what was there before, whatever comes later.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Self

from . import journal_file
from .columns import DAMAGED, STATE, Unreadable, as_json, item_of, row_to_insert, row_to_save, value_of
from .item import EXPECTED, LATE, Item, State, merged
from .journal_errors import JournalError, explained
from .schema import Job
from .spans import Span, row_of, span_of
from .sql import (
    BACK,
    BY_VIDEO,
    CHANGED_SINCE,
    CORRECTED,
    FIND_UNDONE,
    HOLD_BACK,
    INSERT,
    NOT_DONE,
    OF_ROWS,
    OVERWRITTEN,
    PARTS,
    READ_AGAIN,
    REPLACED,
    SAVE,
    SELECT,
    TWICE,
    UNPROVEN,
    WHERE,
)
from .write_log import WriteLog

PAGE: Final = 200  # items that are read at a time
_SPAN: Final = "id, run, began, ended, figures, sum"


class Database:
    """One journal's file, and the lock that keeps others off it."""

    def __init__(self, path: Path, connection: sqlite3.Connection, held: ExitStack, *, writes: bool = True) -> None:
        self.path = path
        self._connection = connection
        self._held = held  # the connection and the lock
        self.job, facts = journal_file.facts(path, connection)
        self._seed = int(facts["seed"])
        self.last_pass = int(facts.get("pass", 0))
        self.undone_by = str(facts.get("undone", ""))  # the journal of a rollback that changed what this one wrote
        self.has_all = facts.get("all") is True  # that is to be done: its input was read to the end
        self._is_marked = writes and "open" in facts  # as one that is being written
        self._nothing_known = False  # while a first pass promises that no video comes up twice
        self._known = 0  # the last item of earlier passes
        self.log = WriteLog(connection, self._seed)
        self._damaged: dict[int, str] = {}  # items that are damaged, and the states that they claim to have

    # -- life ------------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: Path, job: Job) -> Self:
        """Make a new file.

        Raises:
            JournalError: there is something at `path` already, or it cannot be written there.
        """
        with explained(path), ExitStack() as undo:
            return cls(path, journal_file.made(path, job, undo), undo.pop_all())

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, or_copy: bool = False, looks: bool = True) -> Self:
        """Open a file; `read_only` needs no lock, and sees a run that is under way.

        With `or_copy` a file that cannot be written is copied into memory, and what is written is lost. One that is
        only read is not looked through for damages where that is not cheap, or not `looks`.

        Raises:
            JournalError: there is none, it is damaged, or another run uses it.
        """
        with explained(path), ExitStack() as undo:
            if not path.is_file():
                raise JournalError(f"there is no journal at {path}")
            if read_only:
                connection = journal_file.read(path, undo, looks=looks)
            elif or_copy and not journal_file.can_be_written(path):
                connection = journal_file.copied(path, undo)
            else:
                connection = journal_file.opened(path, undo)
            database = cls(path, connection, undo, writes=not read_only)
            if database.last_pass == 0 and database._one("TRUE", ()) is not None:
                raise JournalError(f"the journal {path} is damaged: how far it came cannot be read")
            if not read_only or (looks and journal_file.is_small(path)):
                database.find_damaged(mark=not read_only)
            database._held = undo.pop_all()
            return database

    def close(self) -> None:
        """Close the file; the lock is kept until `release`."""
        journal_file.close(self.path, self._connection, is_marked=self._is_marked)

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """Make one transaction of a block."""
        if not self._is_marked:
            journal_file.mark(self._connection)
            self._is_marked = True
        with self._connection as connection:
            yield connection

    def release(self, *, remove: bool) -> None:
        """Release the lock, and `remove` the file before, with what belongs to it."""
        if remove:
            journal_file.remove(self.path)
        self._held.close()

    def find_damaged(self, *, mark: bool) -> None:
        """Go through all items for those whose cells are not what was written; `mark` them as such.

        So are those that claim to be changed, and of which the log of writes knows nothing, or to be of a later pass.
        """
        rows = self._connection.execute(SELECT + "TRUE")
        found = ((item, str(row[STATE])) for row in rows if (item := item_of(row, self._seed)).state == "damaged")
        self._damaged = {item.id: claim for item, claim in found if claim != "damaged"}
        self._damaged |= dict(self._connection.execute(UNPROVEN, (self.last_pass,)))
        if mark and self._damaged:
            with self._changing() as connection:
                marks = [(DAMAGED, id_) for id_ in self._damaged]
                connection.executemany("UPDATE item SET state = 'damaged', reason = ? WHERE id = ?", marks)
            self._damaged = {}

    # -- filling ---------------------------------------------------------------------------------

    def begin_pass(self, *, distinct: bool) -> None:
        """Begin to read the input (again); `distinct` promises that no video comes up twice in it."""
        self._nothing_known = distinct and self.last_pass == 0
        self.last_pass += 1
        (self._known,) = self._connection.execute("SELECT coalesce(max(id), 0) FROM item").fetchone()
        with self._changing() as connection:
            connection.execute("INSERT OR REPLACE INTO job VALUES ('pass', ?)", (as_json(self.last_pass),))
            if not self._nothing_known:
                connection.execute(BY_VIDEO)

    def add(self, items: Sequence[Item]) -> list[tuple[Item, Item]]:
        """Take in what rows want; return pairs of rows that contradict each other, the earlier one first."""
        with self._changing():
            return [(earlier, item) for item in items if (earlier := self._add_one(item)) is not None]

    def _add_one(self, item: Item) -> Item | None:
        if self._nothing_known or not self._knows_ref(item.ref):
            self._insert(item)
            return None
        earlier = self._one("ref = ? AND pass = ?", (item.ref, self.last_pass))
        if earlier is not None and not earlier.wanted and item.wanted:
            self._connection.execute("DELETE FROM item WHERE id = ?", (earlier.id,))  # that row asked for nothing
            earlier = None
        if earlier is None:
            self._adopt(item)
            return None
        wanted = merged(earlier.wanted, item.wanted)
        if wanted is None or (wanted != earlier.wanted and earlier.state != "read"):
            return earlier
        if wanted != earlier.wanted:
            self._connection.execute("DELETE FROM item WHERE id = ?", (earlier.id,))
            earlier.take_in(item, wanted)
            self._adopt(earlier)
        return None

    def _knows_ref(self, ref: str) -> bool:
        return self._connection.execute("SELECT 1 FROM item WHERE ref = ?", (ref,)).fetchone() is not None

    def _adopt(self, item: Item) -> None:
        """Take a change into this pass, as it is known from an earlier one or as a new one.

        What its row knows of the video may have become more since, where it was exported anew.
        """
        known = self._one("id = (SELECT max(id) FROM item WHERE ref = ? AND change = ?)", (item.ref, item.change))
        if known is None or known.state == "damaged":
            self._insert(item)
            return
        if known.state not in {"changed", "sending"}:
            self._learn(known, item)
        self._connection.execute(
            "UPDATE item SET pass = ?, line = ?, row = ? WHERE id = ?",
            (self.last_pass, item.line, as_json(item.row), known.id),
        )

    def _learn(self, known: Item, item: Item) -> None:
        """Take over what a row knows of its item, or where the rows of an item stand."""
        if OF_ROWS & item.note.keys():
            if known.note.get(EXPECTED) != item.note.get(EXPECTED):
                # The job to be undone has written more since we looked.
                known.before, known.after, known.ready = None, None, False
                known.settle("read")
            elif LATE in known.note:
                item.note = known.note | item.note
            known.note = item.note
        elif where := {name: item.note[name] for name in WHERE if name in item.note}:
            known.note = known.note | where
        else:
            return
        self._save([known])

    def keep(self, refs: Sequence[str]) -> set[str]:
        """Take into this pass what was done to these videos, or may have been; return which they are."""
        where = f"pass < ? AND +state IN ('changed', 'conflict', 'sending') AND ref IN ({', '.join('?' * len(refs))})"
        values = (self.last_pass, *refs)
        kept = {item.ref for item in self._select(where, values)}
        with self._changing() as connection:
            connection.execute(f"UPDATE item SET pass = ? WHERE {where}", (self.last_pass, *values))  # noqa: S608
        return kept

    def still_wanted(self, refs: Sequence[str]) -> set[str]:
        """Take into this pass all that is known of these and was found good; return which they are."""
        where = (
            "(ready OR state IN ('read', 'changed', 'sending', 'conflict')) "
            f"AND ref IN ({', '.join('?' * len(refs))})"
        )
        kept = {item.ref for item in self._select(where, tuple(refs))}
        with self._changing() as connection:
            connection.execute(f"UPDATE item SET pass = ? WHERE {where}", (self.last_pass, *refs))  # noqa: S608
        return kept

    def _insert(self, item: Item) -> None:
        self._connection.execute(INSERT, (*row_to_insert(item, self._seed), self.last_pass, time.time()))

    def end_pass(self, *, edits: bool = True, again: Sequence[State] = ()) -> None:
        """Leave out what this pass did not ask for any more; `edits` of one video overwrite each other.

        What an earlier pass left in the states `again` is read again: the server may be another by now.
        """
        self._nothing_known = False
        with self._changing() as connection:
            connection.execute(BY_VIDEO)
            if edits and self.last_pass > 1:
                self._plan_again_what_was_overwritten()
            elif self.last_pass > 1:
                connection.execute(
                    f"UPDATE item SET {BACK} WHERE pass = ? AND state = 'changed' AND {CHANGED_SINCE}",  # noqa: S608
                    (self.last_pass,),
                )
            # What was set apart of it is read again, with all that its row wants.
            connection.execute(PARTS, (self.last_pass, self.last_pass))
            connection.execute(
                "UPDATE item SET state = 'skipped', reason = 'not in the input any more' "
                "WHERE pass < ? AND state IN ('read', 'planned')",
                (self.last_pass,),
            )
            connection.execute(
                f"UPDATE item SET {BACK} WHERE pass = ? AND state = 'skipped'",  # noqa: S608 - our own text
                (self.last_pass,),
            )
            connection.execute(
                f"UPDATE item SET {READ_AGAIN} "  # noqa: S608 - our own names
                f"WHERE pass = ? AND id <= ? AND state IN ({', '.join('?' * len(again))})",
                (self.last_pass, self._known, *again),
            )

    def _plan_again_what_was_overwritten(self) -> None:
        """Replace what this job knows of a video by a new wish, where a later change of its own came between.

        The rest of a video that is in conflict is no wish of its own; it learns what was written beside it.
        """
        overwritten = self._connection.execute(OVERWRITTEN, (self.last_pass,)).fetchall()
        if overwritten:
            self.log.find_steps()
        for id_, at in overwritten:
            (old,) = self._select("id = ?", (id_,))
            known = {**old.known, **self.log.written_since(old, at)}
            note = old.note | ({"looked": known} if known else {})
            if old.state == "conflict":
                self._save([replace(old, note=note)])
                continue
            self._connection.execute("UPDATE item SET pass = ? WHERE id = ?", (self.last_pass - 1, id_))
            self._insert(Item(old.ref, old.wanted, old.line, old.row, note=note))

    def hold_back(self) -> int:
        """Leave for later what is planned for videos of which nobody knows what this job did to them.

        What was there first is known only once that is settled. Return how many are left.
        """
        with self._changing() as connection:
            return connection.execute(HOLD_BACK, (self.last_pass,)).rowcount

    # -- looking ---------------------------------------------------------------------------------

    def changed(self, after: int) -> tuple[list[Item], int | None]:
        """Return some videos that were changed, or may have been, each once, and where to go on (None: that was all).

        What was changed in several steps comes as one change, at the place of the first. Items that are not "changed"
        or "sending" are those of which nobody knows what was there: their entries are damaged.
        """
        page, last = self.log.chains(after)
        return [self._change_of(*found) for found in page], last

    def _change_of(self, id_: int, chain: Item) -> Item:
        """Tell with a change what is known of the row that asked for it."""
        item = self._one("id = ?", (id_,))
        if item is None or item.state == "damaged":
            return chain
        whole = replace(item, uuid=chain.uuid, before=chain.before, after=chain.after, note=item.note | chain.note)
        return whole.settle(chain.state, chain.reason)

    def meet(self) -> tuple[list[tuple[Item, Item]], int]:
        """Join items of this pass that are about one video, whatever they call it.

        Return pairs that contradict each other, the earlier one first, and how many items have to be compared again.
        """
        pairs, joined = [], 0
        twice = self._select(TWICE, (self.last_pass, self.last_pass))
        with self._changing():
            for _, same in groupby(twice, lambda item: item.uuid):
                first, *others = same
                for other in others:
                    wanted = merged(first.wanted, other.wanted)
                    if wanted is None:
                        pairs.append((first, other))
                        continue
                    first.take_in(other, wanted)
                    joined += 1
                    self._join(first, other)
        return sorted(pairs, key=lambda pair: pair[1].line or 0), joined

    def _join(self, first: Item, other: Item) -> None:
        """Let an item be compared again with what it took in of another one."""
        first.state, first.ready = "read", False
        if other.ref == first.ref:  # it was set apart, and will be again
            self._connection.execute("DELETE FROM item WHERE id = ?", (other.id,))
        else:
            other.settle("unchanged", f"line {first.line or 0:,} names the same video, and both are done as one")
        self._save([first, other])
        self._connection.execute("UPDATE item SET row = ? WHERE id = ?", (as_json(first.row), first.id))

    def written(self) -> Iterator[Item]:
        """Give each item that was changed, the latest last."""
        found = self._connection.execute(SELECT + "state = 'changed' ORDER BY at, id")
        items = (item_of(row, self._seed) for row in found)
        return (item for item in items if item.state != "damaged")

    def replaced(self) -> tuple[int, int]:
        """Count the values that are planned to be replaced unseen, and those of them that are not empty now."""
        values, filled = self._connection.execute(REPLACED).fetchone()
        return int(values), int(filled)

    def not_done(self) -> int:
        """Count the items that are open or could not be done, and whose video got no other wish since."""
        (count,) = self._connection.execute(f"SELECT count(*) FROM ({NOT_DONE})").fetchone()  # noqa: S608
        return int(count)

    def find_undone(self) -> None:
        """Find the items that `not_done` counts, for `undone`."""
        self._connection.executescript(FIND_UNDONE)

    def undone(self, after: int) -> tuple[list[Item], int | None]:
        """Return some of the items that `not_done` counts, and where to go on (None: that was all)."""
        # The plus keeps SQLite from going through all of them for each page.
        page = self._select("id > ? AND +id IN temp.undone ORDER BY id LIMIT ?", (after, PAGE))
        return page, page[-1].id if len(page) == PAGE else None

    def counts(self) -> dict[str, int]:
        """Count items by state; what could not be done, and its row asks for no more, was skipped."""
        found = self._connection.execute("SELECT state, count(*) FROM item GROUP BY state ORDER BY state")
        counts = Counter(dict(found.fetchall()))
        if self.last_pass > 1 and (counts["failed"] or counts["conflict"]):
            corrected = self._connection.execute(CORRECTED).fetchall()
            counts.subtract(dict(corrected))
            counts["skipped"] += sum(count for _, count in corrected)
        counts.subtract(self._damaged.values())
        if self._damaged:
            counts["damaged"] += len(self._damaged)
        return {state: count for state, count in counts.items() if count}

    def count_read(self, accepted: Callable[[Iterable[str]], bool]) -> int:
        """Count the items read whose wanted fields are `accepted`."""
        wanted = self._connection.execute("SELECT wanted FROM item WHERE state = 'read'")
        return sum(accepted(value_of(text)) for (text,) in wanted)

    def count_planned(self, counted: Callable[[Any, Any], Iterable[str]]) -> dict[str, int]:
        """Count what `counted` names of the values before and after of each planned change."""
        found = self._connection.execute("SELECT before, after FROM item WHERE state = 'planned' AND after != '{}'")
        return Counter(name for before, after in found for name in counted(value_of(before), value_of(after)))

    def count_noted(self, name: str) -> int:
        """Count the planned items with something of this name in their notes."""
        sql = "SELECT count(*) FROM item WHERE state = 'planned' AND json_type(note, ?) IS NOT NULL"
        return int(self._connection.execute(sql, (f"$.{name}",)).fetchone()[0])

    def knows(self, uuid: str) -> bool:
        """Tell whether an item became this video."""
        return self._one("uuid = ?", (uuid,)) is not None

    def find(self, refs: Sequence[str], state: State) -> list[Item]:
        """Return the items in `state` that name one of these videos."""
        marks = ", ".join("?" * len(refs))
        # The plus keeps SQLite from going through all items in that state.
        return self._select(f"+state = ? AND ref IN ({marks})", (state, *refs))

    def page(self, states: Sequence[State], after: int) -> list[Item]:
        """Return the next items in these states (none: all), in the order in which they were read."""
        wanted = f"state IN ({', '.join('?' * len(states))}) AND" if states else ""
        return self._select(f"{wanted} id > ? ORDER BY id LIMIT {PAGE}", (*states, after))

    def standing(self, after: int) -> list[Item]:
        """Return the next items that were changed, and by no later row of the job in another way."""
        return self._select(
            f"state = 'changed' AND NOT {CHANGED_SINCE} AND id > ? ORDER BY id LIMIT {PAGE}", (after,)
        )

    # -- doing -----------------------------------------------------------------------------------

    def mark_undone(self, by: str) -> None:
        """Note that another journal's job is about to undo this one; "": none has undone anything."""
        self.undone_by = by
        with self._changing() as connection:
            connection.execute("INSERT OR REPLACE INTO job VALUES ('undone', ?)", (as_json(by),))
        # Now, not when it is closed: the journal of the rollback is the later one.
        self._connection.execute("PRAGMA wal_checkpoint(FULL)")

    def mark_all(self) -> None:
        """Note that the input was read to its end."""
        self.has_all = True
        with self._changing() as connection:
            connection.execute("INSERT OR REPLACE INTO job VALUES ('all', 'true')")

    def save(self, items: Sequence[Item], apart: Sequence[Item] = ()) -> None:
        """Write items with all that is known of them, and parts of them as items of their own: all or nothing."""
        with self._changing():
            self._save(items)
            for item in apart:
                self._insert(item)

    def settle(self, items: Sequence[Item]) -> None:
        """Write items with what became of them."""
        with self._changing():
            self._save(items)
            self.log.settle(items)

    def correct(self, item: Item) -> None:
        """Write what is about to be sent otherwise than it was marked, in the log as well."""
        with self._changing():
            self._save([item])
            self.log.correct(item)

    def take(self, number: int, after: int, only: str = "") -> list[Item]:
        """Mark the next planned items as about to be sent; with `only`, those whose refs begin so."""
        where = "state = 'planned' AND id > ? AND substr(ref, 1, ?) = ? ORDER BY id LIMIT ?"
        items = self._select(where, (after, len(only), only, number))
        for item in items:
            item.state = "sending"
        with self._changing():
            self._save(items)
            self.log.begin(items)
        return items

    def _save(self, items: Iterable[Item]) -> None:
        rows = [(*row_to_save(item, self._seed), time.time(), item.id) for item in items]
        self._connection.executemany(SAVE, rows)

    def reopen_failed(self, *, edits: bool) -> None:
        """Plan or read again what failed, unless no values came of it: another try would find the same.

        `edits` are read in any case: their videos may be others by now.
        """
        back = READ_AGAIN if edits else BACK
        with self._changing() as connection:
            connection.execute(
                f"UPDATE item SET {back} WHERE state = 'failed' AND pass = ? AND (ready OR wanted != '{{}}')",  # noqa: S608
                (self.last_pass,),
            )

    # -- how it went -----------------------------------------------------------------------------

    def spans(self) -> tuple[list[Span], int]:
        """Return what was done in each span of time, and how many entries about that are damaged."""
        spans, damaged = [], 0
        for row in self._connection.execute(f"SELECT {_SPAN} FROM span ORDER BY id"):  # noqa: S608 - our own names
            try:
                spans.append(span_of(row, self._seed))
            except Unreadable:
                damaged += 1
        return spans, damaged

    def record(self, number: int, spans: Sequence[tuple[int, Span]]) -> None:
        """Write spans in their places, of which there are now so many."""
        rows = [row_of(place, span, self._seed) for place, span in spans]
        with self._changing() as connection:
            connection.executemany(f"INSERT OR REPLACE INTO span ({_SPAN}) VALUES (?, ?, ?, ?, ?, ?)", rows)  # noqa: S608
            connection.execute("DELETE FROM span WHERE id >= ?", (number,))

    # -- inside ----------------------------------------------------------------------------------

    def _one(self, where: str, values: tuple[Any, ...]) -> Item | None:
        found = self._select(f"{where} LIMIT 1", values)
        return found[0] if found else None

    def _select(self, where: str, values: tuple[Any, ...]) -> list[Item]:
        items = [item_of(row, self._seed) for row in self._connection.execute(SELECT + where, values)]
        for item in items if self._damaged else ():
            if item.id in self._damaged:
                item.settle("damaged", DAMAGED)
        return items
