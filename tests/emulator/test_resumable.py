import asyncio
import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import pytest

from aiopeertube.emulator import Emulator
from aiopeertube.emulator.model.uploads import IDLE_SECONDS, LINGERING_SECONDS, PROCESSING_SECONDS, fnv64

from .conftest import MP4, Answered, Clock, Visitor, form

pytestmark = pytest.mark.anyio
PATH = "/videos/upload-resumable"
SIZE = len(MP4)
FIELDS = {"channelId": 2, "name": "Resumable", "filename": "film.mp4"}
SAME: dict[str, Any] = {"lastModified": 1_700_000_000_000}


@pytest.fixture
def options(clock: Clock) -> dict[str, Any]:
    return {"videos": 3, "rate_limit": None, "clock": clock}


async def announce(visitor: Visitor, size: int = SIZE, kind: str = "video/mp4", **fields: Any) -> Answered:
    headers = {"X-Upload-Content-Length": str(size), "X-Upload-Content-Type": kind}
    return await visitor.call("POST", PATH, json=FIELDS | fields, headers=headers)


async def begin(visitor: Visitor, **fields: Any) -> str:
    """Announces an upload; gives its path."""
    status, headers, _ = await announce(visitor, **fields)
    assert status in {200, 201}
    return path_of(headers)


def path_of(headers: dict[str, str]) -> str:
    return headers["Location"].partition("/api/v1")[2]


async def send(visitor: Visitor, path: str, start: int, end: int, content: bytes = MP4, **headers: str) -> Answered:
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(content)}"
    return await visitor.call("PUT", path, data=content[start:end], headers=headers)


async def ask(visitor: Visitor, path: str, size: int = SIZE) -> Answered:
    return await visitor.call("PUT", path, headers={"Content-Range": f"bytes */{size}"})


def sha256_of(server: Emulator, number: int = 4) -> str:
    source = server.store.videos[number].source
    assert source is not None
    return source.sha256


