"""The journal: what a run wants, has begun and has done, in a file that survives being killed.

SQLite with a write-ahead log. Items are known by the video and the change, never by row number, so that an input may
be reordered or grow between two runs. An item is marked "sending" and that mark is on the disk before its request
leaves; its outcome is written later, together with the next marks. So after a kill only items marked "sending" are
in doubt, and one look at each of their videos tells.
"""

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import filelock
import orjson

from aiopeertube.errors import ConfigurationError

from .item import Item, State, merged

T = TypeVar("T")

VERSION: Final = 1
_PAGE: Final = 200
_CACHE: Final = 8192  # KiB; videos come in no order, and their index outgrows SQLite's usual 2 MiB soon
_COLUMNS: Final = "id, ref, uuid, name, line, row, wanted, before, after, state, reason, again, attempts, note"
_SCHEMA: Final = """
CREATE TABLE job (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE item (
    id INTEGER PRIMARY KEY,
    ref TEXT NOT NULL, change TEXT NOT NULL, pass INTEGER NOT NULL,
    uuid TEXT NOT NULL, name TEXT NOT NULL, line INTEGER, row TEXT NOT NULL,
    wanted TEXT NOT NULL, before TEXT, after TEXT,
    state TEXT NOT NULL, reason TEXT NOT NULL, again INTEGER NOT NULL, attempts INTEGER NOT NULL,
    note TEXT NOT NULL, at REAL NOT NULL
);
CREATE INDEX item_state ON item (state, id);
"""
# Videos come in no order, so an index that grows with them is written all over; built at once it costs a tenth.
_BY_VIDEO: Final = "CREATE INDEX IF NOT EXISTS item_ref ON item (ref)"


class JournalError(ConfigurationError):
    """A journal cannot be used: damaged, in use, or of another instance or user."""


class JournalFull(JournalError):
    """The disk has no room left; what is in the journal is safe, and a later run goes on from there."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a journal is about. `kind` is "update", "captions" and so on; `source` is its input's name."""

    kind: str
    origin: str
    user: str
    source: str
    columns: tuple[str, ...] = ()
    began: float = 0.0
    parent: str = ""  # the journal that this one rolls back


