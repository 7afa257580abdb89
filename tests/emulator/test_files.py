"""Files of videos: what they hold follows from the video, and a part of one is a part of the whole."""

from pathlib import Path
from typing import Any

import pytest

from aiopeertube import PeerTube
from aiopeertube.emulator import Emulator
from aiopeertube.emulator.model import uploads
from aiopeertube.emulator.model.constants import PRIVATE
from aiopeertube.emulator.model.content import content
from aiopeertube.emulator.routes.files import original_of
from aiopeertube.emulator.wire.video_files import SourceFile, is_video
from aiopeertube.resumable import upload

from .conftest import Clock, Visitor, form

pytestmark = pytest.mark.anyio
SIZE = 200_000


@pytest.fixture
def options(clock: Clock) -> dict[str, Any]:
    return {"videos": 2, "rate_limit": None, "clock": clock}


@pytest.fixture
def name(server: Emulator) -> str:
    server.store.videos[1].size = SIZE
    return f"{server.store.videos[1].uuid}-720.mp4"


async def fetch(visitor: Visitor, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    async with visitor.session.get(visitor.server.url + path, headers={**visitor.headers, **headers}) as response:
        return response.status, dict(response.headers), await response.read()


def test_parts_are_parts_of_the_whole() -> None:
    whole = b"".join(content("u", 0, SIZE))
    assert len(whole) == SIZE
    assert is_video(whole)
    assert whole[65536:131072] != whole[131072:196608]
    for start, stop in ((0, 1), (65535, 65537), (70_000, 199_999), (5, 5)):
        assert b"".join(content("u", start, stop)) == whole[start:stop]
    assert b"".join(content("v", 0, SIZE)) != whole


async def test_a_file_and_its_parts(visitor: Visitor, server: Emulator, name: str) -> None:
    status, headers, whole = await fetch(visitor, f"/static/web-videos/{name}")
    assert (status, headers["Content-Length"], headers["Content-Type"]) == (200, str(SIZE), "video/mp4")
    assert whole == b"".join(content(server.store.videos[1].uuid, 0, SIZE))
    asked = {"Range": "bytes=1000-", "If-Range": headers["Last-Modified"]}
    status, headers, rest = await fetch(visitor, f"/static/web-videos/{name}", **asked)
    assert (status, headers["Content-Range"]) == (206, f"bytes 1000-{SIZE - 1}/{SIZE}")
    assert rest == whole[1000:]
    status, _, part = await fetch(visitor, f"/static/web-videos/{name}", Range="bytes=10-19")
    assert (status, part) == (206, whole[10:20])


async def test_another_file_is_sent_whole(visitor: Visitor, name: str) -> None:
    asked = {"Range": "bytes=1000-", "If-Range": "Thu, 01 Jan 1970 00:00:00 GMT"}
    status, _, whole = await fetch(visitor, f"/static/web-videos/{name}", **asked)
    assert (status, len(whole)) == (200, SIZE)


async def test_past_the_end(visitor: Visitor, name: str) -> None:
    status, headers, _ = await fetch(visitor, f"/static/web-videos/{name}", Range=f"bytes={SIZE}-")
    assert (status, headers["Content-Range"]) == (416, f"bytes */{SIZE}")


async def test_a_private_file_opens_with_a_token(
    visitor: Visitor, owner: Visitor, server: Emulator, name: str
) -> None:
    server.store.videos[1].privacy = PRIVATE
    path = f"/static/web-videos/private/{name}"
    assert (await fetch(visitor, path))[0] == 403
    assert (await visitor.call("POST", "/videos/1/token"))[0] == 403
    _, _, made = await owner.call("POST", "/videos/1/token")
    token = made["files"]["token"]
    assert len((await fetch(visitor, f"{path}?videoFileToken={token}"))[2]) == SIZE
    assert (await fetch(visitor, f"{path}?videoFileToken=other"))[0] == 403
    assert len((await fetch(owner, path))[2]) == SIZE


async def test_a_download_is_made(visitor: Visitor, name: str) -> None:
    status, headers, made = await fetch(visitor, "/download/videos/generate/1?videoFileIds=1")
    assert (status, len(made)) == (200, SIZE)
    assert headers["Content-Disposition"].startswith("attachment")


async def test_a_file_that_is_not_there(visitor: Visitor) -> None:
    assert (await fetch(visitor, "/static/web-videos/none.mp4"))[0] == 404
    assert (await fetch(visitor, "/elsewhere"))[0] == 404


async def test_a_picture_is_the_one_that_was_sent(owner: Visitor, name: str) -> None:
    uuid = name[:36]
    for picture in (b"\x89PNG one", b"\xff\xd8 two"):
        assert (await owner.put(f"/videos/{uuid}", data=form(previewfile=("a.png", picture, "image/png"))))[0] == 204
        _, _, video = await owner.get(f"/videos/{uuid}")
        assert (await fetch(owner, video["previewPath"]))[2] == picture
    assert (await fetch(owner, video["thumbnailPath"]))[2].startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("options", [{"videos": 1, "rate_limit": None, "originals": True}])
async def test_a_file_that_was_uploaded_is_for_its_owner_alone(owner: Visitor) -> None:
    video = owner.server.store.videos[1]
    video.source = SourceFile("film.mkv", 1000, "", 0.0)
    _, _, source = await owner.get(f"/videos/{video.uuid}/source")
    path = source["fileDownloadUrl"].removeprefix(owner.server.url)
    assert (await fetch(owner, path))[2] == b"".join(content(original_of(video.uuid), 0, 1000))
    owner.use(None)
    assert (await fetch(owner, path))[0] == 403


@pytest.mark.parametrize("size", [700_000, 5_000_000])
async def test_a_file_of_any_bytes_is_given_back_as_it_was_uploaded(
    owner: Visitor, size: int, tmp_path: Path
) -> None:
    data = b"".join(content("u", 0, size - 3)) + b"end"
    file = tmp_path / "film.mp4"
    file.write_bytes(data)
    async with PeerTube(owner.server.url, username="nisv", password="secret123") as pt:
        channel = owner.server.store.channels["nisv_channel"].id
        made = await upload(pt, file, name="film", channelId=channel, privacy=1)
    for path, begin, end in (("static", 0, size), ("download", size - 1_500_000 % size, size)):
        name = f"/{path}/web-videos/{made['uuid']}-720.mp4"
        _, _, part = await fetch(owner, name, Range=f"bytes={begin}-{end - 1}")
        assert part == data[begin:end]


async def test_no_more_is_kept_than_there_is_room_for(
    owner: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "_FILES", 1)
    monkeypatch.setattr(uploads, "_MEMORY", 1500)
    given = []
    async with PeerTube(owner.server.url, username="nisv", password="secret123") as pt:
        channel = owner.server.store.channels["nisv_channel"].id
        for number in range(3):
            file = tmp_path / f"{number}.mp4"
            file.write_bytes(b"".join(content("u", 0, 1000 - 1)) + b"!")
            made = await upload(pt, file, name="film", channelId=channel, privacy=1)
            _, _, whole = await fetch(owner, f"/static/web-videos/{made['uuid']}-720.mp4")
            given.append(whole == file.read_bytes())
    assert given == [True, True, False]
