"""Parts of the configuration that administrators change: what becomes of videos."""

from typing import NotRequired, TypedDict

from .config_media import Toggle


class CustomTranscodingOriginalFile(TypedDict):
    """`transcoding.originalFile`."""

    keep: bool


# `transcoding.resolutions`
CustomTranscodingResolutions = TypedDict(
    "CustomTranscodingResolutions",
    {
        "0p": bool,
        "144p": bool,
        "240p": bool,
        "360p": bool,
        "480p": bool,
        "720p": bool,
        "1080p": bool,
        "1440p": bool,
        "2160p": bool,
    },
)


class CustomTranscodingFps(TypedDict):
    """`transcoding.fps`."""

    max: int


class CustomTranscodingHls(TypedDict):
    """`transcoding.hls`."""

    enabled: bool
    splitAudioAndVideo: bool


class CustomTranscoding(TypedDict):
    """`transcoding`."""

    enabled: bool
    originalFile: CustomTranscodingOriginalFile
    remoteRunners: Toggle
    allowAdditionalExtensions: bool
    allowAudioFiles: bool
    threads: int
    concurrency: int
    profile: str
    resolutions: CustomTranscodingResolutions
    alwaysTranscodeOriginalResolution: bool
    fps: CustomTranscodingFps
    webVideos: Toggle
    hls: CustomTranscodingHls
    alwaysTranscodePodcastOptimizedAudio: NotRequired[bool]  # 8.x


class CustomLiveTranscoding(TypedDict):
    """`live.transcoding`."""

    enabled: bool
    remoteRunners: Toggle
    threads: int
    profile: str
    resolutions: CustomTranscodingResolutions
    alwaysTranscodeOriginalResolution: bool
    fps: CustomTranscodingFps


class CustomLiveDvr(TypedDict):
    """`live.dvr`."""

    maxWindow: int


class CustomLive(TypedDict):
    """`live`."""

    enabled: bool
    allowReplay: bool
    latencySetting: Toggle
    maxDuration: int
    maxInstanceLives: int
    maxUserLives: int
    transcoding: CustomLiveTranscoding
    dvr: NotRequired[CustomLiveDvr]  # 8.x


class CustomVideoStudio(TypedDict):
    """`videoStudio`."""

    enabled: bool
    remoteRunners: Toggle


class CustomVideoFile(TypedDict):
    """`videoFile`."""

    update: Toggle


class CustomImportVideos(TypedDict):
    """`import.videos`."""

    concurrency: int
    http: Toggle
    torrent: Toggle


class CustomImportVideoChannelSynchronization(TypedDict):
    """`import.videoChannelSynchronization`."""

    enabled: bool
    maxPerUser: int


class CustomImport(TypedDict):
    """`import`."""

    videos: CustomImportVideos
    videoChannelSynchronization: CustomImportVideoChannelSynchronization
    users: Toggle


class CustomExportUsers(TypedDict):
    """`export.users`."""

    enabled: bool
    exportExpiration: int
    maxUserVideoQuota: int


class CustomExport(TypedDict):
    """`export`."""

    users: CustomExportUsers


class CustomTrendingVideosAlgorithms(TypedDict):
    """`trending.videos.algorithms`."""

    enabled: list[str]
    default: str


class CustomTrendingVideos(TypedDict):
    """`trending.videos`."""

    algorithms: CustomTrendingVideosAlgorithms


class CustomTrending(TypedDict):
    """`trending`."""

    videos: CustomTrendingVideos


class CustomStoryboards(TypedDict):
    """`storyboards`."""

    enabled: bool
    remoteRunners: NotRequired[Toggle]  # 8.x


class CustomVideoComments(TypedDict):
    """`videoComments`."""

    acceptRemoteComments: bool
