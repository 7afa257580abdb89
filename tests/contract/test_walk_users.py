"""Every operation around users, asked of a server: as typed, or reported by name."""

import asyncio

import pytest
from walk import Walk

from aiopeertube import errors

from .conftest import Guest

pytestmark = pytest.mark.anyio


async def test_reads_of_a_user(walk: Walk) -> None:
    me = await walk.do("me.get")
    for name in ("me.quota", "me.videos", "me.comments", "me.abuses", "me.subscriptions.list"):
        await walk.do(name)
    for name in ("me.subscriptions.videos", "me.blocklist.accounts.list", "me.blocklist.servers.list"):
        await walk.do(name)
    await walk.do("users.list")
    await walk.do("users.get", me["id"])
    assert (await walk.do("users.get", me["id"], withStats=True))["videosCount"] >= 0
    (video,) = await walk.pt.videos.list().collect(limit=1)
    assert (await walk.do("me.rating", video["id"]))["rating"] == "none"
    assert str(video["id"]) in await walk.do("me.in_playlists", videoIds=[video["id"]])
    assert walk.differences == {}


async def test_the_server_tells_of_itself(walk: Walk) -> None:
    for name in ("config.get", "config.about", "server.stats", "jobs.list"):
        await walk.do(name)
    assert {job["state"] for job in await walk.do("jobs.list", "completed")} == {"completed"}
    await walk.do("jobs.pause")
    await walk.do("jobs.resume")
    status = await walk.do("blocklist.status", accounts=["anna@videos.example"], hosts=["videos.example"])
    told = status["hosts"]["videos.example"]
    assert (told["blockedByServer"], told["blockedByUser"]) == (False, False)
    assert walk.differences == {}


async def test_a_user_is_made_changed_and_blocked(walk: Walk, guest: Guest) -> None:
    await walk.do("users.update", guest.id, videoQuota=1000000, adminFlags=1)
    await walk.do("users.block", guest.id, reason="a test")
    (user,) = await walk.do("users.list", search=guest.name, blocked=True)
    assert (user["id"], user["videoQuota"], user["blockedReason"]) == (guest.id, 1000000, "a test")
    with pytest.raises(errors.AuthenticationError, match="User is blocked"):
        await guest.pt.me.get()
    await walk.do("users.unblock", guest.id)
    assert await walk.do("users.list", search=guest.name, blocked=True) == []
    assert walk.differences == {}


async def test_a_user_may_not_do_what_administrators_may(walk: Walk, guest: Guest) -> None:
    pt = guest.pt
    for call in (
        pt.users.get(guest.id),
        pt.users.block(guest.id),
        pt.users.unblock(guest.id),
    ):
        with pytest.raises(errors.NotPermitted):
            await call
    for listing in (pt.users.list(), pt.jobs.list(), pt.abuses.list(), pt.videos.blacklist.list()):
        with pytest.raises(errors.NotPermitted):
            await listing.collect(limit=1)


async def test_a_user_follows_and_mutes(walk: Walk, guest: Guest) -> None:
    pt = guest.pt
    (channel,) = await walk.pt.channels.list().collect(limit=1)
    handle = f"{channel['name']}@{channel['host']}"
    await walk.do("me.subscriptions.create", pt=pt, uri=handle)
    uris = [handle, "nobody@videos.example"]
    for _ in range(50):  # the server follows once it has answered
        exist = await walk.do("me.subscriptions.exist", pt=pt, uris=uris)
        if exist[handle]:
            break
        await asyncio.sleep(0.1)
    assert exist == {handle: True, "nobody@videos.example": False}
    await walk.do("me.subscriptions.list", pt=pt)
    await walk.do("me.subscriptions.get", handle, pt=pt)
    await walk.do("me.subscriptions.videos", pt=pt)
    await walk.do("me.subscriptions.delete", handle, pt=pt)
    for owner, who in (("me", pt), ("server", walk.pt)):
        root = (await walk.pt.me.get())["account"]["name"] if owner == "me" else guest.name
        await walk.do(f"{owner}.blocklist.accounts.create", pt=who, accountName=root)
        (account,) = await walk.do(f"{owner}.blocklist.accounts.list", pt=who)
        assert account["blockedAccount"]["name"] == root
        await walk.do(f"{owner}.blocklist.accounts.delete", root, pt=who)
        await walk.do(f"{owner}.blocklist.servers.create", pt=who, host="videos.example")
        (server,) = await walk.do(f"{owner}.blocklist.servers.list", pt=who)
        assert server["blockedServer"]["host"] == "videos.example"
        status = await walk.do("blocklist.status", pt=who, hosts=["videos.example"])
        assert "videos.example" in status["hosts"]
        await walk.do(f"{owner}.blocklist.servers.delete", "videos.example", pt=who)
    assert walk.differences == {}


async def test_a_user_changes_what_is_theirs(walk: Walk, guest: Guest) -> None:
    pt = guest.pt
    await walk.do("me.update", pt=pt, displayName="Guest", nsfwPolicy="display", videoLanguages=["nl"])
    me = await walk.do("me.get", pt=pt)
    assert (me["account"]["displayName"], me["nsfwPolicy"], me["videoLanguages"]) == ("Guest", "display", ["nl"])
    with pytest.raises(errors.ApiError):
        await pt.me.update(email="other@example.com")
    with pytest.raises(errors.ApiError):
        await pt.me.update(email="other@example.com", currentPassword="not it")
    assert walk.differences == {}


async def test_a_user_leaves(walk: Walk, guest: Guest) -> None:
    await walk.do("me.delete", pt=guest.pt)
    with pytest.raises(errors.PeerTubeError):
        await guest.pt.me.get()
    with pytest.raises(errors.NotFound):
        await walk.pt.users.get(guest.id)
