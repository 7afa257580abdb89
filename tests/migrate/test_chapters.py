"""Chapters of videos from a table."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from mortal import made_mortal

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.migrate import JobOptions

pytestmark = pytest.mark.anyio

NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for journals, and an empty directory to be in."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


@pytest.fixture
async def server() -> AsyncIterator[Emulator]:
    async with Emulator(videos=4, rate_limit=None, login_limit=None) as started:
        started.store.community.chapters[1] = [(0, "Old"), (5, "Older")]
        yield started


@pytest.fixture
async def pt(server: Emulator) -> AsyncIterator[PeerTube]:
    async with PeerTube(server.url, username="nisv", password="secret123") as client:
        yield client


class Ear(migrate.Unwatched):
    """Hears what is said, and what would change."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.changes: list[str] = []

    def say(self, line: str) -> None:
        self.heard.append(line)

    async def planned(self, plan: migrate.Plan) -> None:
        self.changes += [f"{change.field}: {change.old} > {change.new}" for change in await plan.diff()]


def uuid(server: Emulator, number: int) -> str:
    return server.store.videos[number].uuid


def table(*rows: str, columns: str = "uuid,timecode,title") -> str:
    Path("in.csv").write_text("\n".join((columns, *rows)) + "\n", encoding="utf-8")
    return "in.csv"


def chapters(server: Emulator, number: int) -> list[tuple[int, str]]:
    return server.store.community.chapters.get(number, [])


def puts(server: Emulator) -> int:
    return server.statistics().by_route.get("PUT /videos/{id}/chapters", 0)


def two(server: Emulator) -> str:
    one, other = uuid(server, 1), uuid(server, 2)
    return table(f"{one},1:00:01,Main", f"{other},0:07,Start", f"{one},0,Intro")


async def refused(pt: PeerTube, source: str) -> list[str]:
    with pytest.raises(migrate.BadSource) as caught:
        await migrate.chapters(pt, source)
    return [str(problem).removeprefix("in.csv, ") for problem in caught.value.problems]


async def test_all_rows_of_a_video_are_its_list(pt: PeerTube, server: Emulator) -> None:
    ear = Ear()
    run = await migrate.chapters(pt, two(server), watcher=ear)
    assert run.counts == {"changed": 2}
    assert chapters(server, 1) == [(0, "Intro"), (3601, "Main")]
    assert chapters(server, 2) == [(7, "Start")]
    assert puts(server) == 2
    assert ear.changes == [
        "chapters: 0 Old, 5 Older > 0 Intro, 3601 Main",
        "chapters: (none) > 7 Start",
    ]
    assert [line.partition(": ")[2].partition(" is behind")[0] for line in ear.heard] == ["the chapter at 1:00:01"]


async def test_what_is_there_already_is_not_sent_again(pt: PeerTube, server: Emulator) -> None:
    await migrate.chapters(pt, two(server))
    run = await migrate.chapters(pt, two(server))
    assert run.counts == {"unchanged": 2}
    assert puts(server) == 2


async def test_a_dry_run_sends_nothing(pt: PeerTube, server: Emulator) -> None:
    ear = Ear()
    run = await migrate.chapters(pt, two(server), job=JobOptions(dry_run=True), watcher=ear)
    assert run.counts == {"planned": 2}
    assert len(ear.changes) == 2
    assert puts(server) == 0


@pytest.mark.parametrize("cells", ["<clear>,", ",<clear>"])
async def test_a_video_can_be_left_without_any(pt: PeerTube, server: Emulator, cells: str) -> None:
    ear = Ear()
    await migrate.chapters(pt, table(f"{uuid(server, 1)},{cells}"), watcher=ear)
    assert chapters(server, 1) == []
    assert ear.changes == ["chapters: 0 Old, 5 Older > (none)"]


async def test_json_has_null_for_none(pt: PeerTube, server: Emulator) -> None:
    lines = [
        f'{{"uuid": "{uuid(server, 1)}", "timecode": null}}',
        f'{{"uuid": "{uuid(server, 2)}", "timecode": 90, "title": "<clear>"}}',
    ]
    Path("in.jsonl").write_text("\n".join(lines))
    await migrate.chapters(pt, "in.jsonl")
    assert (chapters(server, 1), chapters(server, 2)) == ([], [(90, "<clear>")])


