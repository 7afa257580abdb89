"""Live streams."""

from typing import Literal, NotRequired, TypedDict

from .videos import LiveSchedule, ScheduledUpdate, VideoId

LatencyMode = Literal[1, 2, 3]


class ReplaySettings(TypedDict):
    """The privacy of the videos that live streams leave behind."""

    privacy: int


class LiveUpdate(TypedDict, total=False):
    """Fields of a live stream that can be changed; `latencyMode` is 1 default, 2 high, 3 small."""

    saveReplay: bool
    replaySettings: ReplaySettings | None
    permanentLive: bool
    latencyMode: LatencyMode
    schedules: list[LiveSchedule] | None  # 8.x


class NewLive(LiveUpdate, TypedDict, total=False):
    """Fields of a new live stream besides its channel and name; None means absent."""

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
    downloadEnabled: bool
    originallyPublishedAt: str | None
    scheduleUpdate: ScheduledUpdate | None
    videoPasswords: list[str]


class Live(TypedDict):
    """A live stream; where to send it to is only for its owner."""

    saveReplay: bool
    permanentLive: bool
    latencyMode: LatencyMode
    replaySettings: NotRequired[ReplaySettings | None]
    rtmpUrl: NotRequired[str | None]
    rtmpsUrl: NotRequired[str | None]
    streamKey: NotRequired[str | None]
    schedules: NotRequired[list[LiveSchedule] | None]  # 8.x


class LiveSession(TypedDict):
    """One time that a stream was live; `error` is why it broke off, None if it did not."""

    id: int
    startDate: str
    endDate: str | None
    saveReplay: bool
    endingProcessed: bool
    replaySettings: NotRequired[ReplaySettings | None]
    replayVideo: NotRequired[VideoId | None]
    error: int | None
