"""/video-channels."""

from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types import Channel, VideoFilters, VideoRow
from aiopeertube.types.channel_parts import (
    ChannelActivity,
    ChannelCreated,
    ChannelFields,
    ChannelUpdate,
    Follower,
    FollowerFilters,
)
from aiopeertube.types.playlists import Playlist, PlaylistFilters
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import handle_problem, segment

from ._api import Noun
from ._checks import address_problem, body_text_problem, choices_problem, first, id_problem
from ._orders import order_problem, reordered
from .channel_pictures import ChannelAvatar, ChannelBanner
from .collaborators import Collaborators
from .ownership import ChannelOwnership

_LONGEST_NAME = 50
_LONGEST_DISPLAY_NAME = 120


class Channels(Noun):
    """Channels, named by `name` or `name@host`."""

    __slots__ = ()

    @property
    def avatar(self) -> ChannelAvatar:
        """A channel's picture."""
        return ChannelAvatar(self._sender)

    @property
    def banner(self) -> ChannelBanner:
        """The picture above a channel's page."""
        return ChannelBanner(self._sender)

    @property
    def collaborators(self) -> Collaborators:
        """Users who may edit a channel; only 8.x."""
        return Collaborators(self._sender)

    @property
    def ownership(self) -> ChannelOwnership:
        """Channels that are given to other users; only 8.x."""
        return ChannelOwnership(self._sender)

    def list(self, *, sort: str | None = None, count: int = 100) -> Paginator[Channel]:
        """List the instance's channels."""
        return self._pages("/video-channels", {"sort": sort}, count=count)

    def get(self, name: str) -> Call[Channel]:
        """Get one channel."""
        return self._get(_path(name), problem=handle_problem("channel", name))

    def create(self, *, name: str, displayName: str, **fields: Unpack[ChannelFields]) -> Call[ChannelCreated]:
        """Make a channel; its name cannot be changed. Conflict: the name is taken.

        BadRequest: the user has as many channels as the instance allows.
        """
        problem = first(
            body_text_problem("name", name, 1, _LONGEST_NAME),
            body_text_problem("displayName", displayName, 1, _LONGEST_DISPLAY_NAME),
        )
        json = {"name": name, "displayName": displayName, **fields}
        return self._ask("POST", "/video-channels", problem, json=json)

    def update(self, name: str, **fields: Unpack[ChannelUpdate]) -> Call[None]:
        """Change only the given fields; None clears one."""
        return self._do("PUT", _path(name), handle_problem("channel", name), json=dict(fields))

    def delete(self, name: str) -> Call[None]:
        """Delete a channel with all its videos. There is no way back, and its name is not free again."""
        return self._do("DELETE", _path(name), handle_problem("channel", name))

    def videos(self, name: str, *, count: int = 100, **filters: Unpack[VideoFilters]) -> Paginator[VideoRow]:
        """List a channel's videos."""
        problem = first(handle_problem("channel", name), choices_problem(VideoFilters, filters))
        return self._pages(f"{_path(name)}/videos", filters, count=count, problem=problem)

    def followers(self, name: str, *, count: int = 100, **filters: Unpack[FollowerFilters]) -> Paginator[Follower]:
        """List who follows a channel; for its owner."""
        problem = handle_problem("channel", name)
        return self._pages(f"{_path(name)}/followers", filters, count=count, problem=problem)

    def playlists(self, name: str, *, count: int = 100, **filters: Unpack[PlaylistFilters]) -> Paginator[Playlist]:
        """List a channel's playlists."""
        problem = first(handle_problem("channel", name), choices_problem(PlaylistFilters, filters))
        return self._pages(f"{_path(name)}/video-playlists", filters, count=count, problem=problem)

    def reorder_playlists(
        self, name: str, *, startPosition: int, insertAfterPosition: int, reorderLength: int | None = None
    ) -> Call[None]:
        """Move playlists within their channel; only 8.x. Positions count from 1, and 0 is before the first."""
        json = reordered(startPosition, insertAfterPosition, reorderLength)
        problem = first(handle_problem("channel", name), order_problem(json))
        return self._do("POST", f"{_path(name)}/video-playlists/reorder", problem, json=json, since="8.0")

    def activities(self, name: str, *, sort: str | None = None, count: int = 100) -> Paginator[ChannelActivity]:
        """List what its owner and collaborators did to a channel; only 8.x."""
        problem = handle_problem("channel", name)
        return self._pages(f"{_path(name)}/activities", {"sort": sort}, count=count, problem=problem, since="8.0")

    def import_videos(
        self, name: str, *, externalChannelUrl: str, videoChannelSyncId: int | None = None
    ) -> Call[None]:
        """Import the videos of a channel elsewhere. NotPermitted: the instance does not allow it."""
        json: dict[str, object] = {"externalChannelUrl": externalChannelUrl}
        problem = first(handle_problem("channel", name), address_problem("externalChannelUrl", externalChannelUrl))
        if videoChannelSyncId is not None:
            json["videoChannelSyncId"] = videoChannelSyncId
            problem = first(problem, id_problem("videoChannelSyncId", videoChannelSyncId))
        return self._do("POST", f"{_path(name)}/import-videos", problem, json=json)


def _path(name: str) -> str:
    return f"/video-channels/{segment(name)}"
