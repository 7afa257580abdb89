"""The journal's file: its schema, and every question and change that is written in SQL. Nothing here is asynchronous.

SQLite with a write-ahead log; a transaction is on the disk when its method returns.
"""

import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import filelock

from aiopeertube.errors import ConfigurationError

from .columns import COLUMNS, INSERTED, READ, SAVED, Unreadable, as_json, inserted, item_of, saved, value_of
from .item import Item, State, joined, merged

VERSION: Final = 2
PAGE: Final = 200  # items that are read at a time
_CACHE: Final = 8192  # KiB; videos come in no order, and their index outgrows SQLite's usual 2 MiB soon


class JournalError(ConfigurationError):
    """A journal cannot be used: damaged, in use, or of another instance or user."""


class JournalFull(JournalError):
    """The journal cannot be written any more: no room, a disk that fails, or that became read-only.

    What is in it is safe. `began` tells whether anything may have been sent: then a later run goes on from there.
    """

    def __init__(self, message: str, *, began: bool = False) -> None:
        super().__init__(message)
        self.began = began


@dataclass(frozen=True, slots=True)
class Job:
    """What a journal is about. `kind` is "update", "captions" and so on; `source` is its input's name."""

    kind: str
    origin: str
    user: str
    source: str
    columns: tuple[str, ...] = ()
    began: float = 0.0  # seconds since the epoch
    parent: str = ""  # the journal that this one rolls back


_SCHEMA: Final = f"""
CREATE TABLE job (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE item (
    {", ".join(f"{column.name} {column.type}" for column in COLUMNS)},
    pass INTEGER NOT NULL, at REAL NOT NULL
);
CREATE INDEX item_state ON item (state, id);
"""
# Videos come in no order, so an index that grows with them is written all over; built at once it costs a tenth.
_BY_VIDEO: Final = "CREATE INDEX IF NOT EXISTS item_ref ON item (ref)"
_SELECT: Final = f"SELECT {', '.join(column.name for column in READ)} FROM item WHERE "  # noqa: S608 - our own names
_INSERT: Final = (
    f"INSERT INTO item ({', '.join(column.name for column in INSERTED)}, pass, at) "  # noqa: S608
    f"VALUES ({'?, ' * len(INSERTED)}?, ?)"
)
_SAVE: Final = f"UPDATE item SET {', '.join(f'{column.name} = ?' for column in SAVED)}, at = ? WHERE id = ?"  # noqa: S608
# Changes of videos that were changed several times; not in the file itself, whose time tells what is "last".
_STEPS: Final = """
DROP TABLE IF EXISTS temp.step;
CREATE TEMP TABLE step AS SELECT uuid, id AS item FROM item WHERE state = 'changed' AND uuid IN (
    SELECT uuid FROM item WHERE state = 'changed' AND uuid != '' GROUP BY uuid HAVING count(*) > 1
);
CREATE INDEX temp.step_uuid ON step (uuid);
"""
# Items of a pass whose video this job changed in another way after they were last settled.
_OVERWRITTEN: Final = """
WITH last AS (SELECT uuid, max(at) AS at FROM item WHERE state = 'changed' AND uuid != '' GROUP BY uuid)
SELECT item.id FROM item JOIN last ON last.uuid = item.uuid WHERE pass = ? AND item.at < last.at ORDER BY item.id
"""
_TWICE: Final = (
    "SELECT uuid FROM item WHERE pass = ? AND uuid != '' GROUP BY uuid HAVING count(*) > 1 ORDER BY min(id)"
)
# Unseen: by rows that tell nothing of what whoever wrote them has seen.
_REPLACED: Final = """
SELECT count(*), coalesce(sum(now.value IS NOT NULL AND now.value NOT IN ('', '[]')), 0)
FROM item, json_each(item.before) AS now
WHERE state = 'planned' AND line IS NOT NULL
    AND coalesce(json_type(note, '$.base'), json_type(note, '$.since'), json_type(note, '$.expected')) IS NULL
"""
_OF_ROWS: Final = frozenset({"base", "of", "own", "since"})  # what rows know of their videos, in an item's note
_NOT_DONE: Final = """
SELECT count(*) FROM item WHERE state IN ('read', 'planned', 'sending') OR (
    state IN ('failed', 'conflict')
    AND NOT EXISTS (SELECT 1 FROM item AS later WHERE later.ref = item.ref AND later.id > item.id)
)
"""
_BACK: Final = "state = CASE WHEN ready THEN 'planned' ELSE 'read' END, reason = ''"
# From version 1, in which a change that was known already said that no comparison is needed.
_UPGRADE: Final = """
ALTER TABLE item ADD COLUMN ready INTEGER NOT NULL DEFAULT 0;
UPDATE item SET ready = after IS NOT NULL;
"""


