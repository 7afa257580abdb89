"""/server/followers and /server/following."""

from collections.abc import Sequence
from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types.server import Follow, FollowFilters
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import handle_problem, segment

from ._api import Noun
from ._checks import choices_problem, first, host_problem, text_problem


class Followers(Noun):
    """Servers that follow the instance, named by `name@host`, which is `peertube@host` for a PeerTube."""

    __slots__ = ()

    def list(self, *, count: int = 100, **filters: Unpack[FollowFilters]) -> Paginator[Follow]:
        """List the followers."""
        return self._pages("/server/followers", filters, count=count, problem=choices_problem(FollowFilters, filters))

    def accept(self, handle: str) -> Call[None]:
        """Accept a follower who waits for it."""
        return self._decided(handle, "accept")

    def reject(self, handle: str) -> Call[None]:
        """Reject a follower, also one who was accepted."""
        return self._decided(handle, "reject")

    def delete(self, handle: str) -> Call[None]:
        """Remove a follower."""
        return self._do("DELETE", f"/server/followers/{segment(handle)}", handle_problem("follower", handle))

    def _decided(self, handle: str, verb: str) -> Call[None]:
        problem = handle_problem("follower", handle)
        return self._do("POST", f"/server/followers/{segment(handle)}/{verb}", problem, idempotent=True)


class Following(Noun):
    """Servers and channels that the instance follows."""

    __slots__ = ()

    def list(self, *, count: int = 100, **filters: Unpack[FollowFilters]) -> Paginator[Follow]:
        """List what the instance follows."""
        return self._pages("/server/following", filters, count=count, problem=choices_problem(FollowFilters, filters))

    def create(self, *, hosts: Sequence[str] = (), handles: Sequence[str] = ()) -> Call[None]:
        """Follow servers by name, and channels or accounts by `name@host`; the server does so after its answer."""
        problem = first(
            *(host_problem("hosts", host) for host in hosts), *(handle_problem("actor", name) for name in handles)
        )
        json = {"hosts": list(hosts), "handles": list(handles)}
        return self._do("POST", "/server/following", problem, json=json, idempotent=True)

    def delete(self, followed: str) -> Call[None]:
        """Stop following a server (its name) or an actor (`name@host`)."""
        problem = text_problem("hostOrHandle", followed)
        return self._do("DELETE", f"/server/following/{segment(followed)}", problem)
