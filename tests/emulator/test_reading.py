from typing import Any

import pytest

from aiopeertube.emulator import Emulator
from aiopeertube.emulator.api.listing import fold
from aiopeertube.emulator.api.rendering import truncated
from aiopeertube.emulator.model.ids import from_short, is_uuid, to_short

from .conftest import Visitor

pytestmark = pytest.mark.anyio
PASSWORD_LENGTHS = "Password length should be at least 2 characters and no more than 100 characters."


async def names(visitor: Visitor, path: str = "/videos", **params: object) -> list[str]:
    status, _, body = await visitor.get(path, params={"count": 100, "sort": "createdAt", **params})
    assert status == 200, body
    return [row["name"] for row in body["data"]]


class TestIdentifiers:
    @pytest.mark.parametrize(
        ("uuid", "short"),
        [
            ("e9e312a8-55e1-48fb-912d-b356e290636c", "uT7UKyAE6N2C9hgyPNR4Tb"),
            ("38773124-8101-4655-a4ef-2124259155af", "7YpSjm3qoA8NzcDVTjkqNK"),
            ("00000000-0000-4000-8000-000000000000", None),
        ],
    )
    async def test_both_ways(self, uuid: str, short: str | None) -> None:
        made = to_short(uuid)
        assert (len(made), from_short(made)) == (22, uuid)
        assert short in {None, made}

    async def test_what_is_none(self) -> None:
        assert from_short("l" * 22) == from_short("Z" * 22) == ""
        assert not is_uuid("38773124-8101-1655-a4ef-2124259155af")

    async def test_malformed_short_form(self, visitor: Visitor) -> None:
        assert (await visitor.get(f"/videos/{'0' * 22}"))[0] == 400

    async def test_generated_ones_are_real(self, server: Emulator) -> None:
        uuids = [video.uuid for video in server.store.videos.values()]
        assert len(set(uuids)) == 12
        assert all(is_uuid(uuid) for uuid in uuids)


class TestPages:
    async def test_default(self, visitor: Visitor) -> None:
        _, _, body = await visitor.get("/videos")
        assert [row["id"] for row in body["data"]] == list(range(12, 0, -1))
        assert body["total"] == 12

    async def test_pages_make_the_list(self, visitor: Visitor) -> None:
        pages = [await names(visitor, start=start, count=5) for start in (0, 5, 10, 15)]
        assert [len(page) for page in pages] == [5, 5, 2, 0]
        assert [name for page in pages for name in page] == await names(visitor)

    async def test_skip_count(self, visitor: Visitor) -> None:
        assert set((await visitor.get("/videos", params={"skipCount": "true"}))[2]) == {"data"}

    async def test_start_and_count_are_refused_together(self, visitor: Visitor) -> None:
        _, _, body = await visitor.get("/videos", params={"start": "x", "count": -1})
        assert list(body["invalid-params"]) == ["start", "count"]
        assert body["instance"] == "/api/v1/videos?start=x&count=-1"

    @pytest.mark.parametrize("sort", ["name", "duration", "createdAt", "publishedAt", "views", "likes"])
    async def test_sorts(self, visitor: Visitor, sort: str) -> None:
        _, _, up = await visitor.get("/videos", params={"sort": sort})
        _, _, down = await visitor.get("/videos", params={"sort": f"-{sort}"})
        values = [row[sort] for row in up["data"]]
        assert values == sorted(values)
        assert [row[sort] for row in down["data"]] == values[::-1]

    async def test_what_is_equal_goes_by_id_in_both_directions(self, visitor: Visitor, server: Emulator) -> None:
        for video in server.store.videos.values():
            video.views = video.id % 2
        for sort, first in (("views", "Video 0002"), ("-views", "Video 0001")):
            assert (await names(visitor, sort=sort))[0] == first

    async def test_sort_that_the_server_does_not_have(self, visitor: Visitor) -> None:
        for sort in ("updatedAt", "--name", "match"):
            assert (await visitor.get("/videos", params={"sort": sort}))[0] == 400

    async def test_sort_by_first_publication(self, owner: Visitor) -> None:
        await owner.put("/videos/12", {"originallyPublishedAt": "1970-01-01"})
        found = await names(owner, sort="originallyPublishedAt")
        assert found[:2] == ["Video 0012", "Video 0001"], "those without a date go by when they came here"


