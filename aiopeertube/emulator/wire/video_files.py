"""Video files, as far as the server knows them."""

import re
from dataclasses import dataclass

# How many bytes of a file tell what it is.
HEAD_LENGTH = 512
# As a server takes them that does not transcode. Only the first is bound to the start and only the last to the end.
_TYPES = re.compile(r"^video/webm|video/ogg|video/mp4$", re.IGNORECASE)
EXTENSIONS = (".webm", ".ogv", ".mp4")

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


def is_video_type(content_type: str) -> bool:
    """Tell whether the server accepts files declared as this type."""
    return _TYPES.search(content_type) is not None


def is_video(head: bytes) -> bool:
    """Tell whether a file begins like a video; the real server uses ffprobe."""
    if head.startswith(_BEGINNINGS) or head[4:8] in _BOXES:
        return True
    if head[:4] == b"RIFF":
        return head[8:12] == b"AVI "
    return len(head) > _PACKET and head[0] == head[_PACKET] == _SYNC
