"""The configuration of a server: what becomes of videos."""

from typing import NotRequired, TypedDict


class Toggle(TypedDict):
    """A feature that is on or off."""

    enabled: bool


class ConfigHls(TypedDict):
    """Whether HLS playlists are made, and whether sound has a file of its own."""

    enabled: bool
    splitAudioAndVideo: NotRequired[bool]  # 8.x


class ConfigDvr(TypedDict):
    """How far viewers of a live stream can go back, in seconds; only 8.x."""

    maxWindow: int


class ConfigStoryboards(TypedDict):
    """Whether previews of a video's course are made."""

    enabled: bool
    remoteRunners: NotRequired[Toggle]  # 8.x


class ConfigTranscoding(TypedDict):
    """How uploads are transcoded."""

    remoteRunners: Toggle
    hls: ConfigHls
    web_videos: Toggle
    enabledResolutions: list[int]
    profile: str
    availableProfiles: list[str]
    alwaysTranscodeOriginalResolution: NotRequired[bool]  # 8.x
    alwaysTranscodePodcastOptimizedAudio: NotRequired[bool]  # 8.x


class ConfigLiveTranscoding(TypedDict):
    """How live streams are transcoded."""

    enabled: bool
    remoteRunners: Toggle
    enabledResolutions: list[int]
    profile: str
    availableProfiles: list[str]


class ConfigRtmp(TypedDict):
    """Where live streams are sent to."""

    port: int


class ConfigLive(TypedDict):
    """Limits of live streams."""

    enabled: bool
    allowReplay: bool
    latencySetting: Toggle
    maxDuration: int
    maxInstanceLives: int
    maxUserLives: int
    transcoding: ConfigLiveTranscoding
    rtmp: ConfigRtmp
    dvr: NotRequired[ConfigDvr]  # 8.x


class ConfigRemoteFeature(TypedDict):
    """A feature that is on or off, and whether remote runners do its work."""

    enabled: bool
    remoteRunners: Toggle


class ConfigVideoFile(TypedDict):
    """Whether the file of a published video may be replaced."""

    update: Toggle


class ConfigImportVideos(TypedDict):
    """Sources that videos may be imported from."""

    http: Toggle
    torrent: Toggle


class ConfigImport(TypedDict):
    """What may be imported."""

    videos: ConfigImportVideos
    videoChannelSynchronization: Toggle
    users: Toggle


class ConfigExportUsers(TypedDict):
    """Whether users may export their data, and how much."""

    enabled: bool
    exportExpiration: int
    maxUserVideoQuota: int


class ConfigExport(TypedDict):
    """What may be exported."""

    users: ConfigExportUsers


class ConfigAutoBlacklistVideos(TypedDict):
    """Whose new videos wait for a moderator."""

    ofUsers: Toggle


class ConfigAutoBlacklist(TypedDict):
    """What waits for a moderator."""

    videos: ConfigAutoBlacklistVideos


class ConfigSize(TypedDict):
    """A limit in bytes."""

    max: int


class ConfigSizedFile(TypedDict):
    """The largest size and the allowed extensions of a file."""

    size: ConfigSize
    extensions: list[str]


class ConfigUpload(TypedDict):
    """A kind of upload that is limited in size."""

    file: ConfigSizedFile


class ConfigExtensions(TypedDict):
    """The allowed extensions of a file."""

    extensions: list[str]


class ConfigVideo(TypedDict):
    """Which thumbnails and which video files are accepted."""

    image: ConfigSizedFile
    file: ConfigExtensions
