"""From what rows want to what has to change: each video is compared with what the server has.

Two ways lead to a video's state: the pages of a list, a hundred videos a request, and the video itself. Lists cut
descriptions and lack other fields, so a video is asked for by itself where the comparison needs what its row lacks,
and pages are only asked for where they are fewer than the videos.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import ApiError, PeerTubeError
from aiopeertube.wire.call import Call

from . import fields
from .item import Item
from .journal import Journal

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube
    from aiopeertube._pagination import Paginator

Progress = Callable[[int, int | None], None]  # hears how many more videos were looked at, and of how many in all

_BATCH: Final = 200
_STAFF_SEES: Final = 1 | 2 | 4  # not published, blocked, of blocked owners
_WITH_TAGS: Final = 128  # rows with tags, from 8.x on
_PRIVACIES: Final = (1, 2, 3, 4, 5)


def none_to_tell(number: int, total: int | None) -> None:
    """Be the progress that nobody wants to see."""


@dataclass(frozen=True, slots=True)
class Who:
    """The user, as far as it matters for what may be edited and listed."""

    name: str
    account: str
    staff: bool
    modern: bool  # a server of 8.x or later

    def may_edit(self, video: Mapping[str, Any]) -> bool:
        """Tell whether the user may edit a video; staff may edit all of the instance's own."""
        if self.staff:
            return bool(video.get("isLocal", True))
        return bool(video["account"]["name"] == self.account and video.get("isLocal", True))


def listing(pt: "PeerTube", who: Who, scope: Mapping[str, str]) -> "Paginator[Any]":
    """List what the user may edit, of every privacy, oldest first; `scope` narrows it to a channel or an account."""
    filters: dict[str, Any] = {"sort": "createdAt"}
    if not who.staff:
        return pt.me.videos(**filters)
    include = _STAFF_SEES | (_WITH_TAGS if who.modern else 0)
    filters |= {"include": include, "privacyOneOf": _PRIVACIES, "isLocal": True, "nsfw": "both"}
    if scope.get("channel"):
        return pt.channels.videos(scope["channel"], **filters)
    if scope.get("account"):
        return pt.accounts.videos(scope["account"], **filters)
    return pt.videos.list(**filters)


def compare(item: Item, video: Mapping[str, Any]) -> Item:
    """Settle an item by what the server has: planned, unchanged, or in conflict with what was expected there."""
    item.uuid, item.name = video["uuid"], video["name"]
    now = fields.current(video, item.wanted)
    item.after = {name: value for name, value in item.wanted.items() if value != now[name]}
    item.before = {name: now[name] for name in item.after}
    if not item.after:
        return item.settle("unchanged")
    expected = item.note.get("expected")
    if expected is not None and (changed := [name for name in item.after if now[name] != expected[name]]):
        return item.settle("conflict", f"changed by somebody else: {', '.join(changed)}")
    return item.settle("planned")


class Lookup:
    """Compares all items that were read with what the server has."""

    def __init__(self, pt: "PeerTube", journal: Journal, who: Who, *, progress: Progress) -> None:
        self._pt = pt
        self._journal = journal
        self._who = who
        self._progress = progress
        self._settled: list[Item] = []
        self._total: int | None = None

    async def run(self) -> None:
        """Look everything up."""
        # A row of a list tells all of an 8.x's tags, to administrators.
        row: dict[str, Any] = {"tags": []} if self._who.modern and self._who.staff else {}
        self._total = (await self._journal.counts()).get("read", 0)
        count = await self._journal.count_read(lambda wanted: not fields.lacks(row, wanted))
        if count > 2 and await listing(self._pt, self._who, {}).total() <= 100 * count:
            await self._compare_all(self._from_pages())
        await self._compare_all(self._one_by_one())

    async def _compare_all(self, calls: AsyncIterator[Call[Any]]) -> None:
        async with self._pt.bulk(calls) as outcomes:
            async for outcome in outcomes:
                item: Item = outcome.call.tag
                if outcome.result is not None:
                    await self._found(item, outcome.result)
                elif isinstance(outcome.error, PeerTubeError) and _says_why(outcome.error):
                    await self._settle(item.settle("failed", _reason(outcome.error)))
                elif outcome.error is not None:
                    raise outcome.error
        await self._save()

    async def _from_pages(self) -> AsyncIterator[Call[Any]]:
        async for page in listing(self._pt, self._who, {}).pages():
            rows = {row["uuid"]: row for row in page} | {str(row["id"]): row for row in page}
            for item in await self._journal.find(rows, "read"):
                row = rows[item.ref]
                if fields.lacks(row, item.wanted):
                    yield self._pt.videos.get(row["uuid"]).tagged(item)
                else:
                    await self._found(item, row)

    async def _one_by_one(self) -> AsyncIterator[Call[Any]]:
        async for item in self._journal.items("read"):
            yield self._pt.videos.get(item.ref).tagged(item)

    async def _found(self, item: Item, video: Mapping[str, Any]) -> None:
        if self._who.may_edit(video):
            compare(item, video)
        else:
            item.uuid, item.name = video["uuid"], video["name"]
            item.settle("failed", f"not yours to edit: it belongs to {video['account']['name']}")
        await self._settle(item)

    async def _settle(self, item: Item) -> None:
        self._progress(1, self._total)
        self._settled.append(item)
        if len(self._settled) >= _BATCH:
            await self._save()

    async def _save(self) -> None:
        settled, self._settled = self._settled, []
        await self._journal.save(settled)


def _says_why(error: PeerTubeError) -> bool:
    """Tell whether the error is about this one video, rather than about the server or the user."""
    return isinstance(error, ApiError) and error.status in {400, 403, 404}


def _reason(error: PeerTubeError) -> str:
    if isinstance(error, ApiError) and error.status == 404:
        return "there is no such video, or it is hidden from this user"
    return str(error)
