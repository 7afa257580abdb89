"""Captions of a video."""

from typing import NotRequired, TypedDict

from .common import ConstantStr


class Caption(TypedDict):
    """One caption file of a video."""

    language: ConstantStr
    automaticallyGenerated: bool
    captionPath: str
    updatedAt: str
    fileUrl: NotRequired[str | None]  # 8.x
    m3u8Url: NotRequired[str | None]  # 8.x
