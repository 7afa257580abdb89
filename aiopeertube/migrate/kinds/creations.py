"""New videos, from files and from addresses, with their metadata from the row."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

from aiopeertube.errors import (
    FileChanged,
    NotFound,
    PeerTubeError,
    ServerError,
    TransportError,
    UnexpectedResponse,
    Unprocessable,
    UploadStuck,
    UploadUnknown,
)
from aiopeertube.migrate import fields
from aiopeertube.migrate.item import Item
from aiopeertube.migrate.journal import Journal
from aiopeertube.resumable import Ticket, upload
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_BATCH: Final = 50  # videos that are looked up at once
MADE_BEFORE: Final = "an earlier job made it"


class _Creation:
    """What uploads and imports have in common: the video that came of an item."""

    def done(self, item: Item, answer: Any) -> None:
        """Settle an item that became a video."""
        item.uuid = answer["uuid"]
        item.settle("changed")

    async def check(self, pt: "PeerTube", item: Item) -> str:
        """Say what is wrong with what a job did; "" when it stands."""
        try:
            video = await pt.videos.get(item.uuid)
        except NotFound:
            return "the video is gone"
        wanted = item.wanted["fields"]
        now = fields.current(video, wanted)
        return "; ".join(
            f"{name} is {now[name]!r}, not {value!r}" for name, value in wanted.items() if now[name] != value
        )


class Upload(_Creation):
    """Sends files in chunks; after a crash an upload goes on from where the server is."""

    name: Final = "upload"

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def call(self, pt: "PeerTube", item: Item) -> Call[Any]:
        """Make the announcement; it stands for the whole upload."""
        size = max(1, int(item.wanted["size"]))
        return pt.uploads.start(filename="file", size=size, content_type="video/mp4", **_creation(item))

    async def send(self, pt: "PeerTube", item: Item, request: Request) -> Any:
        """Send the file, from its beginning or from where an earlier run was stopped."""
        try:
            return await self._upload(pt, item)
        except UploadStuck:
            # The server takes nothing more of it until it is gone. The ticket stays: it says since when to look.
            await self._cancel(pt, item)
            raise
        except UploadUnknown as exc:
            if not exc.perhaps_finished:
                del item.note["upload"]
            raise
        except (FileChanged, Unprocessable):
            await self._cancel(pt, item)
            item.note.pop("upload", None)
            raise

    async def _cancel(self, pt: "PeerTube", item: Item) -> None:
        kept = item.note.get("upload")
        if kept is not None:
            with suppress(PeerTubeError):  # it is over anyway, and the server removes it in time
                await pt.uploads.cancel(kept["id"])

    async def _upload(self, pt: "PeerTube", item: Item) -> Any:
        async def keep(ticket: Ticket) -> None:
            item.note["upload"] = {
                "id": ticket.upload_id,
                "size": ticket.size,
                "modified": ticket.modified,
                "newest": ticket.newest,
            }
            await self._journal.save([item])

        kept = item.note.get("upload")
        return await upload(
            pt,
            item.wanted["file"],
            upload_id=Ticket(kept["id"], kept["size"], kept["modified"], kept.get("newest")) if kept else None,
            on_started=keep,
            is_known=self._journal.knows,
            lastModified=item.change,  # announced twice, it is still one upload
            **_creation(item),
        )

    async def ask(self, pt: "PeerTube", item: Item) -> None:
        """Plan it again: the upload itself finds out where it was."""
        item.settle("planned")


class Import(_Creation):
    """Has the server fetch videos from addresses."""

    name: Final = "import"

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._newest: asyncio.Future[int] | None = None
        self._made: dict[str, int] = {}  # a video's UUID -> the item that it came of
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def call(self, pt: "PeerTube", item: Item) -> Call[Any]:
        """Make the request."""
        return pt.imports.create(targetUrl=item.wanted["targetUrl"], **_creation(item))

    async def send(self, pt: "PeerTube", item: Item, request: Request) -> Any:
        """Send it, unless an earlier try did more than was seen of it; one of the same address after the other."""
        async with self._turn(item):
            found = await self._find(pt, item) if item.attempts else None
            video = found or await self._send(pt, item, request)
            self._made[video["uuid"]] = item.id
            return video

    async def _send(self, pt: "PeerTube", item: Item, request: Request) -> Any:
        await self._mark(pt, item)
        try:
            return (await pt.send(request))["video"]
        except (TransportError, UnexpectedResponse, ServerError):
            if request.lost and (found := await self._find(pt, item)) is not None:
                return found
            raise

    async def ask(self, pt: "PeerTube", item: Item) -> None:
        """Settle an item by the user's imports."""
        async with self._turn(item):
            found = await self._find(pt, item)
            if found is None:
                item.settle("planned")
            else:
                self._made[found["uuid"]] = item.id
                self.done(item, found)

    def _turn(self, item: Item) -> asyncio.Lock:
        return self._turns.setdefault(item.wanted["targetUrl"], asyncio.Lock())

    async def _mark(self, pt: "PeerTube", item: Item) -> None:
        """Keep which imports there were before: what comes of this item has a higher id. One request a run."""
        if "newest" in item.note:
            return
        if self._newest is None:
            self._newest = asyncio.ensure_future(_newest_import(pt))
        item.note["newest"] = await asyncio.shield(self._newest)
        await self._journal.save([item])

    async def _find(self, pt: "PeerTube", item: Item) -> Any | None:
        """Return the video of an import that is this item's: made since it was first tried, and no other item's."""
        address = item.wanted["targetUrl"]
        async for one in pt.imports.list(targetUrl=address, sort="-createdAt"):
            video = one.get("video")
            since = one["id"] > item.note.get("newest", 0)
            if since and one["targetUrl"] == address and video and await self._may_be(item, video):
                return video
        return None

    async def _may_be(self, item: Item, video: Mapping[str, Any]) -> bool:
        wanted, channel = item.wanted["fields"], (video.get("channel") or {}).get("id")
        alike = wanted.get("name", video["name"]) == video["name"] and channel in {None, wanted["channel"]}
        mine = self._made.get(video["uuid"], item.id) == item.id
        return alike and mine and not await self._journal.knows(video["uuid"])