class Database:
    """One journal's file, and the lock that keeps others off it."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: filelock.FileLock | None) -> None:
        self.path = path
        self._connection = connection
        self._lock = lock
        facts = {key: value_of(value) for key, value in connection.execute("SELECT key, value FROM job")}
        self.last_pass = int(facts.pop("pass", 0))
        self.undone_by = str(facts.pop("undone", ""))  # the journal of a rollback that changed what this one wrote
        self._nothing_known = False  # while a first pass promises that no video comes up twice
        self._known = 0  # the last item of earlier passes
        try:
            self.job = Job(**facts | {"columns": tuple(facts["columns"])})
        except (KeyError, TypeError, ValueError):
            raise JournalError(f"the journal {path} is damaged") from None

    # -- life ------------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: Path, job: Job) -> Self:
        """Make a new file.

        Raises:
            JournalError: there is something at `path` already, or it cannot be written there.
        """
        with explained(path), ExitStack() as undo:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                raise JournalError(f"there is a journal at {path} already: resume it, or choose another place")
            lock, connection = _locked(path, undo), _connected(path, undo)
            _fill(connection, job)
            return cls._of(path, connection, lock, undo)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """Open a file; `read_only` needs no lock, and sees a run that is under way.

        Raises:
            JournalError: there is none, it is damaged, or another run uses it.
        """
        with explained(path), ExitStack() as undo:
            if not path.is_file():
                raise JournalError(f"there is no journal at {path}")
            _recognise(path)
            lock = None if read_only else _locked(path, undo)
            connection = _connected(path, undo, read_only=read_only)
            _check(path, connection, read_only=read_only)
            return cls._of(path, connection, lock, undo)

    @classmethod
    def _of(cls, path: Path, connection: sqlite3.Connection, lock: filelock.FileLock | None, undo: ExitStack) -> Self:
        database = cls(path, connection, lock)
        undo.pop_all()  # from here on it is `close` that ends all
        return database

    def close(self) -> None:
        """Close the file; the lock is kept until `release`."""
        self._connection.close()

    def release(self, *, remove: bool) -> None:
        """Release the lock, and `remove` the file before, with what belongs to it."""
        for suffix in ("", "-wal", "-shm", ".lock") if remove else ():
            with suppress(FileNotFoundError):
                os.unlink(f"{self.path}{suffix}")  # noqa: PTH108 - a name, not a path of its own
        if self._lock is not None:
            self._lock.release()

    # -- filling ---------------------------------------------------------------------------------

    def begin_pass(self, *, distinct: bool) -> None:
        """Begin to read the input (again); `distinct` promises that no video comes up twice in it."""
        self._nothing_known = distinct and self.last_pass == 0
        self.last_pass += 1
        (self._known,) = self._connection.execute("SELECT coalesce(max(id), 0) FROM item").fetchone()
        with self._connection as connection:
            connection.execute("INSERT OR REPLACE INTO job VALUES ('pass', ?)", (as_json(self.last_pass),))
            if not self._nothing_known:
                connection.execute(_BY_VIDEO)

    def add(self, items: Sequence[Item]) -> list[tuple[Item, Item]]:
        """Take in what rows want; return pairs of rows that contradict each other, the earlier one first."""
        with self._connection:
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

    def add_apart(self, items: Sequence[Item]) -> None:
        """Take in parts of items of this pass, each as an item of its own."""
        with self._connection:
            for item in items:
                self._insert(item)

    def _adopt(self, item: Item) -> None:
        """Take a change into this pass, as it is known from an earlier one or as a new one.

        What its row knows of the video may have become more since, where it was exported anew.
        """
        note = as_json(item.note) if _OF_ROWS & item.note.keys() else None
        known = self._connection.execute(
            "UPDATE item SET pass = ?, line = ?, row = ?, "
            "note = CASE WHEN state IN ('changed', 'sending') THEN note ELSE coalesce(?, note) END "
            "WHERE id = (SELECT max(id) FROM item WHERE ref = ? AND change = ?)",
            (self.last_pass, item.line, as_json(item.row), note, item.ref, item.change),
        )
        if not known.rowcount:
            self._insert(item)

    def keep(self, refs: Sequence[str]) -> set[str]:
        """Take into this pass what was done to these videos, or may have been; return which they are."""
        where = f"pass < ? AND +state IN ('changed', 'conflict', 'sending') AND ref IN ({', '.join('?' * len(refs))})"
        values = (self.last_pass, *refs)
        kept = {item.ref for item in self._select(where, values)}
        with self._connection as connection:
            connection.execute(f"UPDATE item SET pass = ? WHERE {where}", (self.last_pass, *values))  # noqa: S608
        return kept

    def _insert(self, item: Item) -> None:
        self._connection.execute(_INSERT, (*inserted(item), self.last_pass, time.time()))

    def end_pass(self, *, edits: bool = True, again: Sequence[State] = ()) -> None:
        """Leave out what this pass did not ask for any more; `edits` of one video overwrite each other.

        What an earlier pass left in the states `again` is read again: the server may be another by now.
        """
        self._nothing_known = False
        with self._connection as connection:
            connection.execute(_BY_VIDEO)
            if edits and self.last_pass > 1:
                self._plan_again_what_was_overwritten()
            connection.execute(
                "UPDATE item SET state = 'skipped', reason = 'not in the input any more' "
                "WHERE pass < ? AND state IN ('read', 'planned')",
                (self.last_pass,),
            )
            connection.execute(
                f"UPDATE item SET {_BACK} WHERE pass = ? AND state = 'skipped'",  # noqa: S608 - our own text
                (self.last_pass,),
            )
            connection.execute(
                "UPDATE item SET state = 'read', ready = 0, reason = '' "  # noqa: S608 - our own names
                f"WHERE pass = ? AND id <= ? AND state IN ({', '.join('?' * len(again))})",
                (self.last_pass, self._known, *again),
            )

    def _plan_again_what_was_overwritten(self) -> None:
        """Replace what this job knows of a video by a new wish, where a later change of its own came between."""
        overwritten = [id_ for (id_,) in self._connection.execute(_OVERWRITTEN, (self.last_pass,))]
        for id_ in overwritten:
            (old,) = self._select("id = ?", (id_,))
            self._connection.execute("UPDATE item SET pass = ? WHERE id = ?", (self.last_pass - 1, id_))
            self._insert(Item(old.ref, old.wanted, old.line, old.row, note=old.note))

    # -- looking ---------------------------------------------------------------------------------

    def changed(self, after: int) -> tuple[list[Item], int | None]:
        """Return some videos that were changed, each once, and where to go on (None: that was all).

        What was changed in several steps comes as one change, at the place of the first.
        """
        page = self.page(("changed",), after)
        steps = [self._steps(item) for item in page]
        items = [joined(chain) for chain in steps if chain]
        return items, page[-1].id if len(page) == PAGE else None

    def _steps(self, item: Item) -> list[Item]:
        """Return all changes of an item's video; none where another one came first."""
        chain = self._select("id IN (SELECT item FROM temp.step WHERE uuid = ?) ORDER BY id", (item.uuid,))
        return [item] if not chain else chain if chain[0].id == item.id else []

    def meet(self) -> tuple[list[tuple[Item, Item]], int]:
        """Join items of this pass that are about one video, whatever they call it.

        Return pairs that contradict each other, the earlier one first, and how many items have to be compared again.
        """
        pairs, joined = [], 0
        for (uuid,) in self._connection.execute(_TWICE, (self.last_pass,)).fetchall():
            where = "uuid = ? AND pass = ? AND state NOT IN ('changed', 'sending') ORDER BY id"
            found = self._select(where, (uuid, self.last_pass))
            for first, other in zip(found[:1] * (len(found) - 1), found[1:], strict=True):
                wanted = merged(first.wanted, other.wanted)
                if wanted is None:
                    pairs.append((first, other))
                if wanted is None or "conflict" in (first.state, other.state):
                    continue  # what is in conflict was set apart
                first.take_in(other, wanted)
                other.settle("unchanged", f"line {first.line or 0:,} names the same video, and both are done as one")
                first.state, first.ready = "read", False
                self.save([first, other])
                self._connection.execute("UPDATE item SET row = ? WHERE id = ?", (as_json(first.row), first.id))
                joined += 1
        self._connection.commit()
        return pairs, joined

    def written(self) -> Iterator[tuple[str, str, str]]:
        """Give the video, the wishes and the note of each item that was changed, the latest last."""
        found: Iterator[tuple[str, str, str]] = self._connection.execute(
            "SELECT ref, wanted, note FROM item WHERE state = 'changed' ORDER BY at, id"
        )
        return found

    def replaced(self) -> tuple[int, int]:
        """Count the values that are planned to be replaced unseen, and those of them that are not empty now."""
        values, filled = self._connection.execute(_REPLACED).fetchone()
        return int(values), int(filled)

    def not_done(self) -> int:
        """Count the items that are open or could not be done, and whose video got no other wish since."""
        (count,) = self._connection.execute(_NOT_DONE).fetchone()
        return int(count)

    def counts(self) -> dict[str, int]:
        """Count items by state."""
        found = self._connection.execute("SELECT state, count(*) FROM item GROUP BY state ORDER BY state")
        return dict(found.fetchall())

    def count_read(self, accepted: Callable[[Iterable[str]], bool]) -> int:
        """Count the items read whose wanted fields are `accepted`."""
        wanted = self._connection.execute("SELECT wanted FROM item WHERE state = 'read'")
        return sum(accepted(value_of(text)) for (text,) in wanted)

    def count_planned(self, counted: Callable[[Any, Any], Iterable[str]]) -> dict[str, int]:
        """Count what `counted` names of the values before and after of each planned change."""
        found = self._connection.execute("SELECT before, after FROM item WHERE state = 'planned' AND after != '{}'")
        return Counter(name for before, after in found for name in counted(value_of(before), value_of(after)))

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

    # -- doing -----------------------------------------------------------------------------------

    def find_steps(self) -> None:
        """Find the videos that were changed several times, for `changed`."""
        self._connection.executescript(_STEPS)

    def mark_undone(self, by: str) -> None:
        """Note that another journal's job is about to undo this one."""
        self.undone_by = by
        with self._connection as connection:
            connection.execute("INSERT OR REPLACE INTO job VALUES ('undone', ?)", (as_json(by),))
        # Now, not when it is closed: the journal of the rollback is the later one.
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def save(self, items: Sequence[Item]) -> None:
        """Write items with all that is known of them."""
        with self._connection as connection:
            connection.executemany(_SAVE, [(*saved(item), time.time(), item.id) for item in items])

    def take(self, number: int, after: int) -> list[Item]:
        """Mark the next planned items as about to be sent."""
        items = self._select("state = 'planned' AND id > ? ORDER BY id LIMIT ?", (after, number))
        for item in items:
            item.state = "sending"
        self.save(items)
        return items

    def reopen_failed(self) -> None:
        """Plan or read again what failed, unless no values came of it: another try would find the same."""
        with self._connection as connection:
            connection.execute(
                f"UPDATE item SET {_BACK} WHERE state = 'failed' AND pass = ? AND (ready OR wanted != '{{}}')",  # noqa: S608
                (self.last_pass,),
            )

    # -- inside ----------------------------------------------------------------------------------

    def _one(self, where: str, values: tuple[Any, ...]) -> Item | None:
        found = self._select(f"{where} LIMIT 1", values)
        return found[0] if found else None

    def _select(self, where: str, values: tuple[Any, ...]) -> list[Item]:
        return [item_of(row) for row in self._connection.execute(_SELECT + where, values)]


