"""What belongs to one video besides its fields: chapters, passwords, storyboards, and who may embed it."""

from typing import Literal, NotRequired, TypedDict

from .common import LabelledId


class Chapter(TypedDict):
    """A chapter; `timecode` is where it starts, in seconds."""

    timecode: int
    title: str


class Chapters(TypedDict):
    """The chapters of a video."""

    chapters: list[Chapter]


class VideoPassword(TypedDict):
    """One of the passwords that open a video."""

    id: int
    password: str
    videoId: int
    createdAt: NotRequired[str]
    updatedAt: NotRequired[str]


class Storyboard(TypedDict):
    """A picture of many small pictures, one for each `spriteDuration` seconds."""

    storyboardPath: str
    totalHeight: int
    totalWidth: int
    spriteHeight: int
    spriteWidth: int
    spriteDuration: int
    fileUrl: NotRequired[str | None]  # 8.x


class Storyboards(TypedDict):
    """The storyboards of a video."""

    storyboards: list[Storyboard]


class EmbedPrivacy(TypedDict):
    """Which sites may embed a video. `policy.id` is 1 all, 2 those listed, 3 those that a remote server allows."""

    policy: LabelledId
    domains: list[str]


class EmbedPrivacyUpdate(TypedDict, total=False):
    """Which sites may embed a video; 1 all, 2 those listed, 3 those that a remote server allows."""

    policy: Literal[1, 2, 3]
    domains: list[str]


class EmbedAllowed(TypedDict):
    """Whether a site may embed a video."""

    domainAllowed: bool
    userBypassAllowed: NotRequired[bool | None]


class FileToken(TypedDict):
    """A token that opens a video's files for a while."""

    token: str
    expires: str


class VideoToken(TypedDict):
    """Answer to a request for a token."""

    files: FileToken


class Description(TypedDict):
    """The whole description of a video."""

    description: str | None


class View(TypedDict, total=False):
    """What a player reports besides where it is."""

    viewEvent: Literal["seek"]
    sessionId: str
    client: str  # 8.x
    device: Literal["console", "embedded", "mobile", "smarttv", "tablet", "wearable", "xr", "desktop"]  # 8.x
    operatingSystem: str  # 8.x


class Transcoding(TypedDict, total=False):
    """How a video is transcoded once more."""

    transcodingType: Literal["hls", "web-video"]
    forceTranscoding: bool


class Rating(TypedDict):
    """How a user rates a video."""

    rating: Literal["like", "dislike", "none"]
