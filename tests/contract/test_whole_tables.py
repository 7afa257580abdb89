"""Chapters, playlists and channels from tables, verified, given again, and taken back, with odd texts.

Live, the user makes a channel, whose name is used up by that, and playlists; all are taken away again.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from edited_tables import write_rows
from walk import in_the_end

from aiopeertube import PeerTube, migrate

from .conftest import Server

pytestmark = pytest.mark.anyio

TITLES = ("=1+1", "<clear>", " spaced ", "a\r\nb", "'quoted", "'1.23E+15", "עברית \U0001f3ac")


@pytest.fixture
async def pt(walked: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PeerTube]:
    """A user, in a place of its own for journals and tables."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    async with walked.client() as pt:
        yield pt


@pytest.fixture
async def videos(pt: PeerTube) -> AsyncIterator[list[str]]:
    """Some videos of the user's, whose chapters are put back."""
    found = [row["uuid"] for row in await pt.me.videos(sort="createdAt").collect(limit=3)]
    before = [(await pt.videos.chapters.get(uuid))["chapters"] for uuid in found]
    yield found
    for uuid, chapters in zip(found, before, strict=True):
        await pt.videos.chapters.update(uuid, chapters=chapters)


async def stands(pt: PeerTube, run: migrate.Run, changed: int) -> None:
    assert run.counts == {"changed": changed}
    assert (await migrate.verify(pt, run.journal)).ok


async def test_chapters(walked: Server, pt: PeerTube, videos: list[str]) -> None:
    before = await pt.videos.chapters.get(videos[0])
    rows = [{"uuid": videos[0], "timecode": str(number), "title": title} for number, title in enumerate(TITLES)]
    write_rows("in.jsonl", rows)
    run = await migrate.chapters(pt, "in.jsonl")
    await stands(pt, run, 1)
    for kind in (
        ("csv", "jsonl", "xlsx") if walked.emulator else ("csv",)
    ):  # each video is a request, and there are many
        await migrate.export_chapters(pt, f"out.{kind}", scope=migrate.Scope(mine=True))
        assert set((await migrate.chapters(pt, f"out.{kind}")).counts) == {"unchanged"}
    assert (await migrate.rollback(pt, run.journal)).counts == {"changed": 1}
    assert await pt.videos.chapters.get(videos[0]) == before


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx"])
async def test_channels_and_playlists(pt: PeerTube, videos: list[str], kind: str) -> None:
    name = f"whole_{os.urandom(4).hex()}"
    write_rows(
        "c.jsonl", [{"name": name, "displayName": f" {name} ", "description": "a\r\nb\nc ", "support": "=1+1"}]
    )
    channels = await migrate.channels(pt, "c.jsonl")
    try:
        await stands(pt, channels, 1)
        about = {"playlist": f"={name}", "description": " a\nb\r\nc", "privacy": "Public", "channel": name}
        rows = [about | {"uuid": uuid} for uuid in (*videos[::-1], videos[1])]
        rows[0] |= {"startTimestamp": "0:01", "stopTimestamp": "0:02"}
        rows += [{"playlist": f"{name} empty"}]
        write_rows("p.jsonl", rows)
        run = await migrate.playlists(pt, "p.jsonl")
        await stands(pt, run, 2)
        for noun, export, apply in (
            ("channels", migrate.export_channels, migrate.channels),
            ("playlists", migrate.export_playlists, migrate.playlists),
        ):
            await export(pt, f"{noun}.{kind}")
            assert set((await apply(pt, f"{noun}.{kind}")).counts) == {"unchanged"}
        assert (await migrate.rollback(pt, channels.journal)).counts == {"failed": 1}  # it has a playlist
        assert (await migrate.rollback(pt, run.journal)).counts == {"changed": 2}
        assert (await migrate.rollback(pt, channels.journal)).counts == {"changed": 1}
        names = [row["name"] for row in (await pt.me.get())["videoChannels"]]
        assert name not in names
    finally:
        mine = await pt.accounts.playlists((await pt.me.get())["account"]["name"]).collect()
        await in_the_end(*(pt.playlists.delete(row["uuid"]) for row in mine if name in row["displayName"]))
        await in_the_end(pt.channels.delete(name))
