"""Captions from files."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from aiopeertube.errors import FileUnreadable, InvalidField, NotFound
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.metadata.fields import Reading
from aiopeertube.migrate.metadata.shapes import taken
from aiopeertube.migrate.problems import CellError
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.tables.source import Row
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import VideoRef
from aiopeertube.wire.messages import Request, Response

from .reading import file_in, requested
from .subtitles import said

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

NOT_KEPT: Final = "the server takes the captions and does not keep them"
_TRIES: Final = 6
_MOST: Final = 20 * 1024 * 1024  # bytes; PeerTube's own limit
_CUE: Final = re.compile(r"^\s*(\d+:)?\d{1,2}:\d{2}[,.]\d{1,3}\s*-->\s*(\d+:)?\d{1,2}:\d{2}[,.]\d{1,3}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Captions:
    """Uploads captions; the server accepts any file, so each is looked at when its row is read.

    `language` is that of rows that name none, `folder` where files are looked for.
    """

    name: ClassVar[str] = "captions"
    noun: ClassVar[str] = "video"
    columns: ClassVar[tuple[str, ...]] = ("language", "file")
    compares: ClassVar[bool] = False
    can_be_undone: ClassVar[bool] = False
    can_be_checked: ClassVar[bool] = True
    requests_each: ClassVar[int] = 2  # the upload, and a look whether the server kept it
    question: ClassVar[str] = ""
    language: str | None = None
    folder: Path = Path()

    def words(self, columns: Sequence[str]) -> Iterable[str]:
        """Name languages, as in any other table."""
        return ("language",)

    def read_row(self, row: Row, rows: RowReader) -> Item | None:
        """Make an item of a row that names a video, a file and a language."""
        return requested(row, rows, partial(self._wanted, reading=rows.reading), apart="language")

    def _wanted(self, cells: Mapping[str, Any], *, reading: Reading) -> dict[str, Any]:
        word = str(cells.get("language") or self.language or "").strip()
        if not word:
            raise CellError("language", "there is none; add a column, or say one for all rows", option="language")
        try:
            code = reading.words.captions_key(word, reading.version)
        except ValueError as exc:
            raise CellError("language", str(exc)) from None
        path = file_in(cells, self.folder)
        data = path.read_bytes()
        if why := not_captions(path, data):
            raise CellError("file", why)
        return {"language": code, "file": str(path), "sha256": digest(data), "said": said(data)}

    def call(self, pt: "PeerTube", item: Item) -> Call[None]:
        """Make the upload."""
        return pt.captions.put(item.uuid, item.wanted["language"], Path(item.wanted["file"]))

    async def send(self, pt: "PeerTube", journal: Journal, item: Item, request: Request) -> None:
        """Send it, unless the file has changed, and see that it stays."""
        if not is_same(item, item.wanted):
            return
        if not await _stays(pt, lambda: pt.send(request), item.uuid, item.wanted["language"]):
            item.settle("failed", NOT_KEPT, again=True)

    def done(self, item: Item, answer: Any) -> None:
        """Settle an item that was sent."""
        item.settle("changed")

    async def ask(self, pt: "PeerTube", journal: Journal, item: Item) -> None:
        """Plan it again: uploading captions twice is harmless."""
        item.settle("planned")

    async def check(self, pt: "PeerTube", item: Item) -> str:
        """Say what is wrong with what a job did; "" when it stands: what the captions say is compared, too."""
        try:
            kept = await _kept(pt, item.uuid, item.wanted["language"])
        except NotFound:
            return "the video is gone"
        if kept is None:
            return "it has no captions in this language"
        return await self._compared(pt, item, kept)

    @staticmethod
    async def _compared(pt: "PeerTube", item: Item, kept: Mapping[str, Any]) -> str:
        what = f"the captions in {item.wanted['language']}"
        file = _file(pt, kept, what)
        try:
            there = said(await file)
        except NotFound:
            return f"the file of {what} is gone"
        return "" if there == item.wanted["said"] else f"{what} say something else than {item.wanted['file']}"


async def put_captions(pt: "PeerTube", video: VideoRef, language: str, path: Path) -> bool:
    """Upload the captions of one file, and see that they stay; return whether they do.

    Raises:
        FileUnreadable, InvalidField: the file holds no captions; nothing was sent.
    """
    try:
        why = not_captions(path, await asyncio.to_thread(path.read_bytes))
    except OSError as exc:
        raise FileUnreadable(str(path), exc.strerror or type(exc).__name__) from None
    if why:
        raise InvalidField("captionfile", why)
    return await _stays(pt, lambda: pt.captions.put(video, language, path).send(), video, language)


async def fetch_captions(pt: "PeerTube", video: VideoRef, language: str) -> bytes | None:
    """Return what the captions of a video in a language say, as the server gives it out; None where it has none."""
    kept = await _kept(pt, video, language)
    return None if kept is None else await _file(pt, kept, f"the captions in {language}")


async def _stays(pt: "PeerTube", send: Callable[[], Awaitable[object]], video: VideoRef, language: str) -> bool:
    """Send captions until they stay; return whether they do.

    PeerTube answers 204 and keeps nothing where another write comes between (6.3: 14 of 60 at eight in flight).
    """
    for _ in range(_TRIES):
        await send()
        if await _kept(pt, video, language) is not None:
            return True
    return False


async def _kept(pt: "PeerTube", video: VideoRef, language: str) -> Mapping[str, Any] | None:
    """Return what the server tells of the captions in a language; None where it has none."""
    return by_language(await pt.captions.list(video)).get(language)


def _file(pt: "PeerTube", kept: Mapping[str, Any], what: str) -> Call[bytes]:
    return Call("GET", taken(kept, "captionPath", kind=str, what=what), _body, sender=pt)


def _body(response: Response) -> bytes:
    return response.body


def by_language(page: Any) -> Mapping[str, Mapping[str, Any]]:
    """Return the captions that a list has, by language.

    Raises:
        UnexpectedResponse: it is no such list.
    """
    what = "the list of captions"
    rows = taken(page, "data", kind=list, what=what)
    return {taken(row, "language", "id", kind=str, what=what): row for row in rows}


def not_captions(path: Path, data: bytes) -> str:
    """Say why a file is not captions; "" when it is."""
    if path.suffix.lower() not in {".srt", ".vtt"}:
        return f"{path.name} is not called .srt or .vtt"
    if len(data) > _MOST:
        return f"{path.name} is larger than the 20 MiB that PeerTube takes"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return f"{path.name} is not text in UTF-8"
    if path.suffix.lower() == ".vtt" and not text.startswith("WEBVTT"):
        return f"{path.name} does not begin with WEBVTT"
    return "" if _CUE.search(text) else f"{path.name} has no line like 00:00:01,000 --> 00:00:02,500"


def is_same(item: Item, found: Mapping[str, Any]) -> bool:
    """Tell whether a file is still what it was when its row was read; settle the item where it is not."""
    try:
        same: bool = digest(Path(found["file"]).read_bytes()) == found["sha256"]
    except OSError as exc:
        item.settle("failed", f"cannot read {found['file']}: {exc.strerror or exc}", again=True)
        return False
    if not same:
        item.settle("failed", f"{found['file']} was changed since it was looked at")
    return same


def digest(data: bytes) -> str:
    """Name a file's content."""
    return hashlib.sha256(data).hexdigest()
