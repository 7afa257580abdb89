"""Ten odd videos there and back: every field of each is changed by a table, and comes back as it was.

Live, the administrator makes a channel for them and takes it away again. What does not come back is known: when
videos were published, where that moved with their privacy.
"""

import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from edited_tables import Row, read_rows, write_rows
from walk import in_the_end

from aiopeertube import PeerTube, migrate
from aiopeertube.migrate.metadata.answers import passwords_of
from aiopeertube.migrate.metadata.fields import FIELDS

from .conftest import Server

pytestmark = pytest.mark.anyio

FAR = "9999-12-31T23:59:59-08:00"
LATER = "2031-01-02T03:04:05.678Z"
# What makes them odd; all else is as it is on a new video.
ODD: list[dict[str, Any]] = [
    {"name": "=1+1", "description": "   ", "support": "a\r\nb\rc\n", "tags": ["=1+1", "-5", "x, y", "p; q", "[z]"]},
    {"name": "<clear>", "description": "\\<clear>", "privacy": 5, "videoPasswords": ["<clear>", "[one]", " two "]},
    {"name": "null", "privacy": 3, "language": "nl-NL", "scheduleUpdate": {"updateAt": LATER, "privacy": 4}},
    {"name": "#NAME? 1.23E+15", "privacy": 2, "originallyPublishedAt": FAR, "scheduleUpdate": {"updateAt": LATER}},
    {"name": "31.5.1939", "privacy": 4, "originallyPublishedAt": "0999-01-01T00:00:00.123Z", "commentsPolicy": 3},
    {"name": "'t Hooge \u0085", "description": "L" * 10_000, "support": "S" * 1_000, "downloadEnabled": False},
    {"name": "Ends...", "description": "Ends in dots...", "category": 17, "licence": 7, "waitTranscoding": True},
    {"name": "\U0001f3ac עברית", "nsfw": True, "description": "\U0001f600" * 900, "tags": ["\U0001f3b5x", "ab"]},
    {"name": "007", "privacy": 5, "videoPasswords": ["secret"], "nsfw": True, "tags": ["<clear>", "#NAME?"]},
    {"name": "N" * 120, "description": "_x000D_ \ufeff \u2028 \t|", "support": "   ", "language": "zxx"},
]  # fmt: skip
OF_8: dict[int, dict[str, Any]] = {7: {"nsfwFlags": 5, "nsfwSummary": "=blood"}, 8: {"nsfwSummary": "   "}}
TABLE = [name for name in FIELDS if name not in {"nsfwFlags", "nsfwSummary"}]


