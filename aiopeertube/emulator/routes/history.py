"""What a user has watched."""

from typing import Any

from aiopeertube.emulator.api.access import check_can_see, check_id, existing_video
from aiopeertube.emulator.api.calls import Call, Reply, Route, done, json_reply, no_content
from aiopeertube.emulator.api.listing import check_page, fold
from aiopeertube.emulator.api.rights import checked, is_number, number_in_path
from aiopeertube.emulator.model.community import Watched
from aiopeertube.emulator.model.entities import Video
from aiopeertube.emulator.wire.problem_json import invalid_parameter, invalid_parameters
from aiopeertube.emulator.wire.scalars import parse_date

_DATE = "Should have a before date that conforms to ISO 8601"


async def view(call: Call) -> Reply:
    """Take note of where a player is; whoever watches has it in their history, unless they do not want to."""
    sent = checked(call, (await call.read_body()).fields, {"currentTime": is_number}, ("currentTime",))
    check_id(call)
    video, user = existing_video(call), call.user_or_none()
    check_can_see(call, video)
    if user is not None and user.settings.get("videosHistoryEnabled", True):
        watched = Watched(int(sent["currentTime"]), call.backend.options.clock())
        call.store.community.history.setdefault(user.id, {})[video.id] = watched
    return no_content()


async def history(call: Call) -> Reply:
    """Return what the user watched, the latest first; whatever order is asked for."""
    user, query = call.user(), call.query()
    page = check_page({**query, "sort": "id"}, frozenset({"id"}), "id", call.target)
    watched, sought = call.store.community.history.get(user.id, {}), fold(str(query.get("search", "")))
    latest = sorted(watched, key=lambda number: watched[number].at, reverse=True)
    found = [call.store.videos[number] for number in latest if sought in fold(call.store.videos[number].name)]

    def body(video: Video) -> dict[str, Any]:
        return {**call.backend.renderer.rows([video])[0], "userHistory": {"currentTime": watched[video.id].seconds}}

    return json_reply({"total": len(found), "data": [body(video) for video in page.of(found)]})


async def forget_one(call: Call) -> Reply:
    """Take a video out of the history; one that is not in it is none the worse."""
    user = call.user()
    call.store.community.history.get(user.id, {}).pop(number_in_path(call, "videoId"), None)
    return no_content(tagged=True)


async def forget(call: Call) -> Reply:
    """Forget what was watched, or only what was watched before a date."""
    watched = call.store.community.history.get(call.user().id, {})
    before = (await call.read_body()).fields.get("beforeDate")
    until = float("inf") if before is None else parse_date(str(before))
    if until is None:
        raise invalid_parameters(invalid_parameter("beforeDate", before, "body", _DATE), call.target)
    for number in [number for number, each in watched.items() if each.at < until]:
        del watched[number]
    return done()


ROUTES = (
    Route("POST", "/videos/{id}/views", view, "addView"),
    Route("PUT", "/videos/{id}/watching", view),
    Route("GET", "/users/me/history/videos", history),
    Route("DELETE", "/users/me/history/videos/{videoId}", forget_one),
    Route("POST", "/users/me/history/videos/remove", forget),
)
