"""What belongs to an account besides its fields."""

from typing import Literal, TypedDict

from .accounts import AccountSummary
from .channels import ChannelSummary
from .videos import VideoCommon


class AccountChannelFilters(TypedDict, total=False):
    """Filters of the list of an account's channels."""

    sort: str
    search: str
    withStats: bool
    includeCollaborations: bool  # 8.x


class AccountSyncFilters(TypedDict, total=False):
    """Filters of the list of an account's syncs."""

    sort: str
    includeCollaborations: bool  # 8.x


class RatingFilters(TypedDict, total=False):
    """Filters of the list of what an account rated."""

    sort: str
    rating: Literal["like", "dislike"]


class RatedVideo(VideoCommon, TypedDict):
    """A video that an account rated; its pictures are not told here."""

    account: AccountSummary
    channel: ChannelSummary
    thumbnailPath: str | None
    previewPath: str | None


class AccountRating(TypedDict):
    """A video that an account rated."""

    video: RatedVideo
    rating: Literal["like", "dislike", "none"]