class TestPieces:
    async def test_one_after_the_other(self, owner: Visitor, server: Emulator) -> None:
        status, headers, body = await announce(owner, privacy=1, tags=["one", "two"])
        assert (status, body, headers["Cache-Control"]) == (201, "", "no-store")
        assert headers["Location"].startswith(f"//{server.host}/api/v1{PATH}?upload_id=")
        path = path_of(headers)
        for start in range(0, SIZE - 1000, 1000):
            status, headers, _ = await send(owner, path, start, start + 1000)
            assert (status, headers["Range"]) == (308, f"bytes=0-{start + 999}")
        status, _, body = await send(owner, path, 3000, SIZE)
        assert (status, body["video"]["id"]) == (200, 4)
        video = server.store.videos[4]
        assert (video.name, video.privacy, sorted(video.tags)) == ("Resumable", 1, ["one", "two"])
        assert video.source is not None
        assert (video.source.name, video.source.size) == ("film.mp4", SIZE)
        assert sha256_of(server) == hashlib.sha256(MP4).hexdigest()
        assert not len(server.store.uploads)

    async def test_all_in_one_without_a_range(self, owner: Visitor, server: Emulator) -> None:
        status, _, _ = await owner.call("PUT", await begin(owner), data=MP4)
        assert status == 200
        assert sha256_of(server) == hashlib.sha256(MP4).hexdigest()

    async def test_asking_how_far_it_got(self, owner: Visitor) -> None:
        path = await begin(owner)
        status, headers, _ = await ask(owner, path)
        assert (status, headers["Range"]) == (308, "bytes=0--1"), "nothing is there"
        await send(owner, path, 0, 1000)
        status, headers, _ = await ask(owner, path)
        assert (status, headers["Range"]) == (308, "bytes=0-999")

    async def test_a_gap_is_never_noticed(self, owner: Visitor, server: Emulator) -> None:
        path = await begin(owner)
        await send(owner, path, 0, 1000)
        status, headers, _ = await send(owner, path, 2000, 3000)
        assert (status, headers["Range"]) == (308, "bytes=0-2999")
        assert (await send(owner, path, 3000, SIZE))[0] == 200
        damaged = MP4[:1000] + bytes(1000) + MP4[2000:]
        assert server.store.videos[4].size == SIZE
        assert sha256_of(server) == hashlib.sha256(damaged).hexdigest()

    async def test_a_gap_can_be_filled(self, owner: Visitor, server: Emulator) -> None:
        path = await begin(owner)
        await send(owner, path, 2000, 3000)
        await send(owner, path, 0, 2000)
        assert (await send(owner, path, 3000, SIZE))[0] == 200
        assert sha256_of(server) == hashlib.sha256(MP4).hexdigest()

    async def test_the_last_piece_alone_ends_it(self, owner: Visitor, server: Emulator) -> None:
        status, _, body = await send(owner, await begin(owner), 3000, SIZE)
        assert (status, body["detail"]) == (422, "Video file unreadable.")
        assert len(server.store.videos) == 3

    async def test_a_repeated_piece_takes_the_range_back_but_not_the_file(self, owner: Visitor) -> None:
        path = await begin(owner)
        await send(owner, path, 0, 2000)
        assert (await send(owner, path, 0, 1000))[1]["Range"] == "bytes=0-999"
        assert (await ask(owner, path))[1]["Range"] == "bytes=0-1999"

    @pytest.mark.parametrize(
        ("content", "content_range"),
        [
            (b"x" * (SIZE + 1), f"bytes 0-{SIZE}/{SIZE}"),
            (b"x", f"bytes {SIZE}-{SIZE}/{SIZE}"),
            (b"x", f"bytes 0-0/{SIZE + 1}"),
        ],
    )
    async def test_what_does_not_fit(self, owner: Visitor, content: bytes, content_range: str) -> None:
        path = await begin(owner)
        status, headers, body = await owner.call("PUT", path, data=content, headers={"Content-Range": content_range})
        assert (status, headers["Content-Type"]) == (409, "application/json")
        assert body == {"error": {"code": "FileConflict", "message": "File conflict"}}

    async def test_a_shorter_total_ends_it_sooner(self, owner: Visitor, server: Emulator) -> None:
        assert (await send(owner, await begin(owner), 0, 1000, MP4[:1000]))[0] == 200
        assert server.store.videos[4].size == 1000

    async def test_without_a_length(self, owner: Visitor) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            yield MP4[:1000]

        path = await begin(owner)
        headers = {"Content-Range": f"bytes 0-999/{SIZE}"}
        # By itself aiohttp takes the 308 for a redirect, and has nothing left to send there.
        sent = {"headers": headers, "allow_redirects": False}
        status, headers, _ = await owner.call("PUT", path, data=pieces(), **sent)
        assert (status, headers["Range"]) == (308, "bytes=0-999")
        assert (await owner.call("PUT", path, data=pieces()))[0] == 409, "neither length nor total"


