"""Edits of a video's picture and sound. Times are in seconds."""

from os import PathLike
from typing import Literal, NotRequired, TypeAlias, TypedDict


class CutOptions(TypedDict, total=False):
    """What is kept of a video."""

    start: int
    end: int


class Cut(TypedDict):
    """Keep a part of the video."""

    name: Literal["cut"]
    options: CutOptions


class FileOptions(TypedDict):
    """A video to add, or a picture."""

    file: str | PathLike[str] | bytes


class AddFile(TypedDict):
    """Put a video before or behind this one, or a picture on it."""

    name: Literal["add-intro", "add-outro", "add-watermark"]
    options: FileOptions


class Segment(TypedDict):
    """A part of a video."""

    start: int
    end: int


class SegmentOptions(TypedDict):
    """What is taken out of a video."""

    segments: list[Segment]


class RemoveSegments(TypedDict):
    """Take parts out of the video; only 8.x."""

    name: Literal["remove-segments"]
    options: NotRequired[SegmentOptions]


StudioTask: TypeAlias = Cut | AddFile | RemoveSegments
