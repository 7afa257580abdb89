"""Copies whose files the target fetches itself."""

from typing import Any

import pytest
from mortal import made_mortal

from aiopeertube import migrate
from aiopeertube.emulator.model.constants import IMPORT_FAILED, PRIVATE, PUBLISHED, TO_IMPORT
from aiopeertube.emulator.model.entities import FAILED, PENDING, SUCCESS
from aiopeertube.emulator.routes import imports
from aiopeertube.migrate import JobOptions

from .conftest import Two

pytestmark = pytest.mark.anyio


@pytest.fixture
def options() -> dict[str, Any]:
    return {"videos": 3, "imports": True}


@pytest.fixture(autouse=True)
def _near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a server fetch from this machine."""
    monkeypatch.setattr(imports, "_may_be_asked", lambda host: True)


async def test_the_target_fetches_the_files(two: Two) -> None:
    first, private, *_ = two.source.store.videos.values()
    private.privacy = PRIVATE
    async with two.clients() as (one, _):
        await one.captions.put(first.uuid, "nl", b"WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nGoedemorgen\n")
    done = await two.copy(via="import")
    assert done.run.counts == {"changed": 2, "failed": 1, "unchanged": 1}
    assert "has to be uploaded" in done.plan.cannot[0].why
    made = list(two.target.store.imports.values())
    assert {one.target_url for one in made} == {
        f"{two.source.url}/static/web-videos/{video.uuid}-720.mp4"
        for video in two.source.store.videos.values()
        if video is not private
    }
    assert set(two.target.store.captions[two.copies()[first.name].id]) == {"nl"}
    verified = await two.verify()
    assert (verified.stand, verified.differ) == (2, 0)


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_every_write_of_the_target(two: Two, after: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    state = two.folder / "life"
    state.mkdir()
    journal, deaths = state / "copy.journal", 0
    while True:
        async with two.clients() as (one, other):
            mortal = made_mortal(other, state, monkeypatch)
            job = JobOptions(journal=journal, resume=journal.exists(), failed="")
            with mortal.killed(1 + deaths % 2, after=after):
                await migrate.copy(one, other, via="import", job=job)
            if not mortal.died:
                break
            deaths += 1
    assert deaths
    assert len(two.copies()) == 3
    assert (await two.verify("life/copy")).ok


def becomes(two: Two, name: str, video: int, imported: int, error: str | None = None) -> None:
    """Let an import that the target has taken be in a state, with its video."""
    video_there = two.copies()[name]
    (one,) = [each for each in two.target.store.imports.values() if each.video is video_there]
    one.video.state, one.state, one.error = video, imported, error


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiopeertube.migrate.copying.verb._PAUSES", (0.0,))


@pytest.fixture
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the target fetch nothing by itself."""
    monkeypatch.setattr(imports, "PUBLISHED", TO_IMPORT)
    monkeypatch.setattr(imports, "SUCCESS", PENDING)


@pytest.mark.usefixtures("_at_once", "_later")
async def test_a_file_that_is_still_to_be_fetched_is_not_called_there(two: Two) -> None:
    done = await two.copy(via="import")
    assert done.run.counts == {"changed": 3, "unchanged": 1}
    assert any(line.startswith("3 files are still to be fetched") for line in two.told.lines)
    assert (await two.verify()).differ == 3
    for name in two.copies():
        becomes(two, name, PUBLISHED, SUCCESS)
    assert (await two.verify()).ok
    first = next(iter(two.target.store.videos.values()))
    first.duration += 100
    assert (await two.verify()).differ == 1


@pytest.mark.usefixtures("_at_once", "_later")
@pytest.mark.parametrize("version", [TO_IMPORT, IMPORT_FAILED])  # what 6.x and 8.x say of such a video
@pytest.mark.parametrize("again", ["resume_failed", "another job"])
async def test_an_import_that_failed_is_told_and_made_again_in_its_place(two: Two, version: int, again: str) -> None:
    done = await two.copy(via="import")
    names = list(two.copies())
    for name in names[1:]:
        becomes(two, name, PUBLISHED, SUCCESS)
    becomes(two, names[0], version, FAILED, "ffprobe exited\nwith code 1")
    assert (await two.verify()).differ == 1
    if again == "resume_failed":
        job = JobOptions(journal=done.run.journal, resume=True, failed="")
        told = await two.copy(via="import", job=job)
        assert told.run.counts["failed"] == 1
        assert told.plan.cannot[0].why == "the instance could not fetch its file: ffprobe exited with code 1"
        await two.copy(via="import", job=JobOptions(journal=done.run.journal, resume_failed=True, failed=""))
    else:
        await two.copy(via="import", journal="another")
    assert set(two.copies()) == set(names)  # each once
    becomes(two, names[0], PUBLISHED, SUCCESS)
    assert (await two.verify("copy" if again == "resume_failed" else "another")).ok


@pytest.mark.usefixtures("_at_once", "_later")
async def test_an_import_that_came_after_all_is_not_removed(two: Two) -> None:
    done = await two.copy(via="import")
    names = list(two.copies())
    for name in names:
        becomes(two, name, IMPORT_FAILED, FAILED)
    job = JobOptions(journal=done.run.journal, resume=True, failed="")
    assert (await two.copy(via="import", job=job)).run.counts["failed"] == 3
    before = {name: video.uuid for name, video in two.copies().items()}
    becomes(two, names[0], PUBLISHED, SUCCESS)  # the user had it tried again
    await two.copy(via="import", job=JobOptions(journal=done.run.journal, resume_failed=True, failed=""))
    after = {name: video.uuid for name, video in two.copies().items()}
    assert [name for name in names if before[name] == after[name]] == [names[0]]
