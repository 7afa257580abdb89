"""What belongs to a channel besides its fields: edits, pictures, followers, collaborators, activities."""

from typing import NotRequired, TypedDict

from .accounts import Account, AccountSummary
from .common import ActorImage, LabelledId
from .videos import VideoId


class ChannelFields(TypedDict, total=False):
    """Fields of a channel besides its names: absent ones stay, None clears."""

    description: str | None
    support: str | None
    publicEmail: str | None  # 8.x


class ChannelUpdate(ChannelFields, TypedDict, total=False):
    """Fields of a channel that can be changed; `bulkVideosSupportUpdate` gives its videos the same `support`."""

    displayName: str
    bulkVideosSupportUpdate: bool


class ChannelId(TypedDict):
    """The id of a channel."""

    id: int


class ChannelCreated(TypedDict):
    """Answer to a new channel."""

    videoChannel: ChannelId


class Banners(TypedDict):
    """Answer to a new banner: its sizes."""

    banners: list[ActorImage]


class FollowingActor(TypedDict):
    """Who follows, or is followed."""

    id: int
    url: str
    name: str
    host: str
    avatars: NotRequired[list[ActorImage]]
    hostRedundancyAllowed: NotRequired[bool | None]
    followingCount: int
    followersCount: int
    createdAt: NotRequired[str | None]
    displayName: NotRequired[str]


class Follower(TypedDict):
    """Who follows an account's channels."""

    id: int
    follower: FollowingActor
    following: FollowingActor
    score: int
    state: str
    createdAt: str
    updatedAt: str


class FollowerFilters(TypedDict, total=False):
    """Filters of the list of followers."""

    sort: str
    search: str


class Collaborator(TypedDict):
    """A user who may edit a channel. `state.id` is 1 invited, 2 accepted."""

    id: int
    account: Account
    state: LabelledId
    createdAt: str
    updatedAt: str


class CollaboratorInvited(TypedDict):
    """Answer to an invitation."""

    collaborator: Collaborator


class ActivityChannel(TypedDict):
    """The channel of an activity."""

    id: int
    name: str
    displayName: str
    url: str


class ActivityVideo(VideoId, TypedDict):
    """The video of an activity."""

    name: str
    url: str
    isLive: bool


class ActivityImport(VideoId, TypedDict):
    """The import of an activity."""

    name: str
    url: str
    targetUrl: str


class ActivityPlaylist(VideoId, TypedDict):
    """The playlist of an activity."""

    name: str
    url: str


class ActivitySync(TypedDict):
    """The sync of an activity."""

    id: int
    externalChannelUrl: str


class ActivityAccount(TypedDict):
    """The user whom an activity is about."""

    username: str
    displayName: str
    url: str


class ChannelActivity(TypedDict):
    """What somebody did to a channel."""

    id: int
    account: AccountSummary | None
    action: LabelledId
    targetType: LabelledId
    details: object
    createdAt: str
    channel: ActivityChannel | None
    video: NotRequired[ActivityVideo | None]
    videoImport: NotRequired[ActivityImport | None]
    playlist: NotRequired[ActivityPlaylist | None]
    channelSync: NotRequired[ActivitySync | None]
    targetAccount: NotRequired[ActivityAccount | None]
