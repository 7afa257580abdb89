"""/users/me/subscriptions."""

from collections.abc import Sequence
from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types import Channel, VideoFilters, VideoRow
from aiopeertube.types.me import SubscriptionFilters
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import handle_problem, segment

from ._api import Noun
from ._checks import first


class MySubscriptions(Noun):
    """Channels that the logged-in user follows, named by `name@host`."""

    __slots__ = ()

    def list(self, *, count: int = 100, **filters: Unpack[SubscriptionFilters]) -> Paginator[Channel]:
        """List the channels."""
        return self._pages("/users/me/subscriptions", filters, count=count)

    def get(self, handle: str) -> Call[Channel]:
        """Get one of the channels. NotFound: the user does not follow it."""
        return self._get(f"/users/me/subscriptions/{segment(handle)}", problem=handle_problem("channel", handle))

    def create(self, *, uri: str) -> Call[None]:
        """Follow a channel, `name@host`; the server does so after it has answered. Doing it twice is harmless."""
        problem = handle_problem("channel", uri)
        return self._do("POST", "/users/me/subscriptions", problem, json={"uri": uri}, idempotent=True)

    def delete(self, handle: str) -> Call[None]:
        """Stop following a channel."""
        return self._do("DELETE", f"/users/me/subscriptions/{segment(handle)}", handle_problem("channel", handle))

    def exist(self, *, uris: Sequence[str]) -> Call[dict[str, bool]]:
        """Tell which of some channels the user follows."""
        problem = first(*(handle_problem("channel", uri) for uri in uris))
        return self._get("/users/me/subscriptions/exist", {"uris": uris}, problem)

    def videos(self, *, count: int = 100, **filters: Unpack[VideoFilters]) -> Paginator[VideoRow]:
        """List the videos of the channels."""
        return self._pages("/users/me/subscriptions/videos", filters, count=count)
