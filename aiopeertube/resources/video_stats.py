"""/videos/{id}/stats."""

from typing import Literal, Unpack

from aiopeertube.types.stats import OverallStats, RetentionStats, StatsFilters, TimeseriesStats, UserAgentStats
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import VideoRef, video_problem

from ._api import Noun
from ._checks import choice_problem
from ._video_parts import below

_METRICS = ("viewers", "aggregateWatchTime")


class VideoStats(Noun):
    """Who watched a video, and how much of it; for its owner and for staff."""

    __slots__ = ()

    def overall(self, video: VideoRef, **filters: Unpack[StatsFilters]) -> Call[OverallStats]:
        """Get its viewers in all, and where they are."""
        return self._ask("GET", below(video, "/stats/overall"), video_problem(video), query=filters)

    def user_agent(self, video: VideoRef, **filters: Unpack[StatsFilters]) -> Call[UserAgentStats]:
        """Get with what it was watched; only 8.x."""
        path = below(video, "/stats/user-agent")
        return self._ask("GET", path, video_problem(video), query=filters, since="8.0")

    def retention(self, video: VideoRef) -> Call[RetentionStats]:
        """Get how long viewers stayed, second by second."""
        return self._ask("GET", below(video, "/stats/retention"), video_problem(video))

    def timeseries(
        self, video: VideoRef, metric: Literal["viewers", "aggregateWatchTime"], **filters: Unpack[StatsFilters]
    ) -> Call[TimeseriesStats]:
        """Get viewers, or seconds watched, over time."""
        problem = choice_problem("metric", metric, _METRICS)
        return self._ask(
            "GET", below(video, f"/stats/timeseries/{metric}"), video_problem(video), problem, query=filters
        )