class TestFilters:
    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"videos": 0, "rate_limit": None}

    @pytest.fixture
    async def server(self, server: Emulator) -> Emulator:
        store = server.store
        nisv, root = store.channels["nisv_channel"], store.channels["root_channel"]
        store.add_video("Café 1", nisv, category=1, licence=2, language="nl", tags=("News", "Open"))
        store.add_video("Harbour 2", nisv, category=2, language="en", tags=("news",), is_live=True)
        store.add_video("Secret 3", nisv, privacy=3, tags=("news",))
        store.add_video("Staff 4", root, privacy=4)
        store.add_video("Hot 5", root, nsfw=True, category=1)
        store.add_video("Root 6", root)
        return server

    @pytest.mark.parametrize(
        ("params", "found"),
        [
            ({}, [1, 2, 6]),
            ({"isLocal": "true"}, [1, 2, 6]),
            ({"isLocal": "false"}, []),
            ({"nsfw": "both"}, [1, 2, 5, 6]),
            ({"nsfw": "true"}, [5]),
            ({"isLive": "true"}, [2]),
            ({"isLive": "false"}, [1, 6]),
            ({"categoryOneOf": 1}, [1]),
            ({"categoryOneOf": [1, 2]}, [1, 2]),
            ({"categoryOneOf[]": [2]}, [2]),
            ({"licenceOneOf": 2}, [1]),
            ({"languageOneOf": "nl"}, [1]),
            ({"languageOneOf": ["en", "_unknown"]}, [2, 6]),
            ({"tagsOneOf": ["open", "none"]}, [1]),
            ({"tagsAllOf": ["news", "open"]}, [1]),
            ({"tagsAllOf": "news"}, [1, 2]),
            ({"search": "cafe"}, [1]),
            ({"search": "NEWS"}, [1, 2]),
        ],
    )
    async def test_public(self, visitor: Visitor, server: Emulator, params: dict[str, Any], found: list[int]) -> None:
        assert [int(name[-1]) for name in await names(visitor, **params)] == found

    async def test_users_see_internal_ones(self, owner: Visitor) -> None:
        assert [int(name[-1]) for name in await names(owner)] == [1, 2, 4, 6]

    async def test_own_list_has_every_privacy(self, owner: Visitor) -> None:
        assert [int(name[-1]) for name in await names(owner, "/users/me/videos")] == [1, 2, 3]
        assert await names(owner, "/users/me/videos", search="secret") == ["Secret 3"]
        assert await names(owner, "/users/me/videos", search="news") == [], "names only"
        assert len(await names(owner, "/users/me/videos", channelId=2)) == 3
        assert (await owner.get("/users/me/videos", params={"channelId": 99}))[0] == 404
        assert (await owner.get("/users/me/videos", params={"channelId": "x"}))[0] == 400

    async def test_lists_of_a_channel_and_an_account(self, visitor: Visitor, server: Emulator) -> None:
        for path in ("/video-channels/nisv_channel", "/accounts/nisv", f"/accounts/nisv@{server.host}"):
            assert [int(name[-1]) for name in await names(visitor, f"{path}/videos")] == [1, 2]
        assert (await visitor.get("/accounts/nisv@elsewhere.example/videos"))[0] == 404

    async def test_staff_choose_privacies(self, admin: Visitor) -> None:
        assert [int(name[-1]) for name in await names(admin, privacyOneOf=[1, 3, 4])] == [1, 2, 3, 4, 6]

    @pytest.mark.parametrize("params", [{"include": 1}, {"privacyOneOf": 3}, {"autoTagOneOf": "x"}])
    async def test_others_do_not(self, visitor: Visitor, owner: Visitor, params: dict[str, Any]) -> None:
        for asking in (visitor, owner):
            status, _, body = await asking.get("/videos", params=params)
            assert status == 401
            assert "code" not in body

    async def test_watched_ones_are_known_of_users_only(self, visitor: Visitor, owner: Visitor) -> None:
        params = {"excludeAlreadyWatched": "true"}
        assert [(await who.get("/videos", params=params))[0] for who in (visitor, owner)] == [400, 200]

    async def test_filter_of_old(self, visitor: Visitor) -> None:
        assert (await visitor.get("/videos", params={"filter": "local"}))[0] == 400

    async def test_invalid(self, visitor: Visitor) -> None:
        params = {"categoryOneOf": "x", "nsfw": "maybe", "include": "x"}
        _, _, body = await visitor.get("/videos", params=params)
        assert list(body["invalid-params"]) == ["categoryOneOf", "nsfw", "include"]

    async def test_includes(self, admin: Visitor) -> None:
        _, _, plain = await admin.get("/videos")
        _, _, more = await admin.get("/videos", params={"include": 1 | 2 | 4 | 8 | 32 | 64})
        assert more["data"][0].keys() - plain["data"][0].keys() == {
            "state", "waitTranscoding", "blacklisted", "blacklistedReason", "blockedOwner", "blockedServer",
            "streamingPlaylists", "files", "videoSource", "automaticTags",
        }  # fmt: skip


