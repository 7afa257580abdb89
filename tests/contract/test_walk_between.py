"""What happens between users, asked of a server: watching, being told, giving away, editing together."""

import asyncio
from typing import Any

import pytest
from walk import Walk, in_the_end

from aiopeertube import errors

from .conftest import Guest, Mine

pytestmark = pytest.mark.anyio

REFUSED = (errors.NotPermitted, errors.Conflict, errors.BadRequest, errors.NotFound)
NOBODY = 999999999


async def test_a_user_watches(walk: Walk, guest: Guest, mine: Mine) -> None:
    pt = guest.pt
    await walk.do("videos.watching", mine.video, pt=pt, currentTime=1)
    rows: list[Any] = []
    for _ in range(20):  # the server notes it once it has answered
        rows = rows or await walk.do("me.history.list", pt=pt)
        if rows:
            break
        await asyncio.sleep(0.1)
    assert [(row["uuid"], row["userHistory"]) for row in rows] == [(mine.video, {"currentTime": 1})]
    assert await walk.do("me.history.list", pt=pt, search="no such name") == []
    await walk.do("me.history.delete", mine.video_id, pt=pt)
    await walk.do("me.history.delete", NOBODY, pt=pt)  # it does not mind
    assert await walk.do("me.history.list", pt=pt) == []
    await walk.do("videos.view", mine.video, pt=pt, currentTime=1)
    await walk.do("me.history.clear", pt=pt, beforeDate="2020-01-01T00:00:00.000Z")
    await walk.do("me.history.clear", pt=pt)
    assert await walk.do("me.history.list", pt=pt) == []
    with pytest.raises(errors.BadRequest):
        await pt.me.history.clear(beforeDate="then")
    assert walk.differences == {}


async def test_users_are_told(walk: Walk, guest: Guest, mine: Mine) -> None:
    """Of comments and followers an owner, of what became of a report whoever made it."""
    pt = guest.pt
    await walk.do("videos.comments.create", mine.video, pt=pt, text="Hello")
    report = (await walk.do("abuses.create", pt=pt, reason="A test", video={"id": mine.video_id}))["abuse"]["id"]
    try:
        await walk.do("abuses.update", report, state=3)
        await walk.do("abuses.messages.create", report, message="Why?")
        told = await _told(walk, pt, {15, 16})
        assert {row["type"] for row in told} == {15, 16}
        assert {row["abuse"]["id"] for row in told} == {report}
        await walk.do("me.notifications.read", pt=pt, ids=[told[0]["id"]])
        (unread,) = await walk.do("me.notifications.list", pt=pt, unread=True)
        assert unread["id"] == told[1]["id"]
        await walk.do("me.notifications.read_all", pt=pt)
        assert await walk.do("me.notifications.list", pt=pt, unread=True) == []
        channel = await walk.pt.channels.get(mine.channel)
        await walk.do("me.subscriptions.create", pt=pt, uri=f"{channel['name']}@{channel['host']}")
        assert {2, 3, 10} <= {row["type"] for row in await _told(walk, walk.pt, {2, 3, 10})}
    finally:
        await in_the_end(walk.pt.abuses.delete(report))
    assert not {15, 16} & {row["type"] for row in await walk.do("me.notifications.list", pt=pt)}
    assert walk.differences == {}


async def _told(walk: Walk, pt: Any, kinds: set[int]) -> list[Any]:
    """Wait until a user was told of all kinds."""
    for _ in range(30):
        told = await pt.me.notifications.list(sort="-createdAt").collect(limit=20)
        if kinds <= {row["type"] for row in told}:
            break
        await asyncio.sleep(0.1)
    await walk.do("me.notifications.list", pt=pt)
    return list(told)


async def test_how_a_user_is_told(walk: Walk, guest: Guest) -> None:
    pt = guest.pt
    settings: dict[str, Any] = {**(await pt.me.get())["notificationSettings"], "newFollow": 3}
    await walk.do("me.notifications.update_settings", pt=pt, **settings)
    assert (await pt.me.get())["notificationSettings"]["newFollow"] == 3
    with pytest.raises(errors.BadRequest, match="newCommentOnMyVideo"):
        await pt.me.notifications.update_settings(newFollow=0)
    with pytest.raises(errors.BadRequest):
        await pt.me.notifications.read(ids=[])
    await walk.do("me.notifications.read", pt=pt, ids=[NOBODY])  # it does not mind
    assert walk.differences == {}


