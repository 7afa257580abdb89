"""Rows that are not compared with their videos, and name one in several ways: looked at before they count."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from aiopeertube.migrate.journal.item import Item, merged
from aiopeertube.migrate.journal.journal import Batch, Journal
from aiopeertube.migrate.metadata.references import names_another
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.scope import Seen, in_full

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube


async def settle_names(pt: "PeerTube", journal: Journal, problems: Problems) -> None:
    """See that rows that name one video by id and by UUID ask for it once; only such rows cost a request each.

    Raises:
        BadSource: a row's columns name different videos, or rows contradict each other.
    """
    mixed = await _are_mixed(journal)

    async def doubtful() -> AsyncIterator[Seen]:
        async for item in journal.items("planned"):
            if item.note.get("names") or (mixed and item.uuid.isdecimal()):
                yield Seen(item.uuid, None, (), item)

    async with Batch(journal.save) as batch, aclosing(in_full(pt, doubtful())) as videos:
        async for found in videos:
            if found.video is not None:  # else its own request will tell why
                await _settle(found.tag, found.video, journal, problems)
                await batch.put(found.tag)
    problems.raise_if_any()


async def _are_mixed(journal: Journal) -> bool:
    kinds: set[bool] = set()
    async for item in journal.items("planned"):
        kinds.add(item.uuid.isdecimal())
        if len(kinds) > 1:
            return True
    return False


async def _settle(item: Item, video: Mapping[str, Any], journal: Journal, problems: Problems) -> None:
    for column, name in item.note.get("names", {}).items():
        if names_another(name, video):
            problems.add(item.line, column, f"{name} is not the video that the row names otherwise: {video['uuid']}")
    if not item.uuid.isdecimal():
        return
    twins = await journal.find([video["uuid"] + item.ref.removeprefix(item.uuid)], "planned")
    item.uuid, item.name = video["uuid"], video["name"]
    for twin in twins:
        first, other = sorted((item, twin), key=lambda one: one.line or 0)
        if merged(twin.wanted, item.wanted) is None:
            problems.add(other.line, None, f"contradicts line {first.line or 0:,}, which names the same video")
        elif twin.wanted == item.wanted:
            item.settle("unchanged", f"line {twin.line or 0:,} asks for the same of the same video")
