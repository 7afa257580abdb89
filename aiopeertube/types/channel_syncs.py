"""Channels elsewhere from which new videos are imported."""

from typing import TypedDict

from .channels import Channel
from .common import LabelledId


class ChannelSync(TypedDict):
    """A channel elsewhere that is followed. `state.id` is 1 not yet run, 2 processing, 3 synced, 4 failed."""

    id: int
    externalChannelUrl: str
    state: LabelledId
    channel: Channel
    createdAt: str
    lastSyncAt: str | None


class ChannelSyncCreated(TypedDict):
    """Answer to a new sync."""

    videoChannelSync: ChannelSync
