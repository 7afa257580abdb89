"""Write the metadata of many videos into a table that can be edited and read back without loss."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import InvalidField, NotFound

from .metadata.fields import AT, FIELDS, LABELLED, OPEN_FIELDS, THEN, current, for_cell, for_reading, too_new
from .metadata.references import COLUMNS
from .own_schedules import OwnSchedules
from .rows import exported
from .rows.fixed import fixed_of
from .rows.layout import FOR_PEOPLE
from .rows.rows import UNKNOWN
from .scope import Found, Scope, Seen, Who, has_total, in_full, listing, owner_of
from .steps.compare import is_about_one_video, reason
from .suggestions import no_such
from .tables import Sink
from .watching import UNWATCHED, Watcher

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

# What an export has when nothing is chosen: the names of the video, every field, and when it was made.
DEFAULT: Final = ("uuid", "url", *OPEN_FIELDS, "createdAt", "publishedAt", "updatedAt")
_AHEAD: Final = 1000  # videos that may wait for one before them, which is read by itself and slow to come
KNOWN: Final = frozenset(
    {*COLUMNS, *FIELDS, *FOR_PEOPLE, *(f"{name}.label" for name in LABELLED), exported.COLUMN} - {"video", "reason"}
)


def default_for(version: tuple[int, ...]) -> tuple[str, ...]:
    """Name the columns of an export for which nothing was chosen: those that a server of this version has."""
    return tuple(name for name in DEFAULT if name not in FIELDS or not too_new(name, version))


def columns_for(chosen: Sequence[str], *, remember: bool = False) -> tuple[str, ...]:
    """Return the columns of an export: labels stand beside ids, and the video's UUID is always there.

    To `remember` what was exported is the last column, for `plan` and `apply`.

    Raises:
        InvalidField: a column is chosen that there is not.
    """
    unknown = [column for column in chosen if column not in KNOWN]
    if unknown:
        raise InvalidField("fields", no_such("field", unknown[0], sorted(KNOWN)), option="fields")
    wanted = dict.fromkeys(("uuid", *chosen) if not set(chosen) & set(COLUMNS) else chosen)
    remember = remember or exported.COLUMN in wanted
    wanted.pop(exported.COLUMN, None)
    columns: list[str] = []
    for column in wanted:
        columns.append(column)
        if column in LABELLED and f"{column}.label" not in wanted:
            columns.append(f"{column}.label")
    return (*columns, exported.COLUMN) if remember else tuple(columns)


class Export:
    """Writes one scope of an instance: what the user may see of it, or all that is the user's own."""

    def __init__(self, pt: "PeerTube", who: Who | None, scope: Scope, *, watcher: Watcher = UNWATCHED) -> None:
        self._pt = pt
        self._who = listed_as(who, scope)
        self._objects = who.reader(pt, labels=True) if who is not None else None
        self._own = OwnSchedules(pt, who.account) if who is not None and self._objects is not None else None
        self._scope = scope
        self._watcher = watcher
        self._waiting: dict[int, Mapping[str, Any] | None] = {}  # by place in the list
        self._next = 0
        self._went_on = asyncio.Event()
        self.written = 0
        self.vanished = 0
        self.failed = 0

    async def run(self, sink: Sink, columns: Sequence[str], *, as_json: bool) -> None:
        """Write all videos, in the list's order.

        Those that vanish meanwhile are left out and counted, and so are those of which nothing sensible comes.
        """
        if self._watcher.wants_totals and has_total(self._who, self._scope):
            self._watcher.expect(await listing(self._pt, self._who, self._scope).total())
        needed = [name for name in FIELDS if name in columns or f"{name}.label" in columns]
        async with aclosing(in_full(self._pt, self._rows(needed), self._objects)) as videos:
            async for found in videos:
                self._waiting[found.tag[0]] = self._taken(found)
                self._watcher.advance()  # it may wait for one before it
                self._write(sink, columns, needed, as_json=as_json)

    def _taken(self, found: Found) -> Mapping[str, Any] | None:
        """Return a video that is to be written; count and name one that cannot be."""
        _, ref = found.tag
        if isinstance(found.error, NotFound):
            self.vanished += 1
        elif found.error is not None and is_about_one_video(found.error):
            self.failed += 1
            self._watcher.say(f"not exported: {ref}: {reason(found.error)}")
        elif found.error is not None:
            raise found.error
        elif found.video is not None and (self._who is None or self._scope.has(found.video)):
            return found.video
        return None

    async def _listed(self, needed: Sequence[str]) -> AsyncIterator[Mapping[str, Any]]:
        """List the videos, with their schedules where those are needed and lists tell them."""
        async for row in listing(self._pt, self._who, self._scope):
            if self._who is not None:
                yield self._who.told(row)
            elif self._own is not None and not {AT, THEN}.isdisjoint(needed):
                yield await self._own.told(row)
            else:
                yield row

    async def _rows(self, needed: Sequence[str]) -> AsyncIterator[Seen]:
        place = 0
        async for row in self._listed(needed):
            if self._who is None or self._scope.has(row):
                await self._room_for(place)
                ref = str(row.get("uuid") or row["id"])
                yield Seen(ref, row, needed, (place, ref))
                place += 1

    async def _room_for(self, place: int) -> None:
        """Wait while too many videos wait for one before them; whatever is in flight comes, and lets them go on."""
        while place - self._next > _AHEAD:
            self._went_on.clear()
            await self._went_on.wait()

    def _write(self, sink: Sink, columns: Sequence[str], needed: Sequence[str], *, as_json: bool) -> None:
        while self._next in self._waiting:
            video = self._waiting.pop(self._next)
            self._next += 1
            self._went_on.set()
            if video is None:
                continue
            self.written += 1
            cells = {column: cell(video, column, as_json=as_json) for column in columns if column != exported.COLUMN}
            if exported.COLUMN in columns:
                edited = str(video.get("updatedAt") or "")
                fixed = fixed_of(cells, video["uuid"])
                cells[exported.COLUMN] = exported.write(video["uuid"], current(video, needed), edited, fixed)
            sink.write(cells)


def listed_as(who: Who | None, scope: Scope) -> Who | None:
    """Return as whom to list: nobody for what is public, which is all that others than staff may see of others."""
    if who is None or (not who.staff and not scope.mine):
        return None
    return who.within(scope)


def cell(video: Mapping[str, Any], column: str, *, as_json: bool) -> Any:
    """Write one cell; reading it back asks for no change."""
    if column == "channel":
        return (video.get("channel") or {}).get("name")
    if column == "account":
        return owner_of(video)
    if column in FIELDS:
        return for_reading(column, video) if as_json else for_cell(column, video)
    value = _label(video, column.removesuffix(".label")) if column in _LABELLED else video.get(column)
    return value if as_json else "" if value is None else str(value)


_LABELLED: Final = frozenset({"state", *(f"{name}.label" for name in LABELLED)})


def _label(video: Mapping[str, Any], name: str) -> Any:
    """Return a constant's label; the server writes "Unknown" where it has none, and would not take that."""
    constant = video.get(name)
    if not isinstance(constant, Mapping) or constant.get("id") is None:
        return None
    label = constant.get("label")
    return label if label != UNKNOWN else ""  # which leaves the field, as null would not
