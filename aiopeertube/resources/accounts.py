"""/accounts."""

from typing import Any, Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types import Account, Channel, VideoFilters, VideoRow
from aiopeertube.types.account_parts import AccountChannelFilters, AccountRating, AccountSyncFilters, RatingFilters
from aiopeertube.types.channel_parts import Follower, FollowerFilters
from aiopeertube.types.channel_syncs import ChannelSync
from aiopeertube.types.playlists import AccountPlaylistFilters, Playlist
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import handle_problem, segment

from ._api import Noun
from ._checks import choices_problem, first


class Accounts(Noun):
    """Accounts, named by `name` or `name@host`."""

    __slots__ = ()

    def list(self, *, sort: str | None = None, count: int = 100) -> Paginator[Account]:
        """List the accounts that the instance knows."""
        return self._pages("/accounts", {"sort": sort}, count=count)

    def get(self, name: str) -> Call[Account]:
        """Get one account."""
        return self._get(f"/accounts/{segment(name)}", problem=handle_problem("account", name))

    def videos(self, name: str, *, count: int = 100, **filters: Unpack[VideoFilters]) -> Paginator[VideoRow]:
        """List an account's videos."""
        problem = first(handle_problem("account", name), choices_problem(VideoFilters, filters))
        return self._pages(f"/accounts/{segment(name)}/videos", filters, count=count, problem=problem)

    def channels(
        self, name: str, *, count: int = 100, **filters: Unpack[AccountChannelFilters]
    ) -> Paginator[Channel]:
        """List an account's channels; `withStats` adds their views and totals."""
        problem = handle_problem("account", name)
        return self._pages(f"/accounts/{segment(name)}/video-channels", filters, count=count, problem=problem)

    def playlists(
        self, name: str, *, count: int = 100, **filters: Unpack[AccountPlaylistFilters]
    ) -> Paginator[Playlist]:
        """List an account's playlists; those of other privacy than public only for its owner."""
        problem = first(handle_problem("account", name), choices_problem(AccountPlaylistFilters, filters))
        return self._pages(f"/accounts/{segment(name)}/video-playlists", filters, count=count, problem=problem)

    def followers(self, name: str, *, count: int = 100, **filters: Unpack[FollowerFilters]) -> Paginator[Follower]:
        """List who follows an account or its channels; for its owner."""
        problem = handle_problem("account", name)
        return self._pages(f"/accounts/{segment(name)}/followers", filters, count=count, problem=problem)

    def ratings(self, name: str, *, count: int = 100, **filters: Unpack[RatingFilters]) -> Paginator[AccountRating]:
        """List what an account rated; for its owner."""
        problem = first(handle_problem("account", name), choices_problem(RatingFilters, filters))
        return self._pages(f"/accounts/{segment(name)}/ratings", filters, count=count, problem=problem, key=_rated)

    def channel_syncs(
        self, name: str, *, count: int = 100, **filters: Unpack[AccountSyncFilters]
    ) -> Paginator[ChannelSync]:
        """List the channels elsewhere that an account follows; for its owner."""
        problem = handle_problem("account", name)
        return self._pages(f"/accounts/{segment(name)}/video-channel-syncs", filters, count=count, problem=problem)


def _rated(row: Any) -> Any:
    return row["video"]["id"]
