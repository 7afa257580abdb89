"""The journal: what it knows survives, and it belongs to one run, one instance and one user."""

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aiopeertube.migrate import Item, Job, Journal, JournalError, JournalFull
from aiopeertube.migrate.journal.journal_errors import explained

pytestmark = pytest.mark.anyio  # of coroutines alone

JOB = Job("update", "https://videos.example", "nisv", "films.csv", ("uuid", "name"))


def item(ref: str, line: int, **wanted: Any) -> Item:
    return Item(ref, wanted, line, {"uuid": ref})


async def read(journal: Journal, *items: Item) -> list[tuple[Item, Item]]:
    await journal.begin_pass()
    clashes = await journal.add(items)
    await journal.end_pass()
    return clashes


async def states(journal: Journal) -> set[tuple[str, str]]:
    return {(i.ref, i.state) async for i in journal.items()}


async def test_what_was_written_is_there_again(journal_path: Path) -> None:
    with Journal.create(journal_path, JOB) as journal:
        await read(journal, item("a", 2, name="Naïve 🎞"))
        (one,) = [i async for i in journal.items()]
        one.uuid, one.name, one.before, one.after = "u", "n", {"name": None}, {"name": "Naïve 🎞"}
        await journal.save([one.settle("failed", "why", again=True)])
    with Journal.open(journal_path) as journal:
        assert journal.job == replace(JOB, began=journal.job.began)
        (again,) = [i async for i in journal.items()]
    assert again == one


async def test_marks_are_on_the_disk_before_they_are_given(journal_path: Path) -> None:
    with Journal.create(journal_path, JOB) as journal:
        await read(journal, *(Item(str(n), {"name": "x"}, n, state="planned", after={"name": "x"}) for n in range(5)))
        taken = await journal.take(2)
        other = sqlite3.connect(journal_path)
        assert other.execute("SELECT count(*) FROM item WHERE state = 'sending'").fetchone() == (2,)
        other.close()
        assert [i.ref for i in taken] == ["0", "1"]
        assert [i.ref for i in await journal.take(9, taken[-1].id)] == ["2", "3", "4"]


async def test_outcomes_are_written_at_the_latest_when_it_is_closed(journal_path: Path) -> None:
    with Journal.create(journal_path, JOB) as journal:
        await read(journal, Item("a", {"name": "x"}, 1, state="planned", after={"name": "x"}))
        (one,) = await journal.take(1)
        journal.note(one.settle("changed"))
    with Journal.open(journal_path) as journal:
        assert await journal.counts() == {"changed": 1}


async def test_an_input_may_be_reordered_grow_and_shrink_between_passes(journal_path: Path) -> None:
    with Journal.create(journal_path, JOB) as journal:
        await read(journal, item("a", 1, name="A"), item("b", 2, name="B"), item("c", 3, name="C"))
        found = [i async for i in journal.items()]
        await journal.save([found[0].settle("changed")])
        await read(journal, item("d", 1, name="D"), item("b", 2, name="B"), item("a", 3, name="A"))
        assert await states(journal) == {("a", "changed"), ("b", "read"), ("c", "skipped"), ("d", "read")}
        await read(journal, item("c", 1, name="C"), item("b", 2, name="other"))
        assert ("c", "read") in await states(journal)
        assert len([i async for i in journal.items() if i.ref == "b"]) == 2


async def test_rows_for_one_video_are_put_together_or_contradict_each_other(journal_path: Path) -> None:
    with Journal.create(journal_path, JOB) as journal:
        clashes = await read(journal, item("a", 1, name="A"), item("a", 2, language="nl"), item("a", 3, name="B"))
        assert [(one.line, other.line) for one, other in clashes] == [(1, 3)]
        (only,) = [i async for i in journal.items()]
        assert only.wanted == {"name": "A", "language": "nl"}
        # The same input once more finds the same item.
        await journal.save([only.settle("changed")])
        await read(journal, item("a", 1, name="A"), item("a", 2, language="nl"))
        assert await states(journal) == {("a", "changed")}


async def test_two_runs_on_one_journal_are_refused(journal_path: Path) -> None:
    with Journal.create(journal_path, JOB):
        with pytest.raises(JournalError, match="another run uses"):
            Journal.open(journal_path)
        with Journal.open(journal_path, read_only=True) as looking:
            assert looking.job.user == "nisv"
    Journal.open(journal_path).close()


