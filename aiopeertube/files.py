"""Files for multipart bodies: paths are opened when they are sent, for each attempt anew."""

import mimetypes
from os import PathLike
from pathlib import Path
from typing import Final

from .sansio import FilePart

FileLike = str | PathLike[str] | bytes

_IMAGES: Final = (
    (b"\x89PNG", "image/png", ".png"),
    (b"RIFF", "image/webp", ".webp"),
    (b"\xff\xd8", "image/jpeg", ".jpg"),
)
_CAPTIONS: Final = {".srt": "application/x-subrip", ".vtt": "text/vtt"}


def image_part(name: str, image: FileLike) -> FilePart:
    """Make a part of an image; bytes are named by what they begin with, since the server goes by name and type."""
    if isinstance(image, bytes):
        found = (entry[1:] for entry in _IMAGES if image.startswith(entry[0]))
        kind, suffix = next(found, ("application/octet-stream", ""))
        return FilePart(name, image, name + suffix, kind)
    path = Path(image)
    known = next((entry[1] for entry in _IMAGES if entry[2] == path.suffix.lower()), None)
    kind = known or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return FilePart(name, path, path.name, kind)


def caption_part(name: str, captions: FileLike) -> FilePart:
    """Make a part of captions; bytes that begin with WEBVTT are .vtt, others .srt."""
    if isinstance(captions, bytes):
        suffix = ".vtt" if captions.lstrip(b"\xef\xbb\xbf").startswith(b"WEBVTT") else ".srt"
        return FilePart(name, captions, f"captions{suffix}", _CAPTIONS[suffix])
    path = Path(captions)
    return FilePart(name, path, path.name, _CAPTIONS.get(path.suffix.lower(), "text/plain"))
