"""A video as an ActivityPub object beside its row tells what the API tells, field by field."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

import pytest

from aiopeertube import PeerTube
from aiopeertube.migrate.exporting import default_for
from aiopeertube.migrate.metadata.fields import FIELDS, current
from aiopeertube.migrate.metadata.objects import Objects, is_shown
from aiopeertube.migrate.scope import Seen, in_full, who_am_i

from .conftest import Server

pytestmark = pytest.mark.anyio


async def read(
    pt: PeerTube, rows: Sequence[Mapping[str, Any]], names: Sequence[str], objects: Objects | None
) -> dict[str, Any]:
    async def seen() -> AsyncIterator[Seen]:
        for row in rows:
            yield Seen(row["uuid"], row, names, row["uuid"])

    async with aclosing(in_full(pt, seen(), objects)) as videos:
        found = [video async for video in videos]
    assert [one.error for one in found if one.error is not None] == []
    return {
        one.tag: current(one.video or {}, names) | {"policy": (one.video or {})["commentsPolicy"]} for one in found
    }


async def test_either_way_tells_the_same(server: Server) -> None:
    async with server.client() as pt:
        who, _ = await who_am_i(pt, "activitypub")
        names = [name for name in default_for(who.version) if name in FIELDS]
        listed = await pt.me.videos(sort="-createdAt").collect(limit=60)
        rows = [row for row in map(who.told, listed) if is_shown(row)]
        objects = who.reader(pt, labels=True)
        as_objects = await read(pt, rows, names, objects)
        reads = pt.statistics()
        assert len(rows) > 20
        assert as_objects == await read(pt, rows, names, None)
    (window,) = [window for window in reads.windows if window.bucket == "videos"]
    assert window.limit == 500
