"""The file of a journal: found to be whole before anything is written to it, locked, or copied where it cannot be.

SQLite keeps what was written last in a file beside it, `-wal`. While a journal is written, and after a kill, it has
the mark `open`, so that it is not taken for a whole one without that file. Where nothing can be made beside a
journal, on a read-only medium or in another user's folder, it is read as it is, or a copy of it in memory is used.
"""

import os
import secrets
import shutil
import sqlite3
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

import filelock

from . import wal
from .columns import value_of
from .journal_errors import JournalError
from .schema import VERSION, Job, facts_of, fill, upgrade

_CACHE: Final = 8192  # KiB; videos come in no order, and their index outgrows SQLite's usual 2 MiB soon
_CHEAP: Final = 16 * 2**20  # bytes of a file that is looked through even where it is only read
_TABLES: Final = {"job": 1, "item": 1, "write": 3, "span": 4}  # each with the version since which it is there
BESIDE: Final = ("", "-wal", "-shm", ".lock")  # what belongs to a journal, after its name


def made(path: Path, job: Job, undo: ExitStack) -> sqlite3.Connection:
    """Make a new file, and lock it.

    Raises:
        JournalError: there is something at `path` already.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        raise JournalError(there_already(path))
    _refuse_others(path)
    _lock(path, undo)
    put(path, fill(job))
    return _writing(path, undo, "rw")


def put(path: Path, data: bytes) -> None:
    """Give a file its name when all of it is on the disk: one that was cut short would look like a damaged one."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def there_already(path: Path) -> str:
    """Say what to do about a place where there is something."""
    if path.is_dir():
        return f"the journal cannot be {path}: it is a directory"
    return (
        f"there is a file at {path} already: if it is the journal of this job, resume it, else choose another place"
    )


def _refuse_others(path: Path) -> None:
    """See that nothing of the user's has a name that SQLite or the lock takes; an empty lock is one of ours."""
    for suffix in (*BESIDE[1:], "-journal"):
        other = path.with_name(path.name + suffix)
        if os.path.lexists(other) and (suffix != ".lock" or not other.is_file() or other.stat().st_size):
            raise JournalError(f"{other} is there, and would be written over: choose another place")


def opened(path: Path, undo: ExitStack) -> sqlite3.Connection:
    """Lock a file, and bring it up to date.

    Raises:
        JournalError: it is no journal, damaged, of a later version, or another run uses it.
    """
    with ExitStack() as looking:
        _recognised(path, _reading(path, looking), wholly=True)  # a file of others gets no lock beside it, either
    _lock(path, undo)
    connection = _writing(path, undo, "rw")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version < VERSION:
        upgrade(connection, version)
    return connection


def read(path: Path, undo: ExitStack, *, looks: bool) -> sqlite3.Connection:
    """Open a file for reading, without a lock; one of an earlier version is read as what it will become.

    With `looks` it is checked for damages, where that is cheap.

    Raises:
        JournalError: it is no journal, damaged, or of a later version.
    """
    connection = _reading(path, undo)
    if _recognised(path, connection, wholly=looks and is_small(path)) < VERSION:
        return _copy(connection, undo)
    return connection


def copied(path: Path, undo: ExitStack) -> sqlite3.Connection:
    """Copy a file into memory, where it can be written.

    Raises:
        JournalError: it is no journal, damaged, or of a later version.
    """
    with ExitStack() as looking:
        connection = _reading(path, looking)
        _recognised(path, connection, wholly=True)
        return _copy(connection, undo)


def is_small(path: Path) -> bool:
    """Tell whether it is cheap to go through the whole file."""
    return path.stat().st_size <= _CHEAP


