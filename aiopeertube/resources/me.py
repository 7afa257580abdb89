"""/users/me."""

from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types import Me as MeSchema
from aiopeertube.types import MyVideoFilters, QuotaUsed, VideoRow
from aiopeertube.wire.call import Call

from ._base import Resource


class Me(Resource):
    """The logged-in user."""

    __slots__ = ()

    def get(self) -> Call[MeSchema]:
        """Get the user; `role.id` is 0 for administrators, 1 for moderators, 2 for users."""
        return self._get("/users/me")

    def quota(self) -> Call[QuotaUsed]:
        """Get the bytes used, in all and today."""
        return self._get("/users/me/video-quota-used")

    def videos(self, *, count: int = 100, **filters: Unpack[MyVideoFilters]) -> Paginator[VideoRow]:
        """List the user's own videos, of every privacy."""
        return self._pages("/users/me/videos", filters, count=count)
