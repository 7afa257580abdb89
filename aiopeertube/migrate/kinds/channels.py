"""Channels: made where they are not there, described, and given pictures from files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from aiopeertube.errors import PeerTubeError, ServerError, TransportError, UnexpectedResponse, ends_run
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.metadata.values import CLEARED
from aiopeertube.migrate.rows.parts import Cells, part_of
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.scope import Who, who_am_i
from aiopeertube.migrate.tables.source import Row
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

from .captions import is_same
from .channel_sight import CALLED, KIND, NAME, PICTURES, TEXTS, ChannelSight, picture_of
from .reading import file_in
from .thumbnails import image
from .whole import EXISTS, Whole

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_TRIES: Final = 6
_IMAGES: Final = {".jpg": b"\xff\xd8", ".jpeg": b"\xff\xd8", ".png": b"\x89PNG", ".gif": b"GIF8", ".webp": b"RIFF"}


@dataclass(frozen=True, slots=True)
class Channels(Whole):
    """Makes and describes channels; `folder` is where files are looked for."""

    name: ClassVar[str] = KIND
    noun: ClassVar[str] = "channel"
    columns: ClassVar[tuple[str, ...]] = ("name", *TEXTS, *PICTURES)
    folder: Path = Path()

    def words(self, columns: Sequence[str]) -> Iterable[str]:
        """Name none."""
        return ()

    def sight(self, pt: "PeerTube", who: Who) -> ChannelSight:
        """Make what looks at channels."""
        return ChannelSight(pt, who)

    def read_row(self, row: Row, rows: RowReader) -> Item | None:
        """Make an item of a row that names a channel, and says what it is to be."""
        cells = Cells(row, rows)
        called = cells.read("name", _local(rows))
        found = {name: cells.text(name, *_lengths(name)) for name in TEXTS}
        found |= {kind: cells.read(kind, self._picture(cells.cells, kind)) for kind in PICTURES}
        if found[NAME] is CLEARED:
            cells.wrong(NAME, "it cannot be cleared")
        if not isinstance(called, str) and cells.are_good:
            cells.wrong("name", "the row names no channel")
        if not isinstance(called, str) or not cells.are_good:
            return None
        said = {name: None if value is CLEARED else value for name, value in found.items() if value is not None}
        return part_of(row, called, {CALLED: called} | said, name=called)

    def _picture(self, cells: Mapping[str, Any], kind: str) -> Any:
        return lambda _: image(file_in(cells, self.folder, kind), kind, _IMAGES)

    def call(self, pt: "PeerTube", item: Item) -> Call[Any]:
        """Make the first request: it makes, changes or deletes the channel, or looks at it."""
        after = item.after or {}
        if after.get(EXISTS) is False:
            return pt.channels.delete(item.uuid)
        if _is_new(item):
            return _creation(pt, item)
        fields: Any = {} if after.get(EXISTS) else {name: after[name] for name in TEXTS if name in after}
        return pt.channels.update(item.uuid, **fields) if fields else pt.channels.get(item.uuid)

    def requests(self, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterable[str]:
        """Name one for the texts, and one for each picture."""
        return ("change", *(kind for kind in PICTURES if (after or {}).get(kind)))

    async def send(self, pt: "PeerTube", journal: Journal, item: Item, request: Request) -> Any:
        """Carry it out, unless a file has changed, or a channel that was to be deleted is in use."""
        after = item.after or {}
        files = [after[kind] for kind in PICTURES if "file" in (after.get(kind) or {})]
        if not all(is_same(item, file) for file in files):
            return None
        if after.get(EXISTS) is False:
            return await self._delete(pt, item, request)
        try:
            await self._carry_out(pt, item, request)
        except PeerTubeError as exc:
            await self.note_partly(pt, item, exc)
            raise
        return None

    async def _delete(self, pt: "PeerTube", item: Item, request: Request) -> Any:
        """Delete a channel, if it has no videos now."""
        who, _ = await who_am_i(pt)
        if why := await self.sight(pt, who).is_used(item.uuid, await pt.channels.get(item.uuid)):
            return item.settle("failed", why)
        return await pt.send(request)

    async def _carry_out(self, pt: "PeerTube", item: Item, request: Request) -> None:
        after = dict(item.after or {})
        if _is_new(item):
            await self._make(pt, item, request)
        else:
            await pt.send(request)
        for kind in PICTURES:
            if kind in after and not (after[kind] is None and after.get(EXISTS)):
                after[kind] = await _picked(pt, item, kind, after[kind])
        item.after = after

    async def _make(self, pt: "PeerTube", item: Item, request: Request) -> None:
        """Make a channel; where the answer was lost it is looked for before it is made again."""
        who, _ = await who_am_i(pt)
        making = pt.send(request)
        for left in reversed(range(_TRIES)):
            try:
                await making
            except (TransportError, UnexpectedResponse, ServerError) as exc:
                if ends_run(exc) or not left:
                    raise
            if (await self.sight(pt, who).now(item))[EXISTS]:
                return
            making = _creation(pt, item).send()


async def _picked(pt: "PeerTube", item: Item, kind: str, wanted: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Give a channel a picture, or take it away; return how it is known now."""
    noun = pt.channels.avatar if kind == "avatar" else pt.channels.banner
    if wanted is None:
        await noun.delete(item.uuid)
        return None
    answer: Any = await noun.pick(item.uuid, Path(wanted["file"]))
    return picture_of(answer, kind)


def _is_new(item: Item) -> bool:
    return bool((item.after or {}).get(EXISTS)) and not item.uuid


def _creation(pt: "PeerTube", item: Item) -> Call[Any]:
    fields: Any = {name: value for name in TEXTS if (value := (item.after or {}).get(name)) is not None}
    return pt.channels.create(name=item.ref, **fields)


def _lengths(name: str) -> tuple[int, int]:
    return (1, 120) if name == NAME else (3, 1000)


def _local(rows: RowReader) -> Any:
    """Make what reads a channel's name, without the instance where that is this one."""
    host = rows.origin.partition("://")[2]

    def read(text: str) -> str:
        name, at, there = text.partition("@")
        if at and there != host:
            raise ValueError(f"{text!r} is not at {host}")
        return name

    return read
