"""Runners, which transcode for an instance, and their jobs."""

from collections.abc import Sequence
from os import PathLike
from typing import Literal, NotRequired, TypeAlias, TypedDict

from .common import LabelledId

_Bytes: TypeAlias = str | bytes | PathLike[str]

RunnerJobType = Literal[
    "vod-web-video-transcoding",
    "vod-hls-transcoding",
    "vod-audio-merge-transcoding",
    "live-rtmp-hls-transcoding",
    "video-studio-transcoding",
    "video-transcription",
    "generate-video-storyboard",
]


class Runner(TypedDict):
    """A machine that works for the instance."""

    id: int
    name: str
    description: str | None
    ip: str
    lastContact: str
    createdAt: str
    updatedAt: str
    version: NotRequired[str | None]  # 8.x


class RunnerRegistered(TypedDict):
    """Answer of a registration: the runner's own token."""

    id: int
    runnerToken: str


class RegistrationToken(TypedDict):
    """What new runners prove by that they may come."""

    id: int
    registrationToken: str
    createdAt: str
    updatedAt: str
    registeredRunnersCount: int


class RunnerJobFilters(TypedDict, total=False):
    """Filters of the list of jobs of runners; states are numbers from 1 pending to 8 parent cancelled."""

    sort: str
    search: str
    stateOneOf: Sequence[Literal[1, 2, 3, 4, 5, 6, 7, 8]]
    typeOneOf: Sequence[RunnerJobType]  # 8.x


class AvailableJob(TypedDict):
    """A job that a runner may take; its payload follows from its type."""

    uuid: str
    type: str
    payload: dict[str, object]


class AvailableJobs(TypedDict):
    """What there is to do."""

    availableJobs: list[AvailableJob]


class ParentJob(TypedDict):
    """The job that has to be done before."""

    uuid: str
    type: str
    state: LabelledId


class RunnerSummary(TypedDict):
    """Who works on a job."""

    id: int
    name: str
    description: str | None


class RunnerJob(TypedDict):
    """A job; its payload follows from its type, `progress` is in percent."""

    uuid: str
    type: str
    state: LabelledId
    payload: dict[str, object]
    failures: int
    error: str | None
    progress: int | None
    priority: int
    createdAt: str
    updatedAt: str
    startedAt: str | None
    finishedAt: str | None
    parent: NotRequired[ParentJob | None]
    runner: NotRequired[RunnerSummary | None]


class RunnerJobAdmin(RunnerJob, TypedDict):
    """A job as administrators see it."""

    privatePayload: dict[str, object]


class AcceptedJob(RunnerJob, TypedDict):
    """A job that a runner has taken, and the token for it."""

    jobToken: str


class JobAccepted(TypedDict):
    """Answer to the runner that takes a job."""

    job: AcceptedJob


class RunnerUpdate(TypedDict, total=False):
    """A piece of a live stream; files are a path, or bytes."""

    type: Literal["add-chunk", "remove-chunk"]
    masterPlaylistFile: _Bytes
    resolutionPlaylistFilename: str
    resolutionPlaylistFile: _Bytes
    videoChunkFilename: str
    videoChunkFile: _Bytes


class RunnerResult(TypedDict, total=False):
    """What a job made; files are a path, or bytes."""

    videoFile: _Bytes
    resolutionPlaylistFile: _Bytes
    inputLanguage: str
    vttFile: _Bytes
    storyboardFile: _Bytes  # 8.x
