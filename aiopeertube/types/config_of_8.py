"""Parts of the configuration that only servers of 8.x have."""

from typing import NotRequired, TypedDict


class ConfigHeader(TypedDict):
    """How the web client's header looks."""

    hideInstanceName: bool


class ConfigBrowse(TypedDict):
    """How the web client lists videos by default."""

    defaultSort: str
    defaultScope: str


class ConfigApp(TypedDict):
    """Where an app opens videos."""

    enabled: bool
    host: str
    scheme: str
    fallbackUrl: str


class ConfigAndroid(TypedDict):
    """How Android opens videos in an app."""

    intent: ConfigApp


class ConfigOpenInApp(TypedDict):
    """Whether the web client offers to open videos in an app."""

    android: ConfigAndroid
    ios: ConfigApp


class ConfigLiveDefaults(TypedDict):
    """Defaults of live streams."""

    saveReplay: bool


class ConfigPlayerDefaults(TypedDict):
    """Defaults of the player."""

    theme: str
    autoPlay: bool


class ConfigLogo(TypedDict):
    """A logo of the instance, or PeerTube's own."""

    type: str
    fileUrl: str
    width: int
    height: int
    isFallback: bool


class ConfigBuiltIn(TypedDict):
    """A theme that comes with PeerTube."""

    name: str


class ConfigColors(TypedDict):
    """Colours and corners of the web client; None leaves the theme's."""

    primaryColor: str | None
    onPrimaryColor: str | None
    foregroundColor: str | None
    backgroundColor: str | None
    backgroundSecondaryColor: str | None
    menuForegroundColor: str | None
    menuBackgroundColor: str | None
    menuBorderRadius: str | None
    headerForegroundColor: str | None
    headerBackgroundColor: str | None
    inputBorderRadius: str | None


class ConfigViewsKept(TypedDict):
    """How long views are kept, in milliseconds; -1 is for ever."""

    maxAge: int


class ConfigWebRtc(TypedDict):
    """Servers by which players find each other."""

    stunServers: list[str]


class ConfigLength(TypedDict):
    """How short and how long a text may be."""

    minLength: int
    maxLength: int


class ConfigUserConstraints(TypedDict):
    """What fields of users have to be."""

    password: ConfigLength


class ConfigConstraints(TypedDict):
    """What fields have to be."""

    users: NotRequired[ConfigUserConstraints]
