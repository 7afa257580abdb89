"""Journals that are damaged, or on a medium that takes nothing: told by name, and the rest goes on."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator, Fault
from aiopeertube.migrate import Item, Job, Journal, JournalError

pytestmark = pytest.mark.anyio  # of coroutines alone

JOB = Job("update", "https://videos.example", "nisv", "films.csv")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for journals, and an empty directory to be in."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return tmp_path


@pytest.fixture
async def server() -> AsyncIterator[Emulator]:
    async with Emulator(videos=5, rate_limit=None, login_limit=None) as started:
        yield started


@pytest.fixture
async def pt(server: Emulator) -> AsyncIterator[PeerTube]:
    async with PeerTube(server.url, username="nisv", password="secret123") as client:
        yield client


def table(*numbers: int, prefix: str = "Film") -> str:
    lines = "".join(f"{number},{prefix} {number}\n" for number in numbers)
    Path("films.csv").write_text(f"id,name\n{lines}", encoding="utf-8")
    return "films.csv"


def names(server: Emulator) -> list[str]:
    return [video.name for video in server.store.videos.values()]


def run_sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


async def filled(path: Path, *refs: str) -> None:
    """Make a journal with an item for each video."""
    with Journal.create(path, JOB) as journal:
        await journal.begin_pass()
        await journal.add([Item(ref, {"name": f"Film {ref}"}, number) for number, ref in enumerate(refs, start=2)])
        await journal.end_pass()


DAMAGES = [
    "UPDATE item SET wanted = '{bad' WHERE id = 2",
    'UPDATE item SET wanted = \'{"name": "Film c"}\' WHERE id = 2',
    "UPDATE item SET note = x'ff' WHERE id = 2",
    "UPDATE item SET before = x'7bff7d' WHERE id = 2",
    "UPDATE item SET state = 'weird' WHERE id = 2",
    "UPDATE item SET row = 'x' WHERE id = 2",
    "UPDATE item SET sum = 0 WHERE id = 2",
    "UPDATE item SET state = 'changed' WHERE id = 2",
    "UPDATE item SET pass = 2 WHERE id = 2",
    "UPDATE item SET pass = 'x' WHERE id = 2",
]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("read_only", [False, True])
async def test_an_item_that_is_damaged_is_told_and_the_others_are_there(
    journal_path: Path, damage: str, read_only: bool
) -> None:
    await filled(journal_path, "a", "b", "c")
    run_sql(journal_path, damage)
    for _ in range(2):
        with Journal.open(journal_path, read_only=read_only) as journal:
            assert await journal.counts() == {"damaged": 1, "read": 2}
            found = [(item.id, item.state, item.reason) async for item in journal.items()]
        assert found == [(1, "read", ""), (2, "damaged", "its entry in the journal is damaged"), (3, "read", "")]


async def test_a_damaged_item_is_wanted_anew_by_its_row(journal_path: Path) -> None:
    await filled(journal_path, "a", "b")
    run_sql(journal_path, "UPDATE item SET note = '{}x' WHERE id = 2")
    with Journal.open(journal_path) as journal:
        await journal.begin_pass()
        await journal.add([Item(ref, {"name": f"Film {ref}"}) for ref in "ab"])
        await journal.end_pass()
        assert await journal.counts() == {"damaged": 1, "read": 2}


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def _another_database(path: Path) -> None:
    path.unlink()
    run_sql(path, "CREATE TABLE job (x)", "CREATE TABLE item (y)", "CREATE TABLE films (z)")


def _flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:4196] = bytes(byte ^ 0xFF for byte in data[4096:4196])
    path.write_bytes(data)


def _unnamed(path: Path) -> None:
    run_sql(
        path, "PRAGMA writable_schema = ON", "UPDATE sqlite_master SET sql = CAST(x'ac' AS TEXT) WHERE type = 'table'"
    )


def _later(path: Path) -> None:
    run_sql(path, "PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_truncated, "damaged"),
        (lambda path: path.write_bytes(b""), "no journal"),
        (lambda path: path.write_text("uuid,name\n" * 600), "no journal"),
        (_another_database, "no journal"),
        (_flipped, "damaged"),
        (_later, "of a later version"),
        (lambda path: run_sql(path, "UPDATE job SET value = '\"x\"' WHERE key = 'origin'"), "damaged"),
        (lambda path: run_sql(path, "UPDATE job SET value = '{bad' WHERE key = 'kind'"), "damaged"),
        (lambda path: run_sql(path, "DELETE FROM job WHERE key = 'seed'"), "damaged"),
        (lambda path: run_sql(path, "DROP TABLE write"), "no journal"),
        (lambda path: run_sql(path, "INSERT OR REPLACE INTO job VALUES ('pass', '\"x\"')"), "how far it came"),
        (lambda path: run_sql(path, "INSERT INTO job VALUES ('undone', '1')"), "how far it came"),
        (_unnamed, "damaged"),
        (lambda path: run_sql(path, "DELETE FROM job WHERE key = 'pass'"), "how far it came"),
    ],
)
@pytest.mark.parametrize("read_only", [False, True])
async def test_a_file_that_is_damaged_is_told_and_left(
    journal_path: Path, harm: object, said: str, read_only: bool
) -> None:
    await filled(journal_path, *"abcdefgh" * 20)
    harm(journal_path)  # type: ignore[operator]
    data = journal_path.read_bytes()
    with pytest.raises(JournalError, match=f"job.journal.*{said}"):
        Journal.open(journal_path, read_only=read_only)
    assert journal_path.read_bytes() == data


async def test_what_sqlite_cites_of_a_damaged_file_stays_in_one_line(journal_path: Path) -> None:
    await filled(journal_path, "a")
    with closing(sqlite3.connect(journal_path)) as database:
        database.execute("PRAGMA writable_schema = ON")
        cited = "sql || ' ' || char(39, 15, 10) || 'XT'"
        database.execute(f"UPDATE sqlite_schema SET sql = {cited} WHERE name = 'job'")
        database.commit()
    with pytest.raises(JournalError, match="is damaged, or no journal at all: malformed") as caught:
        Journal.open(journal_path)
    assert str(caught.value).isprintable()


async def test_a_log_of_another_journal_is_not_taken_for_its_own(journal_path: Path) -> None:
    """SQLite takes a `-wal` that lies beside a file for that file's."""
    await filled(journal_path, *"abcdefgh" * 20)
    other, kept = journal_path.with_name("other.journal"), journal_path.read_bytes()
    with Journal.create(other, JOB) as journal:
        await journal.begin_pass()
        await journal.add([Item(ref, {"name": "Other"}) for ref in "xy"])
        shutil.copyfile(f"{other}-wal", f"{journal_path}-wal")
    with pytest.raises(JournalError, match=r"job.journal-wal beside it"):
        Journal.open(journal_path)
    assert journal_path.read_bytes() == kept