class TestInterruptions:
    async def test_what_came_before_the_end_of_a_connection_stays(self, owner: Visitor, server: Emulator) -> None:
        path = await begin(owner)
        (upload,) = server.store.uploads
        head = f"PUT /api/v1{path} HTTP/1.1\r\nHost: x\r\nAuthorization: {owner.headers['Authorization']}\r\n"
        head += f"Content-Length: {SIZE}\r\nContent-Range: bytes 0-{SIZE - 1}/{SIZE}\r\n\r\n"
        host, _, port = server.host.partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(head.encode() + MP4[:1500])
        while upload.length() < 1500:  # noqa: ASYNC110 -- nobody tells when it is.
            await asyncio.sleep(0.001)
        status, _, body = await ask(owner, path)
        assert (status, body["error"]["code"]) == (423, "FileLocked"), "while a piece comes in"
        writer.close()
        while upload.is_locked:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        status, headers, _ = await ask(owner, path)
        assert (status, headers["Range"]) == (308, "bytes=0-1499")
        assert (await send(owner, path, 1500, SIZE))[0] == 200
        assert sha256_of(server) == hashlib.sha256(MP4).hexdigest()

    async def test_the_same_announcement_goes_on(self, owner: Visitor, clock: Clock) -> None:
        path = await begin(owner, **SAME)
        await send(owner, path, 0, 1000)
        clock.forward(60)
        status, headers, _ = await announce(owner, **SAME)
        assert (status, headers["Range"], path_of(headers)) == (200, "bytes=0-999", path)

    @pytest.mark.parametrize("fields", [{}, {**SAME, "name": "Another"}, {"lastModified": 1}, {**SAME, "size": 9999}])
    async def test_another_announcement_does_not(self, owner: Visitor, clock: Clock, fields: dict[str, Any]) -> None:
        path = await begin(owner, **({} if not fields else SAME))
        await send(owner, path, 0, 1000)
        clock.forward(60)
        status, headers, _ = await announce(owner, **fields)
        assert status == 201
        assert path_of(headers) != path

    async def test_survives_a_restart(self, owner: Visitor, server: Emulator) -> None:
        path = await begin(owner)
        await send(owner, path, 0, 1000)
        await server.stop()
        await server.start()
        assert (await send(owner, path, 1000, SIZE))[0] == 200
        assert sha256_of(server) == hashlib.sha256(MP4).hexdigest()

    async def test_a_finished_one_is_gone_at_once(self, owner: Visitor) -> None:
        path = await begin(owner)
        await send(owner, path, 0, SIZE)
        status, _, body = await ask(owner, path)
        assert (status, body) == (404, {"error": {"code": "FileNotFound", "message": "Not found"}})

    async def test_an_idle_one_is_removed(self, owner: Visitor, clock: Clock) -> None:
        path = await begin(owner)
        clock.forward(IDLE_SECONDS)
        assert (await send(owner, path, 0, 1000))[0] == 308
        clock.forward(IDLE_SECONDS + 1)
        assert (await ask(owner, path))[0] == 404


