"""The file of an upload, which must stay as it is."""

from dataclasses import dataclass
from os import fstat
from pathlib import Path
from typing import BinaryIO, Self

from aiopeertube import errors
from aiopeertube.wire.files import sent_name


@dataclass(frozen=True, slots=True)
class Ticket:
    """What it takes to go on with an upload after a crash: its id, and the file as it was (bytes, mtime in ns).

    `newest` is the id of the newest of the user's videos before the upload was announced (0: there was none): what
    it makes has a higher one. Without it nobody can tell the video of an upload that the server forgot.
    """

    upload_id: str
    size: int
    modified: int
    newest: int | None = None


class SourceFile:
    """The file that is sent; it complains when it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            if not path.is_file() and path.exists():
                raise errors.FileUnreadable(str(path), "it is not a file")
            self._file: BinaryIO = path.open("rb")
            status = fstat(self._file.fileno())
        except OSError as exc:
            raise errors.FileUnreadable(str(path), exc.strerror or str(exc)) from exc
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
        """Compare the file with what an upload began with."""
        if isinstance(ticket, Ticket) and (ticket.size, ticket.modified) != (self.size, self.modified):
            raise errors.FileChanged(
                f"{self._path} changed since its upload began; upload it anew", upload_id=ticket.upload_id
            )

    def read(self, begin: int, end: int) -> bytes:
        """Read the bytes from `begin` to `end`, and see that they are still those of the same file."""
        try:
            self._file.seek(begin)
            data = self._file.read(end - begin)
            status = fstat(self._file.fileno())
        except OSError as exc:
            raise errors.FileUnreadable(str(self._path), exc.strerror or str(exc)) from exc
        if (status.st_size, status.st_mtime_ns) != (self.size, self.modified) or len(data) != end - begin:
            raise errors.FileChanged(f"{self._path} changed while it was sent; upload it anew")
        return data
