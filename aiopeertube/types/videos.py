"""Videos: rows of a list, a video in full, and the body that changes one."""

from typing import NotRequired, TypedDict

from .accounts import Account, AccountSummary
from .channels import Channel, ChannelSummary
from .common import ConstantInt, ConstantStr, LabelledId


class VideoId(TypedDict):
    """The identifiers of a video."""

    id: int
    uuid: str
    shortUUID: str


class VideoUploaded(TypedDict):
    """Answer of a finished upload."""

    video: VideoId


class ScheduledUpdate(TypedDict):
    """A scheduled change of a video's privacy."""

    updateAt: str
    privacy: NotRequired[int]


class UserHistory(TypedDict):
    """How far the logged-in user has watched, in seconds."""

    currentTime: int


class LiveSchedule(TypedDict):
    """The announced start of a live stream."""

    startAt: str


class Thumbnail(TypedDict):
    """One size of a video's thumbnail."""

    fileUrl: str
    width: int
    height: int
    aspectRatio: NotRequired[str]


class VideoFile(TypedDict):
    """One encoding of a video."""

    id: int
    resolution: LabelledId
    width: int | None
    height: int | None
    magnetUri: NotRequired[str | None]  # a new file may have none yet
    size: int
    fps: float
    torrentUrl: str | None
    torrentDownloadUrl: str | None
    fileUrl: str
    fileDownloadUrl: str
    metadataUrl: NotRequired[str]
    hasAudio: bool
    hasVideo: bool
    storage: int
    playlistUrl: NotRequired[str | None]  # 8.x


class Redundancy(TypedDict):
    """Another server that holds a copy of a playlist."""

    baseUrl: str


class StreamingPlaylist(TypedDict):
    """An HLS playlist of a video, with its files."""

    id: int
    type: int
    playlistUrl: str
    segmentsSha256Url: str | None
    redundancies: list[Redundancy]
    files: list[VideoFile]


class VideoSource(TypedDict):
    """The file that was uploaded for a video; `metadata` is what the server's probe says of it."""

    inputFilename: str
    fileDownloadUrl: str | None
    resolution: LabelledId | None
    size: int | None
    width: int | None
    height: int | None
    fps: float | None
    metadata: dict[str, object] | None
    createdAt: str
    filename: NotRequired[str]  # 6.3 only: `inputFilename` says it
    fileUrl: NotRequired[str | None]  # 6.3 only


class VideoCommon(VideoId, TypedDict):
    """Fields that a row and a video in full have in common."""

    url: str
    name: str
    category: ConstantInt
    licence: ConstantInt
    language: ConstantStr
    privacy: LabelledId
    nsfw: bool
    truncatedDescription: str | None
    description: str | None
    isLocal: bool
    duration: int
    aspectRatio: float | None
    views: int
    viewers: int
    likes: int
    dislikes: int
    embedPath: str
    createdAt: str
    updatedAt: str
    publishedAt: str
    originallyPublishedAt: str | None
    isLive: bool
    scheduledUpdate: NotRequired[ScheduledUpdate | None]
    userHistory: NotRequired[UserHistory | None]
    pluginData: NotRequired[object]
    comments: NotRequired[int]  # 8.x
    downloads: NotRequired[int]  # 8.x
    liveSchedules: NotRequired[list[LiveSchedule]]  # 8.x
    nsfwFlags: NotRequired[int]  # 8.x
    nsfwSummary: NotRequired[str | None]  # 8.x
    thumbnails: NotRequired[list[Thumbnail]]  # 8.x


class Pictures(TypedDict):
    """Where the pictures of a video are."""

    thumbnailPath: str
    previewPath: str


class VideoRow(VideoCommon, Pictures, TypedDict):
    """A video in a list; fields that are not required depend on the list and on `include`."""

    account: AccountSummary
    channel: ChannelSummary
    state: NotRequired[LabelledId]
    waitTranscoding: NotRequired[bool]
    blacklisted: NotRequired[bool]
    blacklistedReason: NotRequired[str | None]
    blockedOwner: NotRequired[bool]
    blockedServer: NotRequired[bool]
    files: NotRequired[list[VideoFile]]
    streamingPlaylists: NotRequired[list[StreamingPlaylist]]
    automaticTags: NotRequired[list[str]]
    videoSource: NotRequired[VideoSource | None]
    tags: NotRequired[list[str]]  # 8.x


class VideoDetails(VideoCommon, Pictures, TypedDict):
    """Answer of `GET /videos/{id}`."""

    account: Account
    channel: Channel
    state: LabelledId
    waitTranscoding: bool
    blacklisted: bool
    blacklistedReason: str | None
    files: list[VideoFile]
    streamingPlaylists: list[StreamingPlaylist]
    support: str | None
    tags: list[str]
    commentsPolicy: LabelledId
    downloadEnabled: bool
    inputFileUpdatedAt: str | None
    trackerUrls: list[str]
    commentsEnabled: NotRequired[bool]  # 6.3 only: `commentsPolicy` says it
    descriptionPath: NotRequired[str]  # 6.3 only
    embedPrivacyPolicy: NotRequired[LabelledId]  # 8.x


class VideoUpdate(TypedDict, total=False):
    """JSON body of `PUT /videos/{id}`: absent fields stay, null clears a field that may be empty."""

    name: str
    description: str | None
    support: str | None
    category: int | None
    licence: int | None
    language: str | None
    privacy: int
    tags: list[str]
    nsfw: bool
    nsfwFlags: NotRequired[int]  # 8.x
    nsfwSummary: NotRequired[str | None]  # 8.x
    commentsPolicy: int
    commentsEnabled: bool  # 6.3 only: `commentsPolicy` says it
    downloadEnabled: bool
    originallyPublishedAt: str | None
    scheduleUpdate: ScheduledUpdate | None
    waitTranscoding: bool
    channelId: int
    videoPasswords: list[str]
    pluginData: object