class Journal:
    """One job's journal; `open` and `create` lock it until `close`.

    All work happens in one thread of its own, in transactions that are on the disk when they return.
    """

    def __init__(self, path: Path, database: sqlite3.Connection, lock: filelock.FileLock | None) -> None:
        self.path = path
        self._database = database
        self._lock = lock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._done: list[Item] = []  # outcomes that go to the disk with the next marks
        self._pass = self._last_pass()
        self._unwanted = self._broken = False
        self._nothing_known = False  # while a first pass promises that no video comes up twice
        self.was_used = self._pass > 0  # by an earlier run, or for sending something
        self.job = self._read_job()

    # -- life ------------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: Path, job: Job) -> Self:
        """Make a new journal.

        Raises:
            JournalError: there is something at `path` already, or it cannot be written there.
        """
        with _explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                raise JournalError(f"there is a journal at {path} already: resume it, or choose another place")
            with ExitStack() as undo:
                lock, database = _locked(path, undo), _connect(path, undo)
                _fill(database, job)
                return cls._of(path, database, lock, undo)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """Open a journal; `read_only` needs no lock, and sees a run that is under way.

        Raises:
            JournalError: there is none, it is damaged, or another run uses it.
        """
        with _explained(path):
            if not path.is_file():
                raise JournalError(f"there is no journal at {path}")
            with ExitStack() as undo:
                lock = None if read_only else _locked(path, undo)
                database = _connect(path, undo, read_only=read_only)
                (version,) = database.execute("PRAGMA user_version").fetchone()
                if version != VERSION:
                    raise JournalError(f"{path} is no journal of this version")
                if not read_only and database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                    raise JournalError(f"the journal {path} is damaged")
                return cls._of(path, database, lock, undo)

    @classmethod
    def _of(cls, path: Path, database: sqlite3.Connection, lock: filelock.FileLock | None, undo: ExitStack) -> Self:
        journal = cls(path, database, lock)
        undo.pop_all()  # from here on it is `close` that ends all
        return journal

    def close(self) -> None:
        """Write what is left and give the journal free."""
        try:
            self._thread.submit(self._shut).result()
        finally:
            self._thread.shutdown()
            if self._unwanted:
                _remove(self.path)
            if self._lock is not None:
                self._lock.release()

    def _shut(self) -> None:
        with _explained(self.path):
            try:
                if not self._broken:
                    self._flush()
            finally:
                self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def remove_when_closed(self) -> None:
        """Leave nothing behind: nothing was sent, so there is nothing to remember."""
        self._unwanted = True

    def check(self, *, kind: str, origin: str, user: str) -> None:
        """See that the journal belongs to this kind of job, instance and user.

        Raises:
            JournalError: it does not.
        """
        for what, ours, theirs in (
            ("kind of job", kind, self.job.kind),
            ("instance", origin, self.job.origin),
            ("user", user, self.job.user),
        ):
            if ours != theirs:
                raise JournalError(f"the journal {self.path} is of another {what}: {theirs}, not {ours}")

    # -- filling ---------------------------------------------------------------------------------

    async def begin_pass(self, *, distinct: bool = False) -> None:
        """Begin to read the input (again): items that do not come up in this pass are not carried out.

        `distinct` promises that no video comes up twice in it.
        """
        await self._run(self._begin_pass, distinct)

    def _begin_pass(self, distinct: bool) -> None:
        self._nothing_known = distinct and self._pass == 0
        self._pass += 1
        with self._database as database:
            database.execute("INSERT OR REPLACE INTO job VALUES ('pass', ?)", (_json(self._pass),))
            if not self._nothing_known:
                database.execute(_BY_VIDEO)

    async def add(self, items: Sequence[Item]) -> list[tuple[Item, Item]]:
        """Take in what rows want; return pairs of rows that contradict each other, the earlier one first.

        What the journal knows already keeps its state, and rows of one pass that name the same video are put
        together.
        """
        return await self._run(self._add, items)

    def _add(self, items: Sequence[Item]) -> list[tuple[Item, Item]]:
        with self._database:
            return [(earlier, item) for item in items if (earlier := self._add_one(item)) is not None]

    def _add_one(self, item: Item) -> Item | None:
        if self._nothing_known or not self._knows_ref(item.ref):
            self._insert(item)
            return None
        earlier = self._one("ref = ? AND pass = ?", (item.ref, self._pass))
        if earlier is None:
            self._adopt(item)
            return None
        wanted = merged(earlier.wanted, item.wanted)
        if wanted is None or (wanted != earlier.wanted and earlier.state != "read"):
            return earlier
        if wanted != earlier.wanted:
            self._database.execute("DELETE FROM item WHERE id = ?", (earlier.id,))
            earlier.wanted = wanted
            self._adopt(earlier)
        return None

    def _knows_ref(self, ref: str) -> bool:
        return self._database.execute("SELECT 1 FROM item WHERE ref = ?", (ref,)).fetchone() is not None

    def _adopt(self, item: Item) -> None:
        """Take a change into this pass, as it is known from an earlier one or as a new one."""
        known = self._database.execute(
            "UPDATE item SET pass = ?, line = ?, row = ? WHERE ref = ? AND change = ?",
            (self._pass, item.line, _json(item.row), item.ref, item.change),
        )
        if not known.rowcount:
            self._insert(item)

    def _insert(self, item: Item) -> None:
        self._database.execute(
            "INSERT INTO item (ref, change, pass, uuid, name, line, row, wanted, before, after, state, reason, again,"
            " attempts, note, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (item.ref, item.change, self._pass, item.uuid, item.name, item.line, _json(item.row), *_written(item)),
        )

    async def end_pass(self) -> None:
        """Leave out what this pass did not ask for any more."""
        await self._run(self._end_pass)

    def _end_pass(self) -> None:
        self._nothing_known = False
        with self._database as database:
            database.execute(_BY_VIDEO)
            database.execute(
                "UPDATE item SET state = 'skipped', reason = 'not in the input any more' "
                "WHERE pass < ? AND state IN ('read', 'planned')",
                (self._pass,),
            )
            database.execute(
                "UPDATE item SET state = CASE WHEN after IS NULL THEN 'read' ELSE 'planned' END, reason = '' "
                "WHERE pass = ? AND state = 'skipped'",
                (self._pass,),
            )

    # -- looking ---------------------------------------------------------------------------------

    async def counts(self) -> dict[str, int]:
        """Count items by state."""
        return await self._run(self._counts)

    def _counts(self) -> dict[str, int]:
        self._flush()
        return dict(
            self._database.execute("SELECT state, count(*) FROM item GROUP BY state ORDER BY state").fetchall()
        )

    async def count_read(self, counts: Callable[[Iterable[str]], bool]) -> int:
        """Count the items read whose wanted fields `counts` accepts."""
        return await self._run(self._count_read, counts)

    def _count_read(self, counts: Callable[[Iterable[str]], bool]) -> int:
        wanted = self._database.execute("SELECT wanted FROM item WHERE state = 'read'")
        return sum(counts(orjson.loads(text)) for (text,) in wanted)

    async def knows(self, uuid: str) -> bool:
        """Tell whether an item became this video."""
        return await self._run(self._knows, uuid)

    def _knows(self, uuid: str) -> bool:
        kept = any(item.uuid == uuid for item in self._done)
        return kept or self._one("uuid = ?", (uuid,)) is not None

    async def find(self, refs: Iterable[str], state: State) -> list[Item]:
        """Return the items in `state` that name one of these videos."""
        return await self._run(self._find, list(refs), state)

    def _find(self, refs: list[str], state: State) -> list[Item]:
        marks = ", ".join("?" * len(refs))
        # The plus keeps SQLite from going through all items in that state.
        return self._select(f"+state = ? AND ref IN ({marks})", (state, *refs))

    async def items(self, *states: State, failed_for_good: bool = True) -> AsyncIterator[Item]:
        """Go through the items in these states (none: all), in the order in which they were read."""
        last = 0
        while True:
            page: list[Item] = await self._run(self._page, states, last, failed_for_good)
            for item in page:
                yield item
            if len(page) < _PAGE:
                return
            last = page[-1].id

    def _page(self, states: tuple[State, ...], last: int, failed_for_good: bool) -> list[Item]:
        self._flush()
        wanted = f"state IN ({', '.join('?' * len(states))}) AND" if states else ""
        good = "" if failed_for_good else "(state != 'failed' OR again) AND"
        return self._select(f"{wanted} {good} id > ? ORDER BY id LIMIT {_PAGE}", (*states, last))

    # -- doing -----------------------------------------------------------------------------------

    async def save(self, items: Sequence[Item]) -> None:
        """Write items with all that is known of them."""
        await self._run(self._save, items)

    def _save(self, items: Sequence[Item]) -> None:
        with self._database as database:
            for item in items:
                database.execute(
                    "UPDATE item SET uuid = ?, name = ?, wanted = ?, before = ?, after = ?, state = ?, reason = ?,"
                    " again = ?, attempts = ?, note = ?, at = ? WHERE id = ?",
                    (item.uuid, item.name, *_written(item), item.id),
                )

    async def take(self, number: int, after: int = 0) -> list[Item]:
        """Mark the next planned items as about to be sent; that is on the disk before this returns."""
        return await self._run(self._take, number, after)

    def _take(self, number: int, after: int) -> list[Item]:
        self._flush()
        self.was_used = True
        items = self._select("state = 'planned' AND id > ? ORDER BY id LIMIT ?", (after, number))
        for item in items:
            item.state = "sending"
        self._save(items)
        return items

    def note(self, item: Item) -> None:
        """Keep an outcome, to be written with the next marks."""
        self._done.append(item)

    async def flush(self) -> None:
        """Write the outcomes kept."""
        await self._run(self._flush)

    def _flush(self) -> None:
        done, self._done = self._done, []
        if done:
            try:
                self._save(done)
            except sqlite3.Error:
                self._broken = True  # what they were about stays in doubt, and the next run asks
                raise

    async def reopen_failed(self) -> None:
        """Plan again what failed."""
        await self._run(self._reopen_failed)

    def _reopen_failed(self) -> None:
        with self._database as database:
            database.execute(
                "UPDATE item SET state = CASE WHEN after IS NULL THEN 'read' ELSE 'planned' END, reason = '' "
                "WHERE state = 'failed' AND pass = ?",
                (self._pass,),
            )

    # -- inside ----------------------------------------------------------------------------------

    async def _run(self, work: Callable[..., T], *arguments: Any) -> T:
        with _explained(self.path):
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    def _one(self, where: str, values: tuple[Any, ...]) -> Item | None:
        found = self._select(f"{where} LIMIT 1", values)
        return found[0] if found else None

    def _select(self, where: str, values: tuple[Any, ...]) -> list[Item]:
        rows = self._database.execute(f"SELECT {_COLUMNS} FROM item WHERE {where}", values)  # noqa: S608 - our text
        return [_item(row) for row in rows]

    def _last_pass(self) -> int:
        with _explained(self.path):
            found = self._database.execute("SELECT value FROM job WHERE key = 'pass'").fetchone()
        return int(found[0]) if found else 0

    def _read_job(self) -> Job:
        with _explained(self.path):
            facts = {key: orjson.loads(value) for key, value in self._database.execute("SELECT key, value FROM job")}
        facts.pop("pass", None)
        try:
            return Job(**facts | {"columns": tuple(facts["columns"])})
        except (KeyError, TypeError):
            raise JournalError(f"the journal {self.path} is damaged") from None

    def __repr__(self) -> str:
        return f"<Journal {self.path}>"


