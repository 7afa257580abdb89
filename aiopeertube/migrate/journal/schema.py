"""The schema of a journal's file, and how a file of an earlier version becomes one of this."""

import secrets
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any, Final

from .columns import COLUMNS, WRITTEN, Unreadable, as_json, sum_of, value_of

VERSION: Final = 4


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


# What was sent, when, and what came of it. Items tell how things are, this tells how they came to be so: whatever
# happens to an item later, what was there before its first write stays here.
_WRITES: Final = """
CREATE TABLE write (
    id INTEGER PRIMARY KEY, item INTEGER NOT NULL, uuid TEXT NOT NULL, before TEXT, after TEXT,
    outcome TEXT NOT NULL, at REAL NOT NULL, sum INTEGER NOT NULL
);
CREATE INDEX write_item ON write (item);
"""
# What was done in each span of time, so that a report can tell how a job went.
_SPANS: Final = """
CREATE TABLE span (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL, began REAL NOT NULL, ended REAL NOT NULL, figures TEXT NOT NULL,
    sum INTEGER NOT NULL
);
"""
_SCHEMA: Final = f"""
CREATE TABLE job (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE item (
    {", ".join(f"{column.name} {column.type}" for column in COLUMNS)},
    pass INTEGER NOT NULL, at REAL NOT NULL, sum INTEGER NOT NULL
);
CREATE INDEX item_state ON item (state, id);
{_WRITES}{_SPANS}
"""
# In version 1 a change that was known already said that no comparison is needed.
_FROM_1: Final = """
ALTER TABLE item ADD COLUMN ready INTEGER NOT NULL DEFAULT 0;
UPDATE item SET ready = after IS NOT NULL;
"""
# Version 2 kept no log of writes, and no sums.
_FROM_2: Final = f"""
ALTER TABLE item ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
{_WRITES}
INSERT INTO write (item, uuid, before, after, outcome, at, sum)
    SELECT id, uuid, before, after, state, at, 0 FROM item WHERE state IN ('changed', 'sending') ORDER BY at, id;
UPDATE item SET sum = row_sum(ref, uuid, name, wanted, before, after, note);
UPDATE write SET sum = row_sum({", ".join(WRITTEN)});
"""  # noqa: S608 - our own names


def fill(job: Job) -> bytes:
    """Make the file of a new journal: its tables, and what it is about."""
    facts = asdict(job) | {"columns": list(job.columns), "began": job.began or time.time()}
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_SCHEMA)
        with connection:
            connection.execute(f"PRAGMA user_version = {VERSION}")
            _write_facts(connection, {key: as_json(value) for key, value in facts.items()})
        return connection.serialize()


# What is said of a job once and for all; the rest changes as it goes on.
_FIXED: Final = ("kind", "origin", "user", "source", "columns", "began", "parent", "seed")


def _sum_of_facts(texts: Mapping[str, str]) -> int:
    return sum_of(0, [texts.get(key) for key in _FIXED])


def facts_of(texts: Mapping[str, str]) -> Job | None:
    """Read what a job is about; None: it is damaged."""
    try:
        facts: dict[str, Any] = {key: value_of(texts[key]) for key in (*_FIXED, "sum")}
        if facts.pop("sum") != _sum_of_facts(texts) or not isinstance(facts.pop("seed"), int):
            return None
        return Job(**facts | {"columns": tuple(facts["columns"])})
    except (Unreadable, KeyError, TypeError):
        return None


def upgrade(connection: sqlite3.Connection, version: int) -> None:
    """Make a file of an earlier version one of this; all of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        seed = _write_facts(connection, dict(connection.execute("SELECT key, value FROM job").fetchall()))
        connection.create_function("row_sum", -1, lambda *values: sum_of(seed, values))
        for text in (_FROM_1, _FROM_2, _SPANS)[version - 1 :]:  # version 3 kept no spans
            for statement in filter(str.strip, text.split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _write_facts(connection: sqlite3.Connection, texts: dict[str, str]) -> int:
    """Write what a job is about, with a sum of it; return the number of its own with which all other sums begin."""
    seed = secrets.randbits(31)
    texts["seed"] = as_json(seed)
    texts["sum"] = as_json(_sum_of_facts(texts))
    connection.executemany("INSERT OR REPLACE INTO job VALUES (?, ?)", texts.items())
    return seed
