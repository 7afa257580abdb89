from typing import Any

import pytest

from aiopeertube.emulator import Emulator

from .conftest import Answered, Clock, Visitor, form

pytestmark = pytest.mark.anyio
URL = "https://videos.example/files/harbour.mp4"
FIELDS = {"channelId": "2", "targetUrl": URL}


@pytest.fixture
def options(clock: Clock) -> dict[str, Any]:
    return {"videos": 0, "rate_limit": None, "imports": True, "clock": clock}


async def add(visitor: Visitor, **fields: str) -> Answered:
    return await visitor.call("POST", "/videos/imports", data=form(**FIELDS | fields))


async def mine(visitor: Visitor, **params: str) -> list[dict[str, Any]]:
    status, _, body = await visitor.get("/users/me/videos/imports", params=params)
    assert status == 200
    assert body["total"] == len(body["data"])
    rows: list[dict[str, Any]] = body["data"]
    return rows


class TestEnabled:
    async def test_answer_is_how_it_begins(self, owner: Visitor, server: Emulator) -> None:
        status, _, body = await add(owner, name="Imported", privacy="1", **{"tags[0]": "film"})
        assert status == 200
        assert (body["id"], body["targetUrl"], body["state"]) == (1, URL, {"id": 1, "label": "Pending"})
        video = body["video"]
        assert video["uuid"] == server.store.videos[1].uuid
        assert (video["name"], video["state"]["label"], video["tags"]) == ("Imported", "To import", ["film"])
        assert video["waitTranscoding"] is True

    async def test_is_done_at_once(self, owner: Visitor, server: Emulator) -> None:
        await add(owner, name="Imported", privacy="1")
        (found,) = await mine(owner)
        assert (found["state"]["label"], found["video"]["state"]["label"]) == ("Success", "Published")
        assert server.store.videos[1].source is None
        assert (await owner.get("/videos"))[2]["total"] == 1

    async def test_forgotten_and_the_video_stays(self, owner: Visitor, visitor: Visitor, server: Emulator) -> None:
        await add(owner)
        server.store.add_user("other", "secret123", 2)
        await visitor.login("other", "secret123")
        assert (await visitor.call("DELETE", "/videos/imports/1"))[0] == 403
        assert (await owner.call("DELETE", "/videos/imports/one"))[0] == 400
        assert (await owner.call("DELETE", "/videos/imports/1"))[0] == 204
        assert (await owner.call("DELETE", "/videos/imports/1"))[0] == 404
        assert (await mine(owner), len(server.store.videos)) == ([], 1)

    async def test_cancelled_while_it_is_pending(self, owner: Visitor, server: Emulator) -> None:
        await add(owner)
        assert (await owner.call("POST", "/videos/imports/1/cancel"))[0] == 409
        server.store.imports[1].state = 1
        assert (await owner.call("DELETE", "/videos/imports/1"))[0] == 409
        assert (await owner.call("POST", "/videos/imports/1/cancel"))[0] == 204
        assert [found["state"] for found in await mine(owner)] == [{"id": 5, "label": "Cancelled"}]

    async def test_name_and_privacy_by_default(self, owner: Visitor, server: Emulator) -> None:
        await add(owner)
        video = server.store.videos[1]
        assert (video.name, video.privacy) == ("harbour", 3)

    async def test_forms_and_json_serve_as_well(self, owner: Visitor) -> None:
        assert (await owner.call("POST", "/videos/imports", data=FIELDS))[0] == 200
        assert (await owner.call("POST", "/videos/imports", json=FIELDS))[0] == 200

    async def test_config_tells(self, visitor: Visitor) -> None:
        assert (await visitor.get("/config"))[2]["import"]["videos"]["http"] == {"enabled": True}


class TestList:
    async def test_order_filters_and_owner(self, owner: Visitor, admin: Visitor) -> None:
        for number in (1, 2):
            await add(owner, name=f"Number {number}", targetUrl=f"https://videos.example/{number}.mp4")
        assert [found["id"] for found in await mine(owner)] == [2, 1]
        assert [found["id"] for found in await mine(owner, sort="createdAt")] == [1, 2]
        assert [found["id"] for found in await mine(owner, targetUrl="https://videos.example/1.mp4")] == [1]
        assert [found["id"] for found in await mine(owner, search="NUMBER 2")] == [2]
        assert await mine(admin) == []

    async def test_without_the_video_once_it_is_deleted(self, owner: Visitor) -> None:
        await add(owner)
        await owner.call("DELETE", "/videos/1")
        (found,) = await mine(owner)
        assert "video" not in found

    async def test_sort(self, owner: Visitor, visitor: Visitor) -> None:
        assert (await owner.get("/users/me/videos/imports", params={"sort": "name"}))[0] == 400
        assert (await visitor.get("/users/me/videos/imports"))[0] == 401


class TestRefused:
    @pytest.mark.parametrize(
        ("change", "status", "detail"),
        [
            ({"channelId": "1"}, 400, 'Unknown video "video channel" for this account.'),
            ({"targetUrl": "http://127.0.0.1:1/none.mp4"}, 403, "Cannot use non unicast IP as targetUrl."),
            ({"targetUrl": "http://10.1.2.3/none.mp4"}, 403, "Cannot use non unicast IP as targetUrl."),
            ({"magnetUri": "magnet:?xt=x"}, 409, "Torrent/magnet URI import is not enabled on this instance."),
            ({"privacy": "5"}, 400, "Video passwords are missing."),
        ],
    )
    async def test_one_by_one(
        self, owner: Visitor, server: Emulator, change: dict[str, Any], status: int, detail: str
    ) -> None:
        answered, _, body = await add(owner, **change)
        assert (answered, body["detail"]) == (status, detail)
        assert not server.store.videos

    @pytest.mark.parametrize("url", ["ftp://videos.example/a.mp4", "videos.example/a.mp4", "http://localhost/a.mp4"])
    async def test_what_is_no_url(self, owner: Visitor, url: str) -> None:
        _, _, body = await add(owner, targetUrl=url, name="ab")
        assert list(body["invalid-params"]) == ["targetUrl", "name"]

    async def test_nothing_to_import(self, owner: Visitor) -> None:
        status, _, body = await owner.call("POST", "/videos/imports", data=form(channelId="2"))
        assert (status, body["detail"]) == (400, "Should have a magnetUri or a targetUrl or a torrent file.")
        _, _, body = await owner.call("POST", "/videos/imports", data=form(targetUrl=URL))
        assert list(body["invalid-params"]) == ["channelId"]

    async def test_what_cannot_be_fetched(self, owner: Visitor) -> None:
        url = "https://nobody.invalid/a.mp4"
        status, _, body = await add(owner, targetUrl=url)
        assert (status, body["targetUrl"]) == (400, url)
        assert body["detail"] == f"Cannot fetch information from import for URL {url}"


class TestDisabled:
    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"videos": 0, "rate_limit": None}

    async def test_by_default(self, owner: Visitor, server: Emulator) -> None:
        status, _, body = await add(owner, targetUrl="http://127.0.0.1:1/none.mp4")
        assert (status, body["detail"]) == (409, "HTTP import is not enabled on this instance.")
        assert (await owner.get("/config"))[2]["import"]["videos"]["http"] == {"enabled": False}
        assert not server.store.videos
