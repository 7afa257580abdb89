"""/videos/ownership and /video-channels/ownership: videos and channels that are given to other users."""

from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types.ownership import OwnershipChange, OwnershipFilters
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import VideoRef, handle_problem, segment, video_problem

from ._api import Noun
from ._checks import choices_problem, first, id_problem, text_problem

_SINCE = "8.0"


class VideoOwnership(Noun):
    """Videos that are given away; who gets one accepts, and says into which channel."""

    __slots__ = ()

    def list(self, *, sort: str | None = None, count: int = 100) -> Paginator[OwnershipChange]:
        """List what was offered to the user, and with 8.x by the user, too."""
        return self._pages("/videos/ownership", {"sort": sort}, count=count)

    def of(
        self, video: VideoRef, *, count: int = 100, **filters: Unpack[OwnershipFilters]
    ) -> Paginator[OwnershipChange]:
        """List the offers of one video; only 8.x."""
        problem = first(video_problem(video), choices_problem(OwnershipFilters, filters))
        path = f"/videos/{segment(video)}/ownership"
        return self._pages(path, filters, count=count, problem=problem, since=_SINCE)

    def give(self, video: VideoRef, *, username: str) -> Call[None]:
        """Offer a video to another user of this server."""
        problem = first(video_problem(video), text_problem("username", username))
        return self._do("POST", f"/videos/{segment(video)}/give-ownership", problem, json={"username": username})

    def accept(self, offer: int, *, channelId: int) -> Call[None]:
        """Take a video into a channel of one's own. NotPermitted: it is larger than the remaining quota."""
        problem = first(id_problem("id", offer), id_problem("channelId", channelId))
        return self._do("POST", f"/videos/ownership/{offer}/accept", problem, json={"channelId": channelId})

    def refuse(self, offer: int) -> Call[None]:
        """Refuse a video."""
        return self._do("POST", f"/videos/ownership/{offer}/refuse", id_problem("id", offer))

    def delete(self, offer: int) -> Call[None]:
        """Take an offer back; only 8.x."""
        return self._do("DELETE", f"/videos/ownership/{offer}", id_problem("id", offer), since=_SINCE)


class ChannelOwnership(Noun):
    """Channels that are given away, with their videos; only 8.x."""

    __slots__ = ()

    def list(self, *, sort: str | None = None, count: int = 100) -> Paginator[OwnershipChange]:
        """List what was offered to the user or by the user; only 8.x."""
        return self._pages("/video-channels/ownership", {"sort": sort}, count=count, since=_SINCE)

    def of(self, name: str, *, count: int = 100, **filters: Unpack[OwnershipFilters]) -> Paginator[OwnershipChange]:
        """List the offers of one channel; only 8.x."""
        problem = first(handle_problem("channel", name), choices_problem(OwnershipFilters, filters))
        path = f"/video-channels/{segment(name)}/ownership"
        return self._pages(path, filters, count=count, problem=problem, since=_SINCE)

    def give(self, name: str, *, username: str) -> Call[None]:
        """Offer a channel to another user of this server; only 8.x."""
        problem = first(handle_problem("channel", name), text_problem("username", username))
        path = f"/video-channels/{segment(name)}/give-ownership"
        return self._do("POST", path, problem, json={"username": username}, since=_SINCE)

    def accept(self, offer: int) -> Call[None]:
        """Take a channel; only 8.x."""
        return self._do("POST", f"/video-channels/ownership/{offer}/accept", id_problem("id", offer), since=_SINCE)

    def refuse(self, offer: int) -> Call[None]:
        """Refuse a channel; only 8.x."""
        return self._do("POST", f"/video-channels/ownership/{offer}/refuse", id_problem("id", offer), since=_SINCE)

    def delete(self, offer: int) -> Call[None]:
        """Take an offer back; only 8.x."""
        return self._do("DELETE", f"/video-channels/ownership/{offer}", id_problem("id", offer), since=_SINCE)
