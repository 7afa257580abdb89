"""The file of an upload, which must not change."""

import asyncio
import errno
from dataclasses import dataclass
from os import fstat
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from aiopeertube import errors
from aiopeertube.wire.files import sent_name


@dataclass(frozen=True, slots=True)
class Ticket:
    """What resuming an upload after a crash needs: its id, and the file's size (bytes) and mtime (ns).

    `newest` is the id of the user's newest video before the upload was announced (0: there was none); the video of
    this upload has a higher one. Without it the video cannot be found once the server forgot the upload.
    """

    upload_id: str
    size: int
    modified: int
    newest: int | None = None


class Source(Protocol):
    """What is sent: a file on disk, or one that is elsewhere; `size` is in bytes, `modified` in ns or 0."""

    @property
    def name(self) -> str:
        """What the file is called."""
        ...

    @property
    def size(self) -> int:
        """How many bytes it has."""
        ...

    @property
    def modified(self) -> int:
        """When it was changed last, 0 where nobody knows."""
        ...

    def check(self, ticket: Ticket | str | None) -> None:
        """Compare it with the one that an upload began with; raises FileChanged."""
        ...

    async def fetch(self, begin: int, end: int) -> bytes:
        """Give the bytes from `begin` to `end`, not including it; raises FileChanged."""
        ...


class SourceFile:
    """The file to send; reading it raises when it changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file: BinaryIO = _opened(path)
            status = fstat(self._file.fileno())
        except (OSError, ValueError) as exc:  # ValueError: no file system has names with such characters
            raise errors.FileUnreadable(str(path), getattr(exc, "strerror", None) or str(exc)) from exc
        self.size = status.st_size
        self.modified = status.st_mtime_ns
        self.name = sent_name(path)

    def __enter__(self) -> Self:
        if self.size == 0:
            self._file.close()
            raise errors.FileUnreadable(str(self._path), "it is empty")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def check(self, ticket: Ticket | str | None) -> None:
        """Compare the file with the one that an upload began with."""
        if isinstance(ticket, Ticket) and (ticket.size, ticket.modified) != (self.size, self.modified):
            raise errors.FileChanged(
                f"{self._path} changed since its upload began; upload it again", upload_id=ticket.upload_id
            )

    async def fetch(self, begin: int, end: int) -> bytes:
        """Read the bytes from `begin` to `end` without holding up others."""
        return await asyncio.to_thread(self.read, begin, end)

    def read(self, begin: int, end: int) -> bytes:
        """Read the bytes from `begin` to `end`, and check that the file is unchanged."""
        try:
            self._file.seek(begin)
            data = self._file.read(end - begin)
            status = fstat(self._file.fileno())
        except OSError as exc:
            raise errors.FileUnreadable(str(self._path), exc.strerror or str(exc)) from exc
        if (status.st_size, status.st_mtime_ns) != (self.size, self.modified) or len(data) != end - begin:
            raise errors.FileChanged(f"{self._path} changed during its upload; upload it again")
        return data


def _opened(path: Path) -> BinaryIO:
    """Open a file; a pipe or a device could keep everything waiting."""
    if not path.is_file() and path.exists():
        raise OSError(errno.EINVAL, "it is not a file")
    return path.open("rb")
