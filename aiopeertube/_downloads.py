"""Private: files that come piece after piece, and go on where they broke off; use what `pt.static` and the like give.

A file is never in memory as a whole. Each attempt is one request of the client, in the lane of transfers; it asks for
what is missing by `Range`, on the condition that the file is still the same (`If-Range`). Where the server cannot go
on, a file on disk is begun anew, and a stream, whose first bytes are gone, ends with an error.
"""

import asyncio
import io
import os
import random
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

from aiopeertube import errors
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Response

OnProgress = Callable[[int, int | None], None]

_ATTEMPTS: Final = 8  # without a byte more than were there before
_BASE, _LONGEST = 0.25, 15.0  # seconds between them
_AHEAD: Final = 16  # pieces that wait for whoever reads a stream
_BUFFER: Final = 1024 * 1024  # bytes that are written at once
_SOME_OF_IT: Final = 206
_NO_PARTS: Final = "the server gives files as a whole alone, and a part was asked for"
_PART_OF: Final = re.compile(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\*)")


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of a file, the size of all of it (None: unknown), and the mark by which its server knows it."""

    data: bytes = field(repr=False)
    total: int | None
    mark: str


@dataclass(frozen=True, slots=True)
class Download:
    """A file of the server: save it, or read it as it comes. `call` is the request for all of it."""

    call: Call[Response]

    async def save(self, path: str | os.PathLike[str], *, on_progress: OnProgress | None = None) -> Path:
        """Write the file to `path`, which appears when it is whole; return it.

        Until then it is in `path` with ".part" behind. Called again after a break, also in another process, it goes
        on from there. `on_progress` is called with the bytes that are there and those there will be (None: unknown).

        Raises:
            InvalidField: before anything is sent. NotFound, NotPermitted: as for any call.
            ConnectionLost and the like: no byte came in many attempts. OSError: it cannot be written.
            FileUnwritable: another download writes to the same path.
        """
        target = Path(path)
        with _Part(target) as part:
            await _Driver(self.call, part, on_progress).run()
            await asyncio.to_thread(part.finish)
        return target

    async def stream(self, *, on_progress: OnProgress | None = None) -> AsyncIterator[bytes]:
        """Give the file's bytes as they come, each once and in order; at most some MiB wait to be taken.

        Raises:
            As `save`; also UnexpectedResponse where the server cannot go on after a break, and FileChanged.
        """
        pieces: asyncio.Queue[bytes | None] = asyncio.Queue(_AHEAD)
        driver = asyncio.create_task(_fill(_Driver(self.call, _Stream(pieces), on_progress), pieces))
        try:
            while (piece := await pieces.get()) is not None:
                yield piece
            await driver
        finally:
            driver.cancel()
            with suppress(asyncio.CancelledError, errors.PeerTubeError):
                await driver

    async def part(self, begin: int, end: int, *, mark: str = "") -> Part:
        """Read the bytes from `begin` to `end`, not including it, of the file that an earlier part had `mark` of.

        Raises:
            FileChanged: it is another file by now, or a shorter one.
            UnexpectedResponse: the server gives no parts of files.
            NotFound, ConnectionLost and the like: as `save`.
        """
        wanted = _Slice(begin, end, mark)
        driver = _Driver(self.call, wanted, None, end=end)
        await driver.run()
        return Part(wanted.taken(), driver.total, wanted.mark)


async def _fill(driver: "_Driver", pieces: "asyncio.Queue[bytes | None]") -> None:
    try:
        await driver.run()
    finally:
        if (task := asyncio.current_task()) is not None and not task.cancelling():
            await pieces.put(None)


class _Stream:
    """Bytes for one who reads them now."""

    can_restart = False

    def __init__(self, pieces: "asyncio.Queue[bytes | None]") -> None:
        self._pieces = pieces
        self.size = 0
        self.mark = ""

    def restart(self, mark: str) -> None:
        self.mark = mark

    async def write(self, data: bytes) -> None:
        self.size += len(data)
        await self._pieces.put(data)

    async def flush(self) -> None:
        """Nothing waits here."""


class _Slice:
    """The bytes of a file from `begin` to `end`, in memory."""

    can_restart = True  # it says itself why it cannot

    def __init__(self, begin: int, end: int, mark: str) -> None:
        self._begin = begin
        self._end = end
        self.size = begin
        self.mark = mark
        self._data = io.BytesIO()  # gives its bytes away without a copy

    def restart(self, mark: str) -> None:
        """Begin anew, where all of the file comes and its beginning is wanted."""
        if self.mark:
            raise errors.FileChanged("the file was changed where it is read from")
        if self._begin:
            raise errors.UnexpectedResponse(_NO_PARTS, status=200)
        self._data = io.BytesIO()
        self.size, self.mark = 0, mark

    async def write(self, data: bytes) -> None:
        if self.size + len(data) > self._end:
            raise errors.UnexpectedResponse(_NO_PARTS, status=200)
        self._data.write(data)
        self.size += len(data)

    def taken(self) -> bytes:
        """Return the bytes."""
        return self._data.getvalue()

    async def flush(self) -> None:
        """Nothing waits here."""


class _Part:
    """The beginning of a file on disk, and beside it the mark by which the server knows the file."""

    can_restart = True

    def __init__(self, target: Path) -> None:
        self._target = target
        self._path = target.with_name(target.name + ".part")
        self._note = target.with_name(target.name + ".part.mark")
        self._waiting = bytearray()
        self._file: BinaryIO | None = None
        self.size = 0
        self.mark = ""

    def __enter__(self) -> "_Part":
        with suppress(OSError, ValueError):
            self.mark = self._note.read_text("ascii")
        self._file = self._path.open("ab" if self.mark else "wb")
        self.size = self._file.tell()
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            try:
                self._write()
            finally:
                self._file.close()

    def restart(self, mark: str) -> None:
        """Begin anew: the file is another one, or the server cannot go on."""
        assert self._file is not None  # noqa: S101 - it is open
        self._waiting.clear()
        self._file.truncate(0)
        self.size, self.mark = 0, mark
        if mark:
            self._note.write_text(mark, "ascii")
        else:
            self._note.unlink(missing_ok=True)

    async def write(self, data: bytes) -> None:
        self._waiting += data
        self.size += len(data)
        if len(self._waiting) >= _BUFFER:
            await self.flush()

    async def flush(self) -> None:
        await asyncio.to_thread(self._write)

    def finish(self) -> None:
        """Give the file its name."""
        assert self._file is not None  # noqa: S101 - it is open
        self._write()
        self._file.flush()
        os.fsync(self._file.fileno())
        if os.fstat(self._file.fileno()).st_size != self.size:
            self.restart("")
            raise errors.FileUnwritable(str(self._path), "somebody else writes it at the same time")
        self._file.close()
        self._file = None
        self._path.replace(self._target)
        self._note.unlink(missing_ok=True)

    def _write(self) -> None:
        assert self._file is not None  # noqa: S101 - it is open
        self._file.write(self._waiting)
        self._waiting.clear()


class _Driver:
    """Asks for what is missing until nothing is; it takes the answer's bytes as the pool reads them."""

    def __init__(
        self,
        call: Call[Response],
        kept: _Stream | _Part | _Slice,
        on_progress: OnProgress | None,
        *,
        end: int | None = None,
    ) -> None:
        self._call = call
        self._kept = kept
        self._on_progress = on_progress
        self._end = end  # where to stop; None: with the file
        self.total: int | None = None
        self._begun = False
        self._fits_not = False  # the part that came is no part of what is there
        self._moved = False
        self._most = kept.size  # that were there at any time: a server that always begins anew and breaks off ends it

    async def run(self) -> None:
        failures = 0
        while True:
            self._moved = False
            try:
                await self._attempt()
            except errors.PeerTubeError as exc:
                failures = 0 if self._moved else failures + 1
                if not _may_pass(exc) or failures >= _ATTEMPTS:
                    raise
            else:
                return
            await asyncio.sleep(random.uniform(0, min(_LONGEST, _BASE * 2.0**failures)))  # noqa: S311 - jitter

    async def _attempt(self) -> None:
        sender = self._call.sender
        if sender is None:
            raise TypeError("this Download has no client; get it from a method of a client")
        self._begun = self._fits_not = False
        request = sender.prepare(replace(self._call, headers=(*self._call.headers, *self._condition())))
        request.sink = self
        try:
            response = await sender.send(request)
        except _OursError as exc:
            raise exc.error from None
        except errors.ApiError as exc:
            if exc.status == 416 and self._kept.size and self._kept.can_restart:
                self._begin_anew("the file became shorter", exc)
            raise
        except (errors.FileChanged, errors.UnexpectedResponse) as exc:
            if self._fits_not and self._end is None and self._kept.size and self._kept.can_restart:
                self._begin_anew(str(exc), exc)
            raise
        finally:
            request.sink = None  # an answer that is read as it is holds itself, and would hold these bytes until then
        if not self._begun:  # a transport that reads answers whole
            self.begin(response.status, response.headers)
            await self.write(response.body)
        self._check()
        await self._kept.flush()

    def _begin_anew(self, why: str, cause: errors.PeerTubeError) -> NoReturn:
        """Let go of what is there, for it is no part of what comes."""
        self._kept.restart("")
        self.total = None
        raise errors.ConnectionLost(why) from cause

    def _condition(self) -> tuple[tuple[str, str], ...]:
        plain = ("Accept-Encoding", "identity")
        if not self._kept.size and self._end is None:
            return (plain,)
        kept, last = self._kept.mark, "" if self._end is None else self._end - 1
        return (plain, ("Range", f"bytes={self._kept.size}-{last}"), *([("If-Range", kept)] if kept else []))

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Take in what an answer says of itself: all of the file, or what is missing."""
        self._begun = True
        with _kept_apart():
            self._begin(status, headers)

    def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        if status == _SOME_OF_IT:
            self._go_on(headers)
            return
        if self._kept.size and not self._kept.can_restart:
            raise errors.UnexpectedResponse("the server cannot go on where the file broke off", status=status)
        length = headers.get("content-length", "")
        self.total = int(length) if length.isascii() and length.isdigit() and len(length) < 19 else None
        self._check_end()
        self._kept.restart(_mark_of(headers))

    def _go_on(self, headers: Mapping[str, str]) -> None:
        """Take in what a part says of itself; not every server looks at `If-Range`, so it may be of another file."""
        part, self._fits_not = _PART_OF.fullmatch(headers.get("content-range", "")), True
        if part is None or int(part[1]) != self._kept.size:
            why = "the server gives another part of the file than was asked for"
            raise errors.UnexpectedResponse(why, status=_SOME_OF_IT)
        total = self.total if part[2] == "*" else int(part[2])
        if _is_of_another(self._kept.mark, headers) or (self.total is not None and total != self.total):
            raise errors.FileChanged("the file was changed where it is read from")
        self.total, self._fits_not = total, False
        self._check_end()
        self._kept.mark = self._kept.mark or _mark_of(headers)

    def _check_end(self) -> None:
        """See that the file has what is asked for: no other attempt would find more."""
        if self._end is not None and self.total is not None and self.total < self._end:
            raise errors.FileChanged(f"the file has {self.total:,} bytes, fewer than the {self._end:,} to be read")

    async def write(self, data: bytes) -> None:
        """Take the next bytes."""
        if not data:
            return
        with _kept_apart():
            await self._kept.write(data)
        if self._kept.size > self._most:
            self._moved, self._most = True, self._kept.size
        if self._on_progress is not None:
            with _kept_apart():
                self._on_progress(self._kept.size, self.total)

    def _check(self) -> None:
        due = self.total if self._end is None else self._end
        if due is not None and self._kept.size != due:
            raise errors.ConnectionLost(f"{self._kept.size:,} of {due:,} bytes came")


class _OursError(Exception):
    """An error of the disk, or of who watches: between a connection and its end it would look like the network's."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.error = error


@contextmanager
def _kept_apart() -> Iterator[None]:
    """Let an error of ours be told from one of the connection that is read from meanwhile."""
    try:
        yield
    except OSError as exc:
        raise _OursError(exc) from exc


def _is_of_another(mark: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a part says itself that it is of another file than `mark`."""
    return bool(mark) and headers.get("etag" if mark.endswith('"') else "last-modified", mark) != mark


def _mark_of(headers: Mapping[str, str]) -> str:
    """Return by what a server knows a file again; a weak tag counts for less than a date in `If-Range`."""
    tag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    found = tag if tag and not tag.startswith("W/") else modified or tag
    return found if found.isascii() and found.isprintable() else ""


def _may_pass(error: errors.PeerTubeError) -> bool:
    """Tell whether another attempt may go better."""
    if errors.ends_run(error) or isinstance(error, errors.UnexpectedResponse):
        return False
    return isinstance(error, errors.TransportError | errors.ServerError)


def whole(response: Response) -> Response:
    """Leave an answer as it is."""
    return response
