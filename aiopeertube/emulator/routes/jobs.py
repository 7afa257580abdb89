"""The server's own work: one finished job for each channel. Nothing is ever waiting."""

from typing import Any

from aiopeertube.emulator.api.calls import Call, Reply, Route, no_content
from aiopeertube.emulator.api.paging import BY_TIME, page_reply
from aiopeertube.emulator.api.rights import MANAGE_JOBS, staff
from aiopeertube.emulator.model.entities import Channel
from aiopeertube.emulator.wire.clocks import iso
from aiopeertube.emulator.wire.problem_json import invalid_parameter, invalid_parameters

_TYPE = "actor-keys"
_COMPLETED = "completed"
_STATES = (_COMPLETED, "active", "failed", "waiting", "delayed", "paused", "waiting-children")


async def jobs(call: Call) -> Reply:
    """Return the jobs, of one state if the path names it."""
    staff(call, MANAGE_JOBS)
    state, kind = call.params.get("state", _COMPLETED), call.query().get("jobType")
    if state not in _STATES:
        raise invalid_parameters(invalid_parameter("state", state, "params"), call.target)
    found = [] if state != _COMPLETED or kind not in {None, _TYPE} else list(call.store.channels.values())
    return page_reply(call, found, lambda channel: _job(call, channel), BY_TIME)


def _job(call: Call, channel: Channel) -> dict[str, Any]:
    at = iso(channel.created_at)
    return {
        "id": str(channel.id),
        "state": _COMPLETED,
        "type": _TYPE,
        "data": {"actorId": channel.id},
        "progress": 0,
        "error": None,
        "createdAt": at,
        "finishedOn": at,
        "processedOn": at,
        **({"canCancel": False} if call.is_modern else {}),
    }


async def pause(call: Call) -> Reply:
    """Stop or resume work."""
    staff(call, MANAGE_JOBS)
    return no_content(tagged=True)


ROUTES = (
    Route("GET", "/jobs", jobs, "getJobs"),
    Route("GET", "/jobs/{state}", jobs, "getJobs"),
    Route("POST", "/jobs/pause", pause),
    Route("POST", "/jobs/resume", pause),
)
