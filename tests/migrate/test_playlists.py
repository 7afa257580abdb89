"""Playlists from a table: made, filled, ordered; and the same whenever the job is killed."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from mortal import made_mortal

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator, Fault
from aiopeertube.emulator.model.community import Element, Playlist
from aiopeertube.migrate import JobOptions
from aiopeertube.migrate.kinds.filling import Row, arranged, moves

pytestmark = pytest.mark.anyio  # of coroutines alone

NOBODYS = "00000000-0000-4000-8000-000000000000"
COLUMNS = "playlist,description,privacy,channel,id,position,startTimestamp,stopTimestamp"
NEW = (
    "Films,All of them,Public,nisv_channel,3,,0:05,1:00",
    "Films,,,,1,,,",
    "Empty,,,,,,,",
    "Films,,,,2,,,",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for journals, and an empty directory to be in."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


@asynccontextmanager
async def emulated() -> AsyncIterator[Emulator]:
    async with Emulator(videos=6, rate_limit=None, login_limit=None) as started:
        yield started


@pytest.fixture
async def server() -> AsyncIterator[Emulator]:
    async with emulated() as started:
        yield started


@pytest.fixture
async def pt(server: Emulator) -> AsyncIterator[PeerTube]:
    async with client(server) as opened:
        yield opened


def client(server: Emulator, username: str = "nisv") -> PeerTube:
    return PeerTube(server.url, username=username, password="secret123" if username == "nisv" else "test-root")


class Ear(migrate.Unwatched):
    """Hears what is said, and what would change."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.changes: list[str] = []

    def say(self, line: str) -> None:
        self.heard.append(line)

    async def planned(self, plan: migrate.Plan) -> None:
        self.changes += [f"{change.field}: {change.old} > {change.new}" for change in await plan.diff()]


def table(*rows: str, columns: str = COLUMNS) -> str:
    Path("in.csv").write_text("\n".join((columns, *rows)) + "\n", encoding="utf-8")
    return "in.csv"


def lists(server: Emulator) -> dict[str, list[int]]:
    """The videos of each playlist, by what it is called."""
    found = [each for each in server.store.community.playlists.values() if each.kind == 1]
    assert len({each.name for each in found}) == len(found)
    return {each.name: [element.video.id for element in each.elements] for each in found}


def playlist(server: Emulator, name: str) -> Playlist:
    return next(each for each in server.store.community.playlists.values() if each.name == name)


def given(server: Emulator, name: str, *videos: int, owner: str = "nisv") -> Playlist:
    """Make a playlist that was there before."""
    community, now = server.store.community, server.store.videos[1].created_at
    number = community.number("playlist")
    made = Playlist(number, server.store.new_uuid(), server.store.users[owner], name, 3, now, now)
    made.elements = [Element(community.number("element"), server.store.videos[each], None, None) for each in videos]
    community.playlists[number] = made
    return made


async def refused(pt: PeerTube, source: str) -> list[str]:
    with pytest.raises(migrate.BadSource) as caught:
        await migrate.playlists(pt, source)
    return [str(problem).removeprefix("in.csv, ") for problem in caught.value.problems]


# -- what a table says -----------------------------------------------------------------------------


async def test_playlists_are_made_filled_and_ordered(pt: PeerTube, server: Emulator) -> None:
    ear = Ear()
    run = await migrate.playlists(pt, table(*NEW), watcher=ear)
    assert run.counts == {"changed": 2}
    assert lists(server) == {"Films": [3, 1, 2], "Empty": []}
    films, empty = playlist(server, "Films"), playlist(server, "Empty")
    assert (films.privacy, films.description, films.channel and films.channel.name) == (
        1,
        "All of them",
        "nisv_channel",
    )
    assert (empty.privacy, empty.description, empty.channel) == (3, None, None)
    assert [(each.start, each.stop) for each in films.elements] == [(5, 60), (None, None), (None, None)]
    assert "exists: no > yes" in ear.changes
    assert "channel: (none) > nisv_channel" in ear.changes
    assert "videos: (none) > (none)" not in ear.changes


async def test_a_table_that_is_given_again_changes_nothing(pt: PeerTube, server: Emulator) -> None:
    await migrate.playlists(pt, table(*NEW))
    before = server.statistics().by_route.copy()
    run = await migrate.playlists(pt, table(*NEW))
    assert run.counts == {"unchanged": 2}
    now = server.statistics().by_route
    assert {route: now[route] for route in now if not route.startswith("GET")} == {
        route: before[route] for route in before if not route.startswith("GET")
    }