def test_a_lock_ends_with_its_process(journal_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from aiopeertube.migrate import Job, Journal;"
        f"Journal.create(Path({str(journal_path)!r}), Job('update', 'o', 'u', 's')); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    Journal.open(journal_path).close()


@pytest.mark.parametrize(
    ("kind", "origin", "user", "what"),
    [
        ("delete", JOB.origin, "nisv", "kind of job"),
        ("update", "https://other.example", "nisv", "instance"),
        ("update", JOB.origin, "root", "user"),
    ],
)
async def test_a_journal_of_something_else_is_refused(
    journal_path: Path, kind: str, origin: str, user: str, what: str
) -> None:
    with Journal.create(journal_path, JOB) as journal, pytest.raises(JournalError, match=what):
        journal.check(kind=kind, origin=origin, user=user)


async def test_what_is_no_journal_or_damaged_is_refused(journal_path: Path) -> None:
    with pytest.raises(JournalError, match="no journal at"):
        Journal.open(journal_path)
    journal_path.write_bytes(b"uuid,name\n" * 1000)
    with pytest.raises(JournalError, match="damaged"):
        Journal.open(journal_path)
    journal_path.write_bytes(b"")
    with pytest.raises(JournalError, match="no journal of this version"):
        Journal.open(journal_path)
    journal_path.unlink()
    with Journal.create(journal_path, JOB) as journal:
        await read(journal, *(item(str(n), n, name="x" * 500) for n in range(200)))
    data = bytearray(journal_path.read_bytes())
    data[8192:16384] = os.urandom(8192)
    journal_path.write_bytes(data)
    with pytest.raises(JournalError, match="damaged"):
        Journal.open(journal_path)


async def test_a_journal_is_never_overwritten(journal_path: Path) -> None:
    Journal.create(journal_path, JOB).close()
    with pytest.raises(JournalError, match="already"):
        Journal.create(journal_path, JOB)


async def test_a_full_disk_loses_nothing_that_was_written(journal_path: Path) -> None:
    with Journal.create(journal_path, JOB) as journal:
        await read(journal, Item("a", {"name": "x"}, 1, state="planned", after={"name": "x"}))
        journal._database._connection.execute("PRAGMA max_page_count = 1")
        with pytest.raises(JournalError, match="no room"):
            await read(journal, *(item(str(n), n, name="x" * 5000) for n in range(50)))
        journal._database._connection.execute("PRAGMA max_page_count = 1000000")
    with Journal.open(journal_path) as journal:
        assert await journal.counts() == {"planned": 1}


@pytest.mark.parametrize("version", [1, 2])
async def test_a_file_of_others_is_left_as_it_is(journal_path: Path, version: int) -> None:
    connection = sqlite3.connect(journal_path)
    connection.executescript(f"CREATE TABLE t (a); PRAGMA user_version = {version};")
    connection.close()
    data = journal_path.read_bytes()
    with pytest.raises(JournalError, match="no journal"):
        Journal.open(journal_path)
    assert journal_path.read_bytes() == data
    assert list(journal_path.parent.iterdir()) == [journal_path]


@pytest.mark.parametrize(
    "text", ["disk I/O error", "attempt to write a readonly database", "database or disk is full"]
)
def test_a_disk_that_takes_no_more_is_one_kind_of_error(journal_path: Path, text: str) -> None:
    for began in (False, True):
        refused = pytest.raises(JournalFull, match="what is in it is safe")
        with refused as caught, explained(journal_path, began=began):
            raise sqlite3.OperationalError(text)
        assert caught.value.began is began


async def test_what_is_sent_otherwise_than_it_was_marked_is_on_the_disk(journal_path: Path) -> None:
    """Nobody settles it: a kill came before."""
    marked = Item("a", {"name": "x", "support": "y"}, 2, state="planned", uuid="a", ready=True)
    marked.before, marked.after = {"name": "n", "support": "s"}, {"name": "x", "support": "y"}
    with Journal.create(journal_path, JOB) as journal:
        await read(journal, marked)
        (one,) = await journal.take(1)
        one.before, one.after = {"support": "s"}, {"support": "y"}
        await journal.correct(one)
    with Journal.open(journal_path) as journal:
        (kept,) = [i async for i in journal.items()]
        (write,) = await journal.writes()
    for found in (kept, write):
        assert (found.before, found.after) == ({"support": "s"}, {"support": "y"})
    assert (kept.state, write.outcome) == ("sending", "sending")


async def test_what_is_set_apart_is_written_with_its_item_or_neither_is(
    journal_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with Journal.create(journal_path, JOB) as journal:
        await read(journal, item("a", 2, name="x", support="y"))
        (one,) = [i async for i in journal.items()]
        one.wanted = {"support": "y"}
        with monkeypatch.context() as patch:
            patch.setattr("aiopeertube.migrate.journal.database.Database._insert", full)
            with pytest.raises(JournalError, match="disk I/O error"):
                await journal.save([one.settle("planned")], [item("a", 2, name="x")])
        (kept,) = [i async for i in journal.items()]
    assert (kept.state, kept.wanted) == ("read", {"name": "x", "support": "y"})
