"""A copy has all that both servers know, once; what cannot come along is said."""

import dataclasses
import hashlib
from typing import Any

import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator.model.constants import TRANSCODING_FAILED
from aiopeertube.emulator.model.content import content
from aiopeertube.emulator.model.entities import Video
from aiopeertube.emulator.routes.files import original_of
from aiopeertube.emulator.wire.video_files import SourceFile
from aiopeertube.migrate import JobOptions, Scope
from aiopeertube.migrate.metadata import fields

from .conftest import SIZE, USER, Two

pytestmark = pytest.mark.anyio

BOTH = [("6.3", "8.2"), ("8.2", "6.3"), ("6.3", "6.3"), ("8.2", "8.2")]
PICTURE = b"\x89PNG a picture"
CAPTIONS = b"WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nGoedemorgen\n"
# What the target sets by itself, or was told otherwise.
_OWN = ("channel", "originallyPublishedAt")


async def values(pt: PeerTube, ref: str) -> dict[str, Any]:
    video = await pt.videos.get(ref)
    return {name: value for name, value in fields.current(video, fields.OPEN_FIELDS).items() if name not in _OWN}


async def test_all_is_there_once(two: Two) -> None:
    done = await two.copy()
    assert done.run.counts == {"changed": 6, "unchanged": 1}
    assert (await two.verify()).ok
    copies = two.copies()
    async with two.clients() as (one, other):
        for video in two.source.store.videos.values():
            copy = copies[video.name]
            assert await values(one, video.uuid) == await values(other, copy.uuid) | _unknown(video)
            assert copy.source is not None
            assert copy.source.sha256 == _sha(video.uuid, SIZE)


def _unknown(video: Video) -> dict[str, Any]:
    return {"nsfwFlags": None, "nsfwSummary": None}


def _sha(name: str, size: int) -> str:
    return hashlib.sha256(b"".join(content(name, 0, size))).hexdigest()


@pytest.mark.parametrize("versions", BOTH)
async def test_what_belongs_to_a_video_comes_along(two: Two) -> None:
    video = two.source.store.videos[1]
    video.originally_published_at = 1.0e9
    two.source.store.videos[2].description = "0:00 begin\n0:05 more"  # of which servers make chapters by themselves
    async with two.clients() as (one, _):
        await one.captions.put(video.uuid, "nl", CAPTIONS)
        await one.captions.put(video.uuid, "fr", CAPTIONS.replace(b"Goede", b"Bon "))
        await one.videos.chapters.update(
            video.uuid, chapters=[{"timecode": 0, "title": "a"}, {"timecode": 9, "title": "b"}]
        )
        await one.videos.update(video.uuid, previewfile=PICTURE, privacy=5, videoPasswords=["open sesame"])
    await two.copy()
    assert (await two.verify()).ok
    copy = two.copies()[video.name]
    store = two.target.store
    assert {language: one.content for language, one in store.captions[copy.id].items()}["nl"] == CAPTIONS
    assert set(store.captions[copy.id]) == {"nl", "fr"}
    assert copy.passwords == ("open sesame",)
    assert copy.originally_published_at == 1.0e9
    assert copy.preview is not None
    assert store.pictures[copy.preview] == PICTURE
    async with two.clients() as (_, other):
        found = await other.videos.chapters.get(copy.uuid)
        assert [chapter["title"] for chapter in found["chapters"]] == ["a", "b"]


async def test_files_are_compared_by_what_is_in_them(two: Two) -> None:
    await two.copy()
    copy = two.copies()[two.source.store.videos[1].name]
    assert (await two.verify(files=True)).ok
    assert copy.source is not None
    assert copy.source.kept is not None
    changed = b"".join(copy.source.kept(0, SIZE - 1)) + b"!"
    copy.source = dataclasses.replace(copy.source, kept=lambda start, stop: iter([changed[start:stop]]))
    assert (await two.verify()).ok  # its size and name are the same
    verified = await two.verify(files=True)
    assert (verified.differ, verified.differences[0].name) == (1, copy.name)
    assert "its file is another one" in verified.differences[0].why
    copy.source = dataclasses.replace(copy.source, kept=None, size=1)
    assert "its file cannot be read" in (await two.verify(files=True)).differences[0].why
    copy.source, copy.size = None, 1  # only what was made of it is there
    async with two.clients() as (_, other):
        await migrate.verify(other, two.folder / "copy.journal", files=True, watcher=two.told)
    assert "1 file not compared" in two.told.lines[-1]