async def test_a_video_changes_hands(walk: Walk, guest: Guest, mine: Mine) -> None:
    pt, video, ownership = guest.pt, mine.video, "videos.ownership"
    theirs = (await pt.me.get())["videoChannels"][0]
    await walk.refused(f"{ownership}.give", REFUSED, video, username="nobody_at_all")
    await walk.do(f"{ownership}.give", video, username=guest.name)
    (offer,) = await walk.do(f"{ownership}.list", pt=pt)
    assert (offer["status"], offer["video"]["uuid"]) == ("WAITING", video)
    if not walk.is_8:  # there administrators may answer for others
        await walk.refused(f"{ownership}.accept", REFUSED, offer["id"], channelId=theirs["id"])
    await walk.refused(f"{ownership}.accept", REFUSED, NOBODY, channelId=mine.channel_id)
    await walk.do(f"{ownership}.refuse", offer["id"], pt=pt)
    await walk.refused(f"{ownership}.refuse", REFUSED, NOBODY)
    with pytest.raises(errors.ApiError, match="already accepted or refused"):
        await pt.videos.ownership.refuse(offer["id"])
    await walk.do(f"{ownership}.give", video, username=guest.name)
    again = await _waiting(pt.videos.ownership.list())
    if walk.is_8:
        with pytest.raises(errors.BadRequest, match="already a pending"):
            await walk.pt.videos.ownership.give(video, username=guest.name)
        assert {row["id"] for row in await walk.do(f"{ownership}.of", video)} == {offer["id"], again}
        await walk.do(f"{ownership}.delete", again)
        await walk.do(f"{ownership}.give", video, username=guest.name)
        again = await _waiting(pt.videos.ownership.list())
        assert {26} == {row["type"] for row in await _told(walk, pt, {26})}
    await walk.do(f"{ownership}.accept", again, pt=pt, channelId=theirs["id"])
    for _ in range(20):  # 6.3 answers before it has done it
        if (await walk.pt.videos.get(video))["channel"]["id"] == theirs["id"]:
            break
        await asyncio.sleep(0.1)
    assert (await walk.pt.videos.get(video))["channel"]["id"] == theirs["id"]
    await walk.do("videos.delete", video, pt=pt)
    assert walk.differences == {}


async def _waiting(offers: Any) -> int:
    """Return the one offer that is neither accepted nor refused."""
    (number,) = [row["id"] async for row in offers if row["status"] == "WAITING"]
    return int(number)


async def test_a_channel_changes_hands(walk: Walk, guest: Guest, mine: Mine) -> None:
    if not walk.is_8:
        with pytest.raises(errors.NotInThisVersion):
            await walk.pt.channels.ownership.give(mine.channel, username=guest.name)
        return
    pt, channel, ownership = guest.pt, mine.channel, "channels.ownership"
    await walk.do(f"{ownership}.give", channel, username=guest.name)
    (offer,) = await walk.do(f"{ownership}.list", pt=pt)
    assert [row["id"] for row in await walk.do(f"{ownership}.of", channel)] == [offer["id"]]
    with pytest.raises(errors.NotPermitted):
        await pt.channels.ownership.of(channel).collect(limit=1)
    await walk.refused(f"{ownership}.accept", REFUSED, NOBODY)
    await walk.do(f"{ownership}.refuse", offer["id"], pt=pt)
    await walk.refused(f"{ownership}.refuse", REFUSED, NOBODY)
    with pytest.raises(errors.BadRequest, match="already accepted or refused"):
        await pt.channels.ownership.accept(offer["id"])
    assert {row["type"] for row in await _told(walk, pt, {29})} == {29}
    await walk.do(f"{ownership}.give", channel, username=guest.name)
    await walk.do(f"{ownership}.delete", await _waiting(walk.pt.channels.ownership.of(channel)))
    await walk.do(f"{ownership}.give", channel, username=guest.name)
    await walk.do(f"{ownership}.accept", await _waiting(walk.pt.channels.ownership.of(channel)), pt=pt)
    assert (await walk.pt.channels.get(channel))["ownerAccount"]["name"] == guest.name
    told = {row["action"]["label"] for row in await walk.do("channels.activities", channel, pt=pt)}
    assert "Accept ownership request" in told
    await walk.do("channels.delete", channel, pt=pt)
    assert walk.differences == {}


async def test_a_channel_is_edited_together(walk: Walk, guest: Guest, mine: Mine) -> None:
    if not walk.is_8:
        return
    pt, channel, team = guest.pt, mine.channel, "channels.collaborators"
    with pytest.raises(errors.NotPermitted):
        await pt.channels.update(channel, description="Not yet by a friend")
    invited = (await walk.do(f"{team}.invite", channel, accountHandle=guest.name))["collaborator"]
    with pytest.raises(errors.Conflict):
        await walk.pt.channels.collaborators.invite(channel, accountHandle=guest.name)
    for verb in ("accept", "reject"):
        await walk.refused(f"{team}.{verb}", REFUSED, channel, invited["id"])
    await walk.do(f"{team}.reject", channel, invited["id"], pt=pt)
    assert (await walk.do(f"{team}.list", channel))["data"] == []
    invited = (await walk.do(f"{team}.invite", channel, accountHandle=guest.name))["collaborator"]
    await walk.do(f"{team}.accept", channel, invited["id"], pt=pt)
    await walk.do("channels.update", channel, pt=pt, description="By a friend")
    await walk.do("videos.update", mine.video, pt=pt, name="Named by a friend")
    assert [row["name"] for row in (await walk.do("me.get", pt=pt))["videoChannelCollaborations"]] == [channel]
    await walk.do("channels.activities", channel, pt=pt)
    await walk.do(f"{team}.list", channel, pt=pt)
    await walk.do(f"{team}.delete", channel, invited["id"], pt=pt)
    with pytest.raises(errors.NotPermitted):
        await pt.videos.update(mine.video, name="No longer by a friend")
    assert walk.differences == {}
