"""Items that are checked many at once: told in their order, and no error is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import cast

import pytest

from aiopeertube import PeerTube
from aiopeertube.emulator import Emulator
from aiopeertube.errors import NotFound, ServerAway
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.kinds import Kind
from aiopeertube.migrate.steps import checking
from aiopeertube.migrate.steps.checking import checked

pytestmark = pytest.mark.anyio


class OneSlow:
    """The first item stands only once `others` have been checked; some fail."""

    def __init__(self, others: int, failing: dict[str, Exception] | None = None) -> None:
        self._others = others
        self._failing = failing or {}
        self._last = asyncio.Event()
        self.begun: list[str] = []

    async def check(self, pt: PeerTube, item: Item) -> str:
        self.begun.append(item.ref)
        if len(self.begun) > self._others:
            self._last.set()
        if item.ref == "0":
            await self._last.wait()
        if item.ref in self._failing:
            raise self._failing[item.ref]
        return "odd" if int(item.ref) % 2 else ""


async def items(count: int) -> AsyncIterator[Item]:
    for number in range(count):
        yield Item(str(number), {})


async def all_of(kind: OneSlow, source: AsyncIterator[Item]) -> list[tuple[str, str]]:
    async with (
        Emulator(videos=0) as server,
        PeerTube(server.url) as pt,
        aclosing(checked(pt, cast("Kind", kind), source)) as found,
    ):
        return [(item.ref, why) async for item, why in found]


async def test_many_are_checked_at_once_and_told_in_order() -> None:
    found = await asyncio.wait_for(all_of(OneSlow(9), items(25)), 10)
    assert found == [(str(number), "odd" if number % 2 else "") for number in range(25)]


async def test_those_that_wait_for_a_slow_one_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_AHEAD", 6)
    kind = OneSlow(5)
    reading = 0

    async def counted(count: int) -> AsyncIterator[Item]:
        nonlocal reading
        async for item in items(count):
            if "0" in kind.begun and not kind._last.is_set():
                reading += 1
            yield item

    assert len(await all_of(kind, counted(50))) == 50
    assert reading <= 6


async def test_what_is_about_one_video_is_its_own() -> None:
    hidden = NotFound(status=404, method="GET", path="/videos/3")
    found = await all_of(OneSlow(1, {"3": hidden}), items(5))
    assert [why for _, why in found] == [
        "", "odd", "", "cannot be read: there is no such video, or it is hidden from this user", "",
    ]  # fmt: skip


async def test_what_is_about_all_ends_the_check() -> None:
    with pytest.raises(ServerAway):
        await all_of(OneSlow(1, {"5": ServerAway("away")}), items(9))
