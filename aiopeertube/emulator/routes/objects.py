"""Videos as other servers read them, outside the API: ActivityPub objects, each kept for a second."""

import orjson

from aiopeertube.emulator.api.access import check_id, existing_video, is_for_everybody
from aiopeertube.emulator.api.activity_objects import video_object
from aiopeertube.emulator.api.calls import HTML, Call, Reply, Route
from aiopeertube.emulator.wire.problem_json import Problem

_TYPE = "application/activity+json"


async def object_of_video(call: Call) -> Reply:
    """Return the object of a video that the server shows to everybody; pages for browsers are not made here."""
    if _TYPE not in call.request.headers.get("Accept", ""):
        return Reply(404, b"", HTML)
    check_id(call)
    video = existing_video(call)
    if not is_for_everybody(call, video):
        raise Problem("Authentication is required", 401)
    content = call.store.objects.kept(
        call.target, call.now, lambda: orjson.dumps(video_object(call.backend.renderer, video))
    )
    return Reply(200, content, f"{_TYPE}; charset=utf-8", {"cache-control": "max-age=1"})


FILE_ROUTES: tuple[Route, ...] = (Route("GET", "/videos/watch/{id}", object_of_video),)
