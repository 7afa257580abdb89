"""Users, roles and quotas."""

from typing import NotRequired, TypeAlias, TypedDict

from .accounts import Account
from .channels import Channel
from .common import LabelledId

Role: TypeAlias = LabelledId


class NotificationSettings(TypedDict):
    """How a user is notified of each kind of event: a bit set of web and mail."""

    newCommentOnMyVideo: int
    newVideoFromSubscription: int
    abuseAsModerator: int
    videoAutoBlacklistAsModerator: int
    blacklistOnMyVideo: int
    myVideoPublished: int
    myVideoImportFinished: int
    newUserRegistration: int
    commentMention: int
    newFollow: int
    newInstanceFollower: int
    autoInstanceFollowing: int
    abuseNewMessage: int
    abuseStateChange: int
    newPeerTubeVersion: int
    myVideoStudioEditionFinished: int
    myVideoTranscriptionGenerated: int
    newPluginVersion: int


class SpecialPlaylist(TypedDict):
    """A playlist that the server made for the user, like "watch later"."""

    id: int
    name: str
    type: int


class User(TypedDict):
    """A user, as seen by itself and by administrators."""

    id: int
    username: str
    email: str
    theme: str
    pendingEmail: str | None
    emailPublic: bool
    emailVerified: bool | None
    nsfwPolicy: str
    p2pEnabled: bool
    videosHistoryEnabled: bool
    autoPlayVideo: bool
    autoPlayNextVideo: bool
    autoPlayNextVideoPlaylist: bool
    videoLanguages: list[str] | None
    role: Role
    videoQuota: int
    videoQuotaDaily: int
    noInstanceConfigWarningModal: bool
    noWelcomeModal: bool
    noAccountSetupWarningModal: bool
    blocked: bool
    blockedReason: str | None
    account: Account
    notificationSettings: NotificationSettings
    videoChannels: list[Channel]
    createdAt: str
    pluginAuth: str | None
    lastLoginDate: str | None
    twoFactorEnabled: bool
    adminFlags: int
    # Only where an administrator asks.
    totalVideoFileSize: NotRequired[int]
    videoQuotaUsed: NotRequired[int]
    videoQuotaUsedDaily: NotRequired[int]
    videosCount: NotRequired[int]
    abusesCount: NotRequired[int]
    abusesAcceptedCount: NotRequired[int]
    abusesCreatedCount: NotRequired[int]
    videoCommentsCount: NotRequired[int]
    language: NotRequired[str | None]  # 8.x
    nsfwFlagsDisplayed: NotRequired[int]  # 8.x
    nsfwFlagsHidden: NotRequired[int]  # 8.x
    nsfwFlagsWarned: NotRequired[int]  # 8.x
    nsfwFlagsBlurred: NotRequired[int]  # 8.x
    newFeaturesInfoRead: NotRequired[int]  # 8.x


class Me(User, TypedDict):
    """Answer of `GET /users/me`."""

    specialPlaylists: list[SpecialPlaylist]


class QuotaUsed(TypedDict):
    """Answer of `GET /users/me/video-quota-used`, in bytes."""

    videoQuotaUsed: int
    videoQuotaUsedDaily: int
