"""What users rely on, over real sockets: the same tests against the emulator and against a real PeerTube."""

import base64
import os
from typing import Any

import pytest

from aiopeertube import PeerTube, errors
from aiopeertube.types import VideoDetails

from .conftest import Server

pytestmark = pytest.mark.anyio

MISSING = "00000000-0000-4000-8000-000000000000"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def mark() -> str:
    return os.urandom(4).hex()


async def some_video(pt: PeerTube) -> VideoDetails:
    (row,) = await pt.me.videos(sort="createdAt").collect(limit=1)
    return await pt.videos.get(row["uuid"])


async def test_who_am_i(server: Server) -> None:
    for who, role in (("user", 2), ("administrator", 0)):
        async with server.client(who) as pt:
            me = await pt.me.get()
        assert (me["username"], me["role"]["id"]) == (server.users[who][0], role)


async def test_configuration_and_constants(server: Server) -> None:
    async with server.client("anonymous") as pt:
        config = await pt.config.get()
        assert config["serverVersion"].split(".")[0] in {"6", "7", "8"}
        assert (await pt.config.about())["instance"]["name"]
        assert (await pt.videos.categories())["1"] == "Music"
        assert (await pt.videos.licences())["1"].startswith("Attribution")
        assert (await pt.videos.languages())["nl"] == "Dutch"
        assert (await pt.videos.privacies())["1"] == "Public"


async def test_a_listing_gives_every_video_once_in_order(server: Server) -> None:
    async with server.client() as pt:
        listing = pt.me.videos(sort="createdAt", count=50)
        rows = [row async for row in listing]
        assert len(rows) == await listing.total()
    assert len({row["uuid"] for row in rows}) == len(rows)
    assert [row["createdAt"] for row in rows] == sorted(row["createdAt"] for row in rows)


async def test_pages_limits_and_early_breaks(server: Server) -> None:
    async with server.client() as pt:
        assert len(await pt.me.videos().collect(limit=7)) == 7
        assert [len(page) async for page in pt.me.videos(count=20).pages()][:2] == [20, 20]
        async for _ in pt.me.videos(count=10):
            break
        own = await some_video(pt)
        by_channel = pt.channels.videos(own["channel"]["name"], sort="createdAt", nsfw="both")
        assert own["uuid"] in {row["uuid"] async for row in by_channel}


async def test_channels_and_accounts(server: Server) -> None:
    async with server.client("anonymous") as pt:
        username = server.users["user"][0]
        account = await pt.accounts.get(username)
        (channel, *_) = await pt.accounts.channels(username).collect()
        assert account["name"] == username
        assert (await pt.channels.get(channel["name"]))["ownerAccount"]["name"] == username
        assert channel["name"] in {row["name"] async for row in pt.channels.list()}
        assert username in {row["name"] async for row in pt.accounts.list()}
        assert await pt.accounts.videos(username).total() >= 1


async def test_a_video_goes_by_three_names(server: Server) -> None:
    async with server.client() as pt:
        video = await some_video(pt)
        for name in (video["id"], video["uuid"], video["shortUUID"]):
            assert (await pt.videos.get(name))["uuid"] == video["uuid"]


async def test_an_update_changes_its_fields_and_no_other(server: Server) -> None:
    async with server.client() as pt:
        before = await some_video(pt)
        uuid, new = before["uuid"], mark()
        wanted: dict[str, Any] = {
            "name": f"Renamed {new}",
            "tags": [f"a{new}", f"b{new}"],
            "description": "Tekst é 🎬 «ok»\n" * 40,
        }
        await pt.videos.update(uuid, **wanted, category=15, licence=1, language="nl", downloadEnabled=False)
        after: dict[str, Any] = {**await pt.videos.get(uuid)}
        assert {field: after[field] for field in ("name", "description", "downloadEnabled")} == {
            "name": wanted["name"],
            "description": wanted["description"].strip()
            if after["description"][-1] != "\n"
            else wanted["description"],
            "downloadEnabled": False,
        }
        assert sorted(after["tags"]) == wanted["tags"]
        assert (after["category"]["id"], after["licence"]["id"], after["language"]["id"]) == (15, 1, "nl")
        assert after["privacy"] == before["privacy"]
        assert after["support"] == before["support"]
        await pt.videos.update(
            uuid,
            name=before["name"],
            tags=before["tags"],
            description=before["description"],
            category=before["category"]["id"],
            licence=before["licence"]["id"],
            language=before["language"]["id"],
            downloadEnabled=before["downloadEnabled"],
        )
        back = await pt.videos.get(uuid)
    for field in ("name", "description", "category", "licence", "language", "downloadEnabled"):
        assert back[field] == before[field], field
    assert sorted(back["tags"]) == sorted(before["tags"])


