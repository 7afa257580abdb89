"""Filters of searches; `searchTarget` asks this server, or the index that it uses."""

from collections.abc import Sequence
from typing import Literal, TypeAlias, TypedDict

from .filters import VideoFilters

Target: TypeAlias = Literal["local", "search-index"]


class VideoSearch(VideoFilters, TypedDict, total=False):
    """Filters of a search for videos; durations are in seconds."""

    uuids: Sequence[str]
    searchTarget: Target
    startDate: str
    endDate: str
    originallyPublishedStartDate: str
    originallyPublishedEndDate: str
    durationMin: int
    durationMax: int


class ChannelSearch(TypedDict, total=False):
    """Filters of a search for channels."""

    search: str
    searchTarget: Target
    sort: str
    host: str
    handles: Sequence[str]


class PlaylistSearch(TypedDict, total=False):
    """Filters of a search for playlists."""

    search: str
    searchTarget: Target
    sort: str
    host: str
    uuids: Sequence[str]
