"""Unfinished uploads, kept the way the server's upload library keeps them."""

import asyncio
import hashlib
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from aiopeertube.emulator.wire.bodies import Upload
from aiopeertube.emulator.wire.video_files import HEAD_LENGTH

from .content import Content, known

# An upload that is not continued is removed, after an hour at the earliest.
IDLE_SECONDS = 3600.0
# For so long the server takes an upload that has not become a video for one that is becoming one.
PROCESSING_SECONDS = 3600.0
# 8.x answers before it forgets an upload whose video is made: for about so long it knows it, but has no file of it.
LINGERING_SECONDS = 0.1
_BLOCK = 1024 * 1024
# What is kept of files after their uploads: bytes in memory, and files, each of which is open.
_MEMORY = 256 * 1024 * 1024
_FILES = 64


def fnv64(text: str) -> str:
    """Return the 64-bit FNV-1a hash, which makes an upload's id."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:x}"


def token_of(text: str, *, modern: bool) -> str:
    """Return a part of an upload's id; from 8.x on a secret is hashed with it, which servers leave as it comes."""
    return fnv64(text + "UPLOADX_SECRET" if modern else text)


def upload_id(user: int, name: str, size: int, modified: str, *, modern: bool) -> str:
    """Return an upload's id; equal announcements get the same one."""
    parts = (str(user), name, str(size) if size else "", modified)
    return "-".join(token_of(part, modern=modern) for part in parts if part)


def _temporary_file() -> BinaryIO:
    # Without a buffer: what was written stays when the rest does not come.
    return tempfile.TemporaryFile(buffering=0)


@dataclass(eq=False)
class PendingUpload:
    """An unfinished file."""

    id: str
    user: int  # id of its owner
    size: int  # declared, in bytes
    content_type: str  # declared
    metadata: dict[str, Any]  # fields of its video
    images: dict[str, Upload]
    created_at: float  # seconds since 1970
    touched_at: float  # time of the last chunk
    written: int = 0  # where the last chunk ended, not necessarily the end of the file
    is_complete: bool = False  # a chunk ended at the declared size; gaps go unnoticed
    is_locked: bool = False  # a chunk is being received
    file: BinaryIO = field(default_factory=_temporary_file, repr=False)  # the bytes so far

    def __post_init__(self) -> None:
        # Not when it is removed: a chunk may still be arriving.
        weakref.finalize(self, self.file.close)

    def length(self) -> int:
        """Return the size of the file so far, gaps included."""
        return self.file.seek(0, 2)

    def put(self, start: int, data: bytes) -> None:
        """Write at an offset, also past the end; the file's position is shared."""
        self.file.seek(start)
        self.file.write(data)

    async def generated(self) -> Content | None:
        """Return what it holds, where it is an emulator's file, which takes no room; else None."""
        found, size = known(self._block(0)), self.length()
        return found if found is not None and await self._holds(found, size) else None

    async def _holds(self, wanted: Content, size: int) -> bool:
        for start in range(0, size, _BLOCK):
            if self._block(start) != b"".join(wanted(start, min(size, start + _BLOCK))):
                return False
            await asyncio.sleep(0)
        return True

    def small(self) -> Content:
        """Return what it holds, of which a block is kept in memory."""
        whole = self._block(0)
        return lambda start, stop: iter([whole[start:stop]])

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Give the bytes from one offset to another, from the temporary file, which goes with whoever may ask."""
        while start < stop and (piece := self._block(start)[: stop - start]):
            yield piece
            start += len(piece)

    def head(self) -> bytes:
        """Return its first bytes."""
        self.file.seek(0)
        return self.file.read(HEAD_LENGTH)

    def wrote(self, end: int, now: float) -> None:
        """Note that a chunk was received."""
        self.written, self.touched_at = end, now
        self.is_complete = end == self.size

    async def sha256(self) -> str:
        """Return its SHA-256 without blocking the loop."""
        digest, position = hashlib.sha256(), 0
        while block := self._block(position):
            digest.update(block)
            position += len(block)
            await asyncio.sleep(0)
        return digest.hexdigest()

    def _block(self, start: int) -> bytes:
        self.file.seek(start)
        return self.file.read(_BLOCK)


class PendingUploads:
    """The unfinished uploads."""

    def __init__(self) -> None:
        self._uploads: dict[str, PendingUpload] = {}
        self._processed_until: dict[str, float] = {}
        self._lingers_until: dict[str, float] = {}
        self._memory = self._files = 0  # that are kept

    def __len__(self) -> int:
        return len(self._uploads)

    def __iter__(self) -> Iterator[PendingUpload]:
        return iter(self._uploads.values())

    def announce(self, upload: PendingUpload) -> PendingUpload:
        """Add an upload, or resume the one with its id under the new description."""
        known = self._uploads.setdefault(upload.id, upload)
        known.metadata, known.images, known.content_type = upload.metadata, upload.images, upload.content_type
        known.size, known.created_at = upload.size, upload.created_at
        known.wrote(known.length(), upload.created_at)
        return known

    async def content(self, upload: PendingUpload) -> Content | None:
        """Return what the file of an upload that is at its end holds; None where that much cannot be kept."""
        if (found := await upload.generated()) is not None:
            return found
        size = upload.length()
        if size <= _BLOCK and self._memory + size <= _MEMORY:
            self._memory += size
            return upload.small()
        if self._files < _FILES:
            self._files += 1
            return upload.read
        return None

    def find(self, key: str, now: float) -> PendingUpload | None:
        """Return an upload by id."""
        upload = self._uploads.get(key)
        if upload is not None and now - upload.touched_at > IDLE_SECONDS:
            self.remove(key)
            return None
        return upload

    def remove(self, key: str) -> None:
        """Remove an upload, if it is there."""
        self._uploads.pop(key, None)

    def linger(self, key: str, now: float) -> None:
        """Remember the id of a removed upload for a moment."""
        self._lingers_until = {known: until for known, until in self._lingers_until.items() if until > now}
        self._lingers_until[key] = now + LINGERING_SECONDS

    def lingers(self, key: str, now: float) -> bool:
        """Tell whether an upload was removed only just now."""
        return self._lingers_until.get(key, now) > now

    def is_processed(self, key: str, now: float) -> bool:
        """Tell whether an upload is marked as being processed."""
        return self._processed_until.get(key, now) > now

    def start_processing(self, key: str, now: float) -> None:
        """Mark an upload as being processed."""
        self._processed_until[key] = now + PROCESSING_SECONDS

    def end_processing(self, key: str) -> None:
        """Remove that mark."""
        self._processed_until.pop(key, None)