async def _newest_import(pt: "PeerTube") -> int:
    rows = await pt.imports.list(sort="-createdAt").collect(limit=1)
    return rows[0]["id"] if rows else 0


async def settle_made(pt: "PeerTube", journal: Journal, earlier: Sequence[Journal]) -> int:
    """Settle the items of which earlier jobs made videos that are still there; return how many.

    A table that is fed in twice then makes nothing twice. An item counts as made when an earlier journal has it with
    the same wishes.
    """
    count = 0
    for other in earlier:
        batch: list[Item] = []
        async for item in other.items("changed", "unchanged"):
            batch.append(item)
            if len(batch) == _BATCH:
                count += await _settle_made(pt, journal, batch)
                batch = []
        count += await _settle_made(pt, journal, batch)
    return count


async def _settle_made(pt: "PeerTube", journal: Journal, made: list[Item]) -> int:
    planned = {(item.ref, item.change): item for item in await journal.find([item.ref for item in made], "planned")}
    pairs = [(planned[key], item.uuid) for item in made if (key := (item.ref, item.change)) in planned]
    there = await asyncio.gather(*(_is_there(pt, uuid) for _, uuid in pairs))
    settled = []
    for (item, uuid), is_there in zip(pairs, there, strict=True):
        if is_there:
            item.uuid = uuid
            settled.append(item.settle("unchanged", MADE_BEFORE))
    await journal.save(settled)
    return len(settled)


async def _is_there(pt: "PeerTube", uuid: str) -> bool:
    try:
        await pt.videos.get(uuid)
    except NotFound:
        return False
    return True


def _creation(item: Item) -> dict[str, Any]:
    """Make the fields of a new video; what is empty is left out."""
    values = fields.on_the_wire(item.wanted["fields"])
    images = {name: Path(path) for name, path in item.wanted.get("images", {}).items()}
    return {name: value for name, value in values.items() if value not in (None, [])} | images


def file_of(cells: Mapping[str, Any], folder: Path, column: str = "file") -> Path:
    """Return the file that a cell names.

    Raises:
        ValueError: with the column first: there is no name, or no such file, or nothing in it.
    """
    name = str(cells.get(column) or "").strip()
    if not name:
        raise ValueError(column, "it names no file")
    path = (folder / name).absolute()
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as exc:
        raise ValueError(column, f"cannot read {path}: {exc.strerror or exc}") from None
    if empty:
        raise ValueError(column, f"{path} is empty")
    return path
