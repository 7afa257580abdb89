"""The configuration that administrators change while the server runs, as `GET /config/custom` has it."""

from typing import NotRequired, TypedDict

from .config_media import Toggle
from .config_of_8 import ConfigColors
from .custom_media import (
    CustomExport,
    CustomImport,
    CustomLive,
    CustomStoryboards,
    CustomTranscoding,
    CustomTrending,
    CustomVideoComments,
    CustomVideoFile,
    CustomVideoStudio,
)


class CustomInstanceCustomizations(TypedDict):
    """`instance.customizations`."""

    css: str
    javascript: str


class CustomInstanceSupport(TypedDict):
    """`instance.support`."""

    text: str


class CustomInstanceSocial(TypedDict):
    """`instance.social`."""

    blueskyLink: str
    mastodonLink: str
    xLink: str
    externalLink: str


class CustomInstance(TypedDict):
    """`instance`."""

    name: str
    shortDescription: str
    description: str
    terms: str
    codeOfConduct: str
    creationReason: str
    moderationInformation: str
    administrator: str
    maintenanceLifetime: str
    businessModel: str
    hardwareInformation: str
    languages: list[str]
    categories: list[int]
    isNSFW: bool
    defaultNSFWPolicy: str
    defaultClientRoute: str
    customizations: CustomInstanceCustomizations
    defaultLanguage: NotRequired[str]  # 8.x
    serverCountry: NotRequired[str]  # 8.x
    support: NotRequired[CustomInstanceSupport]  # 8.x
    social: NotRequired[CustomInstanceSocial]  # 8.x


class CustomTheme(TypedDict):
    """`theme`."""

    default: str
    customization: NotRequired[ConfigColors]  # 8.x


class CustomServicesTwitter(TypedDict):
    """`services.twitter`."""

    username: str


class CustomServices(TypedDict):
    """`services`."""

    twitter: CustomServicesTwitter


class CustomClientVideosMiniature(TypedDict):
    """`client.videos.miniature`."""

    preferAuthorDisplayName: bool


class CustomClientVideos(TypedDict):
    """`client.videos`."""

    miniature: CustomClientVideosMiniature


class CustomClientMenuLogin(TypedDict):
    """`client.menu.login`."""

    redirectOnSingleExternalAuth: bool


class CustomClientMenu(TypedDict):
    """`client.menu`."""

    login: CustomClientMenuLogin


class CustomClientHeader(TypedDict):
    """`client.header`."""

    hideInstanceName: bool


class CustomClientBrowseVideos(TypedDict):
    """`client.browseVideos`."""

    defaultSort: str
    defaultScope: str


class CustomClient(TypedDict):
    """`client`."""

    videos: CustomClientVideos
    menu: CustomClientMenu
    header: NotRequired[CustomClientHeader]  # 8.x
    browseVideos: NotRequired[CustomClientBrowseVideos]  # 8.x


class CustomCachePreviews(TypedDict):
    """`cache.previews`."""

    size: int


class CustomCache(TypedDict):
    """`cache`."""

    previews: CustomCachePreviews
    captions: CustomCachePreviews
    torrents: CustomCachePreviews
    storyboards: CustomCachePreviews


class CustomSignup(TypedDict):
    """`signup`."""

    enabled: bool
    limit: int
    requiresApproval: bool
    requiresEmailVerification: bool
    minimumAge: int


class CustomAdmin(TypedDict):
    """`admin`."""

    email: str


class CustomUserHistory(TypedDict):
    """`user.history`."""

    videos: Toggle


class CustomUser(TypedDict):
    """`user`."""

    history: CustomUserHistory
    videoQuota: int
    videoQuotaDaily: int
    defaultChannelName: str


class CustomVideoChannels(TypedDict):
    """`videoChannels`."""

    maxPerUser: int


class CustomAutoBlacklistVideos(TypedDict):
    """`autoBlacklist.videos`."""

    ofUsers: Toggle