def _connect(path: Path, undo: ExitStack, *, read_only: bool = False) -> sqlite3.Connection:
    uri = path.absolute().as_uri() + ("?mode=ro" if read_only else "?mode=rwc")
    # Used by one thread after the other, never by two at once.
    database = sqlite3.connect(uri, uri=True, check_same_thread=False)
    undo.callback(database.close)
    if not read_only:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")  # a mark is on the disk before its request leaves
        database.execute(f"PRAGMA cache_size = -{_CACHE}")
    return database


def _fill(database: sqlite3.Connection, job: Job) -> None:
    """Make the tables of a new journal, and write what it is about."""
    facts = asdict(job) | {"columns": list(job.columns), "began": job.began or time.time()}
    database.executescript(_SCHEMA)
    with database:
        database.execute(f"PRAGMA user_version = {VERSION}")
        database.executemany("INSERT INTO job VALUES (?, ?)", [(key, _json(value)) for key, value in facts.items()])


def _locked(path: Path, undo: ExitStack) -> filelock.FileLock:
    lock = filelock.FileLock(f"{path}.lock", thread_local=False)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        raise JournalError(f"another run uses the journal {path}; wait for its end") from None
    undo.callback(lock.release)
    return lock


@contextmanager
def _explained(path: Path) -> Any:
    """Say in one line what SQLite and the disk complain about."""
    try:
        yield
    except sqlite3.DatabaseError as exc:
        text = str(exc)
        if "full" in text:
            raise JournalFull(f"no room for the journal {path}: {text}; what is in it is safe") from None
        if "not a database" in text or "malformed" in text or "no such table" in text:
            why = f"the journal {path} is damaged, or no journal at all: {text}"
        else:
            why = f"cannot use the journal {path}: {text}"
        raise JournalError(why) from None
    except OSError as exc:
        raise JournalError(f"cannot use the journal {path}: {exc.strerror or exc}") from None


def _remove(path: Path) -> None:
    """Remove a journal and what belongs to it."""
    for suffix in ("", "-wal", "-shm", ".lock"):
        with suppress(FileNotFoundError):
            os.unlink(f"{path}{suffix}")  # noqa: PTH108 - a name, not a path of its own


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _maybe(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else _json(value)


def _written(item: Item) -> tuple[Any, ...]:
    """Return the columns from `wanted` to `at`."""
    return (
        _json(item.wanted),
        _maybe(item.before),
        _maybe(item.after),
        item.state,
        item.reason,
        item.again,
        item.attempts,
        _json(item.note),
        time.time(),
    )


def _item(columns: Sequence[Any]) -> Item:
    number, ref, uuid, name, line, row, wanted, before, after, state, reason, again, attempts, note = columns
    return Item(
        ref=ref,
        wanted=orjson.loads(wanted),
        line=line,
        row=orjson.loads(row),
        id=number,
        state=state,
        uuid=uuid,
        name=name,
        before=None if before is None else orjson.loads(before),
        after=None if after is None else orjson.loads(after),
        reason=reason,
        again=bool(again),
        attempts=attempts,
        note=orjson.loads(note),
    )
