"""Deletes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from aiopeertube.errors import NotFound
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.metadata import fields
from aiopeertube.migrate.metadata.answers import whole_video
from aiopeertube.migrate.metadata.references import names_another
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.tables.source import Row
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

from .reading import requested

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube


@dataclass(frozen=True, slots=True)
class Delete:
    """Deletes videos; their metadata stays in the journal, and nothing else does."""

    name: ClassVar[str] = "delete"
    noun: ClassVar[str] = "video"
    columns: ClassVar[tuple[str, ...]] = ()
    compares: ClassVar[bool] = False
    can_be_undone: ClassVar[bool] = False
    can_be_checked: ClassVar[bool] = True
    requests_each: ClassVar[int] = 2  # the metadata, which the journal keeps, and the deletion
    question: ClassVar[str] = "Delete {videos} at {origin}? This cannot be undone."

    def words(self, columns: Sequence[str]) -> Iterable[str]:
        """Name none."""
        return ()

    def read_row(self, row: Row, rows: RowReader) -> Item | None:
        """Make an item of a row that names a video; what else is in it does not matter."""
        return requested(row, rows, lambda cells: {"delete": True})

    def call(self, pt: "PeerTube", item: Item) -> Call[None]:
        """Make the request."""
        return pt.videos.delete(item.uuid)

    async def send(self, pt: "PeerTube", journal: Journal, item: Item, request: Request) -> Any:
        """Keep the video's metadata, and send it."""
        video = await whole_video(pt, item.uuid, fields.OPEN_FIELDS)
        wrong = [column for column, name in item.note.get("names", {}).items() if names_another(name, video)]
        if wrong:
            return item.settle("failed", f"{wrong[0]} names another video than {item.uuid}; nothing was deleted")
        item.name, item.before = video["name"], fields.current(video, fields.OPEN_FIELDS)
        return await pt.send(request)

    def done(self, item: Item, answer: Any) -> None:
        """Settle an item that was sent."""
        item.settle("changed")

    async def ask(self, pt: "PeerTube", journal: Journal, item: Item) -> None:
        """Settle an item by whether the video is still there."""
        item.settle("changed" if await self._is_gone(pt, item) else "planned")

    async def check(self, pt: "PeerTube", item: Item) -> str:
        """Say what is wrong with what a job did; "" when it stands."""
        return "" if await self._is_gone(pt, item) else "the video is still there"

    @staticmethod
    async def _is_gone(pt: "PeerTube", item: Item) -> bool:
        try:
            await pt.videos.get(item.uuid)
        except NotFound:
            return True
        return False
