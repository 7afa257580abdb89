"""Videos that moderators blocked."""

from typing import Literal, NotRequired, TypedDict

from .videos import VideoRow


class BlacklistFilters(TypedDict, total=False):
    """Filters of the list of blocked videos; `type` is 1 blocked by hand, 2 until somebody has looked at them."""

    sort: str
    search: str
    type: Literal[1, 2]


class BlacklistFields(TypedDict, total=False):
    """Why a video is blocked: for its owner, and for moderators alone."""

    reason: str | None
    internalNote: str | None  # 8.x


class NewBlacklistFields(BlacklistFields, TypedDict, total=False):
    """What is said of a video that gets blocked; `unfederate` removes it from other servers."""

    unfederate: bool


class BlacklistedVideo(TypedDict):
    """A blocked video."""

    id: int
    reason: str | None
    unfederated: bool
    type: int
    video: VideoRow
    createdAt: str
    updatedAt: str
    internalNote: NotRequired[str | None]  # 8.x
