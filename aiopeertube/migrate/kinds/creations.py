"""New videos with their metadata from the row, and those of them that are made from files."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from aiopeertube.errors import (
    ConfigurationError,
    FileChanged,
    NotFound,
    PeerTubeError,
    Unprocessable,
    UploadStuck,
    UploadUnknown,
)
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.metadata import fields
from aiopeertube.migrate.metadata.answers import whole_video
from aiopeertube.migrate.metadata.changes import missing, on_the_wire
from aiopeertube.migrate.metadata.vocabulary import FILES, WORDS, Vocabulary
from aiopeertube.migrate.problems import CellError
from aiopeertube.migrate.rows.layout import kept, key_of, words_of
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.tables.source import Row
from aiopeertube.resumable import CHUNK, Ticket, upload
from aiopeertube.wire.call import Call
from aiopeertube.wire.files import video_type
from aiopeertube.wire.messages import Request

from .reading import file_in

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

IMAGES: Final = ("thumbnailfile", "previewfile")


@dataclass(frozen=True, slots=True)
class Creation:
    """What uploads and imports have in common. `channel` is that of rows that name none, by its name."""

    noun: ClassVar[str] = "video"
    compares: ClassVar[bool] = False
    can_be_undone: ClassVar[bool] = False
    can_be_checked: ClassVar[bool] = True
    requests_each: ClassVar[int] = 1
    question: ClassVar[str] = ""
    origin_column: ClassVar[str] = ""  # what a video is made of
    needed: ClassVar[tuple[str, ...]] = ("channel",)
    channel: str | None = None
    folder: Path = Path()

    def words(self, columns: Sequence[str]) -> Iterable[str]:
        """Name the fields of the columns, and the channel in any case."""
        return ("channel", *(words_of(columns) if columns else WORDS))

    def read_row(self, row: Row, rows: RowReader) -> Item | None:
        """Make an item of a row that describes a new video."""
        before = rows.problems.total
        cells = rows.cells(row)
        wanted = self._wanted(row.line, cells, rows)
        if rows.problems.total > before:
            return None
        key = key_of(cells)
        # A journal looks for it, as text; the name of a file may have bytes that are none.
        made_of = str(wanted[self.origin_column]).encode(errors="backslashreplace").decode()
        ref = f"key:{key['key']}" if key else f"{self.origin_column}:{made_of}"
        item = Item(ref, wanted, row.line, kept(row.cells), state="planned", after={}, ready=True)
        item.name, item.note = wanted["fields"].get("name", ""), key | self._known(wanted)
        return item

    def _wanted(self, line: int, cells: Mapping[str, Any], rows: RowReader) -> dict[str, Any]:
        values = self._complete(rows.wanted(line, cells), rows)
        for name in (name for name in self.needed if name not in values and not str(cells.get(name) or "").strip()):
            rows.problems.add(line, name, "a new video needs one")  # what is there was complained about
        if why := missing(values):
            rows.problems.add(line, None, why)
        wanted: dict[str, Any] = {"fields": values}
        try:
            wanted |= self._origin(cells, rows.reading.words)
            images = [column for column in IMAGES if cells.get(column)]
            wanted["images"] = {column: str(_whole_file(cells, self.folder, column)) for column in images}
        except CellError as exc:
            rows.problems.add_cell(line, exc)
        return wanted

    def _complete(self, values: dict[str, Any], rows: RowReader) -> dict[str, Any]:
        if not self.channel:
            return values
        try:
            return {"channel": rows.reading.words.key("channel", self.channel)} | values
        except ValueError as exc:
            raise ConfigurationError(f"channel: {exc}", option="channel") from None

    def _origin(self, cells: Mapping[str, Any], words: Vocabulary) -> dict[str, Any]:
        """Read what the video is made of."""
        raise NotImplementedError

    def _known(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Note by what else the row is known again."""
        return {}

    def done(self, item: Item, answer: Any) -> None:
        """Settle an item that became a video."""
        item.uuid = answer["uuid"]
        item.settle("changed")

    async def check(self, pt: "PeerTube", item: Item) -> str:
        """Say what is wrong with what a job did; "" when it stands."""
        wanted = item.wanted["fields"]
        try:
            video = await whole_video(pt, item.uuid, wanted)
        except NotFound:
            return "the video is gone"
        return fields.differences(fields.current(video, wanted), wanted)


def _nobody(number: int) -> None:
    """Hear nothing."""