async def test_thumbnail_and_fields_in_one_update(server: Server) -> None:
    """A multipart body: lists keep their items there, and null clears."""
    async with server.client() as pt:
        before = await some_video(pt)
        uuid, new = before["uuid"], mark()
        await pt.videos.update(uuid, support="please", category=3)
        await pt.videos.update(uuid, thumbnailfile=PIXEL, tags=[f"x{new}", f"y{new}"], support=None, category=None)
        after = await pt.videos.get(uuid)
        assert sorted(after["tags"]) == [f"x{new}", f"y{new}"]
        assert after["support"] is None
        assert after["category"]["id"] is None
        await pt.videos.update(uuid, previewfile=PIXEL, tags=[])
        assert (await pt.videos.get(uuid))["tags"] == []
        with pytest.raises(errors.BadRequest, match="thumbnailfile"):
            await pt.videos.update(uuid, thumbnailfile=b"no image")
        await pt.videos.update(
            uuid, tags=before["tags"], support=before["support"], category=before["category"]["id"]
        )


async def test_captions(server: Server) -> None:
    subtitles = b"1\n00:00:00,000 --> 00:00:01,000\nHallo\n"
    async with server.client() as pt:
        uuid = (await some_video(pt))["uuid"]
        await pt.captions.put(uuid, "nl", subtitles)
        await pt.captions.put(uuid, "en", b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n")
        listed = await pt.captions.list(uuid)
        assert {"nl", "en"} <= {caption["language"]["id"] for caption in listed["data"]}
        await pt.captions.delete(uuid, "nl")
        await pt.captions.delete(uuid, "en")
        left = {caption["language"]["id"] for caption in (await pt.captions.list(uuid))["data"]}
        assert not {"nl", "en"} & left
        with pytest.raises(errors.BadRequest):
            await pt.captions.put(uuid, "zz9", subtitles)


async def test_errors_are_named_by_what_they_mean(server: Server) -> None:
    async with server.client() as pt:
        with pytest.raises(errors.NotFound):
            await pt.videos.get(MISSING)
        with pytest.raises(errors.NotFound):
            await pt.videos.update(MISSING, name="Nope")
        with pytest.raises(errors.NotFound):
            await pt.channels.get("doesnotexist")
        with pytest.raises(errors.NotPermitted):
            await pt.videos.list(include=1).total()
        with pytest.raises(errors.BadRequest) as caught:
            uuid = (await some_video(pt))["uuid"]
            await pt.request("PUT", f"/videos/{uuid}", json={"name": "a", "category": 9999})
        assert set(caught.value.invalid_params) == {"name", "category"}
    async with server.client("anonymous") as pt:
        with pytest.raises(errors.NotPermitted):
            await pt.videos.update(uuid, name="Nope")


async def test_a_wrong_password_and_a_dead_token(server: Server) -> None:
    from aiopeertube import PeerTube

    async with PeerTube(server.url, username=server.users["user"][0], password="wrong-password") as pt:
        with pytest.raises(errors.WrongCredentials):
            await pt.login()
    async with PeerTube(server.url, token="f" * 40) as pt:
        with pytest.raises(errors.SessionExpired):
            await pt.me.get()


async def test_a_token_that_another_client_refreshed(server: Server) -> None:
    """Two clients of one saved token: the second adopts what the first fetched."""
    async with server.client() as one, server.client() as two:
        await one.me.get()
        await two.me.get()
        await one._session.renew(one._session.token)
        assert (await two.me.get())["username"] == server.users["user"][0]
        assert two.statistics().renewals == 0


async def test_120_renames_of_a_normal_user_use_the_allowance_and_lose_nothing(server: Server) -> None:
    async with server.client() as pt:
        # An edit of a video with a password has to carry the password.
        mine = await pt.me.videos(sort="createdAt").collect(limit=70)
        rows, new = [row for row in mine if row["privacy"]["id"] != 5][:60], mark()
        for suffix in (f" {new}", ""):
            calls = (pt.videos.update(row["uuid"], name=(row["name"] + suffix)[:120]) for row in rows)
            async with pt.bulk(calls) as outcomes:
                assert all([outcome.ok async for outcome in outcomes])
            names = {row["uuid"]: row["name"] async for row in pt.me.videos(sort="createdAt")}
            assert all(names[row["uuid"]] == (row["name"] + suffix)[:120] for row in rows)
        assert pt.statistics().refused <= 2  # in the window found open, and in the next, whose length shows so


async def test_the_same_new_tags_on_many_videos_as_administrator(server: Server) -> None:
    """The case in which parallel PUTs of a plain loop lose one in seven."""
    async with server.client("administrator") as pt:
        rows = await pt.videos.list(sort="createdAt").collect(limit=60)
        before = {row["uuid"]: (await pt.videos.get(row["uuid"]))["tags"] for row in rows}
        tags = [f"{letter}{mark()}" for letter in "abc"]
        async with pt.bulk(pt.videos.update(uuid, tags=tags) for uuid in before) as outcomes:
            assert all([outcome.ok async for outcome in outcomes])
        for uuid, old in before.items():
            assert sorted((await pt.videos.get(uuid))["tags"]) == sorted(tags)
            await pt.videos.update(uuid, tags=old)
        assert pt.statistics().refused <= 1  # whoever asked before may have used up the window found open
