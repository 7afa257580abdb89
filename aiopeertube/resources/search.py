"""/search."""

from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types import Channel, VideoRow
from aiopeertube.types.playlists import Playlist
from aiopeertube.types.search import ChannelSearch, PlaylistSearch, VideoSearch

from ._api import Noun
from ._checks import choices_problem


class Search(Noun):
    """Searches, of this server and of those it knows.

    `search` may be an address of a video, a channel or a playlist, which signed-in users can have fetched.
    """

    __slots__ = ()

    def videos(self, *, count: int = 100, **filters: Unpack[VideoSearch]) -> Paginator[VideoRow]:
        """Search for videos, by `search` (fuzzy; the best match may not come first), by `uuids` or by filters."""
        problem = choices_problem(VideoSearch, filters)
        return self._pages("/search/videos", filters, count=count, problem=problem)

    def channels(self, *, count: int = 100, **filters: Unpack[ChannelSearch]) -> Paginator[Channel]:
        """Search for channels, by `search` or by `handles`."""
        problem = choices_problem(ChannelSearch, filters)
        return self._pages("/search/video-channels", filters, count=count, problem=problem)

    def playlists(self, *, count: int = 100, **filters: Unpack[PlaylistSearch]) -> Paginator[Playlist]:
        """Search for playlists, by `search` or by `uuids`."""
        problem = choices_problem(PlaylistSearch, filters)
        return self._pages("/search/video-playlists", filters, count=count, problem=problem)