async def killed(path: Path) -> Path:
    """Leave a journal as a kill does: each item was written by a transaction of its own, beside it."""
    there = path.with_name("killed.journal")
    with Journal.create(path, JOB) as journal:
        await journal.begin_pass()
        for ref in "abcdef":
            await journal.add([Item(ref, {"name": ref})])
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{path}{suffix}", f"{there}{suffix}")
    return there


@pytest.mark.parametrize("read_only", [True, False])
async def test_bytes_that_flipped_beside_a_journal_are_found(journal_path: Path, read_only: bool) -> None:
    path = await killed(journal_path)
    beside = Path(f"{path}-wal")
    data = beside.read_bytes()
    last = transactions(data)[-2]  # where the last one begins
    for at in (0, 9, 20, 31, 33, 37, 41, 50, 60, 5_000, last - 4_000, last - 1, last, last + 90, len(data) - 1):
        beside.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
        with pytest.raises(JournalError, match=r"killed\.journal-wal beside it is"):
            Journal.open(path, read_only=read_only)
    beside.write_bytes(data)
    with Journal.open(path, read_only=read_only) as journal:
        assert await journal.counts() == {"read": 6}


async def test_a_last_transaction_that_a_power_cut_tore_is_left_out(journal_path: Path) -> None:
    path = await killed(journal_path)
    beside = Path(f"{path}-wal")
    data = beside.read_bytes()
    last, frame = transactions(data)[-2], 24 + 4096
    earlier = data[32:40] + bytes(8) + data[48 : 32 + frame]  # a frame of an earlier generation
    over = data[: last + 24] + bytes(100) + data[last + 124 :] + earlier
    for torn in (data[: last + 100], data[:-1], data[: len(data) - frame] + earlier * 2, over):
        beside.write_bytes(torn)
        with Journal.open(path, read_only=True) as journal:
            assert await journal.counts() == {"read": 5}


