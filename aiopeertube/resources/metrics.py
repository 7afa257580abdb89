"""/metrics."""

from typing import Unpack

from aiopeertube.types.instance import PlaybackMetric
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import video_problem

from ._api import Noun


class Metrics(Noun):
    """What players report."""

    __slots__ = ()

    def playback(self, **fields: Unpack[PlaybackMetric]) -> Call[None]:
        """Report how a video plays; anonymous callers may, too."""
        problem = video_problem(fields.get("videoId", ""))
        return self._do("POST", "/metrics/playback", problem, json=dict(fields), schema=PlaybackMetric)
