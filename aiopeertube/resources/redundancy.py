"""/server/redundancy."""

from typing import Literal

from aiopeertube._pagination import Paginator
from aiopeertube.types.server import VideoRedundancy
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import segment

from ._api import Noun
from ._checks import choice_problem, host_problem, id_problem


class Redundancies(Noun):
    """Copies of the instance's videos on other servers, and of theirs on the instance."""

    __slots__ = ()

    def list(
        self, *, target: Literal["my-videos", "remote-videos"], sort: str | None = None, count: int = 100
    ) -> Paginator[VideoRedundancy]:
        """List the videos of which there are copies: elsewhere of the instance's own, or here of remote ones."""
        problem = choice_problem("target", target, ("my-videos", "remote-videos"))
        query = {"target": target, "sort": sort}
        return self._pages("/server/redundancy/videos", query, count=count, problem=problem)

    def create(self, *, videoId: int) -> Call[None]:
        """Copy a remote video to the instance. Conflict: it is there."""
        json = {"videoId": videoId}
        return self._do("POST", "/server/redundancy/videos", id_problem("videoId", videoId), json=json)

    def delete(self, redundancy: int) -> Call[None]:
        """Remove a copy."""
        return self._do("DELETE", f"/server/redundancy/videos/{redundancy}", id_problem("redundancyId", redundancy))

    def update(self, host: str, *, redundancyAllowed: bool) -> Call[None]:
        """Say whether videos of a server, which the instance follows, may be copied."""
        json = {"redundancyAllowed": redundancyAllowed}
        return self._do("PUT", f"/server/redundancy/{segment(host)}", host_problem("host", host), json=json)
