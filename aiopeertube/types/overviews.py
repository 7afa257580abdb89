"""What a server shows on its page of discoveries."""

from typing import TypedDict

from .channels import ChannelSummary
from .common import LabelledId
from .videos import VideoRow


class CategoryVideos(TypedDict):
    """Videos of a category."""

    category: LabelledId
    videos: list[VideoRow]


class TagVideos(TypedDict):
    """Videos with a tag."""

    tag: str
    videos: list[VideoRow]


class ChannelVideos(TypedDict):
    """Videos of a channel."""

    channel: ChannelSummary
    videos: list[VideoRow]


class VideosOverview(TypedDict):
    """Some videos by category, tag and channel."""

    categories: list[CategoryVideos]
    tags: list[TagVideos]
    channels: list[ChannelVideos]
