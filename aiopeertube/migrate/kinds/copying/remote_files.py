"""The file that a video is copied by: the one that was uploaded, where it can be had, else the best there is."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from aiopeertube._downloads import Download, whole
from aiopeertube._settings import origin_of
from aiopeertube.errors import FileChanged
from aiopeertube.migrate.metadata.shapes import taken
from aiopeertube.resumable import Ticket
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request, Response

from .ends import Origin

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

T = TypeVar("T")
Keep = Callable[[int, int, str, str], Awaitable[None]]

_WHAT: Final = "a file of a video"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")  # which no header takes
SPLIT: Final = "its picture and its sound are in files of their own, and none has both"


class Unfit(Exception):
    """A video cannot be copied; the message says why."""


def chosen(
    origin: Origin, video: Mapping[str, Any], source: Mapping[str, Any] | None, extensions: Iterable[str]
) -> dict[str, Any]:
    """Return path, size, name and whether it is the original of the file to copy; `source` is what was uploaded.

    `extensions` are those that the other instance takes; () where it does not say.

    Raises:
        Unfit: there is no file that can be read.
    """
    given = _CONTROL.sub("_", str((source or {}).get("inputFilename") or ""))
    taken_there = tuple(extensions)
    found = _original(origin, source, given, taken_there)
    if found is not None:
        return found
    best = max(_files(video), key=_rank, default=None)
    if best is None:
        raise Unfit(SPLIT if _has_files(video) else "it has no file; that is so while it is being made")
    urls = [best.get(name) for name in ("fileUrl", "fileDownloadUrl")]
    path = next((path for url in urls if url and (path := origin.path(url))), None)
    path = path or next((address for url in urls if (address := origin.address(url))), None)
    if path is None:
        raise Unfit("its file is told of, and not where it is")
    name = _renamed(given, path)
    if taken_there and PurePosixPath(name).suffix.lower() not in taken_there:
        end = PurePosixPath(name).suffix or "a file without such an end"
        raise Unfit(f"the instance takes only {', '.join(taken_there)}, and this is {end}")
    size = taken(best, "size", kind=int, what=_WHAT)
    if not size:
        raise Unfit("its file is empty")
    return {"path": path, "size": size, "name": name, "original": False}


def address(origin: Origin, file: Mapping[str, Any]) -> str:
    """Return where anybody finds a file, under the name that its instance gives itself.

    Raises:
        Unfit: not everybody may have it.
    """
    if "/private/" in file["path"]:
        raise Unfit("not everybody may have its file, so another instance cannot fetch it; it has to be uploaded")
    if urlsplit(file["path"]).netloc:
        return str(file["path"])
    return f"{urlsplit(origin.pt.origin).scheme}://{origin.host}{file['path']}"


def _original(
    origin: Origin, source: Mapping[str, Any] | None, name: str, extensions: tuple[str, ...]
) -> dict[str, Any] | None:
    """Return the file that was uploaded, where it is kept and the other instance takes such ones."""
    path = origin.path((source or {}).get("fileDownloadUrl"))
    size = (source or {}).get("size")
    if not path or not name or type(size) is not int or not size:
        return None
    if extensions and PurePosixPath(name).suffix.lower() not in extensions:
        return None
    return {"path": path, "size": size, "name": name, "original": True}


def _files(video: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give the files of a video that stand for all of it."""
    every = _every(video)
    with_sound = any(file.get("hasAudio", True) for file in every)
    for file in every:
        if file.get("hasVideo", True) and (file.get("hasAudio", True) or not with_sound):
            yield file


def _every(video: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    lists = [video.get("files") or [], *((each.get("files") or []) for each in video.get("streamingPlaylists") or [])]
    return [file for files in lists for file in files]


def _has_files(video: Mapping[str, Any]) -> bool:
    return bool(_every(video))


def _rank(file: Mapping[str, Any]) -> tuple[int, bool, int]:
    """Compare files: the larger picture, then a file that is no part of a stream, then the larger file."""
    resolution = (file.get("resolution") or {}).get("id") or 0
    return resolution, not file.get("playlistUrl") and "/hls/" not in str(file.get("fileUrl")), file.get("size") or 0


def _renamed(given: str, path: str) -> str:
    """Name a file as the one that was uploaded, with the end that it has now."""
    now = PurePosixPath(unquote(urlsplit(path).path))
    return f"{PurePosixPath(given).stem}{now.suffix}" if given else now.name


class RemoteFile:
    """The file of a video at the instance that it is copied from, read part by part as it is asked for.

    `keep` hears where each part begins and ends, its SHA-256 and by what mark its server knows the file, before it is
    given on; `mark` is the one that an earlier run heard.
    """

    modified = 0  # nobody tells

    def __init__(self, pt: "PeerTube", file: Mapping[str, Any], keep: Keep, *, mark: str = "") -> None:
        self.name: str = file["name"]
        self.size: int = file["size"]
        self._file = download(pt, file["path"])
        self._keep = keep
        self._mark = mark

    def check(self, ticket: Ticket | str | None) -> None:
        """Compare its size with that of the file that an upload began with."""
        if isinstance(ticket, Ticket) and ticket.size != self.size:
            raise FileChanged("the file was changed since its copy began", upload_id=ticket.upload_id)

    async def fetch(self, begin: int, end: int) -> bytes:
        """Read the bytes from `begin` to `end`."""
        part = await self._file.part(begin, end, mark=self._mark)
        if part.total not in {None, self.size}:
            raise FileChanged(f"the file has {part.total:,} bytes now, not {self.size:,}")
        self._mark = part.mark
        await self._keep(begin, end, await sum_of(part.data), part.mark)
        return part.data


async def sum_of(data: bytes) -> str:
    """Return the SHA-256 of a part, without holding up others."""
    return (await asyncio.to_thread(hashlib.sha256, data)).hexdigest()


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """Reads at another origin than the instance's, by its client and as nobody in particular."""

    pt: "PeerTube"
    origin: str

    def prepare(self, call: Call[Any]) -> Request:
        return call.request(self.origin, authenticate=False)

    def send(self, request: Request) -> Coroutine[Any, Any, Any]:
        return self.pt.send(request)


def download(pt: "PeerTube", address: str) -> Download:
    """Make the download of a path at an instance, or of an address at another place."""
    return Download(_get(pt, address, whole, idempotent=False))


def picture(pt: "PeerTube", address: str) -> Call[bytes]:
    """Ask for a small file as a whole: a picture, or captions."""
    return _get(pt, address, _body)


def _get(pt: "PeerTube", address: str, decode: Callable[[Response], T], *, idempotent: bool | None = None) -> Call[T]:
    parts = urlsplit(address)
    sender = _Elsewhere(pt, origin_of(f"{parts.scheme}://{parts.netloc}")) if parts.netloc else pt
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    return Call("GET", parts.path or "/", decode, query, idempotent=idempotent, sender=sender)


def _body(response: Response) -> bytes:
    return response.body