def transactions(data: bytes) -> list[int]:
    """Say where the transactions of a `-wal` end; the second number of a frame is 0 within one."""
    frames = range(32, len(data), 24 + 4096)
    return [at + 24 + 4096 for at in frames if int.from_bytes(data[at + 4 : at + 8])]


async def test_what_a_kill_left_beside_a_journal_belongs_to_it(journal_path: Path, tmp_path: Path) -> None:
    await filled(journal_path, "a")
    killed = tmp_path / "killed.journal"
    with Journal.open(journal_path) as journal:
        await journal.begin_pass()
        await journal.add([Item("b", {"name": "B"})])
        shutil.copyfile(journal_path, killed)
    for read_only in (True, False, True):  # looking alone leaves an empty `-wal`
        with pytest.raises(JournalError, match=r"killed\.journal-wal is missing"):
            Journal.open(killed, read_only=read_only)
    run_sql(killed, "DELETE FROM job WHERE key = 'open'")
    with Journal.open(killed) as journal:
        assert await journal.counts() == {"read": 1}


async def test_a_journal_on_a_full_disk_keeps_what_is_beside_it(journal_path: Path) -> None:
    await filled(journal_path, "a")
    journal = Journal.open(journal_path)
    await journal.begin_pass()
    await journal.add([Item("b", {"name": "B"})])
    await journal.end_pass()
    await journal._run(lambda: journal._database._connection.execute("PRAGMA query_only = ON"))  # takes nothing more
    journal.close()
    with Journal.open(journal_path) as journal:
        assert await journal.counts() == {"read": 1, "skipped": 1}
    assert not journal_path.with_name("job.journal-wal").exists()


async def test_the_list_of_jobs_tells_of_each(home: Path, pt: PeerTube) -> None:
    run = await migrate.apply(pt, table(1))
    folder = run.journal.parent
    (folder / "empty.journal").write_bytes(b"")
    (folder / "folder.journal").mkdir()
    assert {path.name for path in migrate.all_journals()} == {run.journal.name, "empty.journal"}
    assert [path.name for path in migrate.strangers()] == ["folder.journal"]
    with pytest.raises(JournalError, match=r"empty\.journal"):
        migrate.find_journal("last")  # it may be the last one: nobody can tell
    (folder / "empty.journal").unlink()
    assert migrate.find_journal("last") == run.journal