@pytest.fixture
async def pt(walked: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PeerTube]:
    """An administrator, in a place of its own for journals and tables."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    async with walked.client("administrator") as pt:
        yield pt


@dataclass(frozen=True)
class Trip:
    """Two channels, the first of them with the odd videos, in their order."""

    channels: Sequence[str]
    videos: Sequence[str]


@pytest.fixture
async def trip(pt: PeerTube, film: bytes) -> AsyncIterator[Trip]:
    names = [f"back_{os.urandom(4).hex()}" for _ in range(2)]
    videos = []
    try:
        numbers = [(await pt.channels.create(name=name, displayName=name))["videoChannel"]["id"] for name in names]
        more = OF_8 if await is_8(pt) else {}
        for number, odd in enumerate(ODD):
            made = (await pt.videos.upload(channelId=numbers[0], name="New", videofile=film))["video"]["uuid"]
            videos.append(made)
            await pt.videos.update(made, **odd | more.get(number, {}))
        yield Trip(names, videos)
    finally:
        await in_the_end(*(pt.videos.delete(uuid) for uuid in videos))
        await in_the_end(*(pt.channels.delete(name) for name in names))


async def is_8(pt: PeerTube) -> bool:
    return (await pt.config.get())["serverVersion"].startswith("8")


async def of(pt: PeerTube, channels: Sequence[str]) -> dict[str, Any]:
    """Get the videos of the channels in full, with their passwords, but for what moves by itself."""
    found: dict[str, Any] = {}
    for name in channels:
        rows = pt.channels.videos(name, include=1, privacyOneOf=[1, 2, 3, 4, 5], nsfw="both")
        for uuid in [row["uuid"] async for row in rows]:
            video: Any = await pt.videos.get(uuid)
            kept = {key: value for key, value in video.items() if key not in MOVING}
            secrets = (await passwords_of(pt, uuid)).values if video["privacy"]["id"] == 5 else ()
            found[uuid] = kept | {"tags": sorted(video["tags"]), "channel": name, "passwords": secrets}
    return found


MOVING = {
    "updatedAt", "publishedAt", "views", "viewers", "userHistory", "account", "files", "streamingPlaylists",
    "trackerUrls",
}  # fmt: skip


def changed(row: Row, number: int, other: str, *, typed: bool) -> Row:
    """Change every field of a row, and clear what can be cleared."""
    clear = None if typed else "<clear>"
    new: Row = {
        "name": f"Changed {number}",
        "description": clear if row["description"] else "Now there is one",
        "support": clear if row["support"] else "Now there is some",
        "tags": "changed; again" if number % 2 else clear,
        "category": clear if row["category"] else "3",
        "licence": "2",
        "language": "fr" if number % 2 else clear,
        "privacy": row["privacy"] if number in KEPT else "1" if str(row["privacy"]) != "1" else "3",
        "nsfw": "false" if str(row["nsfw"]).lower() == "true" else "true",
        "commentsPolicy": "2",
        "downloadEnabled": "false" if str(row["downloadEnabled"]).lower() == "true" else "true",
        "waitTranscoding": "false" if str(row["waitTranscoding"]).lower() == "true" else "true",
        "originallyPublishedAt": clear if row["originallyPublishedAt"] else "1950-06-07",
        "scheduleUpdate.updateAt": clear if row["scheduleUpdate.updateAt"] else "2032-01-01",
        "scheduleUpdate.privacy": clear if row["scheduleUpdate.updateAt"] else "2",
        "channel": other,
        "videoPasswords": row["videoPasswords"] if number in KEPT else "",
    }
    return {column: cell for column, cell in row.items() if not column.endswith(".label")} | new


KEPT = {1}  # stays protected: no rollback brings passwords back


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx"])
async def test_odd_videos_there_and_back(pt: PeerTube, trip: Trip, kind: str) -> None:
    channels = trip.channels
    before = await of(pt, channels)
    assert len(before) == len(ODD)
    table = [*TABLE, *(("nsfwFlags", "nsfwSummary") if await is_8(pt) else ())]
    await migrate.export(pt, f"x.{kind}", scope=migrate.Scope(channel=channels[0]), fields=table)
    rows = sorted(read_rows(f"x.{kind}"), key=lambda row: trip.videos.index(row["uuid"]))
    new = [changed(row, number, channels[1], typed=kind == "jsonl") for number, row in enumerate(rows)]
    there = write_rows(f"there.{kind}", [row for number, row in enumerate(new) if number != 8])
    run = await migrate.apply(pt, there)
    assert run.counts == {"changed": 9}
    verified = await migrate.verify(pt, run.journal)
    assert (verified.stand, verified.differ, verified.not_done) == (9, 0, 0)
    assert all(now != before[uuid] for uuid, now in (await of(pt, channels[1:])).items())
    assert (await migrate.rollback(pt, run.journal)).counts == {"changed": 9}
    assert await of(pt, channels) == before
    # And by the table itself, which brings passwords back as well.
    assert (await migrate.apply(pt, write_rows(f"again.{kind}", new))).counts == {"changed": 10}
    assert (await migrate.apply(pt, f"x.{kind}")).counts == {"changed": 10}
    assert await of(pt, channels) == before
