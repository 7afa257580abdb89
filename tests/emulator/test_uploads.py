import hashlib
from typing import Any

import pytest

from aiopeertube.emulator import Emulator
from aiopeertube.emulator.wire.video_files import is_video, is_video_type

from .conftest import MP4, Answered, Clock, Visitor, form

pytestmark = pytest.mark.anyio
FILE = ("film.mp4", MP4, "video/mp4")
FIELDS = {"channelId": "2", "name": "  Uploaded  "}


@pytest.fixture
def options(clock: Clock) -> dict[str, Any]:
    return {"videos": 3, "rate_limit": None, "clock": clock}


async def upload(visitor: Visitor, file: object = FILE, **fields: object) -> Answered:
    return await visitor.call("POST", "/videos/upload", data=form(**FIELDS | fields, videofile=file))


class TestAccepted:
    async def test_answer_names_the_video(self, owner: Visitor, server: Emulator) -> None:
        status, _, body = await upload(owner)
        assert status == 200
        video = server.store.videos[4]
        assert body == {"video": {"id": 4, "uuid": video.uuid, "shortUUID": body["video"]["shortUUID"]}}
        assert server.store.video(body["video"]["shortUUID"]) is video
        assert (video.name, video.channel.name, video.state) == ("Uploaded", "nisv_channel", 1)

    async def test_is_private_unless_said_otherwise(self, owner: Visitor, server: Emulator) -> None:
        await upload(owner)
        await upload(owner, privacy="1")
        assert [server.store.videos[number].privacy for number in (4, 5)] == [3, 1]

    async def test_metadata(self, owner: Visitor) -> None:
        fields = {
            "category": "2", "licence": "null", "language": "nl", "description": "Once upon", "nsfw": "true",
            "tags[0]": "film", "tags[1]": "1939", "originallyPublishedAt": "1939-05-06", "downloadEnabled": "false",
            "commentsEnabled": "false", "privacy": "1", "support": "Support",
            "scheduleUpdate[updateAt]": "2030-01-01", "scheduleUpdate[privacy]": "1",
        }  # fmt: skip
        await upload(owner, **fields)
        _, _, video = await owner.get("/videos/4")
        assert (video["category"]["id"], video["licence"]["id"], video["language"]["id"]) == (2, None, "nl")
        assert (video["description"], video["support"], video["nsfw"]) == ("Once upon", "Support", True)
        assert sorted(video["tags"]) == ["1939", "film"]
        assert video["originallyPublishedAt"] == "1939-05-06T00:00:00.000Z"
        assert (video["commentsPolicy"]["id"], video["downloadEnabled"]) == (2, False)
        assert video["scheduledUpdate"] == {"updateAt": "2030-01-01T00:00:00.000Z", "privacy": 1}

    async def test_images_passwords_and_staff(self, admin: Visitor, server: Emulator) -> None:
        fields = {"privacy": "5", "videoPasswords[0]": "secret", "thumbnailfile": ("t.png", b"png", "image/png")}
        assert (await upload(admin, **fields))[0] == 200
        video = server.store.videos[4]
        assert video.passwords == ("secret",)
        assert video.thumbnail is not None
        assert video.preview is None
        assert video.channel.owner.username == "nisv"

    async def test_file_is_known_but_not_kept(self, owner: Visitor, server: Emulator, clock: Clock) -> None:
        long = MP4 * 400
        await upload(owner, ("long.mp4", long, "video/mp4"))
        source = server.store.videos[4].source
        assert source is not None
        assert (source.name, source.size, source.sha256) == ("long.mp4", len(long), hashlib.sha256(long).hexdigest())
        status, _, body = await owner.get("/videos/4/source")
        assert (status, body["inputFilename"], body["size"]) == (200, "long.mp4", len(long))
        assert server.store.videos[4].size == len(long)
        assert server.statistics().writes == 1

    async def test_quota_counts_it(self, owner: Visitor) -> None:
        await upload(owner)
        assert (await owner.get("/users/me/video-quota-used"))[2]["videoQuotaUsedDaily"] == len(MP4)


