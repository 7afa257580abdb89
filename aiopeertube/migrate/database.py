"""The journal's file: its schema, and every question and change that is written in SQL. Nothing here is asynchronous.

SQLite with a write-ahead log; a transaction is on the disk when its method returns.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, Self, get_args

import filelock

from aiopeertube.errors import ConfigurationError

from .exact_json import dumps, loads
from .item import Item, State, merged

VERSION: Final = 2
PAGE: Final = 200  # items that are read at a time
_CACHE: Final = 8192  # KiB; videos come in no order, and their index outgrows SQLite's usual 2 MiB soon


class JournalError(ConfigurationError):
    """A journal cannot be used: damaged, in use, or of another instance or user."""


class _Unreadable(Exception):
    """A cell of a journal is not what was written there."""


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


def _json(value: Any) -> str:
    return dumps(value).decode()


def _value(text: Any) -> Any:
    """Decode a cell; nothing else reads one.

    Raises:
        _Unreadable: it is damaged.
    """
    try:
        return loads(text)
    except (ValueError, TypeError) as exc:
        raise _Unreadable(f"{str(text)[:40]!r}: {exc}") from None


def _maybe_json(value: Any) -> str | None:
    return None if value is None else _json(value)


def _maybe_value(text: str | None) -> Any:
    return None if text is None else _value(text)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that holds an attribute of an item; `kept` False: it never changes once the item is there."""

    name: str
    type: str
    write: Callable[[Any], Any] | None = None
    read: Callable[[Any], Any] | None = None
    kept: bool = True


# The one list of what is kept of an item; what is not an attribute of it stands in `_SCHEMA`.
_COLUMNS: Final = (
    _Column("id", "INTEGER PRIMARY KEY", kept=False),
    _Column("ref", "TEXT NOT NULL", kept=False),
    _Column("change", "TEXT NOT NULL", kept=False),
    _Column("line", "INTEGER", kept=False),
    _Column("row", "TEXT NOT NULL", _json, _value, kept=False),
    _Column("uuid", "TEXT NOT NULL"),
    _Column("name", "TEXT NOT NULL"),
    _Column("wanted", "TEXT NOT NULL", _json, _value),
    _Column("before", "TEXT", _maybe_json, _maybe_value),
    _Column("after", "TEXT", _maybe_json, _maybe_value),
    _Column("state", "TEXT NOT NULL"),
    _Column("reason", "TEXT NOT NULL"),
    _Column("again", "INTEGER NOT NULL", read=bool),
    _Column("attempts", "INTEGER NOT NULL"),
    _Column("note", "TEXT NOT NULL", _json, _value),
    _Column("ready", "INTEGER NOT NULL DEFAULT 0", read=bool),
)
_NAMED: Final = {column.name: column for column in _COLUMNS}
_READ: Final = tuple(_NAMED[attribute.name] for attribute in fields(Item))
_INSERTED: Final = tuple(column for column in _COLUMNS if column.name != "id")
_SAVED: Final = tuple(column for column in _COLUMNS if column.kept)

