"""Mutated journals: bytes, ends, what SQLite keeps beside the file, and everything that SQL can do to one.

A journal travels as one string of bytes, with its `-wal`, and with whether what it claims must still be so: a row
that somebody has removed by SQL leaves no trace.
"""

import random
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import fuzzing

_HEAD: Final = 9
_ITEM: Final = (
    "id", "ref", "change", "line", "row", "uuid", "name", "wanted", "before", "after", "state", "reason", "again",
    "attempts", "note", "ready", "pass", "at", "sum",
)  # fmt: skip
_COLUMNS: Final = {
    "item": _ITEM,
    "write": ("id", "item", "uuid", "before", "after", "outcome", "at", "sum"),
    "span": ("id", "run", "began", "ended", "figures", "sum"),
    "job": ("key", "value"),
}
# What has no sum, because it changes as a job goes on: a value of another row would be as good.
_FREE: Final = frozenset({"state", "outcome", "pass", "at", "line", "item", "key", "id"})
_ODD: Final[tuple[Any, ...]] = (
    None, "", "x", b"\xff", b"", b'{"name": "One"}', -1, 0, 1, 2**63 - 1, -(2**63), 1.5, 1e308, float("inf"), "{bad",
    "[]", "{}", '"x"', "null", "true", "1", "[1]", '{"name": 1}', '{"name": "One"}', '{"naam": "One"}', "x" * 5000,
    "[" * 5000, '{"\\ud800": "[' + "[" * 3000, "\x00", "weird", '{"of": 1}', '{"base": []}', '{"looked": "x"}',
    '{"conflicts": {"name": 1}}', '{"key": {}}',
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """A journal: its file, what is beside it (None: nothing), and whether its claims must be true."""

    main: bytes
    wal: bytes | None = None
    honest: bool = True

    def packed(self) -> bytes:
        """Make one string of bytes of it."""
        wal = b"" if self.wal is None else self.wal
        return bytes([self.honest + 2 * (self.wal is not None)]) + len(self.main).to_bytes(8) + self.main + wal

    @classmethod
    def unpacked(cls, data: bytes) -> "Kept":
        """Take it apart."""
        end = _HEAD + int.from_bytes(data[1:_HEAD])
        return cls(data[_HEAD:end], data[end:] if data[0] & 2 else None, bool(data[0] & 1))

    @classmethod
    def of(cls, path: Path) -> "Kept":
        """Read one."""
        wal = Path(f"{path}-wal")
        return cls(path.read_bytes(), wal.read_bytes() if wal.exists() else None)

    def put(self, path: Path) -> None:
        """Write it."""
        path.write_bytes(self.main)
        if self.wal is not None:
            Path(f"{path}-wal").write_bytes(self.wal)


def changed_journal(rng: random.Random, data: bytes) -> bytes:
    """Change a journal."""
    kept = Kept.unpacked(data)
    change = rng.choice(_CHANGES if kept.wal is None else (*_CHANGES, *_BESIDE))
    return change(rng, kept).packed()


def _bytes(rng: random.Random, kept: Kept) -> Kept:
    """Change a few bytes, somewhere or where a page begins."""
    main = bytearray(kept.main)
    for _ in range(rng.choice((1, 1, 2, 5, 40))):
        at = (
            rng.randrange(len(main)) if rng.random() < 0.5 else rng.randrange(0, len(main), 4096) + rng.randrange(110)
        )
        main[at] = rng.choice((0, 1, 0xFF, main[at] ^ 1 << rng.randrange(8), rng.randrange(256)))
    return replace(kept, main=bytes(main))


def _cut(rng: random.Random, kept: Kept) -> Kept:
    size = rng.randrange(len(kept.main))
    return replace(kept, main=kept.main[: size - size % 4096 if rng.random() < 0.5 else size])


def _any(rng: random.Random, kept: Kept) -> Kept:
    return replace(kept, main=fuzzing.changed(rng, kept.main))


def _zeroed(rng: random.Random, kept: Kept) -> Kept:
    """Lose a page, as a disk does."""
    at = rng.randrange(0, len(kept.main), 4096)
    return replace(kept, main=kept.main[:at] + bytes(4096) + kept.main[at + 4096 :])


def _sql(rng: random.Random, kept: Kept) -> Kept:
    honest = kept.honest
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal"
        kept.put(path)
        with closing(sqlite3.connect(path)) as database:
            for _ in range(rng.choice((1, 1, 1, 2, 4))):
                statement, values, is_honest = rng.choice(_STATEMENTS)(rng)
                honest = honest and is_honest
                with suppress(sqlite3.Error, OverflowError), database:
                    database.execute("PRAGMA writable_schema = ON")
                    database.execute(statement, values)
        return replace(Kept.of(path), honest=honest)


Statement = tuple[str, tuple[Any, ...], bool]


def _update(rng: random.Random) -> Statement:
    table = rng.choice(("item", "item", "write", "write", "span", "job"))
    column = rng.choice(_COLUMNS[table])
    where = rng.choice(("TRUE", "rowid = 1", "rowid = 2", "rowid = 3")) if table != "job" else _of_job(rng)
    return f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {where}", (rng.choice(_ODD),), column not in _FREE


def _of_job(rng: random.Random) -> str:
    key = rng.choice(
        ("kind", "origin", "user", "source", "columns", "began", "parent", "seed", "sum", "pass", "undone")
    )
    return f"key = '{key}'"


def _copied(rng: random.Random) -> Statement:
    """Put a value of one row into another one."""
    table = rng.choice(("item", "write"))
    column = rng.choice(_COLUMNS[table])
    text = f"UPDATE OR REPLACE {table} SET {column} = (SELECT {column} FROM {table} WHERE rowid = ?) WHERE rowid = ?"
    return text, (rng.randrange(1, 4), rng.randrange(1, 4)), column not in _FREE


def _removed(rng: random.Random) -> Statement:
    table = rng.choice(("item", "write"))
    return f"DELETE FROM {table} WHERE rowid % ? = 0", (rng.randrange(1, 4),), False


def _doubled(rng: random.Random) -> Statement:
    table = rng.choice(("item", "write"))
    names = ", ".join(_COLUMNS[table][1:])
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}", (), False