class TestEnd:
    """What happens between the last piece and the video."""

    async def fail(self, owner: Visitor, server: Emulator, monkeypatch: pytest.MonkeyPatch) -> str:
        path = await begin(owner, **SAME)
        with monkeypatch.context() as patch:
            patch.setattr("aiopeertube.emulator.writers.failure_share", lambda *_, **__: 1.0)
            server.write_seconds = 0.001
            status, _, body = await send(owner, path, 0, SIZE)
            server.write_seconds = 0.0
        assert (status, body["code"]) == (500, "SequelizeDatabaseError")
        assert body["docs"].endswith("#operation/uploadResumable")
        assert len(server.store.videos) == 3
        return path

    async def test_a_write_that_fails_blocks_the_upload(
        self, owner: Visitor, server: Emulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = await self.fail(owner, server, monkeypatch)
        status, headers, body = await ask(owner, path)
        assert (status, headers["Retry-After"]) == (503, "300")
        assert body["detail"] == "The upload is already being processed"
        clock.forward(PROCESSING_SECONDS)
        assert (await ask(owner, path))[0] == 422, "its file is gone"

    async def test_which_only_its_end_ends(
        self, owner: Visitor, server: Emulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = await self.fail(owner, server, monkeypatch)
        assert (await announce(owner, **SAME))[0] == 201
        assert (await send(owner, path, 0, SIZE))[0] == 503, "the same id is still being processed"
        assert (await owner.call("DELETE", path))[0] == 204
        assert await begin(owner, **SAME) == path
        assert (await send(owner, path, 0, SIZE))[0] == 200

    async def test_one_that_is_complete_without_a_video(self, owner: Visitor, server: Emulator) -> None:
        status, headers, body = await announce(owner, size=0)
        assert (status, headers["Content-Type"], body["status"]) == (200, "application/json", "completed")
        assert len(server.store.videos) == 3
        assert (await ask(owner, path_of(headers)))[0] == 422

    async def test_the_last_piece_twice_at_once_makes_one_video(self, owner: Visitor, server: Emulator) -> None:
        path = await begin(owner)
        server.write_seconds = 0.05
        answers = await asyncio.gather(*(send(owner, path, 0, SIZE) for _ in range(3)))
        assert min(status for status, _, _ in answers) == 200
        assert {status for status, _, _ in answers} <= {200, 423, 503}
        assert len(server.store.videos) == 4

    async def test_a_channel_that_was_taken_away(self, owner: Visitor, server: Emulator) -> None:
        path = await begin(owner)
        server.store.channels["nisv_channel"].owner = server.store.users["root"]
        assert (await send(owner, path, 0, SIZE))[0] == 400
        assert (await ask(owner, path))[0] == 404


@pytest.fixture
def modern(clock: Clock) -> dict[str, Any]:
    return {"videos": 3, "rate_limit": None, "clock": clock, "server_version": "8.2"}


class TestEndOfModern:
    """8.x answers before it forgets the upload, and forgets it whatever came of it."""

    @pytest.fixture
    def options(self, modern: dict[str, Any]) -> dict[str, Any]:
        return modern

    async def test_for_a_moment_a_finished_one_is_unreadable_and_then_it_is_gone(
        self, owner: Visitor, server: Emulator, clock: Clock
    ) -> None:
        path = await begin(owner)
        assert (await send(owner, path, 0, SIZE))[0] == 200
        for status, _, body in (await ask(owner, path), await send(owner, path, 3000, SIZE)):
            assert (status, body["detail"]) == (422, "Video file unreadable.")
        clock.forward(LINGERING_SECONDS)
        for status, _, _ in (await ask(owner, path), await send(owner, path, 3000, SIZE)):
            assert status == 404
        assert len(server.store.videos) == 4

    async def test_a_write_that_fails_leaves_nothing(
        self, owner: Visitor, server: Emulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = await TestEnd().fail(owner, server, monkeypatch)
        clock.forward(LINGERING_SECONDS)
        assert (await ask(owner, path))[0] == 404
        assert await begin(owner, **SAME) == path
        assert (await send(owner, path, 0, SIZE))[0] == 200

    async def test_what_is_no_video_may_come_again_at_once(self, owner: Visitor) -> None:
        for _ in range(2):
            path = await begin(owner, **SAME)
            assert (await send(owner, path, 0, SIZE, bytes(SIZE)))[0] == 422
            assert (await ask(owner, path))[0] == 404


class TestCancel:
    async def test_cancel(self, owner: Visitor) -> None:
        path = await begin(owner)
        status, headers, body = await owner.call("DELETE", path)
        assert (status, headers["Cache-Control"], body) == (204, "no-store", "")
        assert (await send(owner, path, 0, 1000))[0] == 404
        assert (await owner.call("DELETE", path))[0] == 204, "again, though there is nothing"


class TestWhose:
    @pytest.mark.parametrize("key", ["", "unknown", fnv64("99")])
    async def test_ids_tell_whose_they_are(self, owner: Visitor, key: str) -> None:
        for method in ("PUT", "DELETE"):
            status, _, body = await owner.call(method, f"{PATH}?upload_id={key}")
            assert (status, body["error"]["code"]) == (403, "Forbidden")

    async def test_unknown_one_of_ones_own(self, owner: Visitor) -> None:
        assert (await ask(owner, f"{PATH}?upload_id={fnv64('2')}-abc"))[0] == 404

    async def test_somebody_elses(self, owner: Visitor, admin: Visitor, visitor: Visitor) -> None:
        path = await begin(owner)
        assert (await send(admin, path, 0, 1000))[0] == 403
        status, _, body = await send(visitor, path, 0, 1000)
        assert (status, body["code"]) == (401, "unauthorized_request")
        assert "docs" not in body


class TestAnnouncement:
    async def test_headers_and_filename_come_first(self, owner: Visitor) -> None:
        status, _, body = await owner.call("POST", PATH, json={"name": "x"})
        assert status == 400
        assert list(body["invalid-params"]) == ["filename", "x-upload-content-length", "x-upload-content-type"]
        assert body["docs"].endswith("#operation/uploadResumableInit")

    async def test_then_the_fields(self, owner: Visitor) -> None:
        _, _, body = await announce(owner, filename="", name="", channelId="x", privacy=9)
        assert list(body["invalid-params"]) == ["privacy", "filename", "name", "channelId"]

    async def test_length_is_a_number(self, owner: Visitor) -> None:
        headers = {"X-Upload-Content-Length": "long", "X-Upload-Content-Type": "video/mp4"}
        _, _, body = await owner.call("POST", PATH, json=FIELDS, headers=headers)
        assert body["invalid-params"]["x-upload-content-length"]["location"] == "headers"

    async def test_type(self, owner: Visitor) -> None:
        assert (await announce(owner, kind="text/plain"))[0] == 415

    async def test_behind_a_proxy(self, owner: Visitor) -> None:
        headers = {"X-Upload-Content-Length": "9", "X-Upload-Content-Type": "video/mp4", "X-Forwarded-Proto": "https"}
        _, headers, _ = await owner.call("POST", PATH, json=FIELDS, headers=headers)
        assert headers["Location"].startswith("https://")

    async def test_images_come_with_it(self, owner: Visitor, server: Emulator) -> None:
        headers = {"X-Upload-Content-Length": str(SIZE), "X-Upload-Content-Type": "video/mp4"}
        fields = {**FIELDS, "channelId": "2", "thumbnailfile": ("t.png", b"png", "image/png")}
        status, headers, _ = await owner.call("POST", PATH, data=form(**fields), headers=headers)
        assert status == 201
        await send(owner, path_of(headers), 0, SIZE)
        assert server.store.videos[4].thumbnail is not None

    async def test_ids(self) -> None:
        # As a real server made them, of the user 2 and the name "Resumable".
        assert [fnv64("2"), fnv64("Resumable")] == ["af63af4c8601a015", "f6a1925f19eb7497"]


class TestChecksums:
    @pytest.mark.parametrize(("name", "kind"), [("sha-256", "sha256"), ("sha", "sha1"), ("md5", "md5")])
    async def test_digest(self, owner: Visitor, name: str, kind: str) -> None:
        path = await begin(owner)
        right = b64encode(hashlib.new(kind, MP4[:1000]).digest()).decode()
        assert (await send(owner, path, 0, 1000, Digest=f"{name}={right}"))[0] == 308
        status, _, body = await send(owner, path, 1000, 2000, Digest=f"{name}={right}")
        assert (status, body["error"]["code"]) == (460, "ChecksumMismatch")
        assert (await ask(owner, path))[1]["Range"] == "bytes=0-999", "the piece is not kept"

    async def test_content_md5(self, owner: Visitor) -> None:
        path = await begin(owner)
        right = b64encode(hashlib.md5(MP4[:1000]).digest()).decode()
        assert (await send(owner, path, 0, 1000, MP4, **{"Content-MD5": right}))[0] == 308

    async def test_unknown(self, owner: Visitor) -> None:
        status, _, body = await send(owner, await begin(owner), 0, 1000, Digest="crc32=AAAA")
        assert (status, body["error"]["code"]) == (400, "UnsupportedChecksumAlgorithm")


async def test_files_are_not_replaced_unless_the_emulator_is_told_to_allow_it(owner: Visitor) -> None:
    path, headers = "/videos/1/source/replace-resumable", {"X-Upload-Content-Length": "9"}
    headers["X-Upload-Content-Type"] = "video/mp4"
    status, _, body = await owner.call("POST", path, json={"filename": "again.mp4"}, headers=headers)
    assert (status, body["detail"]) == (403, "Updating the file of an existing video is not allowed on this instance")
    status, _, body = await owner.call("PUT", f"{path}?upload_id=none", data=b"x")
    assert (status, body["error"]["code"]) == (403, "Forbidden")
