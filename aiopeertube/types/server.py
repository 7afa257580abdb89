"""The server as a whole: follows, logs, copies of videos, counts."""

from collections.abc import Sequence
from typing import Literal, NotRequired, Required, TypedDict

DebugCommand = Literal[
    "process-update-videos-scheduler",
    "process-video-channel-sync-latest",
    "process-video-stats-buffer",  # 8.x
    "process-video-viewers",
    "process-video-views-buffer",  # 6.3 only
    "process-remove-old-stats",  # 8.x
    "remove-dandling-resumable-uploads",
    "remove-expired-user-exports",
    "test-emails",  # 8.x
]


class DebugState(TypedDict):
    """Answer of `GET /server/debug`."""

    ip: str
    activityPubMessagesWaiting: int


class LogFilters(TypedDict, total=False):
    """Which lines of the server's log; dates in ISO 8601."""

    startDate: Required[str]
    endDate: str
    level: Literal["debug", "info", "warn", "error"]
    tagsOneOf: Sequence[str]


class LogLine(TypedDict):
    """A line of a log; other keys depend on what it is about."""

    level: str
    timestamp: str
    message: NotRequired[object]
    label: NotRequired[str]
    tags: NotRequired[list[str]]


class ClientLog(TypedDict, total=False):
    """An error of a web client."""

    message: Required[str]
    url: Required[str]
    level: Required[Literal["error", "warn"]]
    stackTrace: str
    userAgent: str
    meta: str


class FollowFilters(TypedDict, total=False):
    """Filters of the lists of followers and followed."""

    sort: str
    search: str
    state: Literal["pending", "accepted"]
    actorType: Literal["Person", "Application", "Group", "Service", "Organization"]


class FollowActor(TypedDict):
    """Who follows or is followed: an actor without what accounts and channels have besides."""

    id: int
    url: str
    name: str
    host: str
    hostRedundancyAllowed: bool | None
    followingCount: int
    followersCount: int
    createdAt: str
    updatedAt: NotRequired[str]
    avatars: NotRequired[list[object]]


class Follow(TypedDict):
    """That somebody follows somebody."""

    id: int
    follower: FollowActor
    following: FollowActor
    score: int
    state: str
    createdAt: str
    updatedAt: str


class RedundantFile(TypedDict):
    """A copy of a video's file."""

    id: int
    fileUrl: str
    strategy: str | None
    createdAt: str
    updatedAt: str
    expiresOn: str | None
    size: int


class RedundantPlaylists(TypedDict):
    """Copies of a video."""

    streamingPlaylists: list[RedundantFile]
    files: NotRequired[list[RedundantFile]]  # 6.3 only


class VideoRedundancy(TypedDict):
    """A video of which there are copies."""

    id: int
    name: str
    url: str
    uuid: str
    redundancies: RedundantPlaylists


class RedundancyUse(TypedDict):
    """How much room copies take, in bytes, by the strategy that made them."""

    strategy: str
    totalSize: int | None
    totalUsed: int
    totalVideos: int
    totalVideoFiles: int


class ServerStatistics(TypedDict):
    """Answer of `GET /server/stats`."""

    totalUsers: int
    totalDailyActiveUsers: int
    totalWeeklyActiveUsers: int
    totalMonthlyActiveUsers: int
    totalModerators: int | None
    totalAdmins: int | None
    totalLocalVideos: int
    totalLocalVideoViews: int
    totalLocalVideoComments: int
    totalLocalVideoFilesSize: int
    totalVideos: int
    totalVideoComments: int
    totalLocalVideoChannels: int
    totalLocalDailyActiveVideoChannels: int
    totalLocalWeeklyActiveVideoChannels: int
    totalLocalMonthlyActiveVideoChannels: int
    totalLocalPlaylists: int
    totalInstanceFollowers: int
    totalInstanceFollowing: int
    videosRedundancy: list[RedundancyUse]
    averageAbuseResponseTimeMs: float | None
    totalAbuses: int | None
    totalAbusesProcessed: int | None
    averageRegistrationRequestResponseTimeMs: float | None
    totalRegistrationRequests: int | None
    totalRegistrationRequestsProcessed: int | None
    totalActivityPubMessagesProcessed: int
    totalActivityPubMessagesSuccesses: int
    totalActivityPubCreateMessagesSuccesses: int
    totalActivityPubUpdateMessagesSuccesses: int
    totalActivityPubDeleteMessagesSuccesses: int
    totalActivityPubFollowMessagesSuccesses: int
    totalActivityPubAcceptMessagesSuccesses: int
    totalActivityPubRejectMessagesSuccesses: int
    totalActivityPubAnnounceMessagesSuccesses: int
    totalActivityPubUndoMessagesSuccesses: int
    totalActivityPubLikeMessagesSuccesses: int
    totalActivityPubDislikeMessagesSuccesses: int
    totalActivityPubFlagMessagesSuccesses: int
    totalActivityPubViewMessagesSuccesses: int
    totalActivityPubApproveReplyMessagesSuccesses: int
    totalActivityPubRejectReplyMessagesSuccesses: int
    totalActivityPubCreateMessagesErrors: int
    totalActivityPubUpdateMessagesErrors: int
    totalActivityPubDeleteMessagesErrors: int
    totalActivityPubFollowMessagesErrors: int
    totalActivityPubAcceptMessagesErrors: int
    totalActivityPubRejectMessagesErrors: int
    totalActivityPubAnnounceMessagesErrors: int
    totalActivityPubUndoMessagesErrors: int
    totalActivityPubLikeMessagesErrors: int
    totalActivityPubDislikeMessagesErrors: int
    totalActivityPubFlagMessagesErrors: int
    totalActivityPubViewMessagesErrors: int
    totalActivityPubApproveReplyMessagesErrors: int
    totalActivityPubRejectReplyMessagesErrors: int
    totalActivityPubMessagesErrors: int
    activityPubMessagesProcessedPerSecond: float
    totalActivityPubMessagesWaiting: int
    totalLocalVideoDownloads: NotRequired[int]  # 8.x
    totalActivityPubDownloadMessagesSuccesses: NotRequired[int]  # 8.x
    totalActivityPubDownloadMessagesErrors: NotRequired[int]  # 8.x
