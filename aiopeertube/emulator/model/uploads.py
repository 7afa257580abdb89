"""Files that arrive in pieces, kept as the server's library for them keeps them."""

import asyncio
import hashlib
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from aiopeertube.emulator.wire.bodies import Upload
from aiopeertube.emulator.wire.video_files import HEAD_LENGTH

# An upload that nobody goes on with is removed, after an hour at the soonest.
IDLE_SECONDS = 3600.0
# For so long the server takes an upload that has not become a video for one that is becoming one.
PROCESSING_SECONDS = 3600.0
# For about so long 8.x still has an upload whose video is made: it answers before it forgets it. Its file is gone.
LINGERING_SECONDS = 0.1
_BLOCK = 1024 * 1024


def fnv64(text: str) -> str:
    """The hash that makes an upload's id: FNV-1a of 64 bits."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:x}"


def upload_id(user: int, name: str, size: int, modified: str) -> str:
    """An upload's id: the same for whoever says the same once more."""
    parts = (str(user), name, str(size) if size else "", modified)
    return "-".join(fnv64(part) for part in parts if part)


def _temporary_file() -> BinaryIO:
    # Without a buffer: what was written stays when the rest does not come.
    return tempfile.TemporaryFile(buffering=0)


@dataclass(eq=False)
class PendingUpload:
    """A file of which more may come.

    Attributes:
        id: Its id.
        user: The id of whose it is.
        size: How long it is to be.
        content_type: What it is said to be.
        metadata: The fields of the video it becomes.
        images: The images of that video.
        created_at: When it was announced.
        touched_at: When the last piece came.
        written: Where the last piece ended, which need not be where the file ends.
        is_complete: Whether a piece ended where the file is to end; nobody looks whether others are missing.
        is_locked: Whether a piece is coming in right now.
        file: What came so far.
    """

    id: str
    user: int
    size: int
    content_type: str
    metadata: dict[str, Any]
    images: dict[str, Upload]
    created_at: float
    touched_at: float
    written: int = 0
    is_complete: bool = False
    is_locked: bool = False
    file: BinaryIO = field(default_factory=_temporary_file, repr=False)

    def __post_init__(self) -> None:
        # Not when it is removed: a piece may be coming in.
        weakref.finalize(self, self.file.close)

    def length(self) -> int:
        """How long the file is so far, with its gaps."""
        return self.file.seek(0, 2)

    def put(self, start: int, data: bytes) -> None:
        """Writes at a place, past the end as well; others may have looked at other places meanwhile."""
        self.file.seek(start)
        self.file.write(data)

    def head(self) -> bytes:
        """Its first bytes."""
        self.file.seek(0)
        return self.file.read(HEAD_LENGTH)

    def wrote(self, end: int, now: float) -> None:
        """Notes that a piece has come in."""
        self.written, self.touched_at = end, now
        self.is_complete = end == self.size

    async def sha256(self) -> str:
        """What it hashes to; others are served meanwhile."""
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
    """The uploads that have not become videos."""

    def __init__(self) -> None:
        self._uploads: dict[str, PendingUpload] = {}
        self._processed_until: dict[str, float] = {}
        self._lingers_until: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._uploads)

    def __iter__(self) -> Iterator[PendingUpload]:
        return iter(self._uploads.values())

    def announce(self, upload: PendingUpload) -> PendingUpload:
        """Adds an upload; where there is one of its id, that one goes on, as what is said of it now."""
        known = self._uploads.setdefault(upload.id, upload)
        known.metadata, known.images, known.content_type = upload.metadata, upload.images, upload.content_type
        known.size, known.created_at = upload.size, upload.created_at
        known.wrote(known.length(), upload.created_at)
        return known

    def find(self, key: str, now: float) -> PendingUpload | None:
        """The upload of an id."""
        upload = self._uploads.get(key)
        if upload is not None and now - upload.touched_at > IDLE_SECONDS:
            self.remove(key)
            return None
        return upload

    def remove(self, key: str) -> None:
        """Removes an upload, if it is there."""
        self._uploads.pop(key, None)

    def linger(self, key: str, now: float) -> None:
        """Keeps the id of an upload that was removed for a moment."""
        self._lingers_until = {known: until for known, until in self._lingers_until.items() if until > now}
        self._lingers_until[key] = now + LINGERING_SECONDS

    def lingers(self, key: str, now: float) -> bool:
        """Whether an upload was removed only just now."""
        return self._lingers_until.get(key, now) > now

    def is_processed(self, key: str, now: float) -> bool:
        """Whether an upload is said to be becoming a video."""
        return self._processed_until.get(key, now) > now

    def start_processing(self, key: str, now: float) -> None:
        """Says that an upload is becoming a video."""
        self._processed_until[key] = now + PROCESSING_SECONDS

    def end_processing(self, key: str) -> None:
        """Says that it is not, or not any more."""
        self._processed_until.pop(key, None)
