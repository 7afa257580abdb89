"""Every operation around videos, asked of a server: as typed, or reported by name.

What a test makes, it takes away again; what a server has switched off is refused for a reason that is known.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from explained import PASSWORD_HEADERS
from walk import Walk, in_the_end

from aiopeertube import PeerTube, errors

from .conftest import Mine, only_real
from .test_contract import PIXEL

pytestmark = pytest.mark.anyio

REFUSED = (errors.NotPermitted, errors.Conflict, errors.BadRequest, errors.NotFound)
NOBODY = 999999999


async def test_reads_of_videos(walk: Walk) -> None:
    for name in ("videos.list", "videos.categories", "videos.licences", "videos.languages", "videos.privacies"):
        await walk.do(name)
    await walk.do("videos.list", include=1 | 2 | 4 | 8 | 16 | 32, privacyOneOf=[1, 2, 3, 4, 5])
    for name in ("videos.comments.all", "videos.blacklist.list", "abuses.list"):
        await walk.do(name)
    for name in ("playlists.list", "playlists.privacies", "channels.list", "accounts.list", "overviews.videos"):
        await walk.do(name)
    await walk.do("search.videos", search="film")
    await walk.do("search.channels", search="channel")
    await walk.do("search.playlists", search="a")
    (row,) = await walk.pt.videos.list(isLocal=True).collect(limit=1)
    video = row["uuid"]
    for name in ("videos.get", "videos.storyboards", "videos.chapters.get", "videos.comments.list", "captions.list"):
        await walk.do(name, video)
    for name in ("videos.stats.overall", "videos.stats.retention", "videos.token"):
        await walk.do(name, video)
    await walk.perhaps("videos.source.get", video)
    for metric in ("viewers", "aggregateWatchTime"):
        await walk.do("videos.stats.timeseries", video, metric)
    if walk.is_8:
        await walk.do("videos.stats.user_agent", video)
        await walk.do("videos.embed_privacy.get", video)
        await walk.do("videos.embed_privacy.allowed", video, domain="a.example")
    else:
        await walk.do("videos.description", video)
        with pytest.raises(errors.NotInThisVersion, match=r"from 8[.]0 on"):
            await walk.pt.videos.embed_privacy.get(video)
    assert walk.differences == {}


async def test_reads_of_accounts_and_channels(walk: Walk) -> None:
    me = await walk.pt.me.get()
    account, channel = me["account"]["name"], me["videoChannels"][0]["name"]
    await walk.do("accounts.get", account)
    for name in ("videos", "channels", "playlists", "followers", "ratings", "channel_syncs"):
        await walk.do(f"accounts.{name}", account)
    await walk.do("accounts.channels", account, withStats=True)
    for name in ("get", "videos", "followers", "playlists"):
        await walk.do(f"channels.{name}", channel)
    assert walk.differences == {}


async def test_reads_of_offers(walk: Walk) -> None:
    me = await walk.pt.me.get()
    await walk.do("videos.ownership.list")
    if walk.is_8:
        (video,) = await walk.pt.videos.list(isLocal=True).collect(limit=1)
        await walk.do("videos.ownership.of", video["uuid"])
        await walk.do("channels.ownership.list")
        for name in ("activities", "collaborators.list", "ownership.of"):
            await walk.do(f"channels.{name}", me["videoChannels"][0]["name"])
    assert walk.differences == {}


async def test_feeds(walk: Walk, mine: Mine) -> None:
    me = await walk.pt.me.get()
    for form in ("xml", "atom", "json"):
        assert await walk.do("feeds.videos", form, accountName=me["account"]["name"])
        assert await walk.do("feeds.comments", form)
    token = await walk.pt.request("GET", "/users/scoped-tokens")
    text = "Is 1 < 2 & 3 > 2?"
    await walk.do("videos.comments.create", mine.video, text=text)
    await walk.do("videos.update", mine.video, name=text)
    rss = ElementTree.fromstring(await walk.do("feeds.videos", "rss", videoChannelId=mine.channel_id))
    assert [item.findtext("title") for item in rss.iter("item")] == [text]
    feed = ElementTree.fromstring(await walk.do("feeds.videos", "atom1", videoChannelId=mine.channel_id))
    (entry,) = feed.iter("{http://www.w3.org/2005/Atom}entry")
    assert entry.findtext("{http://www.w3.org/2005/Atom}title") == text
    told = json.loads(await walk.do("feeds.comments", "json", videoId=mine.video))
    assert (told["title"], [item["title"].startswith(text) for item in told["items"]]) == (text, [True])
    for query in ({"accountName": "nobody_at_all"}, {"videoChannelId": NOBODY}):
        with pytest.raises(errors.NotFound):
            await walk.pt.feeds.videos("json", **query)
    with pytest.raises(errors.NotPermitted):
        await walk.pt.feeds.subscriptions("xml", accountId=me["account"]["id"], token="none")
    await walk.do("feeds.subscriptions", "xml", accountId=me["account"]["id"], token=token["feedToken"])
    assert "<rss" in await walk.do("feeds.podcast", videoChannelId=me["videoChannels"][0]["id"])
    assert walk.differences == {}


async def test_a_video_is_rated_watched_and_commented(walk: Walk, mine: Mine) -> None:
    pt, video = walk.pt, mine.video
    await walk.do("videos.rate", video, rating="like")
    (rated,) = await walk.do("accounts.ratings", (await pt.me.get())["account"]["name"], rating="like")
    assert rated["video"]["uuid"] == video
    await walk.do("videos.rate", video, rating="none")
    await walk.do("videos.view", video, currentTime=1)
    await walk.do("videos.watching", video, currentTime=1)
    thread = (await walk.do("videos.comments.create", video, text="Hello"))["comment"]
    await walk.do("videos.comments.reply", video, thread["id"], text="And hello")
    tree = await walk.do("videos.comments.get", video, thread["id"])
    assert tree["children"][0]["comment"]["text"] == "And hello"
    await walk.do("videos.comments.list", video)
    await walk.do("videos.comments.all", videoId=mine.video_id)
    await walk.refused("videos.comments.approve", REFUSED, video, thread["id"])
    report = await walk.do("abuses.create", reason="A test", comment={"id": thread["id"]})
    await walk.do("abuses.list", id=report["abuse"]["id"])
    await walk.do("abuses.delete", report["abuse"]["id"])
    await walk.do("videos.comments.delete", video, thread["id"])
    await walk.do("videos.comments.list", video)
    assert walk.differences == {}


async def test_chapters_captions_passwords_and_blocks(walk: Walk, mine: Mine, anonymous: PeerTube) -> None:
    video = mine.video
    await walk.do("videos.chapters.update", video, chapters=[{"timecode": 0, "title": "Start"}])
    assert (await walk.do("videos.chapters.get", video))["chapters"] == [{"timecode": 0, "title": "Start"}]
    await walk.do("captions.put", video, "nl", b"WEBVTT\n\n00:00.000 --> 00:01.000\nHallo\n")
    await walk.do("captions.list", video)
    await walk.do("captions.delete", video, "nl")
    await walk.refused("captions.generate", REFUSED, NOBODY)
    await walk.do("videos.blacklist.create", video, reason="A test")
    await walk.do("videos.blacklist.update", video, reason="Still a test")
    (blocked,) = await walk.do("videos.blacklist.list", search="A walk")
    assert blocked["reason"] == "Still a test"
    await walk.do("videos.blacklist.delete", video)
    await walk.do("videos.update", video, privacy=5, videoPasswords=["open-1", "open-2"])
    passwords = await walk.do("videos.passwords.list", video)
    assert {row["password"] for row in passwords} == {"open-1", "open-2"}
    await walk.do("videos.passwords.delete", video, passwords[0]["id"])
    await walk.do("videos.passwords.update", video, passwords=["open-3", "open-4"])
    if walk.is_8:
        await walk.do("videos.passwords.create", video, password="open-5")
        await walk.do("videos.embed_privacy.update", video, policy=2, domains=["a.example"])
        allowed = await walk.do("videos.embed_privacy.get", video)
        assert (allowed["policy"]["id"], allowed["domains"]) == (2, ["a.example"])
    assert (await _opened(walk, anonymous, video, "open-3"))["uuid"] == video
    with pytest.raises(errors.NotPermitted):
        await anonymous.videos.get(video, videoPassword="wrong")
    assert walk.differences == {}


async def _opened(walk: Walk, anonymous: PeerTube, video: str, password: str) -> Any:
    """Get a video by its password; a fork may call the header otherwise."""
    try:
        return await walk.do("videos.get", video, pt=anonymous, videoPassword=password)
    except errors.NotPermitted:
        ((name, other),) = PASSWORD_HEADERS.items()
        found = await replace(anonymous.videos.get(video), headers=((other, password),))
        walk.explained[name] = f"the fork calls it {other}"
        return found


async def test_a_channel_is_changed(walk: Walk, mine: Mine) -> None:
    channel = mine.channel
    await walk.do("channels.update", channel, displayName="Another walk", support="Thanks")
    assert (await walk.do("channels.get", channel))["displayName"] == "Another walk"
    for kind in ("avatar", "banner"):
        await walk.do(f"channels.{kind}.pick", channel, PIXEL)
        await walk.do(f"channels.{kind}.delete", channel)
    assert walk.differences == {}


async def test_playlists(walk: Walk, mine: Mine) -> None:
    made = await walk.do(
        "playlists.create", displayName="A walk", privacy=1, videoChannelId=mine.channel_id, thumbnailfile=PIXEL
    )
    playlist = made["videoPlaylist"]["uuid"]
    try:
        await walk.do("playlists.update", playlist, description="Of a test")
        assert (await walk.do("playlists.get", playlist))["description"] == "Of a test"
        element = await walk.do("playlists.elements.create", playlist, videoId=mine.video, startTimestamp=0)
        other = await walk.pt.videos.list(isLocal=True).collect(limit=1)
        await walk.do("playlists.elements.create", playlist, videoId=other[0]["id"])
        await walk.do("playlists.elements.reorder", playlist, startPosition=2, insertAfterPosition=0)
        number = element["videoPlaylistElement"]["id"]
        await walk.do("playlists.elements.update", playlist, number, stopTimestamp=1)
        rows = await walk.do("playlists.elements.list", playlist)
        assert [row["position"] for row in rows] == [1, 2]
        await walk.do("channels.playlists", mine.channel)
        await walk.do("search.playlists", search="A walk")
        await walk.do("playlists.list", sort="-createdAt")
        if walk.is_8:
            await walk.do("channels.reorder_playlists", mine.channel, startPosition=1, insertAfterPosition=0)
        await walk.do("playlists.elements.delete", playlist, number)
    finally:
        await in_the_end(walk.pt.playlists.delete(playlist))
    assert walk.differences == {}


async def test_reports(walk: Walk, mine: Mine) -> None:
    made = await walk.do(
        "abuses.create", reason="A test", video={"id": mine.video_id, "startAt": 0}, predefinedReasons=["rights"]
    )
    report = made["abuse"]["id"]
    try:
        await walk.do("abuses.update", report, state=3, moderationComment="Seen")
        await walk.do("abuses.messages.create", report, message="Why?")
        messages = await walk.do("abuses.messages.list", report)
        await walk.do("abuses.messages.delete", report, messages["data"][0]["id"])
        (row,) = await walk.do("abuses.list", id=report)
        assert row["state"]["id"] == 3
    finally:
        await in_the_end(walk.pt.abuses.delete(report))
    assert walk.differences == {}


async def test_files(walk: Walk, mine: Mine, anonymous: PeerTube, tmp_path: Path) -> None:
    details = await walk.pt.videos.get(mine.video)
    files = details["files"]
    name = files[0]["fileUrl"].rpartition("/")[2]
    saved = await walk.pt.downloads.web_video(name).save(tmp_path / "a.mp4")
    assert saved.stat().st_size == files[0]["size"]
    made = await walk.pt.downloads.generate(mine.video, videoFileIds=[files[0]["id"]]).save(tmp_path / "b.mp4")
    assert made.stat().st_size > 0
    await walk.pt.videos.update(mine.video, privacy=3)
    token = (await walk.do("videos.token", mine.video))["files"]["token"]
    private = (await walk.pt.videos.get(mine.video))["files"][0]["fileUrl"].rpartition("/")[2]
    opened = anonymous.downloads.private_web_video(private, videoFileToken=token)
    assert (await opened.save(tmp_path / "c.mp4")).read_bytes() == saved.read_bytes()
    with pytest.raises(errors.NotPermitted):
        await anonymous.downloads.private_web_video(private).save(tmp_path / "d.mp4")
    for playlist in (walk.pt.downloads.hls("none.m3u8"), walk.pt.downloads.private_hls("none.m3u8")):
        with pytest.raises((errors.NotFound, errors.NotPermitted)):
            await playlist.save(tmp_path / "e.m3u8")
    assert walk.differences == {}


async def test_a_film_comes_in_chunks(walk: Walk, mine: Mine, film: bytes) -> None:
    start: dict[str, Any] = {
        "filename": "walk.mp4",
        "content_type": "video/mp4",
        "channelId": mine.channel_id,
        "name": "A walk",
    }
    other = await walk.do("uploads.start", **start, size=len(film) + 1)
    await walk.do("uploads.cancel", other["upload_id"])
    upload = (await walk.do("uploads.start", **start, size=len(film)))["upload_id"]
    half = len(film) // 2
    assert (await walk.do("uploads.chunk", upload, film[:half], 0, len(film)))["offset"] == half
    assert (await walk.do("uploads.status", upload, len(film)))["offset"] == half
    made = await walk.do("uploads.chunk", upload, film[half:], half, len(film))
    await walk.do("videos.delete", made["video"]["uuid"])
    assert walk.differences == {}


@pytest.fixture
async def replaceable(walk: Walk) -> AsyncIterator[None]:
    """Let users replace files for a while, where the administrator has not; an emulator has no such switch."""
    custom = walk.pt.config.custom
    if (await walk.pt.config.get())["videoFile"]["update"]["enabled"]:
        yield
        return
    before = await custom.get()
    await custom.update({**before, "videoFile": {"update": {"enabled": True}}})
    try:
        yield
    finally:
        await in_the_end(custom.update(before))


async def test_nobody_replaces_a_file_where_it_is_not_allowed(walk: Walk, mine: Mine, film: bytes) -> None:
    replacements = walk.pt.videos.source.replacements(mine.video)
    if (await walk.pt.config.get())["videoFile"]["update"]["enabled"]:
        return
    with pytest.raises(errors.NotPermitted, match="not allowed on this instance"):
        await replacements.start(filename="again.mp4", content_type="video/mp4", size=len(film))
    with pytest.raises(errors.NotPermitted):
        await replacements.chunk("none", film, 0, len(film))


@pytest.mark.usefixtures("replaceable")
async def test_a_file_is_replaced(walk: Walk, mine: Mine, film: bytes) -> None:
    replacements = walk.pt.videos.source.replacements(mine.video)
    about: dict[str, Any] = {"filename": "again.mp4", "content_type": "video/mp4"}
    longer, half = film + bytes(50), len(film) // 2
    other = await replacements.start(**about, size=len(film) + 1)
    await replacements.cancel(other["upload_id"])
    with pytest.raises(errors.NotFound):
        await replacements.chunk(other["upload_id"], film, 0, len(film))
    with pytest.raises(errors.NotPermitted):
        await replacements.chunk("none", film, 0, len(film))
    with pytest.raises(errors.ApiError, match="not supported"):
        await replacements.start(**{**about, "content_type": "text/plain"}, size=len(film))
    started = await replacements.start(**about, size=len(longer))
    assert (await replacements.chunk(started["upload_id"], longer[:half], 0, len(longer)))["offset"] == half
    assert (await replacements.status(started["upload_id"], len(longer)))["offset"] == half
    done = await replacements.chunk(started["upload_id"], longer[half:], half, len(longer))
    assert done == {"offset": None, "replaced": True}
    assert (await walk.do("videos.source.get", mine.video))["inputFilename"] == "again.mp4"
    video = await walk.do("videos.get", mine.video)
    assert (video["files"][0]["size"], video["inputFileUpdatedAt"] is None) == (len(longer), False)
    bad = b"no film at all"
    started = await replacements.start(**about, size=len(bad))
    with pytest.raises(errors.ApiError, match="unreadable"):
        await replacements.chunk(started["upload_id"], bad, 0, len(bad))
    assert walk.differences == {}


@only_real
async def test_what_these_servers_have_switched_off(walk: Walk, mine: Mine) -> None:
    live: dict[str, Any] = {"channelId": mine.channel_id, "name": "A walk, live"}
    await walk.refused("videos.live.create", REFUSED, **live)
    for name in ("videos.live.get", "videos.live.sessions", "videos.live.session"):
        await walk.refused(name, REFUSED, mine.video)
    await walk.refused("videos.live.update", REFUSED, mine.video, saveReplay=False)
    await walk.refused("videos.studio.edit", REFUSED, mine.video, tasks=[{"name": "cut", "options": {"end": 1}}])
    for name in ("delete_hls", "delete_web_videos"):
        await walk.refused(f"videos.files.{name}", REFUSED, mine.video)
    await walk.refused("videos.files.transcode", REFUSED, mine.video, transcodingType="hls")
    await walk.refused("videos.source.delete_file", REFUSED, NOBODY)
    for name in ("delete", "cancel"):
        await walk.refused(f"imports.{name}", REFUSED, NOBODY)
    await walk.refused("imports.retry", (*REFUSED, errors.NotInThisVersion), NOBODY)
    url = "https://videos.example/c/films"
    await walk.refused("imports.create", REFUSED, targetUrl=f"{url}/1.mp4", channelId=mine.channel_id)
    await walk.refused("channels.import_videos", REFUSED, mine.channel, externalChannelUrl=url)
    await walk.refused("channel_syncs.create", REFUSED, externalChannelUrl=url, videoChannelId=mine.channel_id)
    for name in ("delete", "sync"):
        await walk.refused(f"channel_syncs.{name}", REFUSED, NOBODY)
    assert walk.differences == {}
