"""Items that are checked each by itself, many at once, and told in the journal's order."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import PeerTubeError
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.kinds import Kind
from aiopeertube.wire.call import Call

from .compare import is_about_one_video, reason
from .each import OF_ITS_OWN, Each

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_AHEAD: Final = 1000  # items that may wait for one before them


async def checked(pt: "PeerTube", kind: Kind, items: AsyncIterator[Item]) -> AsyncGenerator[tuple[Item, str], None]:
    """Give each item with what is wrong with what a job did to it; "" where it stands.

    Raises:
        PeerTubeError: one that is not about one video.
    """
    room = asyncio.Semaphore(_AHEAD)
    done: dict[int, tuple[Item, str]] = {}  # by place
    following = 0

    async def check(placed: tuple[int, Item]) -> str:
        return await _found(pt, kind, placed[1])

    calls = _calls(items, room)
    async with aclosing(calls), pt.bulk(calls, sender=Each(check), handle_sigint=False) as outcomes:
        async for outcome in outcomes:
            if outcome.error is not None:
                raise outcome.error
            place, item = outcome.call.tag
            done[place] = item, outcome.result or ""
            while following in done:
                yield done.pop(following)
                following += 1
                room.release()


async def _calls(items: AsyncIterator[Item], room: asyncio.Semaphore) -> AsyncGenerator[Call[Any], None]:
    place = 0
    async for item in items:
        await room.acquire()
        yield OF_ITS_OWN.tagged((place, item))
        place += 1


async def _found(pt: "PeerTube", kind: Kind, item: Item) -> str:
    try:
        return await kind.check(pt, item)
    except PeerTubeError as exc:
        if not is_about_one_video(exc):
            raise
        return f"cannot be read: {reason(exc)}"