def _structure(rng: random.Random) -> Statement:
    table = rng.choice((*_COLUMNS,))
    column = rng.choice(_COLUMNS[table])
    return (
        rng.choice((
            f"DROP TABLE {table}", f"ALTER TABLE {table} DROP COLUMN {column}",
            f"ALTER TABLE {table} RENAME COLUMN {column} TO x", f"ALTER TABLE {table} RENAME TO films",
            f"ALTER TABLE {table} ADD COLUMN more", f"DELETE FROM {table}", "DROP INDEX item_state",
            f"CREATE TRIGGER t BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END",
            f"CREATE TRIGGER t AFTER INSERT ON {table} BEGIN DELETE FROM {table}; END",
            f"CREATE UNIQUE INDEX u ON {table} ({column})", "CREATE TABLE temp_undone (id)",
            "CREATE TABLE step (uuid, id)", "DROP INDEX write_item", "DROP INDEX item_ref",
            "UPDATE sqlite_master SET sql = 'CREATE TABLE item (x' WHERE name = 'item'",
            "UPDATE sqlite_master SET rootpage = 99 WHERE name = 'write'",
            "UPDATE sqlite_master SET rootpage = 2", "DELETE FROM sqlite_master WHERE name = 'item_state'",
        )),
        (),
        False,
    )  # fmt: skip


def _version(rng: random.Random) -> Statement:
    return f"PRAGMA user_version = {rng.choice((-1, 0, 1, 2, 3, 5, 99))}", (), False


def _no_wal(rng: random.Random, kept: Kept) -> Kept:
    return replace(kept, wal=None)


def _cut_wal(rng: random.Random, kept: Kept) -> Kept:
    wal = kept.wal or b""
    return replace(kept, wal=wal[: rng.randrange(len(wal) + 1)], honest=False)  # as a kill leaves it


def _changed_wal(rng: random.Random, kept: Kept) -> Kept:
    return replace(kept, wal=fuzzing.changed(rng, kept.wal or b""), honest=False)


_STATEMENTS: Final[tuple[Callable[[random.Random], Statement], ...]] = (
    *(_update, _copied) * 3, _removed, _doubled, _structure, _version,
)  # fmt: skip
_CHANGES: Final = (_bytes, _bytes, _cut, _any, _zeroed, _sql, _sql, _sql)
_BESIDE: Final = (_no_wal, _cut_wal, _changed_wal)
