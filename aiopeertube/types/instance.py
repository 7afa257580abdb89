"""Plugins, the start page, watched words, automatic tags, and the player of an instance."""

from typing import Literal, NotRequired, Required, TypedDict

from .common import LabelledId


class PluginFilters(TypedDict, total=False):
    """Filters of the list of plugins; `pluginType` is 1 for plugins, 2 for themes."""

    sort: str
    pluginType: Literal[1, 2]
    uninstalled: bool


class AvailablePluginFilters(TypedDict, total=False):
    """Filters of the index of plugins."""

    sort: str
    search: str
    pluginType: Literal[1, 2]
    currentPeerTubeEngine: str


class Plugin(TypedDict):
    """A plugin or theme that is installed, or was."""

    name: str
    type: int
    version: str
    enabled: bool
    uninstalled: bool
    peertubeEngine: str
    description: str | None
    homepage: str | None
    createdAt: str
    updatedAt: str
    latestVersion: NotRequired[str | None]
    settings: NotRequired[dict[str, object] | None]


class AvailablePlugin(TypedDict):
    """A plugin or theme that can be installed."""

    npmName: str
    description: str
    homepage: str
    createdAt: str
    updatedAt: str
    popularity: int
    latestVersion: str
    official: NotRequired[bool]
    recommended: NotRequired[bool]
    name: NotRequired[str]
    installed: NotRequired[bool]


class Homepage(TypedDict):
    """The instance's start page, in Markdown."""

    content: str


class PlaybackMetric(TypedDict, total=False):
    """How a video plays; counts are of the time since the last report."""

    playerMode: Required[Literal["p2p-media-loader", "web-video"]]
    resolution: int | None
    fps: int | None
    p2pEnabled: Required[bool]
    p2pPeers: int | None
    resolutionChanges: Required[int]
    bufferStalled: int  # 8.x
    errors: Required[int]
    downloadedBytesP2P: Required[int]
    downloadedBytesHTTP: Required[int]
    uploadedBytesP2P: Required[int]
    videoId: Required[int | str]


class PlayerSettings(TypedDict):
    """How the player looks; only 8.x."""

    theme: str


class WatchedWordsList(TypedDict):
    """A list of words."""

    id: int
    listName: str
    words: list[str]
    createdAt: str
    updatedAt: str
    subscriptionUrl: NotRequired[str | None]  # 8.x


class WatchedWordsId(TypedDict):
    """The id of a list of words."""

    id: int


class WatchedWordsCreated(TypedDict):
    """Answer to a new list of words."""

    watchedWordsList: WatchedWordsId


class WatchedWordsSubscription(TypedDict):
    """A list of others; only 8.x."""

    id: int
    name: str | None
    url: str
    importedWordsCount: int
    lastSyncAt: str | None
    state: LabelledId
    createdAt: str
    updatedAt: str


class AutomaticTag(TypedDict):
    """A tag that the server gives: one of its own, or a list of words."""

    name: str
    type: Literal["core", "watched-words-list"]


class AutomaticTags(TypedDict):
    """The automatic tags that there are."""

    available: list[AutomaticTag]


class CommentPolicies(TypedDict):
    """Tags whose comments wait for review."""

    review: list[str]


class VideoPolicies(TypedDict):
    """Tags whose videos are blocked; only 8.x."""

    autoBlock: list[str]
