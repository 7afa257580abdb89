"""Files for multipart bodies: paths are opened when they are sent, once per attempt."""

import mimetypes
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Final

from .messages import FilePart

_OCTETS: Final = "application/octet-stream"
FileLike = str | PathLike[str] | bytes

_IMAGES: Final = (
    (b"\x89PNG", "image/png", ".png"),
    (b"RIFF", "image/webp", ".webp"),
    (b"\xff\xd8", "image/jpeg", ".jpg"),
)
_VIDEOS: Final = ((4, b"ftyp", ".mp4"), (0, b"\x1aE\xdf\xa3", ".webm"), (0, b"OggS", ".ogv"))
# The server trusts the declared type, and the system's own table of types differs between systems.
_VIDEO_TYPES: Final = {
    ".3gp": "video/3gpp",
    ".avi": "video/x-msvideo",
    ".flv": "video/x-flv",
    ".m2ts": "video/m2ts",
    ".m2v": "video/mpeg2",
    ".m4v": "video/x-m4v",
    ".mkv": "video/x-matroska",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".mpeg": "video/mpeg",
    ".mpg": "video/mpeg",
    ".mts": "video/mp2t",
    ".mxf": "application/mxf",
    ".ogg": "video/ogg",
    ".ogv": "video/ogg",
    ".vob": "video/dvd",
    ".webm": "video/webm",
    ".wmv": "video/x-ms-wmv",
}
_CAPTIONS: Final = {".srt": "application/x-subrip", ".vtt": "text/vtt"}


def sent_name(path: Path) -> str:
    """Return a file's name as it can be sent: names of no known encoding are legal on disk alone."""
    return path.name.encode("utf-8", "replace").decode()


def image_part(name: str, image: FileLike) -> FilePart:
    """Make a part of an image; the server checks its name and type, which for bytes follow from the first of them."""
    if isinstance(image, bytes):
        found = (entry[1:] for entry in _IMAGES if image.startswith(entry[0]))
        kind, suffix = next(found, (_OCTETS, ""))
        return FilePart(name, image, name + suffix, kind)
    return _part(name, image, _image_type)


def _image_type(path: Path) -> str:
    known = next((entry[1] for entry in _IMAGES if entry[2] == path.suffix.lower()), None)
    return known or mimetypes.guess_type(path.name)[0] or _OCTETS


def video_type(filename: str) -> str:
    """Return the content type to declare for a video file; the server decides whether it accepts that."""
    suffix = Path(filename).suffix.lower()
    return _VIDEO_TYPES.get(suffix) or mimetypes.guess_type(filename)[0] or _OCTETS


def video_part(name: str, video: FileLike) -> FilePart:
    """Make a part of a video file; the name of bytes follows from their first bytes."""
    if isinstance(video, bytes):
        found = (suffix for at, mark, suffix in _VIDEOS if video.startswith(mark, at))
        filename = "video" + next(found, "")
        return FilePart(name, video, filename, video_type(filename))
    return _part(name, video, lambda path: video_type(path.name))


def caption_part(name: str, captions: FileLike) -> FilePart:
    """Make a part of captions; bytes that begin with WEBVTT are .vtt, others .srt."""
    if isinstance(captions, bytes):
        suffix = ".vtt" if captions.lstrip(b"\xef\xbb\xbf").startswith(b"WEBVTT") else ".srt"
        return FilePart(name, captions, f"captions{suffix}", _CAPTIONS[suffix])
    return _part(name, captions, lambda path: _CAPTIONS.get(path.suffix.lower(), "text/plain"))


def _part(name: str, file: str | PathLike[str], kind_of: Callable[[Path], str]) -> FilePart:
    """Make a part of a path; what is none is a problem of the call that it is for, which looks at it."""
    try:
        path = Path(file)
    except TypeError:
        return FilePart(name, file, name, _OCTETS)  # type: ignore[arg-type]
    return FilePart(name, path, sent_name(path), kind_of(path))