_SCHEMA: Final = f"""
CREATE TABLE job (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE item (
    {", ".join(f"{column.name} {column.type}" for column in _COLUMNS)},
    pass INTEGER NOT NULL, at REAL NOT NULL
);
CREATE INDEX item_state ON item (state, id);
"""
# Videos come in no order, so an index that grows with them is written all over; built at once it costs a tenth.
_BY_VIDEO: Final = "CREATE INDEX IF NOT EXISTS item_ref ON item (ref)"
_SELECT: Final = f"SELECT {', '.join(column.name for column in _READ)} FROM item WHERE "  # noqa: S608 - our own names
_INSERT: Final = (
    f"INSERT INTO item ({', '.join(column.name for column in _INSERTED)}, pass, at) "  # noqa: S608
    f"VALUES ({'?, ' * len(_INSERTED)}?, ?)"
)
_SAVE: Final = f"UPDATE item SET {', '.join(f'{column.name} = ?' for column in _SAVED)}, at = ? WHERE id = ?"  # noqa: S608
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
        facts = {key: _value(value) for key, value in connection.execute("SELECT key, value FROM job")}
        self.last_pass = int(facts.pop("pass", 0))
        self._nothing_known = False  # while a first pass promises that no video comes up twice
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
        with self._connection as connection:
            connection.execute("INSERT OR REPLACE INTO job VALUES ('pass', ?)", (_json(self.last_pass),))
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
        if earlier is None:
            self._adopt(item)
            return None
        wanted = merged(earlier.wanted, item.wanted)
        if wanted is None or (wanted != earlier.wanted and earlier.state != "read"):
            return earlier
        if wanted != earlier.wanted:
            self._connection.execute("DELETE FROM item WHERE id = ?", (earlier.id,))
            earlier.wanted = wanted
            self._adopt(earlier)
        return None

    def _knows_ref(self, ref: str) -> bool:
        return self._connection.execute("SELECT 1 FROM item WHERE ref = ?", (ref,)).fetchone() is not None

    def _adopt(self, item: Item) -> None:
        """Take a change into this pass, as it is known from an earlier one or as a new one."""
        known = self._connection.execute(
            "UPDATE item SET pass = ?, line = ?, row = ? WHERE ref = ? AND change = ?",
            (self.last_pass, item.line, _json(item.row), item.ref, item.change),
        )
        if not known.rowcount:
            self._insert(item)

    def _insert(self, item: Item) -> None:
        self._connection.execute(_INSERT, (*_inserted(item), self.last_pass, time.time()))

    def end_pass(self) -> None:
        """Leave out what this pass did not ask for any more."""
        self._nothing_known = False
        with self._connection as connection:
            connection.execute(_BY_VIDEO)
            connection.execute(
                "UPDATE item SET state = 'skipped', reason = 'not in the input any more' "
                "WHERE pass < ? AND state IN ('read', 'planned')",
                (self.last_pass,),
            )
            connection.execute(
                f"UPDATE item SET {_BACK} WHERE pass = ? AND state = 'skipped'",  # noqa: S608 - our own text
                (self.last_pass,),
            )

    # -- looking ---------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """Count items by state."""
        found = self._connection.execute("SELECT state, count(*) FROM item GROUP BY state ORDER BY state")
        return dict(found.fetchall())

    def count_read(self, accepted: Callable[[Iterable[str]], bool]) -> int:
        """Count the items read whose wanted fields are `accepted`."""
        wanted = self._connection.execute("SELECT wanted FROM item WHERE state = 'read'")
        return sum(accepted(_value(text)) for (text,) in wanted)

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

    def save(self, items: Sequence[Item]) -> None:
        """Write items with all that is known of them."""
        with self._connection as connection:
            connection.executemany(_SAVE, [(*_saved(item), time.time(), item.id) for item in items])

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
        return [_item(row) for row in self._connection.execute(_SELECT + where, values)]


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
        connection.executemany("INSERT INTO job VALUES (?, ?)", [(key, _json(value)) for key, value in facts.items()])


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
    except _Unreadable as exc:
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


def _writer(columns: Sequence[_Column]) -> Callable[[Item], list[Any]]:
    """Make what writes these columns of an item; a million items pass here."""
    values = attrgetter(*(column.name for column in columns))
    encoded = [(place, column.write) for place, column in enumerate(columns) if column.write is not None]

    def written(item: Item) -> list[Any]:
        row = list(values(item))
        for place, write in encoded:
            row[place] = write(row[place])
        return row

    return written


_inserted: Final = _writer(_INSERTED)
_saved: Final = _writer(_SAVED)
_STATES: Final = frozenset(get_args(State))
_DECODED: Final = [(place, column.read) for place, column in enumerate(_READ) if column.read is not None]


def _item(row: Iterable[Any]) -> Item:
    values = list(row)
    for place, read in _DECODED:
        values[place] = read(values[place])
    item = Item(*values)
    if item.state not in _STATES:
        raise _Unreadable(f"item {item.id}: there is no state {item.state!r}")
    return item
