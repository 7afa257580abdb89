"""Thumbnails and previews from files."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.migrate.item import Item
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

from .captions import digest, is_same, read_file

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

COLUMNS: Final = ("thumbnailfile", "previewfile", "file")
_MOST: Final = 4 * 1024 * 1024  # bytes; PeerTube's own limit
_KINDS: Final = {".jpg": b"\xff\xd8", ".jpeg": b"\xff\xd8", ".png": b"\x89PNG", ".webp": b"RIFF"}


class Thumbnails:
    """Puts images; what was there before is gone."""

    name: Final = "thumbnails"

    def call(self, pt: "PeerTube", item: Item) -> Call[None]:
        """Make the update."""
        images: dict[str, Any] = {name: Path(found["file"]) for name, found in item.wanted.items()}
        return pt.videos.update(item.uuid, **images)

    async def send(self, pt: "PeerTube", item: Item, request: Request) -> Any:
        """Send it, unless a file is another by now."""
        same = all(is_same(item, found) for found in item.wanted.values())
        return await pt.send(request) if same else None

    def done(self, item: Item, answer: Any) -> None:
        """Settle an item that was sent."""
        item.settle("changed")

    async def ask(self, pt: "PeerTube", item: Item) -> None:
        """Plan it again: putting an image twice harms nothing."""
        item.settle("planned")


def wanted(cells: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Read what a row asks for: `thumbnailfile`, `previewfile`, or `file` for both.

    Raises:
        ValueError: with the column first: what is wrong with it.
    """
    both = {"thumbnailfile": "file", "previewfile": "file"} if cells.get("file") else {}
    columns = both | {name: name for name in ("thumbnailfile", "previewfile") if cells.get(name)}
    if not columns:
        raise ValueError("file", "it names no image")
    return {name: _image(cells, folder, column) for name, column in columns.items()}


def _image(cells: Mapping[str, Any], folder: Path, column: str) -> dict[str, str]:
    path, data = read_file(cells, folder, column)
    start = _KINDS.get(path.suffix.lower())
    if start is None:
        raise ValueError(column, f"{path.name} is not called .jpg, .png or .webp")
    if not data.startswith(start):
        raise ValueError(column, f"{path.name} does not hold what its name says")
    if len(data) > _MOST:
        raise ValueError(column, f"{path.name} is larger than the 4 MiB that PeerTube takes")
    return {"file": str(path), "sha256": digest(data)}
