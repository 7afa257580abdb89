"""/users/me/blocklist, and what it shares with /server/blocklist."""

from typing import Any, Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types.blocklists import BlockedAccount, BlockedServer, BlockFilters
from aiopeertube.wire.call import Call, Sender
from aiopeertube.wire.identifiers import handle_problem, segment

from ._api import Noun
from ._checks import host_problem


class BlockedAccounts(Noun):
    """Accounts that a user, or the server, has muted."""

    __slots__ = ("_path",)

    def __init__(self, sender: Sender | None, owner: str) -> None:
        super().__init__(sender)
        self._path = f"{owner}/blocklist/accounts"

    def list(self, *, count: int = 100, **filters: Unpack[BlockFilters]) -> Paginator[BlockedAccount]:
        """List the accounts, the latest muted first."""
        return self._pages(self._path, filters, count=count, key=_account)

    def create(self, *, accountName: str) -> Call[None]:
        """Mute an account, `name` or `name@host`."""
        problem = handle_problem("account", accountName)
        return self._do("POST", self._path, problem, json={"accountName": accountName}, idempotent=True)

    def delete(self, account: str) -> Call[None]:
        """Stop muting an account."""
        return self._do("DELETE", f"{self._path}/{segment(account)}", handle_problem("account", account))


class BlockedServers(Noun):
    """Servers that a user, or the server, has muted."""

    __slots__ = ("_path",)

    def __init__(self, sender: Sender | None, owner: str) -> None:
        super().__init__(sender)
        self._path = f"{owner}/blocklist/servers"

    def list(self, *, count: int = 100, **filters: Unpack[BlockFilters]) -> Paginator[BlockedServer]:
        """List the servers, the latest muted first."""
        return self._pages(self._path, filters, count=count, key=_server)

    def create(self, *, host: str) -> Call[None]:
        """Mute a server."""
        return self._do("POST", self._path, host_problem("host", host), json={"host": host}, idempotent=True)

    def delete(self, host: str) -> Call[None]:
        """Stop muting a server."""
        return self._do("DELETE", f"{self._path}/{segment(host)}", host_problem("host", host))


class MyBlocklist(Noun):
    """Accounts and servers that the logged-in user has muted."""

    __slots__ = ()

    @property
    def accounts(self) -> BlockedAccounts:
        """The accounts."""
        return BlockedAccounts(self._sender, "/users/me")

    @property
    def servers(self) -> BlockedServers:
        """The servers."""
        return BlockedServers(self._sender, "/users/me")


def _account(row: Any) -> Any:
    return row["blockedAccount"]["id"]


def _server(row: Any) -> Any:
    return row["blockedServer"]["host"]
