"""Channels, in which videos are published."""

from typing import NotRequired, TypedDict

from .accounts import Account, AccountOfList, OwnerOfShared
from .common import Actor, ActorImage, ActorSummary


class ChannelSummary(ActorSummary, TypedDict):
    """A channel inside a video row."""


class ChannelViews(TypedDict):
    """Views of a channel's videos on a day."""

    date: str
    views: int


class _Channel(Actor, TypedDict):
    support: str | None
    isLocal: bool
    banners: list[ActorImage]
    publicEmail: NotRequired[str | None]  # 8.x


class Channel(_Channel, TypedDict):
    """A channel in full."""

    ownerAccount: NotRequired[Account | AccountOfList]  # 8.x: in lists a short one
    # Only where they are asked for.
    viewsPerDay: NotRequired[list[ChannelViews]]
    totalViews: NotRequired[int]
    videosCount: NotRequired[int]


class OwnChannel(Channel, TypedDict):
    """A channel of the user who asks."""

    ownerAccountId: NotRequired[int | None]  # 8.x
    ownerAccountName: NotRequired[str | None]  # 8.x


class SharedChannel(_Channel, TypedDict):
    """A channel of somebody else that the user who asks may edit; only 8.x."""

    ownerAccount: OwnerOfShared
    ownerAccountId: int
    ownerAccountName: str
