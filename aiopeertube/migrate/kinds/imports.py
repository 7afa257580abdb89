"""New videos that the server fetches from addresses."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final
from weakref import WeakKeyDictionary, WeakValueDictionary

from aiopeertube.errors import ServerError, TransportError, UnexpectedResponse
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.metadata.vocabulary import Vocabulary
from aiopeertube.migrate.problems import CellError
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

from .creations import IMAGES, Creation, fields_of_new

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube


class _Imports:
    """What one run knows of its imports: whose the videos are, and which were there before it."""

    def __init__(self) -> None:
        self._made: dict[str, int] = {}  # a video's UUID -> the item that it came of
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._newest: asyncio.Task[int] | None = None

    def turn(self, item: Item) -> asyncio.Lock:
        """Return the lock of the item's address: of imports that are alike, one ends after the other."""
        return self._turns.setdefault(item.wanted["targetUrl"], asyncio.Lock())

    def came_of(self, item: Item, video: Mapping[str, Any]) -> None:
        """Remember whose a video is."""
        self._made[video["uuid"]] = item.id

    def is_of_another(self, item: Item, video: Mapping[str, Any]) -> bool:
        """Tell whether a video came of another item of this run."""
        return self._made.get(video["uuid"], item.id) != item.id

    async def newest(self, pt: "PeerTube") -> int:
        """Return the id of the newest import there was before; one request a run, unless it fails."""
        if self._newest is None or (self._newest.done() and _failed(self._newest)):
            self._newest = asyncio.create_task(_newest_import(pt))
        return await asyncio.shield(self._newest)


_RUNS: Final[WeakKeyDictionary[Journal, _Imports]] = WeakKeyDictionary()


def _imports_of(journal: Journal) -> _Imports:
    return _RUNS.setdefault(journal, _Imports())


class Import(Creation):
    """Has the server fetch videos from addresses."""

    __slots__ = ()
    name: ClassVar[str] = "import"
    columns: ClassVar[tuple[str, ...]] = ("targetUrl", "file", *IMAGES)
    origin_column = "targetUrl"

    def _origin(self, cells: Mapping[str, Any], words: Vocabulary) -> dict[str, Any]:
        address = str(cells.get("targetUrl") or "").strip()
        if not address:
            raise CellError("targetUrl", "a new video needs an address to import it from")
        if not address.startswith(("http://", "https://")):
            raise CellError("targetUrl", f"{address!r} is not an address")
        return {"targetUrl": address}

    def call(self, pt: "PeerTube", item: Item) -> Call[Any]:
        """Make the request."""
        return pt.imports.create(targetUrl=item.wanted["targetUrl"], **fields_of_new(item))

    async def send(self, pt: "PeerTube", journal: Journal, item: Item, request: Request) -> Any:
        """Send it, unless an earlier attempt did more than its answer said."""
        imports = _imports_of(journal)
        async with imports.turn(item):
            found = await self._find(pt, journal, item) if item.attempts else None
            video = found or await self._send(pt, journal, item, request)
            imports.came_of(item, video)
            return video

    async def _send(self, pt: "PeerTube", journal: Journal, item: Item, request: Request) -> Any:
        await self._mark(pt, journal, item)
        try:
            return (await pt.send(request))["video"]
        except (TransportError, UnexpectedResponse, ServerError):
            if request.lost and (found := await self._find(pt, journal, item)) is not None:
                return found
            raise

    async def ask(self, pt: "PeerTube", journal: Journal, item: Item) -> None:
        """Settle an item by the user's imports."""
        imports = _imports_of(journal)
        async with imports.turn(item):
            found = await self._find(pt, journal, item)
            if found is None:
                item.settle("planned")
            else:
                imports.came_of(item, found)
                self.done(item, found)

    async def _mark(self, pt: "PeerTube", journal: Journal, item: Item) -> None:
        """Remember which imports there were before: the one of this item has a higher id."""
        if "newest" not in item.note:
            item.note["newest"] = await _imports_of(journal).newest(pt)
            await journal.save([item])

    async def _find(self, pt: "PeerTube", journal: Journal, item: Item) -> Any | None:
        """Return the video of an import that is this item's: made since it was first tried, and no other item's."""
        address = item.wanted["targetUrl"]
        async for one in pt.imports.list(targetUrl=address, sort="-createdAt"):
            video = one.get("video")
            since = one["id"] > item.note.get("newest", 0)
            if since and one["targetUrl"] == address and video and await self._may_be(journal, item, video):
                return video
        return None

    async def _may_be(self, journal: Journal, item: Item, video: Mapping[str, Any]) -> bool:
        wanted, channel = item.wanted["fields"], (video.get("channel") or {}).get("id")
        alike = wanted.get("name", video["name"]) == video["name"] and channel in {None, wanted["channel"]}
        of_another = _imports_of(journal).is_of_another(item, video)
        return alike and not of_another and not await journal.knows(video["uuid"])


def _failed(task: "asyncio.Task[int]") -> bool:
    return task.cancelled() or task.exception() is not None


async def _newest_import(pt: "PeerTube") -> int:
    rows = await pt.imports.list(sort="-createdAt").collect(limit=1)
    return rows[0]["id"] if rows else 0
