"""/server/blocklist."""

from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types.blocklists import BlocklistSubscription, PublicBlocklist, SubscriptionListFilters
from aiopeertube.wire.call import Call

from ._api import Noun
from ._checks import id_problem
from .my_blocklist import BlockedAccounts, BlockedServers


class BlocklistSubscriptions(Noun):
    """Lists of others that the instance mutes by; only 8.x."""

    __slots__ = ()

    def list(
        self, *, count: int = 100, **filters: Unpack[SubscriptionListFilters]
    ) -> Paginator[BlocklistSubscription]:
        """List the subscriptions; only 8.x."""
        return self._pages("/server/blocklist/subscriptions", filters, count=count, since="8.0")

    def create(self, *, url: str) -> Call[BlocklistSubscription]:
        """Subscribe to a list; only 8.x."""
        return self._ask("POST", "/server/blocklist/subscriptions", json={"url": url}, since="8.0")

    def delete(self, subscription: int) -> Call[None]:
        """End a subscription; only 8.x."""
        path = f"/server/blocklist/subscriptions/{subscription}"
        return self._do("DELETE", path, id_problem("id", subscription), since="8.0")


class ServerBlocklist(Noun):
    """Accounts and servers that the instance has muted."""

    __slots__ = ()

    @property
    def accounts(self) -> BlockedAccounts:
        """The accounts."""
        return BlockedAccounts(self._sender, "/server")

    @property
    def servers(self) -> BlockedServers:
        """The servers."""
        return BlockedServers(self._sender, "/server")

    @property
    def subscriptions(self) -> BlocklistSubscriptions:
        """Lists of others that the instance mutes by; only 8.x."""
        return BlocklistSubscriptions(self._sender)

    def public_log(self, *, startDate: str) -> Call[PublicBlocklist]:
        """Get what was muted and no longer muted since a date (ISO 8601); only 8.x.

        NotPermitted: the instance does not publish it.
        """
        return self._ask("GET", "/server/blocklist/public-log", query={"startDate": startDate}, since="8.0")
