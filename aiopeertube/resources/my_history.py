"""/users/me/history/videos."""

from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types import VideoRow
from aiopeertube.types.me import HistoryFilters
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import VideoRef, segment, video_problem

from ._api import Noun


class MyHistory(Noun):
    """Videos that the logged-in user has watched."""

    __slots__ = ()

    def list(self, *, count: int = 100, **filters: Unpack[HistoryFilters]) -> Paginator[VideoRow]:
        """List the videos, the latest watched first."""
        return self._pages("/users/me/history/videos", filters, count=count)

    def delete(self, video: VideoRef) -> Call[None]:
        """Remove one video from the history; only its numeric id serves in 6.3."""
        return self._do("DELETE", f"/users/me/history/videos/{segment(video)}", video_problem(video))

    def clear(self, *, beforeDate: str | None = None) -> Call[None]:
        """Remove what was watched before a date (ISO 8601); all of it without one."""
        fields = {} if beforeDate is None else {"beforeDate": beforeDate}
        return self._do("POST", "/users/me/history/videos/remove", json=fields, idempotent=True)
