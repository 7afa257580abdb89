"""Notifications of users."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from .common import ConstantStr, LabelledId

HowToNotify = Literal[0, 1, 2, 3]  # not at all, on the web, by mail, both


class NotificationFilters(TypedDict, total=False):
    """Filters of the list of notifications."""

    sort: str
    unread: bool
    typeOneOf: Sequence[int]  # 8.x


class UpdateNotificationSettings(TypedDict, total=False):
    """How a user wants to be told of each kind of event."""

    newCommentOnMyVideo: HowToNotify
    newVideoFromSubscription: HowToNotify
    abuseAsModerator: HowToNotify
    videoAutoBlacklistAsModerator: HowToNotify
    blacklistOnMyVideo: HowToNotify
    myVideoPublished: HowToNotify
    myVideoImportFinished: HowToNotify
    newUserRegistration: HowToNotify
    commentMention: HowToNotify
    newFollow: HowToNotify
    newInstanceFollower: HowToNotify
    autoInstanceFollowing: HowToNotify
    abuseNewMessage: HowToNotify
    abuseStateChange: HowToNotify
    newPeerTubeVersion: HowToNotify
    myVideoStudioEditionFinished: HowToNotify
    myVideoTranscriptionGenerated: HowToNotify
    newPluginVersion: HowToNotify
    automaticBlocklist: HowToNotify  # 8.x


class NotifiedVideo(TypedDict):
    """A video that a notification is about."""

    id: int
    uuid: str
    shortUUID: str
    name: str
    state: NotRequired[LabelledId]


class NotifiedAvatar(TypedDict):
    """A picture of somebody that a notification is about."""

    width: int
    path: NotRequired[str]
    fileUrl: NotRequired[str]  # 8.x


class NotifiedActor(TypedDict):
    """An account or a channel that a notification is about."""

    id: int
    name: str
    displayName: str
    host: NotRequired[str]
    avatars: NotRequired[list[NotifiedAvatar]]
    avatar: NotRequired[NotifiedAvatar | None]


class NotifiedVideoOfChannel(NotifiedVideo, TypedDict):
    """A video and its channel."""

    channel: NotifiedActor


class NotifiedImport(TypedDict):
    """An import that a notification is about."""

    id: int
    video: NotRequired[NotifiedVideo]
    torrentName: NotRequired[str | None]
    magnetUri: NotRequired[str | None]
    targetUrl: NotRequired[str | None]


class NotifiedComment(TypedDict):
    """A comment that a notification is about."""

    id: int
    threadId: int
    account: NotifiedActor
    video: NotifiedVideo
    heldForReview: bool


class NotifiedThread(TypedDict):
    """The thread of a comment that was reported."""

    threadId: int
    video: NotifiedVideo


class NotifiedAbuse(TypedDict):
    """A report that a notification is about."""

    id: int
    state: int
    video: NotRequired[NotifiedVideo]
    comment: NotRequired[NotifiedThread]
    account: NotRequired[NotifiedActor]


class NotifiedBlock(TypedDict):
    """A video that was blocked."""

    id: int
    video: NotifiedVideo


class Followed(TypedDict):
    """Who is followed."""

    type: str
    name: str
    displayName: str
    host: str


class NotifiedFollow(TypedDict):
    """Somebody follows."""

    id: int
    follower: NotifiedActor
    state: str
    following: Followed


class NotifiedPlugin(TypedDict):
    """A plugin of which there is a newer version."""

    name: str
    type: int
    latestVersion: str


class NotifiedVersion(TypedDict):
    """A newer version of PeerTube."""

    latestVersion: str


class NotifiedRegistration(TypedDict):
    """A request for an account."""

    id: int
    username: str


class NotifiedCaption(TypedDict):
    """Captions that the server made."""

    id: int
    language: ConstantStr
    video: NotifiedVideo


class NotifiedCollaborator(TypedDict):
    """Somebody who works on a channel with its owner; only 8.x."""

    id: int
    state: LabelledId
    channel: NotifiedActor
    channelOwner: NotifiedActor
    account: NotifiedActor


class NotifiedOwnership(TypedDict):
    """A video or a channel that shall have another owner; only 8.x."""

    id: int
    state: LabelledId
    initiatorAccount: NotifiedActor
    nextOwnerAccount: NotifiedActor
    video: NotRequired[NotifiedVideo]
    channel: NotRequired[NotifiedActor]


class Notification(TypedDict):
    """What a user was told; which of the other fields there are follows from `type`."""

    id: int
    type: int
    read: bool
    createdAt: str
    updatedAt: str
    data: NotRequired[object]  # 8.x
    video: NotRequired[NotifiedVideoOfChannel]
    videoImport: NotRequired[NotifiedImport]
    comment: NotRequired[NotifiedComment]
    abuse: NotRequired[NotifiedAbuse]
    videoBlacklist: NotRequired[NotifiedBlock]
    account: NotRequired[NotifiedActor]
    actorFollow: NotRequired[NotifiedFollow]
    plugin: NotRequired[NotifiedPlugin]
    peertube: NotRequired[NotifiedVersion]
    registration: NotRequired[NotifiedRegistration]
    videoCaption: NotRequired[NotifiedCaption]
    videoChannelCollaborator: NotRequired[NotifiedCollaborator]  # 8.x
    changeOwnership: NotRequired[NotifiedOwnership]  # 8.x