def _connected(path: Path, undo: ExitStack, *, read_only: bool = False) -> sqlite3.Connection:
    uri = path.absolute().as_uri() + ("?mode=ro" if read_only else "?mode=rwc")
    # Used by one thread after the other, never by two at once.
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    undo.callback(connection.close)
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a mark is on the disk before its request leaves
        connection.execute(f"PRAGMA cache_size = -{_CACHE}")
    return connection


def _recognise(path: Path) -> None:
    """See that a file is a journal, before anything is written to it or beside it.

    Raises:
        JournalError: it is not.
    """
    with ExitStack() as undo:
        connection = _connected(path, undo, read_only=True)
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"job", "item"} <= tables:
            raise JournalError(f"{path} is no journal of this version, or none at all")


def _fill(connection: sqlite3.Connection, job: Job) -> None:
    """Make the tables of a new journal, and write what it is about."""
    facts = asdict(job) | {"columns": list(job.columns), "began": job.began or time.time()}
    connection.executescript(_SCHEMA)
    with connection:
        connection.execute(f"PRAGMA user_version = {VERSION}")
        pairs = [(key, as_json(value)) for key, value in facts.items()]
        connection.executemany("INSERT INTO job VALUES (?, ?)", pairs)


def _check(path: Path, connection: sqlite3.Connection, *, read_only: bool) -> None:
    """See that a file is a whole journal of this version, or make it one.

    Raises:
        JournalError: it is not.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 1 and not read_only:
        connection.executescript(f"BEGIN; {_UPGRADE} PRAGMA user_version = {VERSION}; COMMIT;")
    elif version != VERSION:
        raise JournalError(f"{path} is no journal of this version")
    if not read_only and connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise JournalError(f"the journal {path} is damaged")


def _locked(path: Path, undo: ExitStack) -> filelock.FileLock:
    lock = filelock.FileLock(f"{path}.lock", thread_local=False)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        raise JournalError(f"another run uses the journal {path}; wait for its end") from None
    undo.callback(lock.release)
    return lock


# How SQLite says that the disk takes nothing more.
_UNWRITABLE: Final = ("full", "disk I/O", "readonly")


@contextmanager
def explained(path: Path, *, began: bool = False) -> Iterator[None]:
    """Turn errors of SQLite, the disk and damaged cells into a JournalError of one line.

    `began` tells whether anything may have been sent.
    """
    try:
        yield
    except Unreadable as exc:
        raise JournalError(f"the journal {path} is damaged: {exc}") from None
    except sqlite3.DatabaseError as exc:
        text = str(exc)
        if isinstance(exc, sqlite3.OperationalError) and (began or any(word in text for word in _UNWRITABLE)):
            what = "no room for" if "full" in text else "cannot write"
            raise JournalFull(f"{what} the journal {path}: {text}; what is in it is safe", began=began) from None
        if "not a database" in text or "malformed" in text or "no such table" in text:
            why = f"the journal {path} is damaged, or no journal at all: {text}"
        else:
            why = f"cannot use the journal {path}: {text}"
        raise JournalError(why) from None
    except OSError as exc:
        raise JournalError(f"cannot use the journal {path}: {exc.strerror or exc}") from None
