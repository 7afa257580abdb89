"""New videos: the fields they are made with, and what is known of an upload in chunks."""

from typing import NotRequired, TypedDict

from .videos import ScheduledUpdate, VideoId


class NewVideo(TypedDict, total=False):
    """What a new video may be given beside `channelId` and `name`; None is the same as leaving it out."""

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
    """What the announcement of an upload may say as well.

    Announcing the same `name`, size and `lastModified` once more goes on with the same upload. The server only
    compares `lastModified`, so any word that is this file's alone will do; without it each announcement is another.
    """

    lastModified: int | str


class UploadStarted(TypedDict):
    """An upload that was announced, and how many bytes of it are there already."""

    upload_id: str
    offset: int


class UploadProgress(TypedDict):
    """How many bytes are there, or the video that came of them.

    `offset` is None when the server does not say.
    """

    offset: int | None
    video: VideoId | None
