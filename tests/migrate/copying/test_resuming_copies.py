"""A copy that is killed anywhere goes on where it was, within a file as well, and nothing is there twice."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from mortal import made_mortal

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator.faults import Fault
from aiopeertube.emulator.model.constants import PUBLISHED, TO_IMPORT
from aiopeertube.errors import PeerTubeError
from aiopeertube.migrate import JobOptions
from aiopeertube.migrate.kinds.copying import video_steps
from aiopeertube.resumable import machine

from .conftest import USER, Two

pytestmark = pytest.mark.anyio
CHUNK, PARTS = 60_000, 5


@pytest.fixture
def options() -> dict[str, Any]:
    return {"videos": 3}


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_PAUSES", (0.0, 0.0))  # the dead need no rest
    steps: Any = video_steps
    plain = steps.upload_from

    async def in_small_chunks(*args: Any, **fields: Any) -> Any:
        return await plain(*args, chunk_size=CHUNK, **fields)

    monkeypatch.setattr(video_steps, "upload_from", in_small_chunks)


async def prepare(two: Two) -> None:
    """Give the source some of everything."""
    uuids = [video.uuid for video in two.source.store.videos.values()]
    async with two.clients() as (one, _):
        await one.channels.create(name="films", displayName="Films", description="all of them")
        await one.channels.avatar.pick("films", b"\x89PNG a picture")
        await one.captions.put(uuids[0], "nl", b"WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nGoedemorgen\n")
        await one.videos.chapters.update(uuids[1], chapters=[{"timecode": 0, "title": "a"}])
        made = await one.playlists.create(displayName="best", thumbnailfile=b"\x89PNG a picture")
        for uuid in reversed(uuids):
            await one.playlists.elements.create(made["videoPlaylist"]["uuid"], videoId=uuid)


async def all_is_well(two: Two, pt: PeerTube, journal: Path) -> None:
    """See that all there is is there once, and is as it was there."""
    verified = await migrate.verify(pt, journal)
    assert verified.ok, verified
    assert len(two.copies()) == 3
    (playlist,) = [row async for row in pt.accounts.playlists(USER, playlistType=1)]
    assert playlist["thumbnailPath"]
    assert set(two.target.store.channels) >= {"films", "nisv_channel"}
    assert not list(two.target.store.uploads)


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_every_write_of_the_target(two: Two, after: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    await prepare(two)
    state = two.folder / "life"
    state.mkdir()
    journal, deaths, at = state / "copy.journal", 0, 1
    while True:
        async with two.clients() as (one, other):
            mortal = made_mortal(other, state, monkeypatch)
            goes_on = journal.exists()
            with mortal.killed(at, after=after):
                await migrate.copy(one, other, job=JobOptions(journal=journal, resume=goes_on, failed=""))
            if not mortal.died:
                break
            deaths, at = deaths + 1, 1 + deaths % 9  # it asks how far its uploads got first
    assert deaths > 7
    async with two.clients() as (_, other):
        await all_is_well(two, other, journal)


async def test_only_what_is_missing_is_read_again(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    state = two.folder / "life"
    state.mkdir()
    job = JobOptions(journal=state / "copy.journal", failed="")
    async with two.clients() as (one, other):
        mortal = made_mortal(other, state, monkeypatch)
        with mortal.killed(6, after=True):
            await migrate.copy(one, other, job=job)
        assert mortal.died
    async with two.clients() as (one, other):
        await migrate.copy(one, other, job=dataclasses.replace(job, resume=True))
    read = two.source.statistics().by_route
    assert read["GET /videos/{id}"] == 3
    parts = sum(number for route, number in read.items() if "/static/" in route)
    assert parts <= 3 * PARTS + 3  # what was on its way is read once more


async def test_another_job_copies_nothing_twice(two: Two) -> None:
    await prepare(two)
    first = await two.copy(job=JobOptions(failed=""))
    again = await two.copy(job=JobOptions(failed=""))
    assert first.run.counts == {"changed": 5, "unchanged": 1}
    assert again.run.counts == {"unchanged": 6}
    assert len(two.copies()) == 3


async def test_another_job_goes_on_with_what_one_has_begun(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    await prepare(two)
    state = two.folder / "state"
    state.mkdir(exist_ok=True)
    async with two.clients() as (one, other):
        mortal = made_mortal(other, state, monkeypatch)
        with mortal.killed(9, after=True):
            await migrate.copy(one, other, job=JobOptions(failed=""))
        assert mortal.died
    done = await two.copy(job=JobOptions(failed=""))
    async with two.clients() as (_, other):
        await all_is_well(two, other, done.run.journal)


async def test_without_its_journal_a_copy_is_known_by_its_looks(two: Two) -> None:
    await two.copy(job=JobOptions(journal=two.folder / "elsewhere.journal", failed=""))
    (two.folder / "elsewhere.journal").unlink()
    again = await two.copy()
    assert again.run.counts["conflict"] == 3
    assert len(two.copies()) == 3


async def test_a_source_that_goes_away_in_mid_file(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(call: Any) -> Any:
        raise PeerTubeError("the cable was cut")

    with monkeypatch.context() as patched:
        patched.setattr("aiopeertube.migrate.kinds.copying.remote_files.RemoteFile.fetch", breaks)
        cut = await two.copy()
    assert cut.run.failed == 3
    job = JobOptions(journal=two.folder / "copy.journal", resume_failed=True, failed="")
    done = await two.copy(job=job)
    assert done.run.counts["changed"] >= 3
    assert (await two.verify()).ok


async def test_a_file_that_is_another_one_when_its_copy_goes_on(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    state = two.folder / "life"
    state.mkdir()
    job = JobOptions(journal=state / "copy.journal", failed="")
    for number in (2, 3):
        del two.source.store.videos[number]
    async with two.clients() as (one, other):
        mortal = made_mortal(other, state, monkeypatch)
        with mortal.killed(4, after=True):
            await migrate.copy(one, other, job=job)
        assert mortal.died
    assert len(two.target.store.uploads) == 1  # some of it is there
    two.source.store.videos[1].created_at += 60  # a file of the same size, by another mark
    async with two.clients() as (one, other):
        done = await migrate.copy(one, other, job=dataclasses.replace(job, resume=True))
        assert "was changed" in done.plan.cannot[0].why
        assert not two.target.store.videos
        done = await migrate.copy(one, other, job=dataclasses.replace(job, resume_failed=True))
    assert done.run.counts["changed"] == 1


async def test_what_came_after_all_is_not_called_left_behind(two: Two) -> None:
    video = two.source.store.videos[2]
    video.state = TO_IMPORT
    done = await two.copy()
    assert [left.name for left in done.plan.cannot] == [video.name]
    video.state = PUBLISHED
    job = JobOptions(journal=done.run.journal, resume_failed=True, failed="")
    again = await two.copy(job=job)
    assert video.name in two.copies()
    assert not again.plan.cannot


async def test_a_video_that_is_removed_here_before_it_is_whole_is_not_called_copied(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    video = two.source.store.videos[2]
    async with two.clients() as (one, _):
        await one.captions.put(video.uuid, "nl", b"WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nGoedemorgen\n")
    two.target.faults.add(Fault("5xx", path="*captions*", status=500))
    done = await two.copy()
    two.target.faults.clear()
    removed = two.copies()[video.name].uuid
    async with two.clients() as (_, other):
        await other.videos.delete(removed)
    job = JobOptions(journal=done.run.journal, resume_failed=True, failed="")
    told = await two.copy(job=job)
    assert told.run.counts["failed"] == 1
    assert "Video not found" in told.plan.cannot[0].why
    await two.copy(job=job)
    assert two.copies()[video.name].uuid != removed
    assert (await two.verify()).ok