class TestRefused:
    async def test_all_that_is_missing_in_the_servers_order(self, owner: Visitor) -> None:
        status, _, body = await owner.call("POST", "/videos/upload", data=form(privacy="9"))
        assert status == 400
        assert list(body["invalid-params"]) == ["privacy", "videofile", "name", "channelId"]
        assert body["invalid-params"]["videofile"]["msg"] == "Should have a file"
        assert body["invalid-params"]["name"]["value"] == ""
        assert "value" not in body["invalid-params"]["channelId"]
        assert body["docs"].endswith("#operation/uploadLegacy")

    async def test_without_multipart(self, owner: Visitor) -> None:
        status, _, body = await owner.call("POST", "/videos/upload", json={"name": "By JSON", "channelId": 2})
        assert (status, list(body["invalid-params"])) == (400, ["videofile"])

    async def test_with_a_body_that_is_no_multipart(self, owner: Visitor) -> None:
        headers = {"Content-Type": "multipart/form-data"}
        status, _, body = await owner.call("POST", "/videos/upload", data=b"whatever", headers=headers)
        assert (status, body["detail"]) == (500, "Multipart: Boundary not found")

    @pytest.mark.parametrize(
        ("change", "status", "detail"),
        [
            ({"channelId": "1"}, 400, 'Unknown video "video channel" for this account.'),
            ({"channelId": "0"}, 400, 'Unknown video "video channel" for this instance.'),
            ({"scheduleUpdate[privacy]": "1"}, 400, "Schedule update at is mandatory."),
            ({"privacy": "5"}, 400, "Video passwords are missing."),
            ({"file": ("f.mkv", MP4, "video/x-matroska")}, 415, None),
            ({"file": ("f.mp4", b"not a video", "video/mp4")}, 422, "Video file unreadable."),
            ({"other": FILE}, 500, "Unexpected field"),
        ],
    )
    async def test_one_by_one(
        self, owner: Visitor, server: Emulator, change: dict[str, Any], status: int, detail: str | None
    ) -> None:
        answered, _, body = await upload(owner, **change)
        assert (answered, body["detail"] if detail else None) == (status, detail)
        assert len(server.store.videos) == 3

    @pytest.mark.parametrize("options", [{"videos": 3, "rate_limit": None, "additional_extensions": True}])
    async def test_other_kinds_of_files_where_they_are_allowed(self, owner: Visitor) -> None:
        assert ".mxf" in (await owner.get("/config"))[2]["video"]["file"]["extensions"]
        assert (await upload(owner, file=("f.mxf", MP4, "application/octet-stream")))[0] == 200

    async def test_without_a_token(self, visitor: Visitor) -> None:
        status, _, body = await upload(visitor)
        assert (status, body["code"]) == (401, "unauthorized_request")

    async def test_a_write_that_fails_makes_no_video(
        self, owner: Visitor, server: Emulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("aiopeertube.emulator.writers.failure_share", lambda *_, **__: 1.0)
        server.write_seconds = 0.001
        assert (await upload(owner))[0] == 500
        assert len(server.store.videos) == 3


class TestSource:
    async def test_of_a_video_that_nobody_uploaded(self, owner: Visitor) -> None:
        status, _, body = await owner.get("/videos/1/source")
        assert (status, body["detail"]) == (404, "Video source not found")

    async def test_is_for_those_who_manage_the_video(
        self, owner: Visitor, visitor: Visitor, server: Emulator
    ) -> None:
        await upload(owner)
        assert (await visitor.get("/videos/4/source"))[0] == 401
        server.store.add_user("other", "secret123", role=2)
        await visitor.login("other")
        assert (await visitor.get("/videos/4/source"))[0] == 403


class TestKinds:
    @pytest.mark.parametrize(
        "head",
        [
            MP4,
            b"\x1aE\xdf\xa3 webm",
            b"OggS",
            b"RIFF\x00\x00\x00\x00AVI LIST",
            b"FLV\x01",
            b"\x00\x00\x01\xba",
            (b"G" + bytes(187)) * 2,
        ],
    )
    async def test_videos(self, head: bytes) -> None:
        assert is_video(head)

    @pytest.mark.parametrize("head", [b"", b"G", b"GIF89a", b"not a video", b"RIFF\x00\x00\x00\x00WAVE", b"\x89PNG"])
    async def test_others(self, head: bytes) -> None:
        assert not is_video(head)

    async def test_types(self) -> None:
        assert [is_video_type(kind) for kind in ("video/mp4", "VIDEO/WEBM", "video/ogg", "video/x-msvideo", "")] == [
            True, True, True, False, False,
        ]  # fmt: skip
