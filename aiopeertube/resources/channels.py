"""/video-channels."""

from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types import Channel, VideoFilters, VideoRow
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import handle_problem, segment

from ._base import Resource


class Channels(Resource):
    """Channels, named by `name` or `name@host`."""

    __slots__ = ()

    def list(self, *, sort: str | None = None, count: int = 100) -> Paginator[Channel]:
        """List the instance's channels."""
        return self._pages("/video-channels", {"sort": sort}, count=count)

    def get(self, name: str) -> Call[Channel]:
        """Get one channel."""
        return self._get(f"/video-channels/{segment(name)}", problem=handle_problem("channel", name))

    def videos(self, name: str, *, count: int = 100, **filters: Unpack[VideoFilters]) -> Paginator[VideoRow]:
        """List a channel's videos."""
        problem = handle_problem("channel", name)
        return self._pages(f"/video-channels/{segment(name)}/videos", filters, count=count, problem=problem)
