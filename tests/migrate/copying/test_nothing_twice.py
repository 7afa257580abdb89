"""Nothing is copied twice, whatever the order of jobs, and a job that goes on is the one that began."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.emulator.faults import Fault
from aiopeertube.errors import ConfigurationError, PeerTubeError
from aiopeertube.migrate import Copied, JobOptions, Scope
from aiopeertube.migrate.copying.survey import Survey
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.journal.journal_errors import JournalError

from .conftest import PASSWORD, USER, Two

pytestmark = pytest.mark.anyio


@pytest.fixture
def options() -> dict[str, Any]:
    return {"videos": 3}


async def run(two: Two, journal: Path | None = None, **options: Any) -> Copied:
    """Run a job whose journal is where others look for it."""
    names = ("first", "resume", "resume_failed")
    job = {name: options.pop(name) for name in names if name in options}
    return await two.copy(job=JobOptions(journal=journal, failed="", **job), **options)


async def test_what_a_job_left_to_another_one_is_not_made_again_when_it_goes_on(two: Two) -> None:
    first = await run(two, first=1)
    await run(two, scope=Scope(channel="nisv_channel"))
    assert len(two.copies()) == 3
    again = await run(two, first.run.journal, resume=True)
    assert len(two.copies()) == 3
    assert again.run.counts == {"changed": 1, "unchanged": 3}
    assert "nothing was left to do" in " ".join(two.told.lines)


async def test_what_failed_and_another_job_made_is_not_made_again(two: Two) -> None:
    video = two.source.store.videos[2]
    two.source.faults.add(Fault("5xx", path=f"*{video.uuid}-720.mp4", status=404))
    first = await run(two)
    two.source.faults.clear()
    await run(two)
    await run(two, first.run.journal, resume_failed=True)
    assert len(two.copies()) == 3


async def test_of_two_that_begin_at_once_one_copies(two: Two) -> None:
    done = await asyncio.gather(run(two), run(two), return_exceptions=True)
    assert len(two.copies()) == 3
    changed = [one.run.counts.get("changed", 0) for one in done if isinstance(one, Copied)]
    assert sum(changed) == 3
    assert all("another run" in str(one) for one in done if isinstance(one, JournalError))
    assert len(changed) + sum(isinstance(one, JournalError) for one in done) == 2


async def test_journals_at_places_of_their_own_know_each_other(two: Two) -> None:
    places = [two.folder / name / "copy.journal" for name in ("one", "other", "third")]
    done = await asyncio.gather(*(run(two, place) for place in places[:2]), return_exceptions=True)
    assert len(two.copies()) == 3
    assert sum(isinstance(one, Copied) for one in done) in {1, 2}
    again = await run(two, places[2])
    assert again.run.counts == {"unchanged": 4}
    resumed = await run(two, next(place for place in places if place.exists()), resume=True)
    assert len(two.copies()) == 3
    assert not resumed.run.failed


async def test_a_journal_at_its_own_place_whose_job_was_killed_is_known(two: Two, monkeypatch: Any) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Journal, "remove_when_closed", lambda _: None)  # the dead remove nothing
        patched.setattr("aiopeertube.migrate.copying.verb.plan_of_copy", _dies)
        with pytest.raises(PeerTubeError, match="killed"):
            await run(two, two.folder / "first.journal")
    await run(two, two.folder / "second.journal")
    assert len(two.copies()) == 3
    done = await run(two, two.folder / "first.journal", resume=True)
    assert len(two.copies()) == 3
    assert done.run.counts == {"unchanged": 4}


def _dies(*_: Any) -> Any:
    raise PeerTubeError("killed")


async def test_channels_of_one_name_of_two_instances_are_two(two: Two) -> None:
    async with Emulator(videos=2, rate_limit=None, login_limit=None, seed=7) as third:
        third.store.channels["nisv_channel"].description = "of the third"
        for video in third.store.videos.values():
            video.size = 1000
        options: Any = {"username": USER, "password": PASSWORD}
        async with PeerTube(third.url, **options) as one, PeerTube(two.target.url, **options) as other:
            names = {"nisv_channel": "third"}
            await migrate.copy(one, other, channel_names=names, job=JobOptions(failed=""))
        two.source.store.channels["nisv_channel"].support = "the first needs it"
        done = await run(two)
    assert not done.run.failed
    assert two.target.store.channels["nisv_channel"].support == "the first needs it"
    assert (
        sorted(video.channel.name for video in two.target.store.videos.values())
        == ["nisv_channel"] * 3 + ["third"] * 2
    )


async def test_a_job_goes_on_only_as_it_began(two: Two) -> None:
    journal = (await run(two, first=1)).run.journal
    with pytest.raises(JournalError, match="not of channel nisv_channel"):
        await run(two, journal, resume=True, scope=Scope(channel="nisv_channel"))
    for option, value in (("channel_names", {"nisv_channel": "films"}), ("via", "import"), ("dates", False)):
        with pytest.raises(ConfigurationError, match="began") as raised:
            await run(two, journal, resume=True, **{option: value})
        assert raised.value.option == option
    two.source, other = two.target, two.source
    async with Emulator(videos=1, rate_limit=None, login_limit=None) as third:
        two.source, two.target = third, two.source
        with pytest.raises(JournalError, match=f"not of {USER} at"):
            await run(two, journal, resume=True)
        two.source = other


async def test_a_job_of_a_table_goes_on_with_what_the_table_says_now(two: Two) -> None:
    uuids = [video.uuid for video in two.source.store.videos.values()]
    table, journal = two.folder / "films.csv", two.folder / "copy.journal"
    table.write_text(f"uuid\n{uuids[0]}\n{uuids[1]}\n")
    await run(two, journal, videos=table, first=1)
    table.write_text(f"uuid\n{uuids[2]}\n{uuids[0]}\n")
    await run(two, journal, videos=table, resume=True)
    assert set(two.copies()) == {"Video 0001", "Video 0003"}
    reads = two.source.statistics().by_route["GET /videos/{id}"]
    await run(two, journal, videos=table, resume=True)
    assert two.source.statistics().by_route["GET /videos/{id}"] == reads


async def test_a_channel_whose_videos_were_read_before_a_kill_is_copied(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    two.source.store.add_channel("films", two.source.store.users[USER])
    for video in two.source.store.videos.values():
        video.channel = two.source.store.channels["films"]
    table = two.folder / "films.csv"
    table.write_text("uuid\n" + "\n".join(video.uuid for video in two.source.store.videos.values()))

    def dies(*_: Any) -> Any:
        raise PeerTubeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(Survey, "_channel", dies)
        patched.setattr(Journal, "remove_when_closed", lambda _: None)  # the dead remove nothing
        with pytest.raises(PeerTubeError, match="killed"):
            await run(two, two.folder / "copy.journal", videos=table)
    done = await run(two, two.folder / "copy.journal", videos=table, resume=True)
    assert not done.run.failed
    assert {video.channel.name for video in two.target.store.videos.values()} == {"films"}


@pytest.mark.parametrize("again", ["resume_failed", "another job"])
async def test_a_playlist_gets_the_videos_that_are_copied_later(two: Two, again: str) -> None:
    uuids = [video.uuid for video in two.source.store.videos.values()]
    async with two.clients() as (one, _):
        made = await one.playlists.create(displayName="best")
        for uuid in reversed(uuids):
            await one.playlists.elements.create(made["videoPlaylist"]["uuid"], videoId=uuid)
    two.source.faults.add(Fault("5xx", path=f"*{uuids[1]}-720.mp4", status=404))
    first = await run(two)
    assert "videos (one of its videos was not copied)" in first.plan.without
    two.source.faults.clear()
    more: dict[str, Any] = {"resume_failed": True} if again == "resume_failed" else {}
    done = await run(two, first.run.journal if more else None, **more)
    assert not done.plan.without
    async with two.clients() as (_, other):
        (playlist,) = [row async for row in other.accounts.playlists(USER, playlistType=1)]
        rows = [row async for row in other.playlists.elements.list(playlist["uuid"])]
        assert [row["video"]["name"] for row in rows if row["video"]] == ["Video 0003", "Video 0002", "Video 0001"]
        assert (await migrate.verify(other, done.run.journal)).ok


async def test_a_playlist_that_no_journal_knows_is_not_made_again(two: Two) -> None:
    async with two.clients() as (one, other):
        for pt, name in ((one, "best"), (one, "worst"), (other, "best ")):
            await pt.playlists.create(displayName=name)
        channel = two.target.store.channels["nisv_channel"].id  # one of that is another one
        await other.playlists.create(displayName="worst", privacy=1, videoChannelId=channel)
    done = await run(two)
    assert [left.name for left in done.plan.cannot] == ["best"]
    assert "called so" in done.plan.cannot[0].why
    async with two.clients() as (_, other):
        rows = [row["displayName"] async for row in other.accounts.playlists(USER, playlistType=1)]
    assert sorted(rows) == ["best ", "worst", "worst"]


async def test_a_picture_of_a_playlist_that_cannot_be_read_is_told(two: Two) -> None:
    async with two.clients() as (one, _):
        await one.playlists.create(displayName="best", thumbnailfile=b"\x89PNG a picture")
    (playlist,) = [each for each in two.source.store.community.playlists.values() if each.thumbnail]
    two.source.faults.add(Fault("5xx", path=f"/lazy-static/*{playlist.thumbnail}*", status=404))
    done = await run(two)
    assert not done.run.failed
    assert any(what.startswith("picture (it cannot be read there: 404") for what in done.plan.without)
