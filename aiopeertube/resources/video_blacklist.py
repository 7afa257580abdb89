"""/videos/blacklist and /videos/{id}/blacklist."""

from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types.blacklist import BlacklistedVideo, BlacklistFields, BlacklistFilters, NewBlacklistFields
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import VideoRef, video_problem

from ._api import Noun
from ._checks import choices_problem
from ._video_parts import below


class VideoBlacklist(Noun):
    """Videos that are blocked; only for moderators."""

    __slots__ = ()

    def list(self, *, count: int = 100, **filters: Unpack[BlacklistFilters]) -> Paginator[BlacklistedVideo]:
        """List the blocked videos."""
        problem = choices_problem(BlacklistFilters, filters)
        return self._pages("/videos/blacklist", filters, count=count, problem=problem)

    def create(self, video: VideoRef, **fields: Unpack[NewBlacklistFields]) -> Call[None]:
        """Block a video. Conflict: it is blocked already."""
        return self._do("POST", below(video, "/blacklist"), video_problem(video), json=dict(fields))

    def update(self, video: VideoRef, **fields: Unpack[BlacklistFields]) -> Call[None]:
        """Change why a video is blocked."""
        return self._do("PUT", below(video, "/blacklist"), video_problem(video), json=dict(fields))

    def delete(self, video: VideoRef) -> Call[None]:
        """Unblock a video."""
        return self._do("DELETE", below(video, "/blacklist"), video_problem(video))
