"""Copies whose files the target fetches itself."""

from typing import Any

import pytest
from mortal import made_mortal

from aiopeertube import migrate
from aiopeertube.emulator.model.constants import PRIVATE
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
