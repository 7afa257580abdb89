"""Look back at a job: verify that its changes stand, and plan the way back.

Both are plans over what the journal says was changed: verifying wants what was written, and what differs is what did
not stand; going back wants what was there before, and leaves what somebody has changed since.
"""

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from .compare import Lookup, Progress, Who, none_to_tell
from .item import Item
from .journal import Journal

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_BATCH = 200


def as_written(item: Item) -> Item:
    """Want what a job wrote."""
    return Item(item.ref, dict(item.after or {}), item.line, item.row)


def as_before(item: Item) -> Item:
    """Want what was there before a job, where what it wrote is still there."""
    return Item(item.uuid, dict(item.before or {}), item.line, item.row, note={"expected": item.after})


async def derive(
    pt: "PeerTube",
    job: Journal,
    into: Journal,
    who: Who,
    make: Callable[[Item], Item],
    *,
    progress: Progress = none_to_tell,
) -> None:
    """Plan in the journal `into` what `make` wants for each video that `job` changed."""
    await into.begin_pass()
    async for batch in _batches(job):
        await into.add([make(item) for item in batch])
    await into.end_pass()
    await Lookup(pt, into, who, progress=progress).run()


async def _batches(job: Journal) -> AsyncIterator[list[Item]]:
    batch: list[Item] = []
    async for item in job.items("changed"):
        batch.append(item)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    yield batch
