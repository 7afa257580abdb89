"""/overviews."""

from aiopeertube.types.overviews import VideosOverview
from aiopeertube.wire.call import Call

from ._api import Noun
from ._checks import id_problem


class Overviews(Noun):
    """What a server shows on its page of discoveries."""

    __slots__ = ()

    def videos(self, *, page: int = 1) -> Call[VideosOverview]:
        """Get some videos by category, tag and channel; another page has others."""
        return self._ask("GET", "/overviews/videos", id_problem("page", page), query={"page": page})
