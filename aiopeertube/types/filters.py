"""Query parameters of the lists of videos, under the wire's own names."""

from collections.abc import Sequence
from typing import Literal, TypedDict


class MyVideoFilters(TypedDict, total=False):
    """Filters of `/users/me/videos`."""

    sort: str
    search: str
    channelId: int
    channelNameOneOf: Sequence[str]  # 8.x
    isLive: bool
    privacyOneOf: Sequence[int]  # 8.x
    tagsOneOf: Sequence[str]
    tagsAllOf: Sequence[str]
    include: int
    includeCollaborations: bool  # 8.x


class VideoFilters(TypedDict, total=False):
    """Filters of the lists of an instance, a channel or an account.

    `sort` is a field, with a minus for descending. `include` is a sum of flags and, like `privacyOneOf`, only for
    administrators: 1 not published, 2 blacklisted, 4 blocked owner, 8 files, 16 captions, 32 source, 128 tags (8.x).
    """

    sort: str
    search: str
    nsfw: Literal["true", "false", "both"]
    isLive: bool
    isLocal: bool
    include: int
    privacyOneOf: Sequence[int]
    categoryOneOf: Sequence[int]
    licenceOneOf: Sequence[int]
    languageOneOf: Sequence[str]
    tagsOneOf: Sequence[str]
    tagsAllOf: Sequence[str]
    autoTagOneOf: Sequence[str]
    hasHLSFiles: bool
    hasWebVideoFiles: bool
    host: str
    excludeAlreadyWatched: bool
    nsfwFlagsIncluded: int  # 8.x
    nsfwFlagsExcluded: int  # 8.x
    includeScheduledLive: bool  # 8.x
    stateOneOf: Sequence[int]  # 8.x
