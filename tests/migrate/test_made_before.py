"""New videos that are asked for twice: made once, whatever the table is called, and wherever it lies."""

import random
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator, Fault
from aiopeertube.migrate import JobOptions, Journal, JournalError

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to be in, and a place of its own for journals."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
async def server() -> AsyncIterator[Emulator]:
    async with Emulator(videos=2, rate_limit=None, login_limit=None, imports=True) as started:
        yield started


@pytest.fixture
async def pt(server: Emulator) -> AsyncIterator[PeerTube]:
    async with PeerTube(server.url, username="nisv", password="secret123") as client:
        yield client


class Ear(migrate.Unwatched):
    """Hears what is said."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def say(self, line: str) -> None:
        self.heard.append(line)


def made(server: Emulator) -> list[str]:
    return sorted(video.name for video in list(server.store.videos.values())[2:])


def run_sql(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


async def put_in_flight(path: Path) -> None:
    """Leave the last item as a kill leaves it: its answer was never read."""
    with Journal.open(path) as journal:
        item = [item async for item in journal.items()][-1]
        item.uuid = ""
        await journal.save([item.settle("sending")])


ADDRESSES = [f"https://files.example/{number}.mp4,Film {number}\n" for number in range(4)]


def imports(name: str, lines: list[str]) -> str:
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text("targetUrl,name\n" + "".join(lines), encoding="utf-8")
    return name


def films(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(3):
        content = b"\0\0\0\x18ftypmp42" + random.Random(number).randbytes(200_000)
        (folder / f"{number}.mp4").write_bytes(content)
    table = folder / "films.csv"
    table.write_text("file,name\n" + "".join(f"{number}.mp4,Film {number}\n" for number in range(3)))
    return table


async def test_imports_are_made_once_from_wherever_and_in_any_order(pt: PeerTube, server: Emulator) -> None:
    await migrate.import_(pt, imports("in.csv", ADDRESSES), channel="nisv_channel")
    ear = Ear()
    for name, lines in (("in.csv", ADDRESSES), ("other/out.csv", ADDRESSES[::-1])):
        run = await migrate.import_(pt, imports(name, lines), channel="nisv_channel", watcher=ear)
        assert run.counts == {"unchanged": 4}
    assert ear.heard == ["4 videos exist already: earlier jobs made them"] * 2
    assert len(made(server)) == 4


@pytest.mark.parametrize("done", [False, True])
async def test_an_import_that_was_in_flight_at_a_kill_is_asked_for(
    pt: PeerTube, server: Emulator, done: bool
) -> None:
    run = await migrate.import_(pt, imports("in.csv", ADDRESSES[:2]), channel="nisv_channel")
    await put_in_flight(run.journal)
    if not done:
        server.store.remove_video(list(server.store.videos.values())[-1])
    again = await migrate.import_(pt, imports("again.csv", ADDRESSES[:2]), channel="nisv_channel")
    assert again.counts == ({"unchanged": 2} if done else {"changed": 1, "unchanged": 1})
    assert made(server) == ["Film 0", "Film 1"]


async def test_what_another_run_is_making_is_not_made_twice(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.import_(pt, imports("in.csv", ADDRESSES[:2]), channel="nisv_channel")
    await put_in_flight(run.journal)
    with Journal.open(run.journal), pytest.raises(JournalError, match="another run uses"):
        await migrate.import_(pt, imports("again.csv", ADDRESSES[:2]), channel="nisv_channel")
    assert len(made(server)) == 2


async def test_a_video_that_cannot_be_read_is_not_made_again(pt: PeerTube, server: Emulator) -> None:
    await migrate.import_(pt, imports("in.csv", ADDRESSES[:2]), channel="nisv_channel")
    uuid = list(server.store.videos.values())[-1].uuid
    server.faults.add(Fault("5xx", method="GET", path=f"/videos/{uuid}", status=500))
    assert (await migrate.import_(pt, "in.csv", channel="nisv_channel")).counts == {"unchanged": 2}


async def test_files_are_uploaded_once_from_whatever_folder(pt: PeerTube, server: Emulator, here: Path) -> None:
    table = films(here / "one")
    assert (await migrate.upload(pt, table, channel="nisv_channel")).counts == {"changed": 3}
    shutil.copytree(here / "one", here / "two")
    moved = (here / "two" / "films.csv").rename(here / "two" / "renamed.csv")
    assert (await migrate.upload(pt, moved, channel="nisv_channel")).counts == {"unchanged": 3}
    # Another film under the same name, of the same size, is another film.
    (here / "two" / "1.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + random.Random(9).randbytes(200_000))
    assert (await migrate.upload(pt, moved, channel="nisv_channel")).counts == {"changed": 1, "unchanged": 2}


async def test_a_job_goes_on_after_its_files_were_moved(pt: PeerTube, server: Emulator, here: Path) -> None:
    job = JobOptions(journal=here / "job.journal")
    await migrate.upload(pt, films(here / "one"), channel="nisv_channel", job=job)
    (here / "one").rename(here / "two")
    again = JobOptions(journal=here / "job.journal", resume=True)
    run = await migrate.upload(pt, here / "two" / "films.csv", channel="nisv_channel", job=again)
    assert run.counts == {"changed": 3, "unchanged": 3}
    assert len(made(server)) == 3


async def test_an_upload_that_another_job_began_is_gone_on_with(pt: PeerTube, server: Emulator, here: Path) -> None:
    table = films(here / "one")
    fault = Fault("5xx", method="PUT", path="/videos/upload-resumable", status=403)
    server.faults.add(fault)
    first = await migrate.upload(pt, table, channel="nisv_channel")
    assert first.counts == {"failed": 3}
    run_sql(first.journal, "UPDATE item SET state = 'planned' WHERE id = 1")
    server.faults.clear()
    begun = server.statistics().by_route["POST /videos/upload-resumable"]
    renamed = table.rename(table.with_name("renamed.csv"))
    assert (await migrate.upload(pt, renamed, channel="nisv_channel")).counts == {"changed": 3}
    assert server.statistics().by_route["POST /videos/upload-resumable"] == begun + 2
    assert made(server) == ["Film 0", "Film 1", "Film 2"]
    # The first job does not do it once more.
    run = await migrate.upload(pt, table.with_name("renamed.csv"), channel="nisv_channel")
    assert run.counts == {"unchanged": 3}


@pytest.mark.parametrize("resume", [False, True])
async def test_a_film_whose_row_was_corrected_is_not_made_again(
    pt: PeerTube, server: Emulator, here: Path, resume: bool
) -> None:
    table = films(here / "one")
    await migrate.upload(pt, table, channel="nisv_channel")
    table.write_text(table.read_text().replace("Film 1", "Film I"))
    run = await migrate.upload(pt, table, channel="nisv_channel", job=JobOptions(resume=resume))
    assert run.counts == ({"changed": 3, "failed": 1} if resume else {"unchanged": 2, "failed": 1})
    assert made(server) == ["Film 0", "Film 1", "Film 2"]
    uuid = next(video.uuid for video in server.store.videos.values() if video.name == "Film 1")
    assert run.failed_file is not None
    assert f"an earlier job made it, {uuid}, with other values (name)" in run.failed_file.read_text()
    # Nothing is in its way once that video is gone.
    server.store.remove_video(next(video for video in server.store.videos.values() if video.uuid == uuid))
    assert (await migrate.upload(pt, table, channel="nisv_channel")).counts == {"changed": 1, "unchanged": 2}
    assert made(server) == ["Film 0", "Film 2", "Film I"]


async def test_a_key_of_its_own_makes_another_video_of_one_address(pt: PeerTube, server: Emulator) -> None:
    for key, name in (("1", "Film"), ("2", "Film cut"), ("1", "Film corrected")):
        Path("in.csv").write_text(f"targetUrl,name,key\nhttps://files.example/1.mp4,{name},{key}\n")
        run = await migrate.import_(pt, "in.csv", channel="nisv_channel")
        assert run.counts == {"failed": 1} if "corrected" in name else {"changed": 1}
    assert made(server) == ["Film", "Film cut"]


async def test_a_key_that_came_later_makes_no_other_video(pt: PeerTube, server: Emulator) -> None:
    await migrate.import_(pt, imports("in.csv", ADDRESSES[:1]), channel="nisv_channel")
    Path("in.csv").write_text("targetUrl,name,key\nhttps://files.example/0.mp4,Film 0,1\n")
    run = await migrate.import_(pt, "in.csv", channel="nisv_channel")
    assert run.counts == {"unchanged": 1}
    assert made(server) == ["Film 0"]
    Path("t.csv").write_text("key,description\n1,By its key\n")
    assert (await migrate.apply(pt, "t.csv")).counts == {"changed": 1}


async def test_journals_at_places_of_their_own_are_known(pt: PeerTube, server: Emulator, here: Path) -> None:
    rows = imports("films.csv", ADDRESSES)
    for number in range(2):
        options = JobOptions(journal=here / f"{number}.journal")
        run = await migrate.import_(pt, rows, channel="nisv_channel", job=options)
    assert run.counts == {"unchanged": 4}
    assert made(server) == [f"Film {number}" for number in range(4)]
