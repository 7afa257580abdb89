"""Bodies on their way: what is sent says that it makes progress, and what comes has a bound."""

import asyncio
import io
from collections.abc import Callable
from typing import Any, BinaryIO, Final

import aiohttp
from aiohttp.abc import AbstractStreamWriter

from aiopeertube import errors
from aiopeertube.wire.messages import Request, Sink

_PIECE: Final = 256 * 1024  # bytes
MOST: Final = 64 * 1024 * 1024  # bytes of an answer, decompressed; a page of 100 videos has a quarter of a MiB


class Watched(aiohttp.Payload):
    """A body, or a file in one, that is sent piece after piece: nothing is copied, and a large one holds up nobody.

    `progress` hears of each piece when the one before has left.
    """

    def __init__(self, file: BinaryIO, progress: Callable[[], None], content_type: str) -> None:
        super().__init__(file, content_type=content_type)
        self._size = file.seek(0, io.SEEK_END)
        self._progress = progress

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Return all of it as text."""
        self._value.seek(0)
        text: str = self._value.read().decode(encoding, errors)
        return text

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Write as much of it as was announced: a byte more would be the beginning of another request.

        Raises:
            FileUnreadable: the file changed meanwhile, and its last bytes are kept back, so that nobody takes it for
                whole; or it cannot be read.
        """
        file, left = self._value, self._size or 0
        on_disk = not isinstance(file, io.BytesIO)
        file.seek(0)
        while left:
            size = min(left, _PIECE)
            piece = await self._read(size, is_last=size == left) if on_disk else file.read(size)
            left -= len(piece)
            self._progress()
            await writer.write(piece)
            if not on_disk:
                await asyncio.sleep(0)
        self._progress()

    async def _read(self, size: int, *, is_last: bool) -> bytes:
        """Read the next bytes by a thread."""
        file, name = self._value, str(getattr(self._value, "name", "a file"))
        try:
            piece: bytes = await asyncio.get_running_loop().run_in_executor(None, file.read, size)
            is_same = len(piece) == size and not (is_last and file.seek(0, io.SEEK_END) != self._size)
        except OSError as exc:
            raise errors.FileUnreadable(name, exc.strerror or str(exc)) from exc
        if not is_same:
            raise errors.FileUnreadable(name, "it changed while it was sent")
        return piece

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Write all of it: its length is what was announced."""
        await self.write(writer)


async def pour(sink: Sink, progress: Callable[[], None], status: int, headers: Any, stream: Any) -> None:
    """Give an answer to `sink` as it comes; what `sink` takes its time for counts as silence."""
    sink.begin(status, headers)
    while piece := await stream.readany():
        progress()
        await sink.write(piece)
        progress()


async def read_bounded(stream: Any, request: Request, most: int = MOST) -> bytes:
    """Read an answer of at most so many bytes to its end.

    Raises:
        OddAnswer: it is larger than anything that PeerTube sends.
    """
    first = await stream.readany()
    if stream.at_eof():
        return bytes(first)
    pieces, size = [first], len(first)
    while piece := await stream.readany():
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise errors.OddAnswer(
                f"the answer to {request.method} {request.path} has more than {most >> 20} MiB", status=200
            )
    return b"".join(pieces)
