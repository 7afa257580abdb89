"""Files of a copy that go through a folder: each is saved as a whole, and kept until its video is made.

So a server that gives no parts of files can be copied from, and what was read once is not read again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from aiopeertube.errors import FileChanged, FileUnreadable, FileUnwritable
from aiopeertube.migrate.journal.item import Item
from aiopeertube.resumable import Ticket
from aiopeertube.wire.turn import TURN, Stopped

from .remote_files import Keep, download, sum_of

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_SUFFIXES: Final = ("", ".part", ".part.mark")  # of what is in the folder for one file


class KeptFile:
    """The file of a video, read into a folder before any of it is sent; `sums` are of what was sent before."""

    modified = 0  # nobody tells

    def __init__(self, pt: "PeerTube", file: Mapping[str, Any], path: Path, keep: Keep, sums: Sequence[Any]) -> None:
        self.name: str = file["name"]
        self.size: int = file["size"]
        self._file = download(pt, file["path"])
        self._path = path
        self._keep = keep
        self._sums = sums

    async def save(self) -> None:
        """Read the file into the folder, from where an earlier run came to.

        Raises:
            FileChanged: it is not the file of which parts were sent.
            FileUnwritable: there is no room, or no permission.
        """
        turn = TURN.get()

        def goes_on(*_: Any) -> None:
            if turn is not None and turn.stopping:
                raise Stopped

        try:
            if not self._path.is_file():
                await self._file.save(self._path, on_progress=goes_on)
        except OSError as exc:
            raise FileUnwritable(str(self._path), exc.strerror or str(exc)) from exc
        await self._check_whole()

    async def _check_whole(self) -> None:
        there = self._path.stat().st_size
        is_same = there == self.size and all([await self._is_as_sent(*each) for each in self._sums])
        if not is_same:
            remove(self._path)
            what = f"has {there:,} bytes now, not {self.size:,}" if there != self.size else "was changed"
            raise FileChanged(f"the file {what} where it is read from")

    async def _is_as_sent(self, begin: int, end: int, digest: str) -> bool:
        return await sum_of(await asyncio.to_thread(self._read, begin, end)) == digest

    def check(self, ticket: Ticket | str | None) -> None:
        """Compare its size with that of the file that an upload began with."""
        if isinstance(ticket, Ticket) and ticket.size != self.size:
            raise FileChanged("the file was changed since its copy began", upload_id=ticket.upload_id)

    async def fetch(self, begin: int, end: int) -> bytes:
        """Read the bytes from `begin` to `end`."""
        data = await asyncio.to_thread(self._read, begin, end)
        await self._keep(begin, end, await sum_of(data), "")
        return data

    def _read(self, begin: int, end: int) -> bytes:
        try:
            with self._path.open("rb") as file:
                file.seek(begin)
                data = file.read(end - begin)
        except OSError as exc:
            raise FileUnreadable(str(self._path), exc.strerror or str(exc)) from exc
        if len(data) != end - begin:
            raise FileChanged(f"{self._path} was changed")
        return data


def kept_at(folder: Path, target: str, item: Item) -> Path:
    """Name the place of a video's file: one for each instance that it is copied to."""
    there = urlsplit(target).netloc.replace(":", "-")
    return folder / f"{item.wanted['video']}-to-{there}{PurePosixPath(item.wanted['file']['name']).suffix}"


def remove(path: Path) -> None:
    """Remove what a folder has of a file."""
    for suffix in _SUFFIXES:
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
