"""The configuration of a server."""

from typing import NotRequired, TypedDict

from .common import ActorImage
from .config_media import (
    ConfigAutoBlacklist,
    ConfigExport,
    ConfigImport,
    ConfigLive,
    ConfigRemoteFeature,
    ConfigStoryboards,
    ConfigTranscoding,
    ConfigUpload,
    ConfigVideo,
    ConfigVideoFile,
    Toggle,
)
from .config_of_8 import (
    ConfigBrowse,
    ConfigBuiltIn,
    ConfigColors,
    ConfigConstraints,
    ConfigHeader,
    ConfigLiveDefaults,
    ConfigLogo,
    ConfigOpenInApp,
    ConfigPlayerDefaults,
    ConfigViewsKept,
    ConfigWebRtc,
)


class ConfigMiniature(TypedDict):
    """How the web client draws a video in a list."""

    preferAuthorDisplayName: bool
    displayAuthorAvatar: NotRequired[bool]  # 6.3 only


class ConfigResumableUpload(TypedDict):
    """How the web client cuts uploads; a chunk size of 0 means that it chooses."""

    maxChunkSize: int


class ConfigClientVideos(TypedDict):
    """Settings of the web client about videos."""

    miniature: ConfigMiniature
    resumableUpload: ConfigResumableUpload


class ConfigClientLogin(TypedDict):
    """Settings of the web client about signing in."""

    redirectOnSingleExternalAuth: bool


class ConfigClientMenu(TypedDict):
    """Settings of the web client's menu."""

    login: ConfigClientLogin


class ConfigClient(TypedDict):
    """Settings of the web client."""

    videos: ConfigClientVideos
    menu: ConfigClientMenu
    newFeaturesInfo: NotRequired[bool]  # 8.x
    header: NotRequired[ConfigHeader]  # 8.x
    browseVideos: NotRequired[ConfigBrowse]  # 8.x
    openInApp: NotRequired[ConfigOpenInApp]  # 8.x


class ConfigPublishDefaults(TypedDict):
    """Defaults for the fields of new videos."""

    downloadEnabled: bool
    commentsPolicy: int
    privacy: int
    licence: int | None
    commentsEnabled: NotRequired[bool]  # 6.3 only: `commentsPolicy` says it


class ConfigP2PDefaults(TypedDict):
    """Whether players share what they download."""

    webapp: Toggle
    embed: Toggle


class ConfigDefaults(TypedDict):
    """Defaults."""

    publish: ConfigPublishDefaults
    p2p: ConfigP2PDefaults
    live: NotRequired[ConfigLiveDefaults]  # 8.x
    player: NotRequired[ConfigPlayerDefaults]  # 8.x


class ConfigEdition(TypedDict):
    """Whether administrators may edit."""

    allowed: bool


class ConfigWebadminConfiguration(TypedDict):
    """Configuration from the web interface."""

    edition: ConfigEdition


class ConfigWebadmin(TypedDict):
    """What the web interface lets administrators do."""

    configuration: ConfigWebadminConfiguration


class ConfigCustomizations(TypedDict):
    """Script and style an administrator added."""

    javascript: str
    css: str


class ConfigSupport(TypedDict):
    """How to support the people behind a server."""

    text: str


class ConfigSocial(TypedDict):
    """Other presences of the server's operators."""

    externalLink: str
    mastodonLink: str
    blueskyLink: str
    xLink: NotRequired[str]


class ConfigInstance(TypedDict):
    """The server as it presents itself."""

    name: str
    shortDescription: str
    isNSFW: bool
    defaultNSFWPolicy: str
    defaultClientRoute: str
    customizations: ConfigCustomizations
    avatars: list[ActorImage]
    banners: list[ActorImage]
    serverCountry: NotRequired[str]  # 8.x
    defaultLanguage: NotRequired[str]  # 8.x
    support: NotRequired[ConfigSupport]  # 8.x
    social: NotRequired[ConfigSocial]  # 8.x
    logo: NotRequired[list[ConfigLogo]]  # 8.x


class ConfigRemoteUri(TypedDict):
    """Who may look up remote content by its URL."""

    users: bool
    anonymous: bool


class ConfigSearchIndex(TypedDict):
    """The index of other servers that searches may use."""

    enabled: bool
    url: str
    disableLocalSearch: bool
    isDefaultSearch: bool


class ConfigSearch(TypedDict):
    """What searches cover."""

    remoteUri: ConfigRemoteUri
    searchIndex: ConfigSearchIndex


class ConfigPlugin(TypedDict):
    """The plugins a server runs."""

    registered: list[dict[str, object]]
    registeredExternalAuths: list[dict[str, object]]
    registeredIdAndPassAuths: list[dict[str, object]]


