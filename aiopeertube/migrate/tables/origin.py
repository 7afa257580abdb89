"""Where the bytes of a table come from: a file, or a stream that can be read only once."""

import io
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from aiopeertube.errors import FileUnreadable

HEAD: Final = 1 << 18  # bytes; enough to recognise format, encoding, delimiter and header


class Origin(Protocol):
    """A name for messages, the first `HEAD` bytes, whether these are all, and the bytes from the beginning."""

    name: str
    path: str
    head: bytes

    @property
    def whole(self) -> bool:
        """Whether `head` is all there is."""
        ...

    def open(self) -> BinaryIO:
        """Open it for reading, from its beginning; the caller closes it.

        Raises:
            FileUnreadable: it cannot be opened.
        """
        ...


class File:
    """A regular file: it can be opened again and again."""

    def __init__(self, path: str) -> None:
        self.name = Path(path).name
        self.path = path
        with self.open() as file, readable(path):
            self.head = file.read(HEAD)

    @property
    def whole(self) -> bool:
        """Whether `head` is all there is."""
        return len(self.head) < HEAD

    def open(self) -> BinaryIO:
        """Open it for reading."""
        with readable(self.path):
            return Path(self.path).open("rb")


class Stream:
    """Stdin or a pipe: what was read to recognise it is put back in front, once."""

    def __init__(self, name: str, path: str, stream: BinaryIO, *, owned: bool) -> None:
        self.name = name
        self.path = path
        self._stream: BinaryIO | None = stream
        self._owned = owned
        with readable(path):
            self.head = stream.read(HEAD)

    @property
    def whole(self) -> bool:
        """Whether `head` is all there is."""
        return len(self.head) < HEAD

    def open(self) -> BinaryIO:
        """Open it for reading, once."""
        if self._stream is None:
            raise FileUnreadable(self.path, "it can be read only once")
        stream, self._stream = self._stream, None
        return io.BufferedReader(_Rejoined(self.head, stream, owned=self._owned))


class _Rejoined(io.RawIOBase):
    def __init__(self, head: bytes, rest: BinaryIO, *, owned: bool) -> None:
        self._head = memoryview(head)
        self._rest = rest
        self._owned = owned

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        chunk = self._head[: len(buffer)] if self._head else self._rest.read(len(buffer))
        self._head = self._head[len(chunk) :]
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        if self._owned and not self.closed:
            self._rest.close()
        super().close()


def find(path: str) -> Origin:
    """Find the bytes at `path`; "-" is stdin.

    Raises:
        FileUnreadable: there is nothing to read there.
    """
    if path == "-":
        return Stream("stdin", path, sys.stdin.buffer, owned=False)
    mode = _mode(path)
    if stat.S_ISDIR(mode):
        raise FileUnreadable(path, "it is a directory")
    if stat.S_ISREG(mode):
        return File(path)
    with readable(path):
        return Stream(Path(path).name, path, Path(path).open("rb"), owned=True)


def _mode(path: str) -> int:
    try:
        with readable(path):
            return Path(path).stat().st_mode
    except ValueError as exc:  # a NUL in the path
        raise exc if isinstance(exc, FileUnreadable) else FileUnreadable(path, str(exc)) from exc


@contextmanager
def readable(path: str) -> Iterator[None]:
    """Say which file it was that could not be read."""
    try:
        yield
    except OSError as exc:
        raise FileUnreadable(path, exc.strerror or str(exc)) from exc