class CustomAutoBlacklist(TypedDict):
    """`autoBlacklist`."""

    videos: CustomAutoBlacklistVideos


class CustomFollowersInstance(TypedDict):
    """`followers.instance`."""

    enabled: bool
    manualApproval: bool


class CustomFollowers(TypedDict):
    """`followers`."""

    instance: CustomFollowersInstance
    channels: NotRequired[Toggle]  # 8.x


class CustomFollowingsInstanceAutoFollowIndex(TypedDict):
    """`followings.instance.autoFollowIndex`."""

    enabled: bool
    indexUrl: str


class CustomFollowingsInstance(TypedDict):
    """`followings.instance`."""

    autoFollowBack: Toggle
    autoFollowIndex: CustomFollowingsInstanceAutoFollowIndex


class CustomFollowings(TypedDict):
    """`followings`."""

    instance: CustomFollowingsInstance


class CustomBroadcastMessage(TypedDict):
    """`broadcastMessage`."""

    enabled: bool
    message: str
    level: str
    dismissable: bool


class CustomSearchRemoteUri(TypedDict):
    """`search.remoteUri`."""

    users: bool
    anonymous: bool


class CustomSearchSearchIndex(TypedDict):
    """`search.searchIndex`."""

    enabled: bool
    url: str
    disableLocalSearch: bool
    isDefaultSearch: bool


class CustomSearch(TypedDict):
    """`search`."""

    remoteUri: CustomSearchRemoteUri
    searchIndex: CustomSearchSearchIndex


class CustomBlocklist(TypedDict):
    """`blocklist`."""

    publicLog: Toggle


class CustomDefaultsPublish(TypedDict):
    """`defaults.publish`."""

    downloadEnabled: bool
    commentsPolicy: int
    privacy: int
    licence: int | None


class CustomDefaultsLive(TypedDict):
    """`defaults.live`."""

    saveReplay: bool


class CustomDefaultsP2p(TypedDict):
    """`defaults.p2p`."""

    webapp: Toggle
    embed: Toggle


class CustomDefaultsPlayer(TypedDict):
    """`defaults.player`."""

    theme: str
    autoPlay: bool


class CustomDefaults(TypedDict):
    """`defaults`."""

    publish: CustomDefaultsPublish
    live: CustomDefaultsLive
    p2p: CustomDefaultsP2p
    player: CustomDefaultsPlayer


class CustomEmailBody(TypedDict):
    """`email.body`."""

    signature: str


class CustomEmailSubject(TypedDict):
    """`email.subject`."""

    prefix: str


class CustomEmail(TypedDict):
    """`email`."""

    body: CustomEmailBody
    subject: CustomEmailSubject


# What administrators change of the configuration while the server runs
CustomConfig = TypedDict(
    "CustomConfig",
    {
        "instance": CustomInstance,
        "theme": CustomTheme,
        "services": CustomServices,
        "client": CustomClient,
        "cache": NotRequired[CustomCache],  # 6.3 only
        "signup": CustomSignup,
        "admin": CustomAdmin,
        "contactForm": Toggle,
        "user": CustomUser,
        "videoChannels": CustomVideoChannels,
        "transcoding": CustomTranscoding,
        "live": CustomLive,
        "videoStudio": CustomVideoStudio,
        "videoTranscription": CustomVideoStudio,
        "videoFile": CustomVideoFile,
        "import": CustomImport,
        "export": CustomExport,
        "trending": CustomTrending,
        "autoBlacklist": CustomAutoBlacklist,
        "followers": CustomFollowers,
        "followings": CustomFollowings,
        "broadcastMessage": CustomBroadcastMessage,
        "search": CustomSearch,
        "storyboards": CustomStoryboards,
        "blocklist": NotRequired[CustomBlocklist],  # 8.x
        "defaults": NotRequired[CustomDefaults],  # 8.x
        "email": NotRequired[CustomEmail],  # 8.x
        "videoComments": NotRequired[CustomVideoComments],  # 8.x
    },
)
