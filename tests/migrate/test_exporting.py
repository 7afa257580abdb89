"""Exports of many videos: in the list's order, and in memory that does not grow with their number."""

import asyncio
import csv
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

pytestmark = pytest.mark.anyio
VIDEOS = 3000


class Server:
    """Has 3,000 videos; the first, and one in a hundred, have descriptions that lists cut, and the first is slow."""

    def __init__(self) -> None:
        self.pages = 0
        self.pages_at_first = 0  # how many were asked for before the first video came

    async def __call__(self, request: Request) -> Response:
        path, _, query = request.target.partition("?")
        if path.endswith("/videos"):
            self.pages += 1
            asked = dict(pair.split("=") for pair in query.split("&"))
            start, count = int(asked["start"]), int(asked["count"])
            rows = [row(number) for number in range(start, min(VIDEOS, start + count))]
            return reply(json={"total": VIDEOS, "data": rows})
        number = UUID(path.rpartition("/")[2]).int
        if number == 0:
            await self._others_stop()
            self.pages_at_first = self.pages
        return reply(json=row(number) | {"description": f"All of film {number}"})

    async def _others_stop(self) -> None:
        """Wait until no page was asked for during a hundred turns of the loop."""
        seen, turns = -1, 0
        while turns < 100:
            turns = turns + 1 if seen == self.pages else 0
            seen = self.pages
            await asyncio.sleep(0)


def row(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "uuid": str(UUID(int=number)),
        "name": f"Film {number}",
        "description": "All of..." if number % 100 == 0 else f"All of film {number}",
        "isLocal": True,
        "account": {"name": "nisv"},
    }


async def test_a_video_that_is_slow_to_come_keeps_few_others_in_memory(tmp_path: Path) -> None:
    server, table = Server(), tmp_path / "films.csv"
    async with PeerTube("http://videos.example", transport=MockTransport(server)) as pt:
        done = await migrate.export(pt, table, fields=["uuid", "name", "description"], remember=False)
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert (done.written, done.whole) == (VIDEOS, True)
    assert [each["description"] for each in rows] == [f"All of film {number}" for number in range(VIDEOS)]
    assert 10 <= server.pages_at_first <= 25  # of 30: a thousand videos wait, and some pages are asked ahead