class ConfigTheme(TypedDict):
    """The themes a server offers."""

    registered: list[dict[str, object]]
    default: str
    builtIn: NotRequired[list[ConfigBuiltIn]]  # 8.x
    customization: NotRequired[ConfigColors]  # 8.x


class ConfigPublicLog(TypedDict):
    """Whether the blocklist is public."""

    publicLog: Toggle


class ConfigUser(TypedDict):
    """Quotas of new users in bytes; -1 means none."""

    videoQuota: int
    videoQuotaDaily: int


class ConfigVideoChannels(TypedDict):
    """How many channels a user may have."""

    maxPerUser: int


class ConfigTrendingAlgorithms(TypedDict):
    """How trending videos may be ranked."""

    enabled: list[str]
    default: str


class ConfigTrendingVideos(TypedDict):
    """How trending videos are found."""

    intervalDays: int
    algorithms: ConfigTrendingAlgorithms


class ConfigTrending(TypedDict):
    """How trending content is found."""

    videos: ConfigTrendingVideos


class ConfigAutoFollowIndex(TypedDict):
    """The index whose servers are followed automatically."""

    indexUrl: str


class ConfigFollowingsInstance(TypedDict):
    """How the server follows others."""

    autoFollowIndex: ConfigAutoFollowIndex


class ConfigFollowings(TypedDict):
    """Who follows others, and how."""

    instance: ConfigFollowingsInstance


class ConfigBroadcastMessage(TypedDict):
    """A message shown to every visitor."""

    enabled: bool
    message: str
    level: str
    dismissable: bool


class ConfigMetrics(TypedDict):
    """What players report about playback, and how often in milliseconds."""

    enabled: bool
    playbackStatsInterval: int


class ConfigOpenTelemetry(TypedDict):
    """Whether OpenTelemetry metrics are collected."""

    metrics: ConfigMetrics


class ConfigWatchingInterval(TypedDict):
    """How often players report watching, in milliseconds."""

    anonymous: int
    users: int


class ConfigViewsVideos(TypedDict):
    """How views of videos are counted."""

    watchingInterval: ConfigWatchingInterval
    remote: NotRequired[ConfigViewsKept]  # 8.x
    local: NotRequired[ConfigViewsKept]  # 8.x


class ConfigViews(TypedDict):
    """How views are counted."""

    videos: ConfigViewsVideos


class ConfigSignup(TypedDict):
    """Whether and how users can register."""

    allowed: bool
    allowedForCurrentIP: bool
    minimumAge: int
    requiresApproval: bool
    requiresEmailVerification: bool


# The functional syntax, for a key that is a Python keyword.
_Import = TypedDict("_Import", {"import": ConfigImport})


class ServerConfig(_Import, TypedDict):
    """Answer of `GET /config`."""

    client: ConfigClient
    defaults: ConfigDefaults
    webadmin: ConfigWebadmin
    instance: ConfigInstance
    search: ConfigSearch
    plugin: ConfigPlugin
    theme: ConfigTheme
    email: Toggle
    contactForm: Toggle
    serverVersion: str
    serverCommit: NotRequired[str]
    transcoding: ConfigTranscoding
    live: ConfigLive
    videoStudio: ConfigRemoteFeature
    videoFile: ConfigVideoFile
    videoTranscription: ConfigRemoteFeature
    export: ConfigExport
    autoBlacklist: ConfigAutoBlacklist
    avatar: ConfigUpload
    banner: ConfigUpload
    video: ConfigVideo
    videoCaption: ConfigUpload
    user: ConfigUser
    videoChannels: ConfigVideoChannels
    trending: ConfigTrending
    tracker: Toggle
    followings: ConfigFollowings
    broadcastMessage: ConfigBroadcastMessage
    homepage: Toggle
    openTelemetry: ConfigOpenTelemetry
    views: ConfigViews
    storyboards: ConfigStoryboards
    signup: ConfigSignup
    blocklist: NotRequired[ConfigPublicLog]  # 8.x
    federation: NotRequired[Toggle]  # 8.x
    logo: NotRequired[ConfigUpload]  # 8.x
    webrtc: NotRequired[ConfigWebRtc]  # 8.x
    nsfwFlagsSettings: NotRequired[Toggle]  # 8.x
    fieldsConstraints: NotRequired[ConfigConstraints]  # 8.x


class AboutInstance(TypedDict):
    """The server's description of itself."""

    name: str
    shortDescription: str
    description: str
    terms: str
    codeOfConduct: str
    hardwareInformation: str
    creationReason: str
    moderationInformation: str
    administrator: str
    maintenanceLifetime: str
    businessModel: str
    languages: list[str]
    categories: list[int]
    avatars: list[ActorImage]
    banners: list[ActorImage]


class About(TypedDict):
    """Answer of `GET /config/about`."""

    instance: AboutInstance
