"""Reads what is to come along: videos in full and what is known of their files, their channels, and playlists."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final

from aiopeertube.errors import ApiError, NotFound
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Batch, Journal
from aiopeertube.migrate.kinds.copying.ends import Origin
from aiopeertube.migrate.kinds.copying.fitting import Target
from aiopeertube.migrate.kinds.copying.wishes import (
    CHANNEL,
    NAMED,
    OF,
    PLAYLIST,
    VIDEO,
    channel_item,
    playlist_item,
    video_item,
)
from aiopeertube.migrate.kinds.filling import VIDEO as VIDEO_OF
from aiopeertube.migrate.kinds.filling import places_of
from aiopeertube.migrate.metadata import answers, fields
from aiopeertube.migrate.metadata.field_reads import PASSWORDS
from aiopeertube.migrate.scope import listing
from aiopeertube.migrate.steps.compare import is_about_one_video, reason
from aiopeertube.migrate.watching import Watcher
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

_AT_ONCE: Final = 20  # items in one write: what was read is lost with a kill until then
_REGULAR: Final = 1  # not the list of videos to watch later
_NEEDS: Final = tuple(name for name in fields.FIELDS if name != PASSWORDS)


@dataclass(slots=True)
class Survey:
    """Puts all that is to be copied into the journal of the copy; `new` is how much of it was not known before.

    `refs` are the videos that a table names; None: those of the origin's scope. `with_playlists` takes these, too.
    """

    origin: Origin
    target: Target
    journal: Journal
    watcher: Watcher
    refs: Sequence[str] | None = None
    with_playlists: bool = True
    new: int = 0
    _channels: dict[str, None] = field(default_factory=dict)  # their names, in order
    _read: dict[str, str] = field(default_factory=dict)  # UUIDs of videos that an earlier run read, by their names

    async def run(self) -> None:
        """Read it; what an earlier run has read is not read again."""
        await self._remember()
        await self.journal.begin_pass()
        async with Batch(self.journal.add, most=_AT_ONCE) as batch:
            await self._videos(batch)
            for name in await self._channels_without_videos():
                await self._channel(name, batch)
            if self.with_playlists and self.refs is None:
                await self._playlists(batch)
        await self.journal.end_pass(edits=False, again=("conflict",))

    async def _remember(self) -> None:
        """Learn what an earlier run of this job has called the videos that it read."""
        async for item in self.journal.items():
            if item.ref.startswith(VIDEO) and NAMED in item.note:
                self._read[item.note[NAMED]] = item.ref.removeprefix(VIDEO)

    # -- videos ----------------------------------------------------------------------------------

    async def _videos(self, batch: Batch) -> None:
        reader = _Reader(self.origin)
        async with (
            aclosing(self._unread()) as refs,
            self.origin.pt.bulk(
                (reader.call(ref) async for ref in refs), sender=reader, handle_sigint=False
            ) as outcomes,
        ):
            async for outcome in outcomes:
                self.watcher.advance()
                error = outcome.error
                if error is not None and not is_about_one_video(error):
                    raise error
                if error is not None:
                    ref: str = outcome.call.tag
                    item = Item(f"{VIDEO}{ref}", {}, row={"uuid": ref}).settle("failed", reason(error))
                elif outcome.result is not None:
                    video, source = outcome.result
                    item = video_item(self.origin, self.target, video, source)
                    item.note[NAMED] = outcome.call.tag
                    self._channels[video["channel"]["name"]] = None
                else:
                    continue
                self.new += 1
                await batch.put(item)

    async def _unread(self) -> AsyncGenerator[str, None]:
        """Give the videos that no earlier run of this job has read."""
        async for refs in self._pages():
            wanted = {ref: f"{VIDEO}{self._read.get(ref, ref)}" for ref in refs}
            known = await self.journal.still_wanted(list(wanted.values()))
            self.watcher.advance(len(known))
            for ref, name in wanted.items():
                if name not in known:
                    yield ref

    async def _pages(self) -> AsyncIterator[list[str]]:
        if self.refs is not None:
            for start in range(0, len(self.refs), 100):
                yield list(self.refs[start : start + 100])
            return
        origin = self.origin
        who = None if origin.who is None else origin.who.within(origin.scope)
        async for page in listing(origin.pt, who, origin.scope).pages():
            yield [row["uuid"] for row in page if origin.scope.has(row) and row.get("isLocal", True)]

    # -- channels --------------------------------------------------------------------------------

    async def _channels_without_videos(self) -> list[str]:
        """Name the channels, those of no video among them where all of an account is copied."""
        if self.refs is None and self.origin.account and not self.origin.scope.channel:
            async for channel in self.origin.pt.accounts.channels(self.origin.account):
                self._channels[channel["name"]] = None
        elif self.refs is None and self.origin.scope.channel:
            self._channels[self.origin.scope.channel] = None
        if self._read:
            async for item in self.journal.items():
                if OF in item.note:
                    self._channels[item.note[OF]] = None
        return list(self._channels)

    async def _channel(self, name: str, batch: Batch) -> None:
        if await self.journal.still_wanted([f"{CHANNEL}{name}"]):
            return
        found: Any = await self.origin.pt.channels.get(name)  # what is told with a video has no banner
        self.new += 1
        await batch.put(channel_item(self.origin, self.target, found))

    # -- playlists -------------------------------------------------------------------------------

    async def _playlists(self, batch: Batch) -> None:
        pt = self.origin.pt
        row: Mapping[str, Any]
        async for row in self._lists():
            if row["type"]["id"] != _REGULAR or not row.get("isLocal", True) or not self._is_of_scope(row):
                continue
            if await self.journal.still_wanted([f"{PLAYLIST}{row['uuid']}"]):
                continue
            places = [place.value for place in await places_of(pt, row["uuid"])]
            self.new += 1
            places = [place for place in places if VIDEO_OF in place]
            await batch.put(playlist_item(self.origin, self.target, row, places))

    def _lists(self) -> AsyncIterator[Mapping[str, Any]]:
        """List playlists; a channel's list has the public ones alone, the account's all for its owner."""
        origin, channel = self.origin, self.origin.scope.channel
        if channel and not origin.is_own:
            return aiter(origin.pt.channels.playlists(channel))
        return aiter(origin.pt.accounts.playlists(origin.account))

    def _is_of_scope(self, playlist: Mapping[str, Any]) -> bool:
        channel = self.origin.scope.channel
        return not channel or (playlist.get("videoChannel") or {}).get("name") == channel.partition("@")[0]


class _Reader:
    """Asks for a video in full, and for what is known of the file that was uploaded for it."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin

    def call(self, ref: str) -> Call[Any]:
        return answers.video(self._origin.pt, ref, _NEEDS).tagged(ref)

    def prepare(self, call: Call[Any]) -> Request:
        return self._origin.pt.prepare(call)

    async def send(self, request: Request) -> Any:
        video = await self._origin.pt.send(request)
        return video, await self._source(video)

    async def _source(self, video: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Ask what was uploaded; only the owner and staff are told, and not of all videos."""
        who = self._origin.who
        if who is None or not who.may_edit(video):
            return None
        try:
            found: Mapping[str, Any] = await self._origin.pt.videos.source.get(video["uuid"])
        except NotFound:
            return None
        except ApiError as exc:
            if exc.status in {401, 403}:
                return None
            raise
        return found
