"""Channels from a table: made, described, given pictures; and the same whenever the job is killed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mortal import made_mortal

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator, Fault
from aiopeertube.emulator.model.entities import Channel
from aiopeertube.migrate import JobOptions

pytestmark = pytest.mark.anyio

COLUMNS = "name,displayName,description,support,avatar,banner"
NEW = ("films,All films,The films,Give,a.png,b.jpg", "nisv_channel,,Mine,,a.png,", "plain,,,,,")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for journals, and a directory to be in that has two pictures."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Path("a.png").write_bytes(b"\x89PNG a")
    Path("b.jpg").write_bytes(b"\xff\xd8 b")
    return tmp_path


@asynccontextmanager
async def emulated() -> AsyncIterator[Emulator]:
    async with Emulator(videos=2, rate_limit=None, login_limit=None) as started:
        yield started


@pytest.fixture
async def server() -> AsyncIterator[Emulator]:
    async with emulated() as started:
        yield started


def client(server: Emulator, username: str = "nisv") -> PeerTube:
    return PeerTube(server.url, username=username, password="secret123" if username == "nisv" else "test-root")


@pytest.fixture
async def pt(server: Emulator) -> AsyncIterator[PeerTube]:
    async with client(server) as opened:
        yield opened


class Ear(migrate.Unwatched):
    """Hears what is said, and what cannot come back."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.for_ever: dict[str, int] = {}

    def say(self, line: str) -> None:
        self.heard.append(line)

    async def planned(self, plan: migrate.Plan) -> None:
        self.for_ever = dict(plan.for_ever)


def table(*rows: str) -> str:
    Path("in.csv").write_text("\n".join((COLUMNS, *rows)) + "\n", encoding="utf-8")
    return "in.csv"


def texts(channel: Channel) -> tuple[Any, ...]:
    return channel.display_name, channel.description, channel.support, sorted(channel.pictures)


def picks(server: Emulator) -> int:
    return server.statistics().by_route.get("POST /video-channels/{channel}/{kind}/pick", 0)


async def refused(pt: PeerTube, source: str) -> list[str]:
    with pytest.raises(migrate.BadSource) as caught:
        await migrate.channels(pt, source)
    return [str(problem).removeprefix("in.csv, ") for problem in caught.value.problems]