async def test_no_password_is_in_the_journal(two: Two) -> None:
    video = two.source.store.videos[1]
    async with two.clients() as (one, _):
        await one.videos.update(video.uuid, privacy=5, videoPasswords=["open sesame"])
    await two.copy()
    assert b"sesame" not in (two.folder / "copy.journal").read_bytes()


async def test_the_original_is_taken_where_the_target_takes_such_ones(two: Two) -> None:
    mkv, mp4, *_ = two.source.store.videos.values()
    mkv.source = SourceFile("one.mkv", SIZE + 1, "", 0.0)
    mp4.source = SourceFile("two.mp4", SIZE + 2, "", 0.0)
    await two.copy()
    copies = two.copies()
    assert copies[mkv.name].source == _source("one.mp4", SIZE, mkv.uuid, copies[mkv.name])
    assert copies[mp4.name].source == _source("two.mp4", SIZE + 2, original_of(mp4.uuid), copies[mp4.name])


def _source(name: str, size: int, of: str, copy: Video) -> SourceFile:
    assert copy.source is not None
    return SourceFile(name, size, _sha(of, size), copy.source.created_at)


async def test_channels_come_with_their_texts_and_pictures(two: Two) -> None:
    async with two.clients() as (one, _):
        await one.channels.create(name="films", displayName="Films", description="all of them", support="please")
        await one.channels.avatar.pick("films", PICTURE)
        await one.channels.banner.pick("films", PICTURE + b" wide")
        await one.channels.update("nisv_channel", description="ours")
        films: Any = await one.channels.get("films")
        await one.videos.update(two.source.store.videos[1].uuid, channelId=films["id"])
    await two.copy()
    assert (await two.verify()).ok
    made = two.target.store.channels["films"]
    assert (made.display_name, made.description, made.support) == ("Films", "all of them", "please")
    assert set(made.pictures) == {"avatar", "banner"}
    assert PICTURE + b" wide" in two.target.store.pictures.values()
    assert two.target.store.channels["nisv_channel"].description == "ours"  # which had none


async def test_a_channel_that_is_there_gets_only_what_it_lacks(two: Two) -> None:
    async with two.clients() as (one, other):
        await one.channels.update("nisv_channel", description="theirs", support="support")
        await other.channels.update("nisv_channel", description="ours", displayName="Ours")
    await two.copy()
    found = two.target.store.channels["nisv_channel"]
    assert (found.display_name, found.description, found.support) == ("Ours", "ours", "support")


async def test_playlists_keep_their_order_and_times(two: Two) -> None:
    uuids = [video.uuid for video in two.source.store.videos.values()]
    async with two.clients() as (one, _):
        made = await one.playlists.create(displayName="best", privacy=3, description="of all")
        playlist = made["videoPlaylist"]["uuid"]
        for number in (4, 0, 2, 4):
            await one.playlists.elements.create(playlist, videoId=uuids[number], startTimestamp=number)
    await two.copy()
    assert (await two.verify()).ok
    copies = two.copies()
    named = {copies[video.name].uuid: video.uuid for video in two.source.store.videos.values()}
    async with two.clients() as (_, other):
        (found,) = [row async for row in other.accounts.playlists(USER, playlistType=1)]
        rows: list[Any] = [row async for row in other.playlists.elements.list(found["uuid"])]
    assert (found["displayName"], found["description"]) == ("best", "of all")
    assert [(named[row["video"]["uuid"]], row["startTimestamp"]) for row in rows] == [
        (uuids[number], number) for number in (4, 0, 2, 4)
    ]


