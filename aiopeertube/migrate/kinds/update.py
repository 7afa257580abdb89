"""Edits of metadata."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from aiopeertube.errors import InputError, NotFound
from aiopeertube.migrate.journal.item import EXPECTED, LATE, Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.metadata import fields
from aiopeertube.migrate.metadata.answers import whole_video
from aiopeertube.migrate.metadata.changes import change, needed_for, on_the_wire
from aiopeertube.migrate.metadata.field_reads import PASSWORDS
from aiopeertube.migrate.metadata.objects import HIDDEN, Objects
from aiopeertube.migrate.metadata.vocabulary import WORDS, Vocabulary
from aiopeertube.migrate.plans import merging
from aiopeertube.migrate.rows.layout import words_of
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.tables.source import Row
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

from .protected import sent

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube


@dataclass(frozen=True, slots=True)
class Update:
    """Sets fields; `expect` looks at each video just before, and leaves those that somebody changed meanwhile.

    What was planned without a look is compared then. It looks at `objects` where it has them, and a video is shown to
    everybody.
    """

    name: ClassVar[str] = "update"
    noun: ClassVar[str] = "video"
    columns: ClassVar[tuple[str, ...]] = ()
    compares: ClassVar[bool] = True
    can_be_undone: ClassVar[bool] = True
    can_be_checked: ClassVar[bool] = True
    requests_each: ClassVar[int] = 1
    question: ClassVar[str] = ""
    expect: bool = False
    objects: Objects | None = None

    def looking_by(self, objects: Objects | None) -> "Update":
        """Look at objects, where there is anything to look at."""
        return replace(self, objects=objects if self.expect else None)

    def words(self, columns: Sequence[str]) -> Iterable[str]:
        """Name the fields of the columns."""
        return words_of(columns) if columns else WORDS

    def read_row(self, row: Row, rows: RowReader) -> Item | None:
        """Make an item that is still to be compared."""
        return rows.read(row)

    def call(self, pt: "PeerTube", item: Item) -> Call[None]:
        """Make the update; only what differs is sent, and what the server wants with it."""
        try:
            return pt.videos.update(item.uuid, **on_the_wire(item.after or {}))
        except InputError as exc:
            return replace(pt.videos.update(item.uuid), problem=exc)

    async def send(self, pt: "PeerTube", journal: Journal, item: Item, request: Request) -> Any:
        """Look, if that is wanted, and send."""
        planned = item.after
        if self.expect and not await self._as_expected(pt, journal, item):
            return None
        after = item.after or {}
        if after != planned:
            request = pt.prepare(self.call(pt, item).tagged(item))
        if PASSWORDS in after or after.get("privacy", fields.PROTECTED) != fields.PROTECTED:
            return await pt.send(request)  # it has its passwords, or leaves them behind

        def again(passwords: list[str]) -> Call[None]:
            return pt.videos.update(item.uuid, **on_the_wire(after), videoPasswords=passwords)

        return await sent(pt, request, item.uuid, again)

    async def _as_expected(self, pt: "PeerTube", journal: Journal, item: Item) -> bool:
        if self.objects is not None and await _is_as_seen(self.objects, item):
            return True
        if EXPECTED in item.note:
            return await self._is_to_be_sent(pt, journal, item)
        now = await _now(pt, item)
        if now == item.before:
            return True
        if now == item.after:
            item.settle("unchanged", "somebody made the same change meanwhile")
        else:
            item.settle("conflict", _difference(item, now))
        return False

    async def _is_to_be_sent(self, pt: "PeerTube", journal: Journal, item: Item) -> bool:
        """Compare what is to be undone (again); what is to be sent otherwise than it was marked is marked anew."""
        video, planned = await self._in_full(pt, item), (item.before, item.after)
        item.note.pop(LATE, None)
        try:
            item.before, item.after = change(item.wanted, video)
        except ValueError as exc:
            item.settle("failed", str(exc))
            return False
        if not item.after:
            item.settle("unchanged", "somebody made the same change meanwhile")
        elif found := merging.unexpected(item):
            item.note["conflicts"] = found
            item.settle("conflict", merging.reason(item, Vocabulary()))
        elif planned != (item.before, item.after):
            await journal.correct(item)
        return item.state == "sending"

    async def _in_full(self, pt: "PeerTube", item: Item) -> Mapping[str, Any]:
        row, needs = item.note.get(LATE), needed_for(item.wanted)
        if self.objects is None or not row:
            return await whole_video(pt, item.uuid, needs)
        return await self.objects.video(row, needs, pt.prepare(self.objects.call(row)))

    def done(self, item: Item, answer: Any) -> None:
        """Settle an item whose update succeeded."""
        item.settle("changed")

    async def ask(self, pt: "PeerTube", journal: Journal, item: Item) -> None:
        """Settle an item by what the server has: an update is made whole or not at all.

        Where somebody else has edited some of its fields since, the others tell.
        """
        try:
            now = await _now(pt, item)
        except NotFound:
            item.settle("failed", "the video is gone")
            return
        before, after = item.before or {}, item.after or {}
        left = [name for name in now if now[name] in (before.get(name), after.get(name))]
        if left and all(now[name] == after.get(name) for name in left):
            item.settle("changed", "found done after an interruption")
        elif now == before:
            item.settle("planned")
        else:
            item.settle("conflict", _difference(item, now))

    async def check(self, pt: "PeerTube", item: Item) -> str:
        """Say which fields are not what was written; comparing all items by the pages of a list is cheaper."""
        try:
            return fields.differences(await _now(pt, item), item.after or {})
        except NotFound:
            return "the video is gone"


async def _is_as_seen(objects: Objects, item: Item) -> bool:
    seen = item.note.get("seen")
    return seen is not None and not item.note.keys() & {HIDDEN, LATE} and await objects.still(item.uuid, seen)


async def _now(pt: "PeerTube", item: Item) -> dict[str, Any]:
    after = item.after or {}
    needs = needed_for(after)
    return fields.current(await whole_video(pt, item.uuid, needs), after)


def _difference(item: Item, now: dict[str, Any]) -> str:
    """Note which fields are neither as they were nor as they are to be, and say so."""
    before, after = item.before or {}, item.after or {}
    item.note["conflicts"] = {
        name: {"base": before.get(name), "mine": after.get(name), "server": value}
        for name, value in sorted(now.items())
        if value != before.get(name)
    }
    return merging.reason(item, Vocabulary())
