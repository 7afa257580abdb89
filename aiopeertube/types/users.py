"""Users, roles and quotas."""

from typing import Literal, NotRequired, TypeAlias, TypedDict

from .accounts import Account
from .channels import OwnChannel, SharedChannel
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
    automaticBlocklist: NotRequired[int]  # 8.x


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
    notificationSettings: NotRequired[NotificationSettings]  # not where an administrator asks for one user
    videoChannels: list[OwnChannel]
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
    emailPublic: NotRequired[bool]  # 6.3 only
    language: NotRequired[str | None]  # 8.x
    nsfwFlagsDisplayed: NotRequired[int]  # 8.x
    nsfwFlagsHidden: NotRequired[int]  # 8.x
    nsfwFlagsWarned: NotRequired[int]  # 8.x
    nsfwFlagsBlurred: NotRequired[int]  # 8.x
    newFeaturesInfoRead: NotRequired[int]  # 8.x


class Me(User, TypedDict):
    """Answer of `GET /users/me`."""

    specialPlaylists: list[SpecialPlaylist]
    videoChannelCollaborations: NotRequired[list[SharedChannel]]  # 8.x


class QuotaUsed(TypedDict):
    """Answer of `GET /users/me/video-quota-used`, in bytes."""

    videoQuotaUsed: int
    videoQuotaUsedDaily: int


class UserFilters(TypedDict, total=False):
    """Filters of the list of users."""

    sort: str
    search: str
    blocked: bool
    role: Literal[0, 1, 2]  # 8.x


class NewUser(TypedDict, total=False):
    """Fields of a new user besides name, password, address and role; quotas are bytes, -1 is none."""

    channelName: str
    videoQuota: int
    videoQuotaDaily: int
    adminFlags: Literal[0, 1]  # 1: their videos are not checked by moderators


class UpdateUser(TypedDict, total=False):
    """Fields of a user that administrators can change."""

    email: str
    emailVerified: bool
    videoQuota: int
    videoQuotaDaily: int
    pluginAuth: str | None
    role: Literal[0, 1, 2]
    adminFlags: Literal[0, 1]
    password: str


class AccountId(TypedDict):
    """The id of an account."""

    id: int


class UserId(TypedDict):
    """The ids of a user and their account."""

    id: int
    account: AccountId


class UserCreated(TypedDict):
    """Answer to a new user."""

    user: UserId
