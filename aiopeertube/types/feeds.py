"""Filters of feeds, and the forms that they have."""

from collections.abc import Sequence
from typing import Literal, TypeAlias, TypedDict

FeedFormat: TypeAlias = Literal["xml", "rss", "rss2", "atom", "atom1", "json", "json1"]


class FeedFilters(TypedDict, total=False):
    """Filters of a feed of videos."""

    sort: str
    nsfw: Literal["true", "false"]
    isLocal: bool
    include: int
    privacyOneOf: Sequence[int]
    hasHLSFiles: bool
    hasWebVideoFiles: bool


class VideoFeedFilters(FeedFilters, TypedDict, total=False):
    """Filters of the feed of an instance, an account or a channel."""

    accountId: int
    accountName: str
    videoChannelId: int
    videoChannelName: str


class CommentFeedFilters(TypedDict, total=False):
    """Whose comments are in a feed: those on a video, or on those of an account or a channel."""

    videoId: str | int
    accountId: int
    accountName: str
    videoChannelId: int
    videoChannelName: str


class PodcastFilters(TypedDict, total=False):
    """Which channel or playlist (8.x) is the podcast."""

    videoChannelId: int
    playlistId: int  # 8.x
    enclosurePreference: Literal["video-only", "audio-only"]  # 8.x
