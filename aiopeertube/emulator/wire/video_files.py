"""Video files, as far as the server knows them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

# How many bytes of a file tell what it is.
HEAD_LENGTH = 512
# As a server takes them that does not transcode. Only the first is bound to the start and only the last to the end.
_TYPES = re.compile(r"^video/webm|video/ogg|video/mp4$", re.IGNORECASE)
_EXTENSIONS = (".webm", ".ogv", ".mp4")
# What one that transcodes may be told to take, too; any type, since most of these have several.
_MORE = (
    ".mkv", ".mov", ".avi", ".wmv", ".flv", ".f4v", ".3g2", ".3gp", ".mts", ".m2ts", ".mxf", ".nut",
)  # fmt: skip

_BEGINNINGS = (b"\x1aE\xdf\xa3", b"OggS", b"FLV\x01", b"0&\xb2u", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3")
# The boxes that MP4 and QuickTime files may begin with, after four bytes of length.
_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"}
_PACKET, _SYNC = 188, 0x47


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file that was uploaded for a video."""

    name: str  # as declared
    size: int  # in bytes
    sha256: str  # for tests that compare it with what was sent
    created_at: float  # completion, in seconds since 1970
    # What it holds from one offset to another, where that is known.
    kept: Callable[[int, int], Iterator[bytes]] | None = field(default=None, repr=False, compare=False)


def extensions(*, more: bool) -> tuple[str, ...]:
    """Return how the names of files may end."""
    return (*_EXTENSIONS, *_MORE) if more else _EXTENSIONS


def is_video_type(content_type: str, *, more: bool = False) -> bool:
    """Tell whether the server accepts files declared as this type."""
    return more or _TYPES.search(content_type) is not None


def is_video(head: bytes) -> bool:
    """Tell whether a file begins like a video; the real server uses ffprobe."""
    if head.startswith(_BEGINNINGS) or head[4:8] in _BOXES:
        return True
    if head[:4] == b"RIFF":
        return head[8:12] == b"AVI "
    return len(head) > _PACKET and head[0] == head[_PACKET] == _SYNC