async def test_a_dry_run_sends_nothing(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.playlists(pt, table(*NEW), job=JobOptions(dry_run=True))
    assert run.counts == {"planned": 2}
    assert lists(server) == {}


async def test_videos_that_the_table_does_not_name_keep_their_places(pt: PeerTube, server: Emulator) -> None:
    ear = Ear()
    given(server, "Films", 1, 2, 3)
    await migrate.playlists(pt, table("Films,,,,3,,,", "Films,,,,1,,,", "Films,,,,4,,,"), watcher=ear)
    assert lists(server) == {"Films": [3, 2, 1, 4]}
    assert ear.heard == ["Films: 1 that the table does not name stay where they are"]


async def test_exact_takes_them_out(pt: PeerTube, server: Emulator) -> None:
    given(server, "Films", 1, 2, 3)
    run = await migrate.playlists(pt, table("Films,,,,3,,,", "Films,,,,4,,,"), exact=True)
    assert lists(server) == {"Films": [3, 4]}
    await migrate.rollback(pt, run.journal)
    assert lists(server) == {"Films": [1, 2, 3]}


async def test_a_position_is_where_a_video_stands(pt: PeerTube, server: Emulator) -> None:
    given(server, "Films", 1, 2, 3)
    await migrate.playlists(pt, table("Films,,,,4,2,,", "Films,,,,3,1,,"))
    assert lists(server) == {"Films": [3, 4, 1, 2]}


async def test_a_video_may_be_there_twice(pt: PeerTube, server: Emulator) -> None:
    given(server, "Films", 1)
    rows = ["Films,,,,1,,,0:10", "Films,,,,2,,,", "Films,,,,1,,0:10,"]
    await migrate.playlists(pt, table(*rows))
    assert lists(server) == {"Films": [1, 2, 1]}
    assert [(each.start, each.stop) for each in playlist(server, "Films").elements] == [
        (None, 10), (None, None), (10, None),
    ]  # fmt: skip
    assert (await migrate.playlists(pt, table(*rows))).counts == {"unchanged": 1}


@pytest.mark.parametrize("form", ["id", "uuid", "shortUUID", "name"])
async def test_a_playlist_is_named_in_any_way(pt: PeerTube, server: Emulator, form: str) -> None:
    made = given(server, "1939", 1)  # the name of one is no id
    other = given(server, "Films", 1)
    found = await pt.playlists.get(other.id)
    name = {"id": str(found["id"]), "uuid": found["uuid"], "shortUUID": found["shortUUID"], "name": "1939"}[form]
    await migrate.playlists(pt, table(f"{name},Said of it,,,2,,,"))
    changed = made if form == "name" else other
    assert changed.description == "Said of it"
    assert [len(each.elements) for each in (made, other)].count(1) == 1


async def test_texts_are_cleared_and_a_channel_is_left(pt: PeerTube, server: Emulator) -> None:
    await migrate.playlists(pt, table(*NEW))
    await migrate.playlists(pt, table("Films,<clear>,Private,<clear>,3,,<clear>,"))
    films = playlist(server, "Films")
    assert (films.description, films.privacy, films.channel) == (None, 3, None)
    assert (films.elements[0].start, films.elements[0].stop) == (None, 60)


# -- what is wrong ---------------------------------------------------------------------------------


async def test_everything_that_is_wrong_is_told_before_anything_is_sent(pt: PeerTube, server: Emulator) -> None:
    rows = [
        ",,,,1,,,",
        "A,ab,Internal,nisv_chanel,,,,",
        "A,,,,,3,,",
        "A,,,,1,0,0:10,0:05",
        "B,One,,,1,2,,",
        "B,Other,,,1,,,",
        "B,,,,2,2,,",
        f"{'x' * 121},,<clear>,,,,,",
    ]
    assert await refused(pt, table(*rows)) == [
        "line 2, column playlist: the row names no playlist",
        "line 3, column description: it must have 3 to 1,000 characters, and has 2",
        "line 3, column privacy: playlists are public, unlisted or private, not 'Internal'",
        "line 3, column channel: there is no channel 'nisv_chanel' that you may use; did you mean 'nisv_channel'?",
        "line 4, column position: the row names no video",
        "line 5, column position: '0' is no position: they count from 1",
        "line 5, column stopTimestamp: it stops before it starts",
        f"line 9, column playlist: it must have 1 to 120 characters, and has {121}",
        "line 9, column privacy: it cannot be cleared",
        "line 7: description contradicts line 6, which names the same playlist",
        "line 8: position 2 contradicts line 6, which names the same playlist",
    ]
    assert lists(server) == {}


async def test_what_only_the_server_knows_to_be_wrong_is_told_before_anything_is_sent(
    pt: PeerTube, server: Emulator
) -> None:
    theirs = given(server, "Theirs", owner="root")
    theirs.privacy = 2
    given(server, "Twice").name = "Two"
    given(server, "Two")
    rows = [
        "New,,Public,,1,,,",
        "New,,,,99,,,",
        f"{theirs.uuid},,,,1,,,",
        f"{NOBODYS},,,,1,,,",
        "Two,,,,1,,,",
    ]
    found = await refused(pt, table(*rows))
    assert found[:4] == [
        "line 2, column privacy: a playlist that is public or unlisted needs a channel",
        "line 3, column video: 99: there is no such video, or it is hidden from this user",
        f"line 4, column playlist: {theirs.uuid}: not yours to change: it belongs to root",
        f"line 5, column playlist: {NOBODYS}: there is no such playlist, or it is hidden from this user",
    ]
    assert found[4].startswith("line 6, column playlist: Two: 2 playlists are called so; name one by its uuid: ")
    assert "New" not in {each.name for each in server.store.community.playlists.values()}


# -- looking back ----------------------------------------------------------------------------------


async def test_verify_compares_attributes_and_order(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.playlists(pt, table(*NEW))
    assert (await migrate.verify(pt, run.journal)).ok
    films = playlist(server, "Films")
    films.elements.reverse()
    films.description = "Theirs"
    found = await migrate.verify(pt, run.journal)
    assert (found.stand, found.differ) == (1, 1)
    assert found.differences[0].why.startswith("description is Theirs, not All of them; videos is ")
    server.store.community.playlists.pop(films.id)
    assert (await migrate.verify(pt, run.journal)).differences[0].why.startswith("exists is no, not yes")


async def test_a_rollback_deletes_what_the_job_made_and_restores_the_rest(pt: PeerTube, server: Emulator) -> None:
    given(server, "Films", 2, 4)
    run = await migrate.playlists(pt, table(*NEW))
    assert lists(server) == {"Films": [3, 4, 1, 2], "Empty": []}
    back = await migrate.rollback(pt, run.journal)
    assert lists(server) == {"Films": [2, 4]}
    films = playlist(server, "Films")
    assert (films.privacy, films.description, films.channel) == (3, None, None)
    await migrate.rollback(pt, back.journal)
    assert lists(server) == {"Films": [3, 4, 1, 2], "Empty": []}


async def test_what_somebody_else_changed_since_is_left(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.playlists(pt, table(*NEW))
    empty = playlist(server, "Empty")
    empty.elements.append(Element(99, server.store.videos[5], None, None))
    back = await migrate.rollback(pt, run.journal)
    assert back.counts == {"changed": 1, "conflict": 1}
    assert lists(server) == {"Empty": [5]}


async def test_staff_may_fill_the_playlists_of_others(server: Emulator) -> None:
    made = given(server, "Films", 1)
    async with client(server, "root") as root:
        await migrate.playlists(root, table(f"{made.uuid},,,,2,,,"))
    assert lists(server) == {"Films": [1, 2]}


async def test_many_videos_are_looked_up_by_the_pages_of_a_list(pt: PeerTube, server: Emulator) -> None:
    rows = [f"Films,,,,{number},,," for number in range(1, 7)] + ["Films,,,,99,,,"]
    theirs = server.store.add_video("Theirs", server.store.channels["root_channel"], privacy=1)
    assert len(await refused(pt, table(*rows, f"Films,,,,{theirs.id},,,"))) == 1  # theirs can be seen
    counts = server.statistics().by_route
    assert counts["GET /videos/{id}"] == 2
    await migrate.playlists(pt, table(*rows[:-1], f"Films,,,,{theirs.id},,,"))
    assert lists(server)["Films"] == [1, 2, 3, 4, 5, 6, theirs.id]


# -- killed, and faults ----------------------------------------------------------------------------


@pytest.mark.parametrize("after", [False, True])
async def test_a_job_goes_on_wherever_it_was_killed(home: Path, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
    kills = 0
    for at in range(1, 20):
        async with emulated() as server, client(server) as pt:
            given(server, "Films", 2, 4)
            source = table(*NEW[:2], "New,,,,1,,,", "New,,,,5,,,", NEW[3])
            mortal = made_mortal(pt, home / "state", monkeypatch)
            with mortal.killed(at, after=after):
                await migrate.playlists(pt, source)
            if not mortal.died:
                break
            kills += 1
            run = await migrate.playlists(pt, source, job=JobOptions(resume=True))
            assert run.counts == {"changed": 2}
            assert lists(server) == {"Films": [3, 4, 1, 2], "New": [1, 5]}
            assert (await migrate.verify(pt, run.journal)).ok
            assert (await migrate.rollback(pt, run.journal)).counts == {"changed": 2}
            assert lists(server) == {"Films": [2, 4]}
    assert kills > 5


@pytest.mark.parametrize("after", [False, True])
async def test_a_rollback_takes_back_what_a_killed_job_had_done(
    home: Path, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    for at in range(1, 8):
        async with emulated() as server, client(server) as pt:
            given(server, "Films", 2, 4)
            source = table(*NEW[:2], "New,,,,1,,,", "New,,,,5,,,", NEW[3])
            mortal = made_mortal(pt, home / "state", monkeypatch)
            with mortal.killed(at, after=after):
                await migrate.playlists(pt, source)
            assert mortal.died
            await migrate.rollback(pt, next(migrate.all_journals()))
            assert lists(server) == {"Films": [2, 4]}
            assert playlist(server, "Films").description is None
            for path in migrate.all_journals():
                path.unlink()


async def test_a_rollback_goes_on_wherever_it_was_killed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for at in range(1, 5):
        async with emulated() as server, client(server) as pt:
            given(server, "Films", 2, 4)
            run = await migrate.playlists(pt, table(*NEW))
            with made_mortal(pt, home / "state", monkeypatch).killed(at, after=True):
                await migrate.rollback(pt, run.journal)
            await migrate.rollback(pt, run.journal, job=JobOptions(resume=True))
            assert lists(server) == {"Films": [2, 4]}


async def test_answers_that_are_lost_make_nothing_twice(pt: PeerTube, server: Emulator) -> None:
    server.faults.add(Fault("5xx-after", probability=0.3, method="POST"))
    server.faults.add(Fault("reset-after", probability=0.3, method="POST"))
    run = await migrate.playlists(pt, table(*NEW))
    assert run.counts == {"changed": 2}
    assert lists(server) == {"Films": [3, 1, 2], "Empty": []}


async def test_what_the_server_refuses_midway_is_gone_on_with_or_taken_back(pt: PeerTube, server: Emulator) -> None:
    given(server, "Films", 2, 4)
    server.faults.add(Fault("5xx", method="POST", path="/video-playlists/*/videos/reorder", status=503))
    run = await migrate.playlists(pt, table(*NEW))
    assert run.counts == {"changed": 1, "failed": 1}
    assert lists(server)["Films"] != [2, 4]
    server.faults.clear()
    await migrate.rollback(pt, run.journal)
    assert lists(server) == {"Films": [2, 4]}


async def test_what_failed_is_tried_again(pt: PeerTube, server: Emulator) -> None:
    given(server, "Films", 2, 4)
    server.faults.add(Fault("5xx", method="POST", path="/video-playlists/*/videos/reorder", status=503))
    await migrate.playlists(pt, table(*NEW))
    server.faults.clear()
    run = await migrate.playlists(pt, table(*NEW), job=JobOptions(resume_failed=True))
    assert run.counts == {"changed": 2}
    assert lists(server) == {"Films": [3, 4, 1, 2], "Empty": []}
    assert (await migrate.verify(pt, run.journal)).ok
    await migrate.rollback(pt, run.journal)
    assert lists(server) == {"Films": [2, 4]}


async def test_a_plan_knows_what_it_costs(server: Emulator) -> None:
    def all_requests() -> int:
        return sum(server.statistics().by_route.values())

    class Cost(migrate.Unwatched):
        requests = before = 0

        async def planned(self, plan: migrate.Plan) -> None:
            self.requests, self.before = plan.estimate.requests, all_requests()

    cost = Cost()
    given(server, "Films", 2, 4)
    async with PeerTube(server.url, username="nisv", password="secret123", concurrency=1) as pt:  # none fails
        await migrate.playlists(pt, table(*NEW, "Made,,,,1,,,", "Made,,,,2,,,"), watcher=cost)
    assert all_requests() - cost.before == cost.requests


# -- orders ----------------------------------------------------------------------------------------


def test_moves_bring_any_order_to_any_other() -> None:
    draw = random.Random(7)
    for _ in range(200):
        now, target = list(range(8)), draw.sample(range(8), 8)
        for start, after, length in moves(list(now), target):
            block = now[start - 1 : start - 1 + length]
            kept = now[: start - 1] + now[start - 1 + length :]
            assert after < start
            now = kept[:after] + block + kept[after:]
        assert now == target


def test_a_block_moves_at_once() -> None:
    assert list(moves([1, 2, 3, 4], [2, 3, 4, 1])) == [(2, 0, 3)]
    assert list(moves([1, 2, 3, 4], [4, 1, 2, 3])) == [(4, 0, 1)]
    assert list(moves([1, 2, 3], [1, 2, 3])) == []


def test_what_nobody_can_see_stays_where_it_is() -> None:
    unseen = {"element": 7, "startTimestamp": None, "stopTimestamp": None}
    seen = {"video": "a", "startTimestamp": 3, "stopTimestamp": None}
    row = Row("b", None, {})
    added = {"video": "b", "startTimestamp": None, "stopTimestamp": None}
    assert arranged([row], [unseen, seen], exact=True) == [unseen, added]
    assert arranged([row], [unseen, seen], exact=False) == [unseen, seen, added]
