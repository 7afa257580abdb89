"""What belongs to an account besides its fields."""

from typing import Literal, TypedDict

from .videos import VideoRow


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


class AccountRating(TypedDict):
    """A video that an account rated."""

    video: VideoRow
    rating: Literal["like", "dislike", "none"]
