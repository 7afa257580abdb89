"""Edits to measure with: titles of videos that were named for it, which are put back."""

import asyncio
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from aiopeertube.errors import NotFound, PeerTubeError

from .titles import Titles, is_measured, measured_title

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_TRIES: Final = 5


class Edits:
    """Renames videos in turn, each by one request at a time, and puts their titles back when the block ends.

    `pt` looks and puts back; edits are sent by `hot`, which tries once. What the videos were called is on the disk
    before the first edit, and until they are called so again: where a run was killed, the next one of the same
    instance puts back what that one left. `left` are the videos whose titles could not be put back, with what they
    were called; `others` those that somebody else renamed meanwhile, with what they are called now.
    """

    def __init__(self, pt: "PeerTube", hot: "PeerTube", videos: Sequence[str]) -> None:
        self._pt = pt
        self._hot = hot
        self._videos = tuple(dict.fromkeys(videos))
        self._titles = Titles(pt.origin)
        self._names: dict[str, str] = {}
        self._free: deque[str] = deque()
        self._renamed: set[str] = set()
        self._under_way: set[asyncio.Task[None]] = set()
        self.left: dict[str, str] = {}
        self.others: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        self._titles.__enter__()
        try:
            await self._put_back(self._titles.left())
            found = [await self._pt.videos.get(video) for video in self._videos]
            names = {video["uuid"]: video["name"] for video in found} | self.left
            self._titles.keep(names)
        except BaseException:
            self._titles.__exit__(None, None, None)
            raise
        self._names = {video: name for video, name in names.items() if video not in self.left}
        self._free.extend(self._names)
        return self

    def __len__(self) -> int:
        return len(self._names)

    async def send(self) -> None:
        """Rename the next video that is free, or give it its title again.

        An edit that was sent comes to its end also when the sender is cancelled: else it could be carried out after
        the title was put back.
        """
        video = self._free.popleft()
        edit = asyncio.ensure_future(self._renamed_once(video))
        self._under_way.add(edit)
        edit.add_done_callback(self._done)
        await asyncio.shield(edit)

    def _done(self, edit: "asyncio.Task[None]") -> None:
        self._under_way.discard(edit)
        if not edit.cancelled():
            edit.exception()  # nobody may be there any more to take it

    async def _renamed_once(self, video: str) -> None:
        try:
            name = self._names[video]
            await self._hot.videos.update(video, name=name if video in self._renamed else measured_title(name))
            self._renamed ^= {video}
        finally:
            self._free.append(video)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.shield(self._end())

    async def _end(self) -> None:
        try:
            while self._under_way:
                await asyncio.wait(self._under_way)
            await self._put_back(self._names)
            self._titles.keep(self.left)
        finally:
            self._titles.__exit__(None, None, None)

    async def _put_back(self, names: dict[str, str]) -> None:
        """Give videos their titles; look once more at the end, for an edit that nobody answered may come late."""
        for _ in range(2):
            for video, name in names.items():
                await self._called_again(video, name)

    async def _called_again(self, video: str, name: str) -> None:
        self.left[video] = name
        for _ in range(_TRIES):
            try:
                now = (await self._pt.videos.get(video))["name"]
                if is_measured(now, name):
                    await self._pt.videos.update(video, name=name)
                elif now != name:
                    self.others[video] = now
            except NotFound:
                self.others[video] = ""
            except PeerTubeError:
                continue
            del self.left[video]
            return