async def test_channels_are_made_and_described(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.channels(pt, table(*NEW))
    assert run.counts == {"changed": 3}
    channels = server.store.channels
    assert texts(channels["films"]) == ("All films", "The films", "Give", ["avatar", "banner"])
    assert texts(channels["nisv_channel"]) == ("nisv_channel", "Mine", None, ["avatar"])
    assert texts(channels["plain"]) == ("plain", None, None, [])


async def test_a_table_that_is_given_again_changes_nothing(pt: PeerTube, server: Emulator) -> None:
    await migrate.channels(pt, table(*NEW))
    assert picks(server) == 3
    assert (await migrate.channels(pt, table(*NEW))).counts == {"unchanged": 3}
    assert picks(server) == 3
    Path("a.png").write_bytes(b"\x89PNG another")
    assert (await migrate.channels(pt, table(*NEW))).counts == {"changed": 2, "unchanged": 1}
    assert picks(server) == 5


async def test_a_dry_run_sends_nothing(pt: PeerTube, server: Emulator) -> None:
    before = set(server.store.channels)
    assert (await migrate.channels(pt, table(*NEW), job=JobOptions(dry_run=True))).counts == {"planned": 3}
    assert set(server.store.channels) == before
    assert picks(server) == 0


async def test_files_are_where_the_table_is_or_where_one_says(pt: PeerTube, server: Emulator) -> None:
    Path("pictures").mkdir()
    Path("a.png").rename("pictures/c.png")
    await migrate.channels(pt, table("films,,,,c.png,"), folder="pictures")
    assert sorted(server.store.channels["films"].pictures) == ["avatar"]


async def test_everything_that_is_wrong_is_told_before_anything_is_sent(pt: PeerTube, server: Emulator) -> None:
    Path("c.gif").write_bytes(b"no gif")
    found = await refused(pt, table(",Nobody,,,,", "a,<clear>,ab,,none.png,c.gif", "b,One,,,,", "b,Other,,,,"))
    assert [line for line in found if "none.png" not in line] == [
        "line 2, column name: the row names no channel",
        "line 3, column description: it must have 3 to 1,000 characters, and has 2",
        "line 3, column banner: c.gif is not what its name says",
        "line 3, column displayName: it cannot be cleared",
        "line 5: displayName contradicts line 4, which names the same channel",
    ]
    assert len(found) == 6
    assert await refused(pt, table("fine,,,,,", "No,,,,,", "root_channel,,,,,", "root,,,,,", "a@b.example,,,,,")) == [
        f"line 6, column name: 'a@b.example' is not at {server.url.removeprefix('http://')}",
    ]
    assert await refused(pt, table("fine,,,,,", "No,,,,,", "root_channel,,,,,", "root,,,,,")) == [
        "line 3, column name: No: a channel's name has 1 to 50 of the characters a-z, 0-9, _, ., : and -",
        "line 4, column name: root_channel: the name is taken: it is a channel of root",
        "line 5, column name: root: the name is taken: it is that of an account",
    ]
    assert "fine" not in server.store.channels


async def test_more_channels_than_a_user_may_have_are_refused(pt: PeerTube, server: Emulator) -> None:
    found = await refused(pt, table(*(f"c{number:02},,,,," for number in range(21))))
    assert sorted(line.partition(": these")[2] for line in found) == [
        " would be 21 channels, and the instance allows a user 20",
        " would be 22 channels, and the instance allows a user 20",
    ]
    assert "c00" not in server.store.channels


async def test_staff_may_describe_the_channels_of_others(server: Emulator) -> None:
    async with client(server, "root") as root:
        await migrate.channels(root, table("nisv_channel,,Theirs,,,"))
    assert server.store.channels["nisv_channel"].description == "Theirs"


async def test_verify_compares_texts_and_pictures(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.channels(pt, table(*NEW))
    assert (await migrate.verify(pt, run.journal)).ok
    server.store.channels["films"].support = "Theirs"
    await pt.channels.avatar.pick("nisv_channel", "a.png")
    found = await migrate.verify(pt, run.journal)
    assert (found.stand, found.differ) == (1, 2)
    whys = sorted(difference.why for difference in found.differences)
    assert whys[0].startswith("avatar is /lazy-static/avatars/")
    assert whys[1] == "support is Theirs, not Give"


async def test_a_rollback_deletes_what_the_job_made_while_it_is_empty(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.channels(pt, table(*NEW))
    server.store.add_video("Private", server.store.channels["films"], privacy=3)
    back = await migrate.rollback(pt, run.journal)
    assert back.counts == {"changed": 2, "failed": 1}
    assert back.failed_file is not None
    assert "films has videos, which would be deleted with it: 1" in back.failed_file.read_text()
    assert "films" in server.store.channels
    assert "plain" not in server.store.channels
    assert texts(server.store.channels["nisv_channel"]) == ("nisv_channel", None, None, [])


async def test_a_channel_with_playlists_is_not_deleted(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.channels(pt, table("films,,,,,"))
    number = server.store.channels["films"].id
    await pt.playlists.create(displayName="List", privacy=1, videoChannelId=number)
    assert (await migrate.rollback(pt, run.journal)).counts == {"failed": 1}
    assert "films" in server.store.channels


async def test_pictures_that_cannot_come_back_are_told_of(pt: PeerTube, server: Emulator) -> None:
    await migrate.channels(pt, table("nisv_channel,,,,a.png,b.jpg"))
    ear = Ear()
    Path("c.webp").write_bytes(b"RIFF c")
    run = await migrate.channels(pt, table("nisv_channel,,New,,c.webp,<clear>"), watcher=ear)
    assert ear.for_ever == {"avatar": 1, "banner": 1}
    assert sorted(server.store.channels["nisv_channel"].pictures) == ["avatar"]
    await migrate.rollback(pt, run.journal, watcher=ear)
    assert sorted(ear.heard[-2:]) == [
        "nisv_channel: the avatar that was there before cannot come back",
        "nisv_channel: the banner that was there before cannot come back",
    ]
    assert texts(server.store.channels["nisv_channel"]) == ("nisv_channel", None, None, ["avatar"])


async def test_a_file_that_changed_meanwhile_is_not_sent(pt: PeerTube, server: Emulator) -> None:
    class Changing(migrate.Unwatched):
        async def planned(self, plan: migrate.Plan) -> None:
            Path("a.png").write_bytes(b"\x89PNG changed")

    run = await migrate.channels(pt, table("films,,,,a.png,"), watcher=Changing())
    assert run.counts == {"failed": 1}
    assert "films" not in server.store.channels


@pytest.mark.parametrize("after", [False, True])
async def test_a_job_goes_on_wherever_it_was_killed(home: Path, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
    kills = 0
    for at in range(1, 20):
        async with emulated() as server, client(server) as pt:
            mortal = made_mortal(pt, home / "state", monkeypatch)
            with mortal.killed(at, after=after):
                await migrate.channels(pt, table(*NEW))
            if not mortal.died:
                break
            kills += 1
            run = await migrate.channels(pt, table(*NEW), job=JobOptions(resume=True))
            assert run.counts == {"changed": 3}
            assert texts(server.store.channels["films"]) == ("All films", "The films", "Give", ["avatar", "banner"])
            assert (await migrate.verify(pt, run.journal)).ok
            assert (await migrate.rollback(pt, run.journal)).counts == {"changed": 3}
            assert texts(server.store.channels["nisv_channel"]) == ("nisv_channel", None, None, [])
            assert not {"films", "plain"} & set(server.store.channels)
            for path in migrate.all_journals():
                path.unlink()
    assert kills > 4


async def test_a_rollback_takes_back_what_a_killed_job_had_done(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for at in range(1, 6):
        async with emulated() as server, client(server) as pt:
            mortal = made_mortal(pt, home / "state", monkeypatch)
            with mortal.killed(at, after=True):
                await migrate.channels(pt, table(*NEW))
            assert mortal.died
            await migrate.rollback(pt, next(migrate.all_journals()))
            assert texts(server.store.channels["nisv_channel"]) == ("nisv_channel", None, None, [])
            assert not {"films", "plain"} & set(server.store.channels)
            for path in migrate.all_journals():
                path.unlink()


async def test_answers_that_are_lost_make_nothing_twice(pt: PeerTube, server: Emulator) -> None:
    server.faults.add(Fault("5xx-after", times=2, method="POST", path="/video-channels"))
    run = await migrate.channels(pt, table(*NEW))
    assert run.counts == {"changed": 3}
    assert texts(server.store.channels["films"]) == ("All films", "The films", "Give", ["avatar", "banner"])
