"""Channels, in which videos are published."""

from typing import NotRequired, TypedDict

from .accounts import Account
from .common import Actor, ActorImage, ActorSummary


class ChannelSummary(ActorSummary, TypedDict):
    """A channel inside a video row."""


class Channel(Actor, TypedDict):
    """A channel in full."""

    support: str | None
    isLocal: bool
    banners: list[ActorImage]
    ownerAccount: NotRequired[Account]
    publicEmail: NotRequired[str | None]  # 8.x
