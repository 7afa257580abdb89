"""What does not fit the target is left out and told before anything is sent; the rest comes along."""

from typing import Any

import pytest

from aiopeertube.emulator.api.rendering import Renderer
from aiopeertube.emulator.model.entities import Block
from aiopeertube.migrate import JobOptions
from aiopeertube.migrate.kinds.copying.fitting import Target, fields_here
from aiopeertube.migrate.kinds.copying.remote_files import SPLIT
from aiopeertube.migrate.metadata.vocabulary import Vocabulary

from .conftest import Two

pytestmark = pytest.mark.anyio
PUBLIC = {"privacy": {"id": 1, "label": "Public"}}


@pytest.fixture
def options() -> dict[str, Any]:
    return {"videos": 1}


@pytest.mark.parametrize(
    ("category", "here", "why"),
    [
        ({"id": 1, "label": "Music"}, 1, ""),
        ({"id": 1, "label": "Muziek"}, 1, ""),  # the same in another language
        ({"id": 101, "label": "Theatre"}, 205, ""),  # of a plugin that numbers it otherwise
        ({"id": 205, "label": "Radio"}, None, "the instance has no category 205"),
        ({"id": 102, "label": "Dance"}, None, "the instance has no category 102"),
    ],
)
def test_categories_are_known_by_their_labels(category: dict[str, Any], here: int | None, why: str) -> None:
    target = Target((6, 3), Vocabulary({"category": {"1": "Music", "205": "Theatre"}}))
    lost: dict[str, str] = {}
    assert fields_here(target, {**PUBLIC, "category": category}, lost).get("category") == here
    assert lost == ({"category": why} if why else {})


def test_tags_that_do_not_fit_are_left_out() -> None:
    lost: dict[str, str] = {}
    tags = ["a", "film", "x" * 31, "news", "b1", "b2", "b3", "b4"]
    found = fields_here(Target((6, 3), Vocabulary()), {**PUBLIC, "tags": tags, "name": " a film "}, lost)
    assert found["tags"] == ["b1", "b2", "b3", "b4", "film"]  # sorted, as the server gives no order
    assert found["name"] == "a film"  # as the server keeps it
    assert lost == {"tags": "the instance takes 5 of them"}


async def test_a_block_of_moderators_is_told(two: Two) -> None:
    two.source.store.videos[1].blocked = Block(1, 0, 0, "not for children")
    done = await two.copy(job=JobOptions(dry_run=True))
    assert any("moderators took it from the public there" in what for what in done.plan.without)


@pytest.mark.parametrize("files", ["split", "empty", "none"])
async def test_a_video_without_a_file_that_can_be_copied_is_told_before(
    two: Two, files: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Renderer.video

    def without(self: Renderer, video: Any) -> dict[str, Any]:
        body = plain(self, video)
        (file,), body["files"] = body["files"], []
        if files == "split":
            parts = [{**file, "hasAudio": False}, {**file, "hasVideo": False}]
            body["streamingPlaylists"] = [{"files": parts}]
        if files == "empty":
            body["files"] = [{**file, "size": 0}]
        return body

    monkeypatch.setattr(Renderer, "video", without)
    done = await two.copy(job=JobOptions(dry_run=True))
    (left,) = done.plan.cannot
    assert left.why.startswith({"split": SPLIT, "empty": "its file is empty", "none": "it has no file"}[files])
