"""Deletes."""

from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import NotFound
from aiopeertube.migrate import fields
from aiopeertube.migrate.fields import FIELDS
from aiopeertube.migrate.item import Item
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube


class Delete:
    """Deletes videos; their metadata stays in the journal, and nothing else does."""

    name: Final = "delete"

    def call(self, pt: "PeerTube", item: Item) -> Call[None]:
        """Make the request."""
        return pt.videos.delete(item.uuid)

    async def send(self, pt: "PeerTube", item: Item, request: Request) -> Any:
        """Keep the video's metadata, and send it."""
        video = await pt.videos.get(item.uuid)
        item.name, item.before = video["name"], fields.current(video, FIELDS)
        return await pt.send(request)

    def done(self, item: Item, answer: Any) -> None:
        """Settle an item that was sent."""
        item.settle("changed")

    async def ask(self, pt: "PeerTube", item: Item) -> None:
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
