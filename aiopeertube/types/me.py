"""What belongs to the logged-in user besides themselves and their videos."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from .accounts import Account, AccountOfList
from .common import ActorImage, ActorSummary, LabelledId
from .videos import Thumbnail


class UpdateMe(TypedDict, total=False):
    """Fields of the logged-in user that they can change; a new password or email needs `currentPassword`."""

    password: str
    currentPassword: str
    email: str
    displayName: str
    description: str | None
    nsfwPolicy: Literal["display", "warn", "blur", "do_not_list"]  # warn: 8.x
    nsfwFlagsDisplayed: int  # 8.x
    nsfwFlagsHidden: int  # 8.x
    nsfwFlagsWarned: int  # 8.x
    nsfwFlagsBlurred: int  # 8.x
    p2pEnabled: bool
    autoPlayVideo: bool
    autoPlayNextVideo: bool
    autoPlayNextVideoPlaylist: bool
    videosHistoryEnabled: bool
    videoLanguages: Sequence[str] | None
    language: str | None  # 8.x
    theme: str
    emailPublic: bool  # 6.3 only
    noInstanceConfigWarningModal: bool
    noAccountSetupWarningModal: bool
    noWelcomeModal: bool


class Avatars(TypedDict):
    """Answer to a new picture: its sizes."""

    avatars: list[ActorImage]


class HistoryFilters(TypedDict, total=False):
    """Filters of the list of watched videos."""

    search: str


class SubscriptionFilters(TypedDict, total=False):
    """Filters of the list of channels that the user follows."""

    sort: str
    search: str


class VideoRating(TypedDict):
    """How the user rated a video: like, dislike or none."""

    videoId: int
    rating: Literal["like", "dislike", "none"]


class PlaylistEntry(TypedDict):
    """Where a video is in a playlist, in seconds."""

    playlistElementId: int
    playlistId: int
    playlistDisplayName: NotRequired[str]
    playlistShortUUID: NotRequired[str]
    startTimestamp: NotRequired[int | None]
    stopTimestamp: NotRequired[int | None]


class MyCommentFilters(TypedDict, total=False):
    """Filters of the list of comments on one's videos."""

    sort: str
    search: str
    searchAccount: str
    searchVideo: str
    videoId: int
    videoChannelId: int
    autoTagOneOf: Sequence[str]
    isHeldForReview: bool
    includeCollaborations: bool  # 8.x


class CommentedVideo(TypedDict):
    """The video of a comment."""

    id: int
    uuid: str
    name: str
    shortUUID: NotRequired[str]
    channel: NotRequired[object]  # 8.x


class MyComment(TypedDict):
    """A comment on one of the user's videos."""

    id: int
    url: str
    text: str
    threadId: int
    inReplyToCommentId: int | None
    videoId: int
    heldForReview: bool
    createdAt: str
    updatedAt: str
    account: Account
    video: CommentedVideo
    automaticTags: list[str]


class MyAbuseFilters(TypedDict, total=False):
    """Filters of the list of one's reports; `state` is 1 pending, 2 rejected, 3 accepted."""

    id: int
    state: Literal[1, 2, 3]
    search: str
    sort: str


class ReportedChannel(ActorSummary, TypedDict):
    """The channel of a video that was reported."""

    description: str | None
    isLocal: bool
    banners: list[ActorImage]
    hostRedundancyAllowed: bool | None
    # Of a video that is gone the server keeps the channel as it was.
    followingCount: NotRequired[int]
    followersCount: NotRequired[int]
    createdAt: NotRequired[str]
    updatedAt: NotRequired[str]
    support: NotRequired[str | None]
    publicEmail: NotRequired[str | None]  # 8.x
    ownerAccount: NotRequired[Account]


class ReportedVideo(TypedDict):
    """A video that was reported; `startAt` and `endAt` are seconds."""

    id: int
    uuid: str
    shortUUID: NotRequired[str]  # 8.x
    name: str
    nsfw: bool
    deleted: bool
    blacklisted: bool
    startAt: int | None
    endAt: int | None
    thumbnailPath: NotRequired[str | None]
    thumbnails: NotRequired[list[Thumbnail]]  # 8.x
    channel: NotRequired[ReportedChannel | None]
    # Only moderators are told.
    countReports: NotRequired[int]
    nthReport: NotRequired[int]


class CommentPlace(TypedDict):
    """The video of a comment that was reported."""

    id: int
    name: str
    uuid: str
    shortUUID: NotRequired[str]


class ReportedComment(TypedDict):
    """A comment that was reported."""

    id: int
    threadId: int
    video: CommentPlace
    text: str
    deleted: bool


class MyAbuse(TypedDict):
    """A report that the user made."""

    id: int
    reason: str
    predefinedReasons: NotRequired[list[str] | None]
    flaggedAccount: NotRequired[Account | AccountOfList | None]
    state: LabelledId
    video: NotRequired[ReportedVideo | None]
    comment: NotRequired[ReportedComment | None]
    createdAt: str
    updatedAt: str
    countMessages: int
