"""New videos, from files and from addresses, with their metadata from the row."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

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
from aiopeertube.migrate.values import stamp
from aiopeertube.resumable import Ticket, upload
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_CLOCKS: Final = timedelta(minutes=10)  # by which the server's clock may be behind ours


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
        except UploadUnknown as exc:
            item.note.pop("upload", None)
            found = await self._find(pt, item) if exc.perhaps_finished else None
            if found is not None:
                return found
        except (UploadStuck, Unprocessable) as exc:
            # The server takes nothing more of an upload that it failed at, nor one announced alike, until it is gone.
            if isinstance(exc, UploadStuck) and (found := await self._find(pt, item)) is not None:
                return found
            await self._cancel(pt, item)
            raise
        except FileChanged:
            await self._cancel(pt, item)
            raise
        return await self._upload(pt, item)

    async def _cancel(self, pt: "PeerTube", item: Item) -> None:
        kept = item.note.pop("upload", None)
        if kept is not None:
            with suppress(PeerTubeError):  # it is over anyway, and the server removes it in time
                await pt.uploads.cancel(kept["id"])

    async def _upload(self, pt: "PeerTube", item: Item) -> Any:
        async def keep(ticket: Ticket) -> None:
            item.note.setdefault("began", stamp(datetime.now(UTC) - _CLOCKS))
            item.note["upload"] = {"id": ticket.upload_id, "size": ticket.size, "modified": ticket.modified}
            await self._journal.save([item])

        kept = item.note.get("upload")
        return await upload(
            pt,
            item.wanted["file"],
            upload_id=Ticket(kept["id"], kept["size"], kept["modified"]) if kept else None,
            restart=False,
            on_started=keep,
            lastModified=item.change,  # announced twice, it is still one upload
            **_creation(item),
        )

    async def _find(self, pt: "PeerTube", item: Item) -> Any | None:
        """Look for the video of an upload whose end nobody saw: the same name, made since, and no other item's."""
        began, name = item.note["began"], item.wanted["fields"]["name"]
        async for row in pt.me.videos(sort="-createdAt"):
            if row["createdAt"] < began:
                return None
            if row["name"] == name and not await self._journal.knows(row["uuid"]):
                return row
        return None

    async def ask(self, pt: "PeerTube", item: Item) -> None:
        """Plan it again: the upload itself finds out where it was."""
        item.settle("planned")


class Import(_Creation):
    """Has the server fetch videos from addresses."""

    name: Final = "import"

    def call(self, pt: "PeerTube", item: Item) -> Call[Any]:
        """Make the request."""
        return pt.imports.create(targetUrl=item.wanted["targetUrl"], **_creation(item))

    async def send(self, pt: "PeerTube", item: Item, request: Request) -> Any:
        """Send it, unless an earlier try did more than was seen of it."""
        found = await self._find(pt, item) if item.attempts else None
        if found is not None:
            return found
        try:
            return (await pt.send(request))["video"]
        except (TransportError, UnexpectedResponse, ServerError):
            if request.lost and (found := await self._find(pt, item)) is not None:
                return found
            raise

    async def ask(self, pt: "PeerTube", item: Item) -> None:
        """Settle an item by the user's imports."""
        found = await self._find(pt, item)
        if found is None:
            item.settle("planned")
        else:
            self.done(item, found)

    async def _find(self, pt: "PeerTube", item: Item) -> Any | None:
        """Return the video of an import of this address; the server knows which it was given."""
        address = item.wanted["targetUrl"]
        async for one in pt.imports.list(targetUrl=address, sort="-createdAt"):
            if one["targetUrl"] == address and one.get("video"):
                return one["video"]
        return None


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
