"""Videos and channels that are given to other users."""

from typing import Literal, NotRequired, TypedDict

from .accounts import Account, AccountSummary
from .channels import ChannelSummary
from .common import LabelledId
from .videos import VideoRow


class OwnershipFilters(TypedDict, total=False):
    """Filters of the offers for one video or channel; `state` is 1 waiting, 2 accepted, 3 refused."""

    sort: str
    state: Literal[1, 2, 3]


class OwnershipChange(TypedDict):
    """An offer. `state.id` or `status` is 1 waiting, 2 accepted, 3 refused."""

    id: int
    initiatorAccount: Account | AccountSummary
    nextOwnerAccount: Account | AccountSummary
    createdAt: str
    video: NotRequired[VideoRow | None]
    videoChannel: NotRequired[ChannelSummary | None]  # 8.x
    state: NotRequired[LabelledId]  # 8.x
    status: NotRequired[str]  # 6.3 only