@pytest.mark.parametrize("versions", [("8.2", "6.3")])
async def test_what_the_target_does_not_know_is_left_out_and_said(two: Two) -> None:
    video = two.source.store.videos[1]
    video.licence, video.nsfw, video.nsfw_summary = 8, True, "blood"
    done = await two.copy()
    copy = two.copies()[video.name]
    assert (copy.licence, copy.nsfw) == (None, True)
    said = "\n".join(done.plan.left_behind())
    assert "licence" in said
    assert "nsfwSummary" in said
    assert (await two.verify()).ok


async def test_what_cannot_be_copied_is_said_before(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    live, draft, *_ = two.source.store.videos.values()
    live.is_live, draft.state = True, 2
    with monkeypatch.context() as patched:
        patched.delattr("aiopeertube.migrate.copying.verb._Steps.run")
        with pytest.raises(AttributeError):
            await two.copy(journal="before")
    assert f"not copied: {live.name}: a live stream has no file" in two.told.lines
    two.told.lines.clear()
    done = await two.copy()
    assert len([line for line in two.told.lines if line.startswith("not copied")]) == 2  # not once more at the end
    assert done.run.counts == {"changed": 4, "failed": 2, "unchanged": 1}
    assert {left.name for left in done.plan.cannot} == {live.name, draft.name}
    assert any("views" in line for line in two.told.lines)


async def test_a_channel_alone(two: Two) -> None:
    async with two.clients() as (one, _):
        await one.channels.create(name="films", displayName="Films")
        films: Any = await one.channels.get("films")
        await one.videos.update(two.source.store.videos[3].uuid, channelId=films["id"])
    await two.copy(scope=Scope(channel="films"), channel_names={"films": "movies"})
    assert set(two.copies()) == {two.source.store.videos[3].name}
    assert two.copies()[two.source.store.videos[3].name].channel.name == "movies"


async def test_a_channel_comes_with_its_playlists_that_not_everybody_sees(two: Two) -> None:
    async with two.clients() as (one, _):
        made = await one.channels.create(name="films", displayName="Films")
        names = {"films": made["videoChannel"]["id"], "others": two.source.store.channels["nisv_channel"].id}
        for name, channel in names.items():
            await one.playlists.create(displayName=name, privacy=2, videoChannelId=channel)
        await one.playlists.create(displayName="of no channel")
    await two.copy(scope=Scope(channel="films"))
    async with two.clients() as (_, other):
        rows = [row["displayName"] async for row in other.accounts.playlists(USER, playlistType=1)]
    assert rows == ["films"]


async def test_a_table_of_videos(two: Two) -> None:
    table = two.folder / "some.csv"
    some = [two.source.store.videos[number] for number in (2, 5)]
    table.write_text(f"uuid,id\n{some[0].uuid},\n,{some[1].id}\n")
    await two.copy(videos=table)
    assert set(two.copies()) == {video.name for video in some}


async def test_a_dry_run_sends_nothing(two: Two) -> None:
    done = await two.copy(job=JobOptions(dry_run=True))
    assert done.plan.todo["video"] == 6
    assert done.plan.size == 6 * SIZE
    assert not two.target.store.videos


async def test_a_copy_whose_file_could_not_be_made_anything_of_differs(two: Two) -> None:
    await two.copy()
    first = next(iter(two.target.store.videos.values()))
    first.state = TRANSCODING_FAILED
    verified = await two.verify()
    assert verified.differ == 1


@pytest.mark.parametrize("options", [{"videos": 1, "originals": False}])
@pytest.mark.parametrize("size", [1000, 3_000_001])
async def test_what_was_uploaded_is_what_the_target_gives_back(two: Two, size: int) -> None:
    for video in two.source.store.videos.values():
        video.size = size
    await two.copy()
    assert (await two.verify(files=True, watcher=two.told)).ok
    assert not any("not compared" in line for line in two.told.lines)
    (made,) = two.target.store.videos.values()
    made.source = None  # another file is there then
    assert (await two.verify(files=True)).differ == 1
