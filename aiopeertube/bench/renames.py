"""Edits to measure with: titles of videos that were named for it, which are put back."""

import asyncio
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from aiopeertube.errors import PeerTubeError

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

SUFFIX: Final = " (measured)"
_LONGEST: Final = 120  # characters of a title
_TRIES: Final = 5


class Edits:
    """Renames videos in turn, each by one request at a time, and puts their titles back when the block ends.

    `pt` looks and puts back; edits are sent by `hot`, which tries once. `left` are the videos whose titles could not
    be put back, with what they were called.
    """

    def __init__(self, pt: "PeerTube", hot: "PeerTube", videos: Sequence[str]) -> None:
        self._pt = pt
        self._hot = hot
        self._videos = tuple(dict.fromkeys(videos))
        self._names: dict[str, str] = {}
        self._free: deque[str] = deque()
        self._renamed: set[str] = set()
        self.left: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        for video in self._videos:
            found = await self._pt.videos.get(video)
            self._names[found["uuid"]] = found["name"]
        self._free.extend(self._names)
        return self

    def __len__(self) -> int:
        return len(self._names)

    async def send(self) -> None:
        """Rename the next video that is free, or give it its title again."""
        video = self._free.popleft()
        try:
            name = self._names[video]
            if video not in self._renamed:
                name = name[: _LONGEST - len(SUFFIX)] + SUFFIX
            await self._hot.videos.update(video, name=name)
            self._renamed ^= {video}
        finally:
            self._free.append(video)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.shield(self._put_back())

    async def _put_back(self) -> None:
        """Give all videos their titles, also those of which nobody knows what the last edit did."""
        for video, name in self._names.items():
            for attempt in range(_TRIES):
                try:
                    await self._pt.videos.update(video, name=name)
                    break
                except PeerTubeError:
                    if attempt == _TRIES - 1:
                        self.left[video] = name