class TestChangesShow:
    """Lists are remembered between pages; nothing may be remembered too long."""

    async def test_edits(self, owner: Visitor) -> None:
        assert (await names(owner, sort="name"))[-1] == "Video 0012"
        await owner.put("/videos/1", {"name": "Zebra", "tags": ["stripes"]})
        assert (await names(owner, sort="name"))[-1] == "Zebra"
        assert await names(owner, tagsOneOf="stripes") == ["Zebra"]

    async def test_privacy_and_removal(self, owner: Visitor, visitor: Visitor) -> None:
        assert len(await names(visitor)) == 12
        await owner.put("/videos/3", {"privacy": 3})
        await owner.call("DELETE", "/videos/4")
        assert len(await names(visitor)) == 10
        assert len(await names(owner, "/users/me/videos")) == 11

    async def test_changes_of_the_store_itself(self, visitor: Visitor, server: Emulator) -> None:
        await names(visitor)
        server.store.videos[5].privacy = 2
        server.store.add_video("New", server.store.channels["nisv_channel"])
        found = await names(visitor)
        assert "Video 0005" not in found
        assert "New" in found

    async def test_deleted_for_good(self, owner: Visitor, server: Emulator) -> None:
        video = server.store.videos[2]
        assert (await owner.call("DELETE", f"/videos/{video.uuid}"))[0] == 204
        for key in (2, video.uuid, to_short(video.uuid)):
            assert (await owner.get(f"/videos/{key}"))[0] == 404


class TestRows:
    async def test_lossy(self, owner: Visitor, server: Emulator) -> None:
        video = server.store.videos[1]
        video.description, video.support, video.tags = "x" * 300, "please", ("one",)
        row = (await owner.get("/users/me/videos", params={"sort": "createdAt", "count": 1}))[2]["data"][0]
        assert row["description"] == row["truncatedDescription"] == "x" * 247 + "..."
        assert not {"tags", "support", "commentsPolicy", "downloadEnabled"} & row.keys()
        full = (await owner.get("/videos/1"))[2]
        assert full["description"] == "x" * 300
        assert (full["support"], full["tags"]) == ("please", ["one"])

    @pytest.mark.parametrize("text", ["x" * 250, "x" * 251, "é" * 300, "😀" * 200, "😀" * 300])
    async def test_cut_fits(self, text: str) -> None:
        short = truncated(text)
        assert short is not None
        assert len(short.encode("utf-16-le")) // 2 <= 250 or text == "x" * 250
        assert (short == text) == (text == "x" * 250)

    async def test_no_description(self) -> None:
        assert truncated(None) is truncated("") is None

    async def test_generated_ones_are_of_all_kinds(self) -> None:
        videos = list(Emulator(videos=300).store.videos.values())
        lengths = [len(video.description or "") for video in videos]
        assert min(lengths) == 0
        assert max(lengths) > 250
        assert {len(video.tags) for video in videos} >= {0, 1, 2, 3}
        assert {None, "nl"} <= {video.language for video in videos}

    async def test_a_seed_gives_one_server(self) -> None:
        first, same, other = (
            [(video.uuid, video.name, video.description) for video in Emulator(seed=seed).store.videos.values()]
            for seed in (1, 1, 2)
        )
        assert first == same != other

    async def test_description_route(self, visitor: Visitor, server: Emulator) -> None:
        assert (await visitor.get("/videos/1/description"))[2] == {"description": server.store.videos[1].description}

    async def test_fold(self) -> None:
        assert fold("Città É") == "citta e"


