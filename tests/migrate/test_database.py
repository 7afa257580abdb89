"""The journal's file: made, brought up to date, and read."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from aiopeertube.migrate import Item, Job, Journal, JournalError
from aiopeertube.migrate.journal.database import Database
from aiopeertube.migrate.journal.journal import Batch

JOB = Job("update", "https://videos.example", "nisv", "films.csv")

# As version 1 made it.
VERSION_1 = """
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
INSERT INTO job VALUES ('kind', '"update"'), ('origin', '"o"'), ('user', '"u"'), ('source', '"s"'),
    ('columns', '[]'), ('began', '1.0'), ('parent', '""'), ('pass', '1');
INSERT INTO item VALUES (1, 'a', 'x', 1, 'a', 'A', 2, '{}', '{}', '{}', '{}', 'failed', 'why', 1, 1, '{}', 0);
INSERT INTO item VALUES
    (2, 'b', 'y', 1, '', '', 3, '{}', '{"name": "B"}', NULL, NULL, 'failed', 'why', 0, 1, '{}', 0);
PRAGMA user_version = 1;
"""


@pytest.mark.anyio
async def test_a_journal_of_the_version_before_is_brought_up_to_date(journal_path: Path) -> None:
    old = sqlite3.connect(journal_path)
    old.executescript(VERSION_1)
    old.close()
    with Journal.open(journal_path, read_only=True) as journal:
        assert await journal.counts() == {"failed": 2}
    for _ in range(2):
        with Journal.open(journal_path) as journal:
            await journal.reopen_failed()
            assert [(item.ref, item.state, item.ready) async for item in journal.items()] == [
                ("a", "planned", True), ("b", "read", False),
            ]  # fmt: skip


def test_what_needs_no_comparison_is_planned_again_as_it_is(journal_path: Path) -> None:
    database = Database.create(journal_path, JOB)
    database.begin_pass(distinct=False)
    database.add([Item("a", {"x": 1}, state="planned", ready=True), Item("b", {"name": "B"})])
    database.begin_pass(distinct=False)
    database.end_pass()
    assert database.counts() == {"skipped": 2}
    database.begin_pass(distinct=False)
    database.add([Item("a", {"x": 1}), Item("b", {"name": "B"})])
    database.end_pass()
    assert {item.ref: item.state for item in database.page((), 0)} == {"a": "planned", "b": "read"}
    database.close()
    database.release(remove=True)
    assert not list(journal_path.parent.iterdir())


@pytest.mark.anyio
async def test_a_batch_writes_when_it_is_full_and_when_its_block_ends_well() -> None:
    written: list[int] = []

    async def write(items: object) -> None:
        written.append(len(items))  # type: ignore[arg-type]

    async with Batch(write, most=3) as batch:
        for _ in range(7):
            await batch.put(Item("a", {}))
        assert written == [3, 3]
    assert written == [3, 3, 1]
    with pytest.raises(RuntimeError):
        async with Batch(write) as batch:
            await batch.put(Item("a", {}))
            raise RuntimeError
    assert written == [3, 3, 1]


# As version 2 made it: one video that was changed, one in flight.
_MORE = "note TEXT NOT NULL, ready INTEGER NOT NULL DEFAULT 0, at"
VERSION_2 = (
    VERSION_1[: VERSION_1.index("INSERT INTO item")].replace("note TEXT NOT NULL, at", _MORE)
    + """
INSERT INTO item VALUES (1, 'a', 'x', 1, 'a', 'A', 2, '{}', '{"name": "B"}', '{"name": "A"}', '{"name": "B"}',
    'changed', '', 0, 1, '{}', 1, 7.5);
INSERT INTO item VALUES (2, 'b', 'y', 1, 'b', 'B', 3, '{}', '{"name": "C"}', '{"name": "B"}', '{"name": "C"}',
    'sending', '', 0, 0, '{}', 1, 8.5);
INSERT INTO item VALUES (3, 'c', 'z', 1, '', '', 4, '{}', '{"name": "D"}', NULL, NULL, 'read', '', 0, 0, '{}', 0, 0);
PRAGMA user_version = 2;
"""
)


@pytest.mark.anyio
async def test_a_journal_of_version_2_gets_its_log_of_writes(journal_path: Path) -> None:
    old = sqlite3.connect(journal_path)
    old.executescript(VERSION_2)
    old.close()
    data = journal_path.read_bytes()
    for read_only in (True, False, False, True):
        with Journal.open(journal_path, read_only=read_only) as journal:
            assert (journal.job.kind, journal.job.origin) == ("update", "o")
            assert await journal.counts() == {"changed": 1, "read": 1, "sending": 1}
            writes = [(write.uuid, write.outcome, write.at, write.after) for write in await journal.writes()]
            assert writes == [("a", "changed", 7.5, {"name": "B"}), ("b", "sending", 8.5, {"name": "C"})]
            assert [(item.uuid, item.state) async for item in journal.changed()] == [
                ("a", "changed"), ("b", "sending"),
            ]  # fmt: skip
        if read_only and journal_path.read_bytes() == data:
            assert sqlite3.connect(journal_path).execute("PRAGMA user_version").fetchone() == (2,)


def test_a_journal_that_cannot_be_brought_up_to_date_stays_as_it_is(journal_path: Path) -> None:
    old = sqlite3.connect(journal_path)
    old.executescript(VERSION_2 + "CREATE TABLE write (x);")
    old.close()
    data = journal_path.read_bytes()
    with pytest.raises(JournalError, match="cannot use the journal"):
        Database.open(journal_path)
    assert sqlite3.connect(journal_path).execute("PRAGMA user_version").fetchone() == (2,)
    assert len(journal_path.read_bytes()) == len(data)


def test_each_page_of_what_is_undone_costs_the_same(journal_path: Path) -> None:
    with closing(Database.create(journal_path, JOB)) as database:
        database.begin_pass(distinct=False)
        database.add([Item(f"{number}", {"x": number}, state="planned") for number in range(3000)])
        database.end_pass()
        database.find_undone()
        steps = [0]  # of SQLite's, by page
        database._connection.set_progress_handler(lambda: steps.append(steps.pop() + 1), 100)
        last: int | None = 0
        while last is not None:
            _, last = database.undone(last)
            steps.append(0)
    assert len(steps) == 17
    assert max(steps) < 1.5 * steps[0]
