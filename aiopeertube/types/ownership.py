"""Videos and channels that are given to other users."""

from typing import Literal, NotRequired, TypedDict

from .accounts import Account, AccountSummary
from .channels import ChannelSummary
from .common import LabelledId
from .videos import Thumbnail, VideoRow


class OwnershipFilters(TypedDict, total=False):
    """Filters of the offers for one video or channel; `state` is 1 waiting, 2 accepted, 3 refused."""

    sort: str
    state: Literal[1, 2, 3]


class OfferedVideo(TypedDict):
    """A video that is offered, as 8.x shows it."""

    id: int
    uuid: str
    shortUUID: str
    name: str
    nsfw: bool
    isLive: bool
    publishedAt: str
    thumbnails: list[Thumbnail]
    channel: ChannelSummary


class OwnershipChange(TypedDict):
    """An offer. `state.id` is 1 waiting, 2 accepted, 3 refused."""

    id: int
    initiatorAccount: Account | AccountSummary
    nextOwnerAccount: Account | AccountSummary
    createdAt: str
    video: NotRequired[VideoRow | OfferedVideo | None]
    videoChannel: NotRequired[ChannelSummary | None]  # 8.x
    state: NotRequired[LabelledId]  # 8.x
    status: Literal["WAITING", "ACCEPTED", "REFUSED"]
