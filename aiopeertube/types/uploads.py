"""New videos: their fields, and the state of chunked uploads."""

from typing import NotRequired, TypedDict

from .videos import ScheduledUpdate, VideoId


class NewVideo(TypedDict, total=False):
    """Fields of a new video besides `channelId` and `name`; None means absent."""

    description: str | None
    support: str | None
    category: int | None
    licence: int | None
    language: str | None
    privacy: int
    tags: list[str] | None
    nsfw: bool
    nsfwFlags: NotRequired[int]  # 8.x
    nsfwSummary: NotRequired[str | None]  # 8.x
    commentsPolicy: int
    commentsEnabled: bool  # 6.3 only: `commentsPolicy` says it
    downloadEnabled: bool
    originallyPublishedAt: str | None
    scheduleUpdate: ScheduledUpdate | None
    waitTranscoding: bool
    generateTranscription: bool
    videoPasswords: list[str]


class NewUpload(NewVideo, TypedDict, total=False):
    """Fields of a new video that is uploaded in chunks.

    Announcing the same `name`, size and `lastModified` again resumes the same upload. The server only compares
    `lastModified`, so any text unique to this file will do; without it, each announcement is a new upload.
    """

    lastModified: int | str


class UploadStarted(TypedDict):
    """An announced upload, and how many of its bytes have arrived."""

    upload_id: str
    offset: int


class UploadProgress(TypedDict):
    """How many bytes have arrived, or the finished video.

    `offset` is None when the server does not say.
    """

    offset: int | None
    video: VideoId | None


class ReplacementProgress(TypedDict):
    """How many bytes of a video's other file have arrived, or that the video has it now.

    `offset` is None when the server does not say.
    """

    offset: int | None
    replaced: bool
