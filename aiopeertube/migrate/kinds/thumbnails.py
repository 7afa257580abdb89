"""Thumbnails and previews from files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.problems import CellError
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.tables.source import Row
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

from .captions import digest, is_same
from .protected import sent
from .reading import file_in, requested

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_MOST: Final = 4 * 1024 * 1024  # bytes; PeerTube's own limit
_KINDS: Final[Mapping[str, bytes]] = {".jpg": b"\xff\xd8", ".jpeg": b"\xff\xd8", ".png": b"\x89PNG", ".webp": b"RIFF"}


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """Replaces images; what was there before is gone. `folder` is where files are looked for."""

    name: ClassVar[str] = "thumbnails"
    noun: ClassVar[str] = "video"
    columns: ClassVar[tuple[str, ...]] = ("thumbnailfile", "previewfile", "file")
    compares: ClassVar[bool] = False
    can_be_undone: ClassVar[bool] = False
    can_be_checked: ClassVar[bool] = False  # the server makes its own image of each
    requests_each: ClassVar[int] = 1
    question: ClassVar[str] = ""
    folder: Path = Path()

    def words(self, columns: Sequence[str]) -> Iterable[str]:
        """Name none."""
        return ()

    def read_row(self, row: Row, rows: RowReader) -> Item | None:
        """Make an item of a row that names a video, and `thumbnailfile`, `previewfile` or `file` for both."""
        return requested(row, rows, partial(self._wanted, one_picture=rows.reading.one_picture))

    def _wanted(self, cells: Mapping[str, Any], *, one_picture: bool) -> dict[str, Any]:
        both = {"thumbnailfile": "file", "previewfile": "file"} if cells.get("file") else {}
        columns = both | {name: name for name in ("thumbnailfile", "previewfile") if cells.get(name)}
        if not columns:
            raise CellError("file", "no image is named")
        images = {name: image(file_in(cells, self.folder, column), column) for name, column in columns.items()}
        return _as_one(images) if one_picture and len(images) > 1 else images

    def call(self, pt: "PeerTube", item: Item) -> Call[None]:
        """Make the update."""
        return _edit(pt, item)

    async def send(self, pt: "PeerTube", journal: Journal, item: Item, request: Request) -> Any:
        """Send it, unless a file has changed."""
        same = all(is_same(item, found) for found in item.wanted.values())
        again = partial(_edit, pt, item)
        return await sent(pt, request, item.uuid, lambda passwords: again(videoPasswords=passwords)) if same else None

    def done(self, item: Item, answer: Any) -> None:
        """Settle an item that was sent."""
        item.settle("changed")

    async def ask(self, pt: "PeerTube", journal: Journal, item: Item) -> None:
        """Plan it again: sending an image twice is harmless."""
        item.settle("planned")

    async def check(self, pt: "PeerTube", item: Item) -> str:
        """Say nothing; see `can_be_checked`."""
        return ""


def _edit(pt: "PeerTube", item: Item, **fields: Any) -> Call[None]:
    images: dict[str, Any] = {name: Path(found["file"]) for name, found in item.wanted.items()}
    return pt.videos.update(item.uuid, **images, **fields)


def _as_one(images: dict[str, Any]) -> dict[str, Any]:
    """Leave one of two images that are the same; a server with one picture a video would keep `previewfile` alone.

    Raises:
        CellError: they differ.
    """
    if images["thumbnailfile"]["sha256"] != images["previewfile"]["sha256"]:
        what = "videos of this server have one picture, so the thumbnail would be lost: give one file"
        raise CellError("thumbnailfile", what)
    return {"previewfile": images["previewfile"]}


def image(path: Path, column: str, kinds: Mapping[str, bytes] = _KINDS) -> dict[str, str]:
    """Look at a picture; return its name, and what names its content. `kinds` are endings and how such files begin.

    Raises:
        CellError: it is none, or the server would not take it.
    """
    data = path.read_bytes()
    start = kinds.get(path.suffix.lower())
    if start is None:
        raise CellError(column, f"{path.name} is not called {_either([one for one in kinds if one != '.jpeg'])}")
    if not data.startswith(start):
        raise CellError(column, f"{path.name} is not what its name says")
    if len(data) > _MOST:
        raise CellError(column, f"{path.name} is larger than the 4 MiB that PeerTube takes")
    return {"file": str(path), "sha256": digest(data)}


def _either(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
