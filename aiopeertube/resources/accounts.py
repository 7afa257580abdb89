"""/accounts."""

from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types import Account, Channel, VideoFilters, VideoRow
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import handle_problem, segment

from ._base import Resource


class Accounts(Resource):
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
        problem = handle_problem("account", name)
        return self._pages(f"/accounts/{segment(name)}/videos", filters, count=count, problem=problem)

    def channels(self, name: str, *, sort: str | None = None, count: int = 100) -> Paginator[Channel]:
        """List an account's channels."""
        problem = handle_problem("account", name)
        return self._pages(f"/accounts/{segment(name)}/video-channels", {"sort": sort}, count=count, problem=problem)
