"""Playlists: made where they are not there, described, filled and put in order; all rows of one are one change."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

from aiopeertube.errors import PeerTubeError, ServerError, TransportError, UnexpectedResponse, ends_run
from aiopeertube.migrate.journal.item import PARTLY, Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.metadata.values import CLEARED
from aiopeertube.migrate.metadata.vocabulary import Vocabulary
from aiopeertube.migrate.rows.parts import Cells, part_of
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.scope import Who, who_am_i
from aiopeertube.migrate.tables.source import Row
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

from .filling import TIMES, fill, places_of, steps
from .playlist_sight import CHANNEL, DESCRIPTION, ELEMENTS, NAME, PRIVACY, ROW, PlaylistSight
from .whole import EXISTS, Whole, is_between

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_TRIES: Final = 6
_LONGEST: Final = 120  # characters of a name
_PRIVACIES: Final = (1, 2, 3)
_WIRE: Final = {NAME: "displayName", DESCRIPTION: "description", PRIVACY: "privacy", CHANNEL: "videoChannelId"}


@dataclass(frozen=True, slots=True)
class Playlists(Whole):
    """Makes and fills playlists; `exact` takes out what the table does not name.

    A playlist is named by what it is called, or by its id, UUID or short UUID.
    """

    name: ClassVar[str] = "playlists"
    noun: ClassVar[str] = "playlist"
    columns: ClassVar[tuple[str, ...]] = ("playlist", "description", "privacy", "channel", "position", "name", *TIMES)
    exact: bool = False
    _counts: dict[str, int] = field(default_factory=dict, compare=False)  # rows without a position of each playlist

    def words(self, columns: Sequence[str]) -> Iterable[str]:
        """Name channels and privacies."""
        return ("privacy", "channel")

    def sight(self, pt: "PeerTube", who: Who) -> PlaylistSight:
        """Make what looks at playlists."""
        return PlaylistSight(pt, who, exact=self.exact)

    def read_row(self, row: Row, rows: RowReader) -> Item | None:
        """Make an item of a row that names a playlist, and what it is to be, or a video that it is to have."""
        cells = Cells(row, rows)
        called = cells.read("playlist", _name)
        if not isinstance(called, str) and cells.are_good:
            cells.wrong("playlist", "the row names no playlist")
        attributes, video = _attributes(cells, rows.reading.words), self._video(str(called), cells)
        if not isinstance(called, str) or not cells.are_good:
            return None
        return part_of(row, called, {"playlist": called} | attributes | video, name=called)

    def _video(self, called: str, cells: Cells) -> dict[str, Any]:
        """Read the video that a row puts into a playlist; {} where it names none."""
        at, times = cells.read("position", _position), _times(cells)
        if not cells.names_video():
            if column := next((one for one, value in (("position", at), *times.items()) if value is not None), None):
                cells.wrong(column, "the row names no video")
            return {}
        ref, names = cells.video()
        if isinstance(at, int):
            return {f"position {at}": {"video": ref, "at": at, "times": times} | names}
        number = self._counts[called] = self._counts.get(called, 0) + 1
        return {f"{ROW}{number:06}": {"video": ref, "at": None, "times": times} | names}

    def call(self, pt: "PeerTube", item: Item) -> Call[Any]:
        """Make the first request: it makes, changes or deletes the playlist, or looks at it."""
        after = item.after or {}
        if after.get(EXISTS) is False:
            return pt.playlists.delete(item.uuid)
        if _is_new(item):
            return _creation(pt, item)
        fields = {} if after.get(EXISTS) else _fields(after)
        return pt.playlists.update(item.uuid, **fields) if fields else pt.playlists.get(item.uuid)

    def requests(self, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterable[str]:
        """Name one for the playlist, looks at what is in it, and what brings its videos there and in order."""
        there, wanted = (before or {}).get(ELEMENTS) or [], (after or {}).get(ELEMENTS) or []
        if ELEMENTS not in (after or {}) or (after or {}).get(EXISTS) is False:
            return ("change",)
        looks = ("look",) if EXISTS in (after or {}) else ("look", "look")
        return ("change", *looks, *("video" for _ in range(steps(there, wanted))))

    async def send(self, pt: "PeerTube", journal: Journal, item: Item, request: Request) -> Any:
        """Carry it out, unless somebody changed the playlist meanwhile."""
        if not _is_new(item) and not await self._is_as_expected(pt, item):
            return item.settle("conflict", "changed by somebody else meanwhile")
        try:
            await self._carry_out(pt, journal, item, request)
        except PeerTubeError as exc:
            await self.note_partly(pt, item, exc)
            raise
        return None

    async def _is_as_expected(self, pt: "PeerTube", item: Item) -> bool:
        """Tell whether what is there is what was there at the look, or may be on the way from there."""
        if ELEMENTS not in (item.after or {}):
            return True
        before, after = item.note.get(PARTLY) or item.before or {}, item.after or {}
        now = [place.value for place in await places_of(pt, item.uuid)]
        if after.get(EXISTS) is False:
            return now == before.get(ELEMENTS)
        return is_between(before.get(ELEMENTS), after[ELEMENTS], now)

    async def _carry_out(self, pt: "PeerTube", journal: Journal, item: Item, request: Request) -> None:
        after = item.after or {}
        if _is_new(item):
            item.uuid = await self._made(pt, item, request)
            await journal.save([item])
        else:
            await pt.send(request)
        if ELEMENTS in after and after.get(EXISTS, True):
            await fill(pt, item.uuid, after[ELEMENTS] or [])

    async def _made(self, pt: "PeerTube", item: Item, request: Request) -> str:
        """Make a playlist; where the answer was lost it is looked for before it is made again."""
        making = pt.send(request)
        for left in reversed(range(_TRIES)):
            try:
                return str((await making)["videoPlaylist"]["uuid"])
            except (TransportError, UnexpectedResponse, ServerError) as exc:
                if ends_run(exc) or not left:
                    raise
            if found := await self._found(pt, item):
                return found
            making = _creation(pt, item).send()
        raise AssertionError  # the last one raises

    async def _found(self, pt: "PeerTube", item: Item) -> str:
        """Return the playlist that an unanswered request made; "" where there is none."""
        who, _ = await who_am_i(pt)
        await self.sight(pt, who).now(item)
        found, item.uuid = item.uuid, ""
        return found


def _is_new(item: Item) -> bool:
    return bool((item.after or {}).get(EXISTS)) and not item.uuid


def _fields(after: Mapping[str, Any]) -> dict[str, Any]:
    return {wire: after[name] for name, wire in _WIRE.items() if name in after}


def _creation(pt: "PeerTube", item: Item) -> Call[Any]:
    return pt.playlists.create(
        **{name: value for name, value in _fields(item.after or {}).items() if value is not None}
    )


def _attributes(cells: Cells, words: Vocabulary) -> dict[str, Any]:
    """Read what a row says of its playlist."""
    found: dict[str, Any] = {DESCRIPTION: cells.text(DESCRIPTION, 3, 1000)}
    found |= {
        PRIVACY: cells.read(PRIVACY, lambda word: _privacy(word, words)),
        CHANNEL: cells.read(CHANNEL, words.channel_key),
    }
    if found[PRIVACY] is CLEARED:
        cells.wrong(PRIVACY, "it cannot be cleared")
    return {name: None if value is CLEARED else value for name, value in found.items() if value is not None}


def _name(text: str) -> str:
    if len(text) > _LONGEST:
        raise ValueError(f"it must have 1 to {_LONGEST} characters, and has {len(text):,}")
    return text


def _privacy(word: str, words: Vocabulary) -> int:
    with suppress(ValueError):
        if (key := int(words.key("privacy", word))) in _PRIVACIES:
            return key
    raise ValueError(f"playlists are public, unlisted or private, not {word!r}")


def _position(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) < 2**31:
        raise ValueError(f"{text!r} is no position: they count from 1")
    return int(text)


def _times(cells: Cells) -> dict[str, int | None]:
    found = {name: cells.seconds(name) for name in TIMES}
    start, stop = (found[name] for name in TIMES)
    if isinstance(start, int) and isinstance(stop, int) and stop <= start:
        cells.wrong(TIMES[1], "it stops before it starts")
    return {name: time if isinstance(time, int) else None for name, time in found.items() if time is not None}
