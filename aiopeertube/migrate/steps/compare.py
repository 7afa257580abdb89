"""From what rows want to what has to change: each video is compared with what the server has.

Two ways lead to a video's state: the pages of a list, a hundred videos a request, and the video itself. Lists cut
descriptions and lack other fields, so a video is asked for by itself where the comparison needs what its row lacks,
and pages are only asked for where they are fewer than the videos.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import ApiError, ConnectionLost, NotFound, RequestTimeout, UnexpectedResponse
from aiopeertube.migrate.journal.item import EXPECTED, LATE, Item
from aiopeertube.migrate.journal.journal import Batch, Journal
from aiopeertube.migrate.metadata import fields
from aiopeertube.migrate.metadata.changes import change, needed_for
from aiopeertube.migrate.metadata.objects import HIDDEN, is_shown
from aiopeertube.migrate.metadata.references import names_another
from aiopeertube.migrate.metadata.vocabulary import Vocabulary
from aiopeertube.migrate.plans import merging
from aiopeertube.migrate.plans.merging import conflicts, set_apart
from aiopeertube.migrate.plans.page.pictures import picture_of
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.rows.names import ANOTHER
from aiopeertube.migrate.scope import Found, Scope, Seen, Who, in_full, listing, owner_of
from aiopeertube.migrate.watching import UNWATCHED, Watcher

from .putting_off import can_be_put_off, put_off

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_PAGE: Final = 100  # rows of a list that one request gives
_EVERYTHING: Final = Scope()


def compare(
    item: Item, video: Mapping[str, Any], *, overwrite: bool = False, words: Vocabulary | None = None
) -> Item:
    """Settle an item by what the server has: planned, unchanged, or in conflict with what was expected there.

    Fields that somebody else changed since the item's table or plan was made are noted as conflicts, unless
    `overwrite` says that they are to be changed all the same; the other fields are planned beside them.
    """
    item.uuid, item.name, item.ready = video["uuid"], video["name"], True
    if (of := item.note.get("of", item.uuid)) != item.uuid:
        return item.settle("failed", ANOTHER.format(uuid=of))
    try:
        known = item.known
        found = _planned(item, video, overwrite=overwrite)
        looked = {name: value for name, value in known.items() if name in found}
    except ValueError as exc:
        return item.settle("failed", str(exc))
    item.note = _noted(item.note, found, looked, video)
    if found and not item.after:
        item.after, item.before, item.ready = {name: both["mine"] for name, both in found.items()}, None, False
        return item.settle("conflict", merging.reason(item, words or Vocabulary()))
    if not item.after:
        return item.settle("unchanged")
    if EXPECTED in item.note and (found := merging.unexpected(item)):
        item.note["conflicts"] = found
        return item.settle("conflict", merging.reason(item, words or Vocabulary()))
    return item.settle("planned")


def _planned(item: Item, video: Mapping[str, Any], *, overwrite: bool) -> dict[str, Any]:
    """Plan what is in no conflict; return what is.

    Raises:
        ValueError: the video cannot be changed so.
    """
    updated_at = video.get("updatedAt")
    found = {} if overwrite else conflicts(item, fields.current(video, item.wanted), updated_at)
    before, after = change(_without(item.wanted, found), video)
    if not overwrite and (lost := merging.drops(item, before, after, updated_at)):
        found |= lost
        before, after = change(_without(item.wanted, found), video)
    item.before, item.after = before, after
    return found


def _without(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if name not in found}


def _noted(
    note: Mapping[str, Any], found: Mapping[str, Any], looked: dict[str, Any], video: Mapping[str, Any]
) -> dict[str, Any]:
    """Note the conflicts of this look, and when the video was edited last, which a plan keeps.

    What stood there before a conflict stays known, so that the next look finds the same conflict.
    """
    kept = {name: value for name, value in note.items() if name not in _OF_A_LOOK}
    seen: dict[str, Any] = {"seen": video["updatedAt"]} if isinstance(video.get("updatedAt"), str) else {}
    if not is_shown(video):
        seen[HIDDEN] = True
    return kept | seen | ({"conflicts": dict(found)} if found else {}) | ({"looked": looked} if looked else {})


_OF_A_LOOK: Final = frozenset({"conflicts", "seen", "looked", HIDDEN, LATE})


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
    `overwrite` changes what somebody else changed meanwhile, too; `words` are for telling of it. With `proofs` the
    items are a plan's: where a list's row tells that a video was not edited since, it need not be fetched. What is
    `late` and would have to be fetched is put off, until each video is about to be changed.
    """

    def __init__(
        self,
        pt: "PeerTube",
        journal: Journal,
        who: Who,
        *,
        problems: Problems | None = None,
        overwrite: bool = False,
        proofs: bool = False,
        late: bool = False,
        words: Vocabulary | None = None,
        watcher: Watcher = UNWATCHED,
    ) -> None:
        self._pt = pt
        self._problems = Problems("") if problems is None else problems
        self._journal = journal
        self._who = who
        self._objects = who.reader(pt)
        self._overwrite = overwrite
        self._proofs = proofs
        self._late = late
        self._words = words or Vocabulary()
        self._watcher = watcher

    async def run(self) -> None:
        """Look everything up."""
        self._watcher.expect((await self._journal.counts()).get("read", 0))
        if await self._pages_are_fewer():
            await self._compare_all(self._from_pages())
            self._late = False  # what no list has may well be gone, and that is told before anything is changed
        await self._compare_all(self._one_by_one())
        await self._journal.hold_back()

    async def _pages_are_fewer(self) -> bool:
        # A row of a list tells all of an 8.x's tags, to administrators.
        row = self._who.told({"tags": []} if self._who.modern and self._who.staff else {})
        count = await self._journal.count_read(lambda wanted: self._proofs or self._pages_tell(row, wanted))
        return count > 2 and await listing(self._pt, self._who, _EVERYTHING).total() <= _PAGE * count

    def _pages_tell(self, row: Mapping[str, Any], wanted: Iterable[str]) -> bool:
        """Tell whether a page's row spares asking the API for a video."""
        return not fields.lacks(row, wanted) or (self._objects is not None and self._objects.tell(row, wanted))

    async def _from_pages(self) -> AsyncIterator[Seen]:
        async for page in listing(self._pt, self._who, _EVERYTHING).pages():
            rows = {str(row.get("uuid")): row for row in page} | {str(row["id"]): row for row in page}
            for item in await self._journal.find(rows, "read"):
                row = self._who.told(rows[item.ref])
                known = merging.proven(item, row)
                yield Seen(item.ref, {**row, **known}, needed_for(item.wanted) - known.keys(), item)

    async def _one_by_one(self) -> AsyncIterator[Seen]:
        async for item in self._journal.items("read"):
            yield Seen(item.ref, None, needed_for(item.wanted), item)

    async def _compare_all(self, seen: AsyncIterator[Seen]) -> None:
        async with Batch(self._save) as batch:
            now = self._to_be_read_now(seen, batch) if self._late else seen
            async with aclosing(in_full(self._pt, now, self._objects)) as videos:
                async for found in videos:
                    self._settle(found.tag, found)
                    self._watcher.advance()
                    await batch.put(found.tag)

    async def _to_be_read_now(self, seen: AsyncIterator[Seen], batch: Batch) -> AsyncIterator[Seen]:
        async for one in seen:
            if one.is_enough or not can_be_put_off(one, self._who):
                yield one
                continue
            put_off(one, self._objects)
            self._watcher.advance()
            await batch.put(one.tag)

    async def _save(self, items: Sequence[Item]) -> None:
        """Save items; what is in conflict becomes an item of its own, so that the rest can be carried out."""
        apart = [part for item in items if (part := set_apart(item)) is not None]
        for part in apart:
            part.settle("conflict", merging.reason(part, self._words))
        await self._journal.save(items, apart)

    def _settle(self, item: Item, found: Found) -> None:
        video, error = found.video, found.error
        if error is not None and is_about_one_video(error):
            item.settle("failed", reason(error), again=not isinstance(error, ApiError) or error.status >= 500)
        elif error is not None:
            raise error
        elif video is not None and self._who.may_edit(video):
            compare(item, video, overwrite=self._overwrite, words=self._words)
            if self._who.pictures:
                item.note |= picture_of(video)
            if _complain(item, video, self._problems):
                item.settle("failed", "the row is wrong about this video")
        elif video is not None:
            item.uuid, item.name = video["uuid"], video["name"]
            item.settle("failed", f"not yours to edit: it belongs to {owner_of(video)}")


def is_about_one_video(error: Exception) -> bool:
    """Tell whether an error is no reason to give up the others: they have videos of their own to be looked at.

    So is an answer that breaks off or does not come, try after try: of a server that is away another error tells.
    """
    if isinstance(error, ApiError):
        return error.status in {400, 403, 404} or error.status >= 500
    return isinstance(error, UnexpectedResponse | ConnectionLost | RequestTimeout)


def reason(error: Exception) -> str:
    """Say why a video cannot be compared."""
    if isinstance(error, NotFound):
        return "there is no such video, or it is hidden from this user"
    return str(error)
