"""Channels, in which videos are published."""

from typing import NotRequired, TypedDict

from .accounts import Account, AccountOfList
from .common import Actor, ActorImage, ActorSummary


class ChannelSummary(ActorSummary, TypedDict):
    """A channel inside a video row."""


class ChannelViews(TypedDict):
    """Views of a channel's videos on a day."""

    date: str
    views: int


class Channel(Actor, TypedDict):
    """A channel in full."""

    support: str | None
    isLocal: bool
    banners: list[ActorImage]
    ownerAccount: NotRequired[Account | AccountOfList]  # 8.x: in lists a short one
    publicEmail: NotRequired[str | None]  # 8.x
    # Only where they are asked for.
    viewsPerDay: NotRequired[list[ChannelViews]]
    totalViews: NotRequired[int]
    videosCount: NotRequired[int]


class OwnChannel(Channel, TypedDict):
    """A channel of the user who asks, or one that they collaborate on."""

    ownerAccountId: NotRequired[int | None]  # 8.x
    ownerAccountName: NotRequired[str | None]  # 8.x
