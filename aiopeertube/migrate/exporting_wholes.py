"""Write chapters, playlists and channels as they are into tables that can be edited and given back."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import NotFound, PeerTubeError

from .exporting import listed_as
from .kinds.channel_sight import TEXTS
from .kinds.chapters import chapters_in
from .kinds.filling import TIMES, VIDEO
from .metadata.shapes import taken
from .metadata.values import text_cell
from .outputs import unwritten
from .scope import Scope, Who, has_total, listing
from .steps.compare import is_about_one_video, reason
from .tables import open_sink
from .tables.opening import format_of
from .watching import UNWATCHED, Watcher

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

CHAPTERS: Final = ("uuid", "name", "timecode", "title")
PLAYLISTS: Final = ("playlist", "description", "privacy", "channel", "uuid", "name", *TIMES)
CHANNELS: Final = ("name", *TEXTS)
_REGULAR: Final = 1
_AT_ONCE: Final = 50  # videos whose chapters are asked for together

Cells = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Output:
    """Where a table goes, and how: `path` "-" is stdout, the rest as for `export`."""

    path: str | Path
    format: str | None = None
    delimiter: str | None = None
    bom: bool = False
    overwrite: bool = False


async def write(output: Output, columns: tuple[str, ...], rows: AsyncIterator[Cells]) -> int:
    """Write rows into a table; return how many.

    Raises:
        ConfigurationError: there is no such format, or a file of that name. FileUnwritable: there is no room.
    """
    count, as_json = 0, format_of(str(output.path), output.format) == "jsonl"
    try:
        with open_sink(
            str(output.path),
            columns,
            format=output.format,
            delimiter=output.delimiter,
            overwrite=output.overwrite,
            bom=output.bom,
        ) as sink:
            async for row in rows:
                sink.write({column: row.get(column) if as_json else _text(row.get(column)) for column in columns})
                count += 1
    except BrokenPipeError:
        raise
    except OSError as exc:
        raise unwritten(output.path, exc) from exc
    return count


def _text(value: Any) -> str:
    return text_cell(value) if isinstance(value, str) else "" if value is None else str(value)


@dataclass(slots=True)
class ChaptersOut:
    """The chapters of the videos of a scope; `vanished` and `failed` count videos that could not be read."""

    pt: "PeerTube"
    who: Who | None
    scope: Scope
    watcher: Watcher = UNWATCHED
    vanished: int = 0
    failed: int = 0

    async def rows(self) -> AsyncIterator[Cells]:
        """Give a row a chapter, in the order of the videos' list."""
        who = listed_as(self.who, self.scope)
        if self.watcher.wants_totals and has_total(who, self.scope):
            self.watcher.expect(await listing(self.pt, who, self.scope).total())
        async for page in listing(self.pt, who, self.scope).pages():
            videos = [row for row in page if who is None or self.scope.has(row)]
            for start in range(0, len(videos), _AT_ONCE):
                some = videos[start : start + _AT_ONCE]
                lists = await asyncio.gather(*map(self._chapters, some))
                for video, chapters in zip(some, lists, strict=True):
                    self.watcher.advance()
                    for chapter in chapters:
                        yield {"uuid": video["uuid"], "name": video.get("name"), **chapter}

    async def _chapters(self, video: Mapping[str, Any]) -> list[dict[str, Any]]:
        try:
            return chapters_in(await self.pt.videos.chapters.get(video["uuid"]))
        except NotFound:
            self.vanished += 1
        except PeerTubeError as exc:
            if not is_about_one_video(exc):
                raise
            self.failed += 1
            self.watcher.say(f"not exported: {video['uuid']}: {reason(exc)}")
        return []


async def playlist_rows(pt: "PeerTube", who: Who, watcher: Watcher = UNWATCHED) -> AsyncIterator[Cells]:
    """Give a row a video of the user's playlists, in order; a row for one that has none."""
    found = [row async for row in pt.accounts.playlists(who.account, sort="createdAt", playlistType=_REGULAR)]
    watcher.expect(len(found))
    names = [playlist["displayName"] for playlist in found]
    for playlist in found:
        name, uuid, channel = playlist["displayName"], playlist["uuid"], playlist.get("videoChannel")
        about = {
            "playlist": name if names.count(name) == 1 and name == name.strip() else uuid,
            "description": playlist.get("description"),
            "privacy": taken(playlist, "privacy", "label", kind=str, what="a playlist"),
            "channel": None if channel is None else channel["name"],
        }
        rows = 0
        async with aclosing(_videos_of(pt, uuid, watcher)) as videos:
            async for video in videos:
                rows += 1
                yield {**about, **video}
        if not rows:
            yield about
        watcher.advance()


async def _videos_of(pt: "PeerTube", playlist: str, watcher: Watcher) -> AsyncGenerator[Cells, None]:
    async for place in pt.playlists.elements.list(playlist):
        video = place.get(VIDEO)
        if video is None:
            watcher.say(f"playlist {playlist}: a video at position {place['position']} cannot be seen any more")
            continue
        times = {name: place.get(name) for name in TIMES}
        yield {"uuid": video["uuid"], "name": video["name"], **times}


async def channel_rows(pt: "PeerTube", who: Who, watcher: Watcher = UNWATCHED) -> AsyncIterator[Cells]:
    """Give a row a channel of the user; a list cuts no text of these."""
    async for channel in pt.accounts.channels(who.account, sort="createdAt"):
        yield {"name": channel["name"], **{name: channel.get(name) for name in TEXTS}}
        watcher.advance()