class TestPrivateVideos:
    @pytest.fixture
    async def stranger(self, server: Emulator, visitor: Visitor) -> Visitor:
        server.store.add_user("other", "secret123", role=2)
        stranger = Visitor(server, visitor.session)
        await stranger.login("other")
        return stranger

    async def test_private(
        self, visitor: Visitor, owner: Visitor, admin: Visitor, stranger: Visitor, server: Emulator
    ) -> None:
        server.store.videos[1].privacy = 3
        status, _, body = await visitor.get("/videos/1")
        assert (status, body["detail"]) == (401, "Not authenticated")
        assert "code" not in body
        status, _, body = await stranger.get("/videos/1")
        assert (status, body["detail"]) == (403, "Cannot fetch information of private/internal/blocked video")
        assert [(await who.get("/videos/1"))[0] for who in (owner, admin)] == [200, 200]

    async def test_internal(self, visitor: Visitor, stranger: Visitor, server: Emulator) -> None:
        server.store.videos[1].privacy = 4
        assert (await visitor.get("/videos/1"))[0] == 401
        assert (await stranger.get("/videos/1"))[0] == 200

    async def test_unlisted_is_for_those_who_know_its_uuid(
        self, visitor: Visitor, owner: Visitor, server: Emulator
    ) -> None:
        video = server.store.videos[1]
        video.privacy = 2
        keys = (1, video.uuid, to_short(video.uuid))
        assert [(await visitor.get(f"/videos/{key}"))[0] for key in keys] == [401, 200, 200]
        assert (await owner.get("/videos/1"))[0] == 200

    async def test_captions_of_a_private_video(self, visitor: Visitor, owner: Visitor, server: Emulator) -> None:
        server.store.videos[1].privacy = 3
        status, _, body = await visitor.get("/videos/1/captions")
        assert (status, body["code"]) == (401, "unauthorized_request")
        assert (await owner.get("/videos/1/captions"))[0] == 200

    async def test_password(self, visitor: Visitor, owner: Visitor, server: Emulator) -> None:
        protect = {"privacy": 5, "videoPasswords": ["open sesame"]}
        assert (await owner.put("/videos/1", protect))[0] == 204
        status, _, body = await visitor.get("/videos/1")
        assert (status, body["code"]) == (403, "video_requires_password")
        for password, expected in (("wrong", 403), ("open sesame", 200)):
            headers = {"x-peertube-video-password": password}
            assert (await visitor.get("/videos/1", headers=headers))[0] == expected
        assert (await owner.get("/videos/1"))[0] == 200

    @pytest.mark.parametrize(
        ("passwords", "detail"),
        [
            (None, "Video passwords are missing."),
            ([], "At least one video password is required."),
            (["same", "same"], "Duplicate video passwords are not allowed."),
            ([5], "Video password should be a string."),
            (
                ["x"],
                f"Invalid video password. {PASSWORD_LENGTHS}",
            ),
        ],
    )
    async def test_passwords_that_will_not_do(self, owner: Visitor, passwords: list[Any] | None, detail: str) -> None:
        sent = {"privacy": 5} if passwords is None else {"privacy": 5, "videoPasswords": passwords}
        status, _, body = await owner.put("/videos/1", sent)
        assert (status, body["detail"]) == (400, detail)


class TestOthers:
    async def test_me(self, admin: Visitor, owner: Visitor) -> None:
        assert (await admin.get("/users/me"))[2]["role"] == {"id": 0, "label": "Administrator"}
        assert (await owner.get("/users/me"))[2]["role"] == {"id": 2, "label": "User"}

    async def test_channels_and_accounts(self, visitor: Visitor) -> None:
        _, _, channels = await visitor.get("/video-channels", params={"sort": "id"})
        assert [row["name"] for row in channels["data"]][:2] == ["root_channel", "nisv_channel"]
        _, _, accounts = await visitor.get("/accounts", params={"count": 1})
        assert (accounts["total"], len(accounts["data"])) == (4, 1)
        assert (await visitor.get("/accounts/nisv"))[2]["displayName"] == "nisv"
        assert (await visitor.get("/accounts/nobody"))[2]["detail"] == "Account not found"
        assert (await visitor.get("/video-channels", params={"sort": "views"}))[0] == 400

    async def test_languages(self, visitor: Visitor) -> None:
        _, _, languages = await visitor.get("/videos/languages")
        assert (len(languages), languages["nl"], languages["pt-PT"]) == (204, "Dutch", "Portuguese (Portugal)")

    async def test_outside_the_api(self, server: Emulator, visitor: Visitor) -> None:
        async with visitor.session.get(f"{server.url}/about") as response:
            assert response.status == 404
