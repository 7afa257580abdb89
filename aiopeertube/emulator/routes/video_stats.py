"""Statistics of a video, which nobody has watched here, and its storyboards, of which there are none."""

from datetime import UTC, datetime, timedelta

from aiopeertube.emulator.api.access import check_can_see, check_id, existing_video, managed_video
from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply
from aiopeertube.emulator.wire.clocks import iso
from aiopeertube.emulator.wire.problem_json import invalid_parameter, invalid_parameters

_OVERALL = {"totalWatchTime": 0, "averageWatchTime": 0, "totalViewers": 0, "viewersPeak": 0, "viewersPeakDate": None}
_METRICS = ("viewers", "aggregateWatchTime")
_DAYS = 30


async def overall(call: Call) -> Reply:
    """Return how much a video was watched."""
    managed_video(call)
    return json_reply({**_OVERALL, "countries": [], "subdivisions": []})


async def retention(call: Call) -> Reply:
    """Return how many of those who began were still there, by second."""
    seconds = range(managed_video(call).duration + 1)
    return json_reply({"data": [{"second": second, "retentionPercent": 0} for second in seconds]})


async def timeseries(call: Call) -> Reply:
    """Return a metric by day."""
    managed_video(call)
    metric = call.params["metric"]
    if metric not in _METRICS:
        raise invalid_parameters(invalid_parameter("metric", metric, "params"), call.target)
    today = datetime.fromtimestamp(call.now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [(today - timedelta(days=back)).timestamp() for back in reversed(range(_DAYS))]
    return json_reply({"groupInterval": "1 day", "data": [{"date": iso(day), "value": 0} for day in days]})


async def user_agent(call: Call) -> Reply:
    """Return with what a video was watched; only 8.x."""
    if not call.is_modern:
        return Reply(400)
    managed_video(call)
    return json_reply({"clients": [], "devices": [], "operatingSystems": []})


async def storyboards(call: Call) -> Reply:
    """Return pictures of many small pictures."""
    check_id(call)
    check_can_see(call, existing_video(call))
    return json_reply({"storyboards": []})


ROUTES = (
    Route("GET", "/videos/{id}/stats/overall", overall),
    Route("GET", "/videos/{id}/stats/retention", retention),
    Route("GET", "/videos/{id}/stats/timeseries/{metric}", timeseries),
    Route("GET", "/videos/{id}/stats/user-agent", user_agent),
    Route("GET", "/videos/{id}/storyboards", storyboards),
)