async def test_the_rest_of_a_damaged_journal_is_verified_resumed_and_rolled_back(
    pt: PeerTube, server: Emulator
) -> None:
    before = names(server)
    run = await migrate.apply(pt, table(1, 2, 3))
    run_sql(
        run.journal, "UPDATE item SET wanted = '{bad' WHERE id = 2", "UPDATE write SET before = '{}x' WHERE item = 3"
    )
    heard: list[migrate.Difference] = []
    found = await migrate.verify(pt, run.journal, on_difference=heard.append)
    assert (found.stand, found.differ, found.not_done, found.ok) == (2, 1, 1, False)
    assert {one.why for one in heard} == {"its entry in the journal is damaged"}
    again = await migrate.apply(pt, "films.csv", job=migrate.JobOptions(resume=True))
    assert again.counts == {"changed": 2, "damaged": 1, "unchanged": 1}
    back = await migrate.rollback(pt, run.journal)
    assert back.counts == {"changed": 2, "failed": 1}
    assert names(server) == [*before[:2], "Film 3", *before[3:]]


@pytest.fixture
def fails(server: Emulator) -> Fault:
    """One video that cannot be read."""
    return Fault("5xx", method="GET", path=f"/videos/{server.store.videos[2].uuid}", status=500)


async def test_a_video_that_cannot_be_read_locks_nothing(pt: PeerTube, server: Emulator, fails: Fault) -> None:
    before = names(server)
    run = await migrate.apply(pt, table(1, 2, 3))
    # As after a kill: nobody knows what became of the second.
    run_sql(
        run.journal,
        "UPDATE item SET state = 'sending' WHERE id = 2",
        "UPDATE write SET outcome = 'sending' WHERE item = 2",
    )
    server.faults.add(fails)
    found = await migrate.verify(pt, run.journal)
    assert (found.stand, found.differ, found.not_done) == (2, 0, 1)
    assert "nobody knows whether it was done" in found.undone[0].why
    again = await migrate.apply(pt, "films.csv", job=migrate.JobOptions(resume=True))
    assert again.counts == {"changed": 2, "sending": 1}
    back = await migrate.rollback(pt, run.journal)
    assert back.counts == {"changed": 2, "failed": 1}
    server.faults.clear()
    back = await migrate.rollback(pt, run.journal, job=migrate.JobOptions(resume_failed=True))
    assert (back.counts, names(server)) == ({"changed": 3}, before)


async def test_a_video_in_doubt_is_not_changed_again(pt: PeerTube, server: Emulator, fails: Fault) -> None:
    """Or what was there before its first change would be lost: a list tells its name, and nobody who wrote it."""
    before = names(server)
    run = await migrate.apply(pt, table(1, 2, 3))
    run_sql(
        run.journal,
        "UPDATE item SET state = 'sending' WHERE id = 2",
        "UPDATE write SET outcome = 'sending' WHERE item = 2",
    )
    server.faults.add(fails)
    resume = migrate.JobOptions(resume=True)
    again = await migrate.apply(pt, table(1, 2, 3, prefix="Corrected"), job=resume)
    assert (again.counts, again.left) == ({"changed": 4, "read": 1, "sending": 1}, 2)
    assert names(server)[:3] == ["Corrected 1", "Film 2", "Corrected 3"]
    found = await migrate.verify(pt, run.journal)
    assert [one.why for one in found.undone if one.state == "read"] == [
        "nobody knows whether an earlier change of this video was done"
    ]
    server.faults.clear()
    assert (await migrate.apply(pt, "films.csv", job=resume)).counts == {"changed": 6}
    assert names(server)[:3] == ["Corrected 1", "Corrected 2", "Corrected 3"]
    assert (await migrate.rollback(pt, run.journal)).counts == {"changed": 3}
    assert names(server) == before


async def test_a_journal_that_cannot_be_written_is_read_all_the_same(
    pt: PeerTube, server: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = names(server)
    run = await migrate.apply(pt, table(1, 2))
    data = run.journal.read_bytes()
    monkeypatch.setattr("aiopeertube.migrate.journal.journal_file.can_be_written", lambda path: path != run.journal)
    assert await migrate.verify(pt, run.journal) == migrate.Verified(2, 0, ())
    assert (await migrate.rollback(pt, run.journal)).counts == {"changed": 2}
    assert (run.journal.read_bytes(), names(server)) == (data, before)
