"""Chapters of videos: the server replaces a video's list as a whole, so all rows of one video are one change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from aiopeertube.errors import NotFound
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.metadata import answers
from aiopeertube.migrate.metadata.references import names_another
from aiopeertube.migrate.metadata.shapes import taken
from aiopeertube.migrate.metadata.values import CLEARED
from aiopeertube.migrate.rows.layout import key_of
from aiopeertube.migrate.rows.parts import LINES, ROWS, Cells, clock, part_of
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.scope import Who, owner_of
from aiopeertube.migrate.tables.source import Row
from aiopeertube.types.video_parts import Chapter
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

from .whole import Complaint, Looked, Whole

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_FIELD: Final = "chapters"
_NONE: Final = "no chapters"  # a part: whether the video is to have none
_AT: Final = "the chapter at "  # the other parts, by when they start


@dataclass(frozen=True, slots=True)
class Chapters(Whole):
    """Gives videos the chapters of a table, in place of those that they have."""

    name: ClassVar[str] = "chapters"
    noun: ClassVar[str] = "video"
    columns: ClassVar[tuple[str, ...]] = ("timecode", "title", "name")

    def words(self, columns: Sequence[str]) -> Iterable[str]:
        """Name none."""
        return ()

    def sight(self, pt: "PeerTube", who: Who) -> "_Sight":
        """Make what looks at chapters."""
        return _Sight(pt, who)

    def read_row(self, row: Row, rows: RowReader) -> Item | None:
        """Make an item of a row that names a video, and when a chapter starts and what it is called."""
        cells = Cells(row, rows)
        ref, names = cells.video()
        wanted = _wanted(cells)
        if ref is None or not cells.are_good:
            return None
        return part_of(row, ref, wanted, note=key_of(cells.cells) | names)

    def call(self, pt: "PeerTube", item: Item) -> Call[None]:
        """Make the request."""
        return pt.videos.chapters.update(item.uuid, chapters=(item.after or {})[_FIELD])

    async def send(self, pt: "PeerTube", journal: Journal, item: Item, request: Request) -> Any:
        """Send it."""
        return await pt.send(request)


def _wanted(cells: Cells) -> dict[str, Any]:
    """Read a row's chapter: by its part's name, or that there is to be none; {} where the row has nothing."""
    at, title = cells.seconds("timecode"), cells.text("title", 1, 100)
    if CLEARED in (at, title):
        if isinstance(at, int) or isinstance(title, str):
            cells.wrong("title", "a row has a chapter, or says that there is to be none")
        return {_NONE: True}
    if isinstance(at, int) and isinstance(title, str):
        return {_NONE: False, f"{_AT}{clock(at)}": {"timecode": at, "title": title}}
    if cells.are_good and isinstance(title, str):
        cells.wrong("timecode", "a chapter needs the time at which it starts")
    elif cells.are_good and isinstance(at, int):
        cells.wrong("title", "a chapter needs a title")
    return {}


def _chapters_of(wanted: Mapping[str, Any]) -> list[Chapter]:
    """Return the list that an item wants, in order."""
    if _FIELD in wanted:  # what was there before, or was written
        return list(wanted[_FIELD] or [])
    found: list[Chapter] = [chapter for part, chapter in wanted.items() if part.startswith(_AT)]
    return sorted(found, key=lambda chapter: chapter["timecode"])


def chapters_in(answer: Any) -> list[dict[str, Any]]:
    """Return the chapters in an answer, in order.

    Raises:
        UnexpectedResponse: there are none in it.
    """
    what = "a chapter of a video"
    chapters = [
        {"timecode": taken(row, "timecode", kind=int, what=what), "title": taken(row, "title", kind=str, what=what)}
        for row in taken(answer, _FIELD, kind=list, what="the chapters of a video")
    ]
    return sorted(chapters, key=lambda chapter: chapter["timecode"])


class _Sight:
    """Looks at videos and their chapters: two requests each."""

    def __init__(self, pt: "PeerTube", who: Who) -> None:
        self._pt = pt
        self._who = who

    async def now(self, item: Item) -> Mapping[str, Any]:
        """Return the chapters that the video has."""
        return {_FIELD: chapters_in(await self._pt.videos.chapters.get(item.uuid or item.ref))}

    async def look(self, item: Item) -> Looked:
        """Return the chapters that there are and those that are wanted, and whether the video may be changed."""
        try:
            video = await answers.video(self._pt, item.ref)
        except NotFound:
            return _wrong(item, "there is no such video, or it is hidden from this user")
        item.uuid, item.name = video["uuid"], video["name"]
        for column, ref in item.note.get("names", {}).items():
            if names_another(ref, video):
                return _wrong(item, f"{ref} is not the video that the row names otherwise: {item.uuid}", column)
        if not self._who.may_edit(video):
            return _wrong(item, f"not yours to change: it belongs to {owner_of(video)}")
        wanted = {_FIELD: _chapters_of(item.wanted)} if item.wanted else {}
        return Looked(await self.now(item), wanted, remarks=list(_remarks(item, video, wanted)))


def _wrong(item: Item, why: str, column: str | None = None) -> Looked:
    return Looked({}, {}, [Complaint(item.line, column, f"{item.name or item.ref}: {why}")])


def _remarks(item: Item, video: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterable[str]:
    """Say which chapters nobody will see, and where a row calls the video otherwise: that changes no name."""
    for line, cells in sorted(item.note.get(ROWS, {}).items(), key=lambda pair: int(pair[0])):
        called = str(cells.get("name") or "").strip()
        if called and called != item.name.strip():
            yield f"line {int(line):,}: {item.name} is called {called!r} there; `name` is only for reading"
            break  # an item's rows are alike
    duration, lines = video.get("duration"), item.note.get(LINES, {})
    for chapter in wanted.get(_FIELD, ()):
        part = f"{_AT}{clock(chapter['timecode'])}"
        if isinstance(duration, int) and 0 < duration <= chapter["timecode"] and part in lines:
            yield f"line {lines[part]:,}: {part} is behind the end of {item.name}, at {clock(duration)}"
