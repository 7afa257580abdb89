"""What an instance tells of and does not give is left behind and said; the rest of a video comes along."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from aiopeertube.emulator.api.rendering import Renderer
from aiopeertube.emulator.faults import Fault

from .conftest import Two

pytestmark = pytest.mark.anyio
CAPTIONS = b"WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nGoedemorgen\n"


@pytest.fixture
def options() -> dict[str, Any]:
    return {"videos": 1}


async def prepare(two: Two) -> None:
    async with two.clients() as (one, _):
        await one.captions.put(1, "nl", CAPTIONS)
        await one.captions.put(1, "en", CAPTIONS)
        await one.videos.chapters.update(1, chapters=[{"timecode": 0, "title": "a"}])
        await one.channels.create(name="films", displayName="Films")
        await one.channels.avatar.pick("films", b"\x89PNG a picture")


@pytest.mark.parametrize(
    ("path", "lost", "kind"),
    [
        *(
            (path, lost, kind)
            for kind in ("5xx", "garbage")  # a refusal, and a page in place of the file
            for path, lost in (
                ("/lazy-static/video-captions/*nl.vtt", "captions in nl"),
                ("/lazy-static/previews/*", "picture"),
                ("/lazy-static/avatars/*", "avatar"),
            )
        ),
        ("/videos/*/chapters", "chapters", "5xx"),
        ("/videos/*/captions", "captions", "5xx"),
    ],
)
async def test_the_rest_comes_along(two: Two, path: str, lost: str, kind: Any) -> None:
    await prepare(two)
    two.source.faults.add(Fault(kind, method="GET", path=path, status=404 if kind == "5xx" else 200))
    done = await two.copy()
    assert not done.run.failed
    without = [what for what in done.plan.without if what.startswith(f"{lost} (")]
    assert len(without) == 1
    assert "cannot be read there" in without[0]
    (video,) = two.copies().values()
    assert (lost == "picture") == (video.thumbnail is None)
    async with two.clients() as (_, other):
        languages = {row["language"]["id"] for row in (await other.captions.list(video.uuid))["data"]}
    assert languages == {"captions": set(), "captions in nl": {"en"}}.get(lost, {"en", "nl"})
    assert (await two.verify()).ok


async def test_a_picture_that_is_not_taken_is_left_out(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiopeertube.migrate.kinds.copying.small_files._IMAGES", (b"",))
    two.source.faults.add(Fault("garbage", method="GET", path="/lazy-static/previews/*"))
    done = await two.copy()
    assert not done.run.failed
    assert any("picture (the server does not take it: 400" in what for what in done.plan.without)


@pytest.fixture
async def storage() -> AsyncIterator[tuple[str, list[web.BaseRequest]]]:
    """A storage of objects: its address, and what it was asked."""
    asked: list[web.BaseRequest] = []

    async def give(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request)
        if request.path.endswith(".vtt"):
            return web.Response(body=CAPTIONS)
        begin, end = (int(at) for at in request.headers["Range"].removeprefix("bytes=").split("-"))
        headers = {"Content-Range": f"bytes {begin}-{end}/300000", "ETag": '"a"'}
        body = (b"\0\0\0\x18ftyp" + bytes(300_000))[begin : end + 1]
        return web.Response(status=206, body=body, headers=headers)

    runner = web.ServerRunner(web.Server(give))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield site.name, asked
    await runner.cleanup()


@pytest.mark.parametrize("versions", [("8.2", "6.3"), ("8.2", "8.2")])
async def test_what_is_in_a_storage_of_objects_is_read_there_as_nobody(
    two: Two, storage: tuple[str, list[web.BaseRequest]], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, asked = storage
    caption, video = Renderer.caption, Renderer.video
    monkeypatch.setattr(
        Renderer,
        "caption",
        lambda self, one: {**caption(self, one), "captionPath": None, "fileUrl": f"{place}/bucket/nl.vtt?key=1"},
    )

    def in_storage(self: Renderer, one: Any) -> dict[str, Any]:
        body = video(self, one)
        for file in body["files"]:
            file |= {"fileUrl": f"{place}/bucket/a.mp4", "fileDownloadUrl": None}
        return body

    monkeypatch.setattr(Renderer, "video", in_storage)
    async with two.clients() as (one, _):
        await one.captions.put(1, "nl", CAPTIONS)
    done = await two.copy()
    assert done.run.counts == {"changed": 1, "unchanged": 1}
    assert not done.plan.without
    assert (await two.verify(files=True)).ok
    assert {request.path for request in asked} == {"/bucket/nl.vtt", "/bucket/a.mp4"}
    assert not [request for request in asked if "Authorization" in request.headers]
