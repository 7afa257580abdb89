"""Which new videos of a table an earlier job of the same table has made already."""

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from aiopeertube.errors import NotFound

from .item import Item
from .journal import Journal
from .journals import earlier_journals

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_BATCH: Final = 50  # videos that are looked up at once
MADE_BEFORE: Final = "an earlier job made it"


async def settle_made(pt: "PeerTube", journal: Journal) -> int:
    """Settle the items of which earlier jobs made videos that still exist; return how many.

    A table that is given twice then makes nothing twice. An item counts as made when the journal of an earlier job of
    the same input, instance and user has it with the same wishes.
    """
    count = 0
    with ExitStack() as stack:
        paths = [path for path in earlier_journals(journal.job) if path != journal.path]
        for path in paths:
            earlier = stack.enter_context(Journal.open(path, read_only=True))
            count += await _settle_made_in(pt, journal, earlier)
    return count


async def _settle_made_in(pt: "PeerTube", journal: Journal, earlier: Journal) -> int:
    count = 0
    batch: list[Item] = []
    async for item in earlier.items("changed", "unchanged"):
        batch.append(item)
        if len(batch) == _BATCH:
            count += await _settle(pt, journal, batch)
            batch = []
    return count + await _settle(pt, journal, batch)


async def _settle(pt: "PeerTube", journal: Journal, made: list[Item]) -> int:
    planned = {(item.ref, item.change): item for item in await journal.find([item.ref for item in made], "planned")}
    pairs = [(planned[key], item.uuid) for item in made if (key := (item.ref, item.change)) in planned]
    exists = await asyncio.gather(*(_exists(pt, uuid) for _, uuid in pairs))
    settled = []
    for (item, uuid), it_does in zip(pairs, exists, strict=True):
        if it_does:
            item.uuid = uuid
            settled.append(item.settle("unchanged", MADE_BEFORE))
    await journal.save(settled)
    return len(settled)


async def _exists(pt: "PeerTube", uuid: str) -> bool:
    try:
        await pt.videos.get(uuid)
    except NotFound:
        return False
    return True
