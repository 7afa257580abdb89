"""Who is muted, by users and by the server."""

from typing import NotRequired, TypedDict

from .accounts import Account


class BlockFilters(TypedDict, total=False):
    """Filters of the lists of who is muted."""

    sort: str
    search: str
    subscriptionName: str  # 8.x, of the server's lists


class BlocklistSubscriptionSummary(TypedDict):
    """The list of others by which somebody is muted."""

    id: int
    name: str
    url: NotRequired[str]


class BlockedAccount(TypedDict):
    """An account that is muted."""

    byAccount: Account
    blockedAccount: Account
    createdAt: str
    blocklistSubscription: NotRequired[BlocklistSubscriptionSummary | None]  # 8.x


class ServerName(TypedDict):
    """A server."""

    host: str


class BlockedServer(TypedDict):
    """A server that is muted."""

    byAccount: Account
    blockedServer: ServerName
    createdAt: str
    blocklistSubscription: NotRequired[BlocklistSubscriptionSummary | None]  # 8.x


class BlockedBy(TypedDict):
    """Who has muted somebody."""

    blockedByServer: bool
    blockedByUser: NotRequired[bool]  # where somebody is logged in
    blockedByServerSubscription: NotRequired[str | None]  # 8.x


class BlockStatus(TypedDict):
    """Answer of `GET /blocklist/status`, by the names that were asked."""

    accounts: dict[str, BlockedBy]
    hosts: dict[str, BlockedBy]


class SubscriptionListFilters(TypedDict, total=False):
    """Filters of lists of subscriptions to lists; only 8.x."""

    sort: str
    search: str


class BlocklistSubscription(TypedDict):
    """A list of others by which the instance mutes; only 8.x."""

    id: int
    name: str
    url: str
    mutedAccountsCount: int
    mutedServersCount: int
    lastSyncAt: str | None
    createdAt: str
    updatedAt: str


class BlocklistAction(TypedDict):
    """Somebody was muted, or is no longer."""

    type: str
    target: str
    createdAt: str


class PublicBlocklist(TypedDict):
    """Answer of `GET /server/blocklist/public-log`; only 8.x."""

    name: str
    actions: list[BlocklistAction]