@dataclass(frozen=True, slots=True)
class Upload(Creation):
    """Sends files in chunks; after a crash an upload goes on from where the server is.

    `weigh` and `sent` hear of bytes what those of a `Watcher` hear.
    """

    weigh: Callable[[int], None] = _nobody
    sent: Callable[[int], None] = _nobody
    name: ClassVar[str] = "upload"
    columns: ClassVar[tuple[str, ...]] = ("file", *IMAGES)
    requests_each: ClassVar[int] = 3  # a look at what is newest, the announcement, and the first chunk
    origin_column: ClassVar[str] = "file"
    needed: ClassVar[tuple[str, ...]] = ("name", "channel")

    def words(self, columns: Sequence[str]) -> Iterable[str]:
        """Name what files the server takes, too."""
        return (FILES, *Creation.words(self, columns))

    def _origin(self, cells: Mapping[str, Any], words: Vocabulary) -> dict[str, Any]:
        path = _whole_file(cells, self.folder, "file")
        if words.extensions and not _is_taken(path, words.extensions):
            raise CellError("file", f"{path.name}: the instance takes only {', '.join(words.extensions)}")
        return {"file": str(path), "size": path.stat().st_size}

    @staticmethod
    def more_chunks(item: Item) -> int:
        """Count the chunks of an item's file after its first one."""
        return max(0, -(-int(item.wanted["size"]) // CHUNK) - 1)

    def _known(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        return {"content": sample(Path(wanted["file"]))}

    def call(self, pt: "PeerTube", item: Item) -> Call[Any]:
        """Make the announcement; it stands for the whole upload."""
        size = max(1, int(item.wanted["size"]))
        return pt.uploads.start(filename="file", size=size, content_type="video/mp4", **fields_of_new(item))

    async def send(self, pt: "PeerTube", journal: Journal, item: Item, request: Request) -> Any:
        """Send the file, from its beginning or from where an earlier run was stopped."""
        there, size = 0, int(item.wanted["size"])

        def heard(offset: int, _: int) -> None:
            nonlocal there
            self.sent(offset - there)
            there = offset

        try:
            return await self._send(pt, journal, item, heard)
        finally:
            self.weigh(there - size)  # what is not sent, for whatever reason

    async def _send(self, pt: "PeerTube", journal: Journal, item: Item, heard: Callable[[int, int], None]) -> Any:
        try:
            return await self._upload(pt, journal, item, heard)
        except UploadStuck:
            # The server accepts nothing more of it until it is removed. The ticket stays: it says since when to look.
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

    async def _upload(self, pt: "PeerTube", journal: Journal, item: Item, heard: Callable[[int, int], None]) -> Any:
        async def keep(ticket: Ticket) -> None:
            item.note["upload"] = {
                "id": ticket.upload_id,
                "size": ticket.size,
                "modified": ticket.modified,
                "newest": ticket.newest,
            }
            await journal.save([item])

        kept = item.note.get("upload")
        return await upload(
            pt,
            item.wanted["file"],
            upload_id=Ticket(kept["id"], kept["size"], kept["modified"], kept.get("newest")) if kept else None,
            on_started=keep,
            on_progress=heard,
            is_known=journal.knows,
            lastModified=item.change,  # announced twice, it is still one upload
            **fields_of_new(item),
        )

    async def ask(self, pt: "PeerTube", journal: Journal, item: Item) -> None:
        """Plan it again: the upload itself finds out where it was."""
        item.settle("planned")


def fields_of_new(item: Item) -> dict[str, Any]:
    """Make the fields of a new video; what is empty is left out."""
    values = on_the_wire(item.wanted["fields"])
    images = {name: Path(path) for name, path in item.wanted.get("images", {}).items()}
    return {name: value for name, value in values.items() if value not in (None, [])} | images


def _is_taken(path: Path, extensions: Sequence[str]) -> bool:
    """Tell whether the server takes such a file: it looks at the type that is declared."""
    types = {video_type(f"file{extension}") for extension in extensions}
    return path.suffix.lower() in extensions or video_type(path.name) in types


_SAMPLE: Final = 64 * 1024  # bytes


def sample(path: Path) -> str:
    """Name a file by what is at its beginning, in its middle and at its end; "" where it cannot be read any more."""
    found = hashlib.sha256()
    with suppress(OSError), path.open("rb") as file:
        size = path.stat().st_size
        for at in (0, size // 2, max(0, size - _SAMPLE)):
            file.seek(at)
            found.update(file.read(_SAMPLE))
        return found.hexdigest()[:32]
    return ""


def _whole_file(cells: Mapping[str, Any], folder: Path, column: str) -> Path:
    path = file_in(cells, folder, column)
    if not path.stat().st_size:
        raise CellError(column, f"{path} is empty")
    return path