async def test_a_row_that_names_a_video_alone_asks_for_nothing(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.chapters(pt, table(f"{uuid(server, 1)},,"))
    assert run.counts == {"unchanged": 1}
    assert chapters(server, 1) == [(0, "Old"), (5, "Older")]


async def test_rows_may_name_a_video_in_several_ways(pt: PeerTube, server: Emulator) -> None:
    source = table(f"{uuid(server, 1)},,0,Intro", ",1,9,Main", columns="uuid,id,timecode,title")
    await migrate.chapters(pt, source)
    assert chapters(server, 1) == [(0, "Intro"), (9, "Main")]
    assert puts(server) == 1


async def test_everything_that_is_wrong_is_told_before_anything_is_sent(pt: PeerTube, server: Emulator) -> None:
    one = uuid(server, 1)
    found = await refused(
        pt,
        table(
            f"{one},1:75,{'x' * 101}",
            f"{one},1:30,One",
            f"{one},90,Other",
            f"{one},,Nowhere",
            f"{one},5,",
            f"{one},<clear>,Both",
            ",5,Nobody's",
        ),
    )
    assert found == [
        "line 2, column timecode: '1:75' is no time: seconds like 95, or like 1:35 or 1:02:03",
        "line 2, column title: it must have 1 to 100 characters, and has 101",
        "line 5, column timecode: a chapter needs the time at which it starts",
        "line 6, column title: a chapter needs a title",
        "line 7, column title: a row has a chapter, or says that there is to be none",
        "line 8: the row names no video: add one of the columns uuid, shortUUID, id, url, video",
        "line 4: the chapter at 1:30 contradicts line 3, which names the same video",
    ]
    assert await refused(pt, table(f"{one},5,A,b", columns="uuid,timecode,title,tags")) == [
        "line 1, column tags: no such field",
    ]
    assert puts(server) == 0


async def test_what_only_the_server_knows_to_be_wrong_is_told_before_anything_is_sent(
    pt: PeerTube, server: Emulator
) -> None:
    theirs = server.store.add_video("Theirs", server.store.channels["root_channel"], privacy=1)
    rows = [f"{uuid(server, 1)},0,Fine", f"{NOBODYS},0,A", f"{theirs.uuid},0,A"]
    assert await refused(pt, table(*rows)) == [
        f"line 3: {NOBODYS}: there is no such video, or it is hidden from this user",
        "line 4: Theirs: not yours to change: it belongs to root",
    ]
    assert puts(server) == 0
    source = table(f"{uuid(server, 1)},2,0,A", columns="uuid,id,timecode,title")
    assert "is not the video that the row names otherwise" in (await refused(pt, source))[0]


async def test_verify_compares_the_lists(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.chapters(pt, two(server))
    assert (await migrate.verify(pt, run.journal)).ok
    server.store.community.chapters[2] = [(7, "Theirs")]
    found = await migrate.verify(pt, run.journal)
    assert (found.stand, found.differ) == (1, 1)
    assert found.differences[0].why == "chapters is 7 Theirs, not 7 Start"


async def test_a_rollback_puts_the_list_back_that_was_there(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.chapters(pt, two(server))
    server.store.community.chapters[2] = [(7, "Theirs")]
    back = await migrate.rollback(pt, run.journal)
    assert back.counts == {"changed": 1, "conflict": 1}
    assert chapters(server, 1) == [(0, "Old"), (5, "Older")]
    assert chapters(server, 2) == [(7, "Theirs")]
    await migrate.rollback(pt, back.journal)
    assert chapters(server, 1) == [(0, "Intro"), (3601, "Main")]


@pytest.mark.parametrize("after", [False, True])
async def test_a_killed_job_goes_on(
    pt: PeerTube, server: Emulator, home: Path, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    mortal = made_mortal(pt, home / "state", monkeypatch)
    with mortal.killed(1, after=after):
        await migrate.chapters(pt, two(server))
    assert (puts(server) > 0) == after
    run = await migrate.chapters(pt, two(server), job=JobOptions(resume=True))
    assert run.counts == {"changed": 2}
    assert puts(server) == 2
    assert (await migrate.verify(pt, run.journal)).ok
    await migrate.rollback(pt, run.journal)
    assert (chapters(server, 1), chapters(server, 2)) == ([(0, "Old"), (5, "Older")], [])


async def test_a_name_that_was_edited_beside_chapters_is_told(pt: PeerTube, server: Emulator) -> None:
    one, other = uuid(server, 1), uuid(server, 2)
    name = server.store.videos[2].name
    rows = table(
        f"{one},0,Intro,Mine", f"{one},7,Main,Mine", f"{other},0,Intro,{name}", columns="uuid,timecode,title,name"
    )
    ear = Ear()
    await migrate.chapters(pt, rows, watcher=ear)
    (line,) = [line for line in ear.heard if "name" in line]
    assert line.startswith(f"line 2: {server.store.videos[1].name} is called 'Mine' there")


async def test_a_video_that_is_gone_when_a_job_goes_on_fails_alone(pt: PeerTube, server: Emulator) -> None:
    one, other = uuid(server, 1), uuid(server, 2)
    source = table(f"{one},0,Intro", f"{other},0,Start", f"{one},9,Main", f"{other},9,Rest")
    await migrate.chapters(pt, source, job=JobOptions(first=1))
    server.store.remove_video(server.store.videos[2])
    run = await migrate.chapters(pt, source, job=JobOptions(resume=True))
    assert run.counts == {"changed": 1, "failed": 1}
    assert run.failed_file is not None
    gone = "Video 0002: there is no such video, or it is hidden from this user"
    assert run.failed_file.read_text().splitlines()[1:] == [  # all of its rows
        f'{other},0,Start,"{gone}"',
        f'{other},9,Rest,"{gone}"',
    ]


async def test_a_table_that_was_corrected_and_set_back_is_done_again(pt: PeerTube, server: Emulator) -> None:
    one = uuid(server, 1)
    for title in ("Wrong", "Right", "Wrong"):
        source = table(f"{one},0,{title}", f"{one},9,Rest")
        run = await migrate.chapters(pt, source, job=JobOptions(resume=puts(server) > 0))
        assert chapters(server, 1) == [(0, title), (9, "Rest")]
    assert (await migrate.verify(pt, run.journal)).ok
    await migrate.rollback(pt, run.journal)
    assert chapters(server, 1) == [(0, "Old"), (5, "Older")]
