"""Playlists and what is in them."""

from typing import Literal, NotRequired, TypedDict

from .accounts import AccountSummary
from .channels import ChannelSummary
from .common import LabelledId
from .videos import Thumbnail, VideoRow


class PlaylistFields(TypedDict, total=False):
    """Fields of a playlist besides its name; `privacy` is 1 public, 2 unlisted, 3 private.

    A public playlist belongs to a channel; `videoChannelId` of None takes it out of one.
    """

    privacy: Literal[1, 2, 3]
    description: str | None
    videoChannelId: int | None


class PlaylistUpdate(PlaylistFields, TypedDict, total=False):
    """Fields of a playlist that can be changed: absent ones stay, None clears."""

    displayName: str


class PlaylistFilters(TypedDict, total=False):
    """Filters of lists of playlists; `playlistType` is 1 regular, 2 "watch later"."""

    sort: str
    playlistType: Literal[1, 2]


class AccountPlaylistFilters(PlaylistFilters, TypedDict, total=False):
    """Filters of the list of an account's playlists."""

    search: str
    includeCollaborations: bool  # 8.x
    channelNameOneOf: list[str]  # 8.x


class Playlist(TypedDict):
    """A playlist; `videosLength` is how many videos it has, `type.id` 1 regular, 2 "watch later"."""

    id: int
    uuid: str
    shortUUID: str
    url: str
    displayName: str
    description: str | None
    isLocal: bool
    privacy: LabelledId
    type: LabelledId
    videosLength: int
    thumbnailPath: NotRequired[str | None]
    thumbnailUrl: NotRequired[str | None]
    thumbnails: NotRequired[list[Thumbnail]]  # 8.x
    embedPath: str
    ownerAccount: AccountSummary
    videoChannel: ChannelSummary | None
    videoChannelPosition: NotRequired[int | None]  # 8.x
    createdAt: str
    updatedAt: str


class PlaylistId(TypedDict):
    """The identifiers of a playlist."""

    id: int
    uuid: str
    shortUUID: str


class PlaylistCreated(TypedDict):
    """Answer to a new playlist."""

    videoPlaylist: PlaylistId


class ElementTimes(TypedDict, total=False):
    """Where a video in a playlist starts and stops, in seconds; None: at its own start and end."""

    startTimestamp: int | None
    stopTimestamp: int | None


class ElementId(TypedDict):
    """The id of a video's place in a playlist."""

    id: int


class ElementCreated(TypedDict):
    """Answer to a video that was put into a playlist."""

    videoPlaylistElement: ElementId


class PlaylistElement(TypedDict):
    """A video's place in a playlist. `type` is 0 regular, 1 deleted, 2 private, 3 unavailable."""

    id: int
    position: int
    startTimestamp: int | None
    stopTimestamp: int | None
    type: int
    video: VideoRow | None