def can_be_written(path: Path) -> bool:
    """Tell whether a file can be written, and others be made beside it."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def mark(connection: sqlite3.Connection) -> None:
    """Mark a file as one that is being written; that is in the file itself when this returns."""
    with connection:
        connection.execute("INSERT OR REPLACE INTO job VALUES ('open', 'true')")
    connection.execute("PRAGMA wal_checkpoint(FULL)")  # which leaves something in the file beside it


def close(path: Path, connection: sqlite3.Connection, *, is_marked: bool) -> None:
    """Close a file, without its mark; where that cannot be written, what is beside it is kept as well."""
    with ExitStack() as undo:
        try:
            if is_marked:
                with connection:
                    connection.execute("DELETE FROM job WHERE key = 'open'")
        except sqlite3.Error:
            undo.callback(_connected(path, undo, "mode=ro").execute("SELECT 1 FROM job").close)  # no longer the last
        connection.close()


def remove(path: Path) -> None:
    """Remove a journal with what belongs to it."""
    for suffix in BESIDE:
        with suppress(FileNotFoundError):
            os.unlink(f"{path}{suffix}")  # noqa: PTH108 - a name, not a path of its own


def _copy(connection: sqlite3.Connection, undo: ExitStack) -> sqlite3.Connection:
    memory = sqlite3.connect(":memory:", check_same_thread=False)
    undo.callback(memory.close)
    memory.text_factory = _text
    connection.backup(memory)
    (version,) = memory.execute("PRAGMA user_version").fetchone()
    if version < VERSION:
        upgrade(memory, version)
    return memory


def _text(data: bytes) -> str:
    """Decode a cell, also a damaged one: the sum of its row tells."""
    return data.decode("utf-8", "replace")


def _connected(path: Path, undo: ExitStack, how: str) -> sqlite3.Connection:
    # Used by one thread after the other, never by two at once.
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, check_same_thread=False)
    undo.callback(connection.close)
    connection.text_factory = _text
    return connection


def _writing(path: Path, undo: ExitStack, mode: str) -> sqlite3.Connection:
    connection = _connected(path, undo, f"mode={mode}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a mark is on the disk before its request leaves
    connection.execute(f"PRAGMA cache_size = -{_CACHE}")
    return connection


def _reading(path: Path, undo: ExitStack) -> sqlite3.Connection:
    """Open a file so that nothing is written to it, also where nothing can be made beside it."""
    try:
        connection = _connected(path, undo, "mode=ro")
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        if can_be_written(path):
            raise
        return _apart(path, undo)
    return connection


def _apart(path: Path, undo: ExitStack) -> sqlite3.Connection:
    """Open a file of which SQLite cannot share the `-wal` with others; where there is one, copies are opened."""
    beside = Path(f"{path}-wal")
    if not _has_beside(path):
        return _connected(path, undo, "immutable=1")
    copy = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="aiopeertube-"))) / "copy"
    shutil.copyfile(path, copy)
    shutil.copyfile(beside, f"{copy}-wal")
    return _connected(copy, undo, "mode=ro")


def _recognised(path: Path, connection: sqlite3.Connection, *, wholly: bool) -> int:
    """Return the version of a journal.

    Raises:
        JournalError: it is none, damaged, or of a later version.
    """
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version < 1 or not {name for name, since in _TABLES.items() if version >= since} <= tables:
        raise JournalError(f"{path} is no journal of this version, or none at all")
    if version > VERSION:
        raise JournalError(f"the journal {path} is of a later version ({version}): a newer aiopeertube made it")
    if not _has_beside(path) and connection.execute("SELECT 1 FROM job WHERE key = 'open'").fetchone():
        what = f"{path.name}-wal is missing, which has what was written last; bring it back, or go on without it"
        raise JournalError(f"the journal {path} is damaged: {what} ({_GO_ON})")
    if (whole := _damaged_beside(path)) is not None:
        what = f"{path.name}-wal beside it is, which has what was written last; bring back a whole one"
        go_on = f"or cut it to {whole} bytes, and go on from what was written before"
        raise JournalError(f"the journal {path} is damaged: {what}, {go_on}")
    if _is_foreign(path, connection):
        raise JournalError(f"the journal {path} is damaged: {path.name}-wal beside it is of another journal")
    if wholly and (found := connection.execute("PRAGMA quick_check(1)").fetchone()) != ("ok",):
        raise JournalError(f"the journal {path} is damaged: {' '.join(str(found[0]).split())}")
    return int(version)


_GO_ON: Final = "DELETE FROM job WHERE key = 'open' in SQLite"


def _has_beside(path: Path) -> bool:
    """Tell whether there is something in the file that SQLite keeps beside a journal."""
    beside = Path(f"{path}-wal")
    return beside.exists() and beside.stat().st_size > 0


def _damaged_beside(path: Path) -> int | None:
    """Say how far the file beside a journal is whole, where it is damaged; a run that goes on may write to it."""
    beside, found = Path(f"{path}-wal"), set[int]()
    for wait in (0.0, 0.05):
        time.sleep(wait)
        try:
            whole = wal.whole_until(beside.read_bytes())
        except FileNotFoundError:
            return None
        if whole is None:
            return None
        found.add(whole)
    return found.pop() if len(found) == 1 else None


def _is_foreign(path: Path, connection: sqlite3.Connection) -> bool:
    """Tell whether what was written last is of another file: SQLite takes any `-wal` beside a file for its."""
    if not _has_beside(path):
        return False
    with ExitStack() as undo, suppress(sqlite3.Error):
        alone = _connected(path, undo, "immutable=1")
        seeds = [one.execute("SELECT value FROM job WHERE key = 'seed'").fetchone() for one in (alone, connection)]
        return None not in seeds and seeds[0] != seeds[1]
    return False  # all of it is still beside it


def facts(path: Path, connection: sqlite3.Connection) -> tuple[Job, dict[str, Any]]:
    """Return what a journal is about, and all that is said of the job.

    Raises:
        JournalError: it is damaged.
    """
    texts = dict(connection.execute("SELECT key, value FROM job").fetchall())
    job = facts_of(texts)
    if job is None:
        raise JournalError(f"the journal {path} is damaged: what it is about cannot be read")
    found = {key: value_of(text) for key, text in texts.items()}
    if type(found.get("pass", 0)) is not int or not isinstance(found.get("undone", ""), str):
        raise JournalError(f"the journal {path} is damaged: how far it came cannot be read")
    return job, found


def _lock(path: Path, undo: ExitStack) -> None:
    lock = filelock.FileLock(f"{path}.lock", thread_local=False)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        raise JournalError(f"another run uses the journal {path}; wait for its end") from None
    undo.callback(lock.release)
