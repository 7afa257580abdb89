"""From what rows want to what has to change: each video is compared with what the server has.

Two ways lead to a video's state: the pages of a list, a hundred videos a request, and the video itself. Lists cut
descriptions and lack other fields, so a video is asked for by itself where the comparison needs what its row lacks,
and pages are only asked for where they are fewer than the videos.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import ApiError, NotFound, UnexpectedResponse

from . import fields
from .changes import change, needed_for
from .item import Item
from .journal import Batch, Journal
from .problems import Problems
from .references import names_another
from .scope import Found, Scope, Seen, Who, in_full, listing, owner_of
from .watching import UNWATCHED, Watcher

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_PAGE: Final = 100  # rows of a list that one request gives
_EVERYTHING: Final = Scope()


def compare(item: Item, video: Mapping[str, Any]) -> Item:
    """Settle an item by what the server has: planned, unchanged, or in conflict with what was expected there."""
    item.uuid, item.name, item.ready = video["uuid"], video["name"], True
    try:
        item.before, item.after = change(item.wanted, video)
    except ValueError as exc:
        return item.settle("failed", str(exc))
    if not item.after:
        return item.settle("unchanged")
    expected, before = item.note.get("expected"), item.before
    if expected is not None and (changed := [name for name in before if before[name] != expected.get(name, _NONE)]):
        return item.settle("conflict", f"changed by somebody else: {', '.join(changed)}")
    return item.settle("planned")


_NONE: Final = object()


def _complain(item: Item, video: Mapping[str, Any], problems: Problems) -> bool:
    """Tell what a row got wrong, which nobody could know before its video was looked at."""
    before = problems.total
    for column, text in item.note.get("names", {}).items():
        if names_another(text, video):
            problems.add(item.line, column, f"{text} is not the video that the row names otherwise: {item.uuid}")
    for name, (column, why) in item.note.get("doubts", {}).items():
        if name in (item.after or {}):
            problems.add(item.line, column, why)
    return problems.total > before


class Lookup:
    """Compares all items that were read with what the server has.

    What rows got wrong, and the look at their videos shows, goes to `problems`; it fails their items as well.
    """

    def __init__(
        self,
        pt: "PeerTube",
        journal: Journal,
        who: Who,
        *,
        problems: Problems | None = None,
        watcher: Watcher = UNWATCHED,
    ) -> None:
        self._pt = pt
        self._problems = Problems("") if problems is None else problems
        self._journal = journal
        self._who = who
        self._watcher = watcher

    async def run(self) -> None:
        """Look everything up."""
        self._watcher.expect((await self._journal.counts()).get("read", 0))
        if await self._pages_are_fewer():
            await self._compare_all(self._from_pages())
        await self._compare_all(self._one_by_one())

    async def _pages_are_fewer(self) -> bool:
        # A row of a list tells all of an 8.x's tags, to administrators.
        row: dict[str, Any] = {"tags": []} if self._who.modern and self._who.staff else {}
        count = await self._journal.count_read(lambda wanted: not fields.lacks(row, wanted))
        return count > 2 and await listing(self._pt, self._who, _EVERYTHING).total() <= _PAGE * count

    async def _from_pages(self) -> AsyncIterator[Seen]:
        async for page in listing(self._pt, self._who, _EVERYTHING).pages():
            rows = {str(row.get("uuid")): row for row in page} | {str(row["id"]): row for row in page}
            for item in await self._journal.find(rows, "read"):
                yield Seen(item.ref, rows[item.ref], needed_for(item.wanted), item)

    async def _one_by_one(self) -> AsyncIterator[Seen]:
        async for item in self._journal.items("read"):
            yield Seen(item.ref, None, needed_for(item.wanted), item)

    async def _compare_all(self, seen: AsyncIterator[Seen]) -> None:
        async with Batch(self._journal.save) as batch, aclosing(in_full(self._pt, seen)) as videos:
            async for found in videos:
                self._settle(found.tag, found)
                self._watcher.advance()
                await batch.put(found.tag)

    def _settle(self, item: Item, found: Found) -> None:
        video, error = found.video, found.error
        if error is not None and is_about_one_video(error):
            item.settle("failed", reason(error), again=not isinstance(error, ApiError) or error.status >= 500)
        elif error is not None:
            raise error
        elif video is not None and self._who.may_edit(video):
            compare(item, video)
            if _complain(item, video, self._problems):
                item.settle("failed", "the row is wrong about this video")
        elif video is not None:
            item.uuid, item.name = video["uuid"], video["name"]
            item.settle("failed", f"not yours to edit: it belongs to {owner_of(video)}")


def is_about_one_video(error: Exception) -> bool:
    """Tell whether an error is no reason to give up the others: they have videos of their own to be looked at."""
    if isinstance(error, ApiError):
        return error.status in {400, 403, 404} or error.status >= 500
    return isinstance(error, UnexpectedResponse)


def reason(error: Exception) -> str:
    """Say why a video cannot be compared."""
    if isinstance(error, NotFound):
        return "there is no such video, or it is hidden from this user"
    return str(error)
