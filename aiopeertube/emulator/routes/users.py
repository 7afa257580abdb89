"""The user who asks, and what they own."""

from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply
from aiopeertube.emulator.api.listing import VIDEO_SORTS, Filters, check_page, listed
from aiopeertube.emulator.wire.problem_json import invalid_parameter, invalid_parameters, not_found
from aiopeertube.emulator.wire.scalars import bool_or_null, int_or_null, is_int

_DAY = 86400


async def me(call: Call) -> Reply:
    """Return the user who asks."""
    user = call.user()
    return json_reply(call.backend.renderer.me(user, call.store.channels_of(user)))


async def quota_used(call: Call) -> Reply:
    """Return the bytes used by the user's videos."""
    videos = call.store.videos_of(call.store.channels_of(call.user()))
    today = sum(video.size for video in videos if video.created_at > call.now - _DAY)
    return json_reply({"videoQuotaUsed": sum(video.size for video in videos), "videoQuotaUsedDaily": today})


async def my_videos(call: Call) -> Reply:
    """Return the user's videos, of every privacy."""
    user, query = call.user(), call.query()
    page = check_page(query, VIDEO_SORTS, "-publishedAt", call.target)
    channel = query.get("channelId")
    if channel is not None:
        if not is_int(channel):
            raise invalid_parameters(invalid_parameter("channelId", int_or_null(channel), "query"), call.target)
        channel = int_or_null(channel)
        if call.store.channel_by_id(channel) is None:
            raise not_found("Video channel")
    privacies = query.get("privacyOneOf") if call.is_modern else None
    filters = Filters(
        privacies=None if privacies is None else frozenset(map(int_or_null, listed(privacies))),
        owner=user.id,
        channel=channel,
        is_live=bool_or_null(query.get("isLive")),
        search=str(query.get("search", "")),
        search_tags=False,
    )
    async with call.backend.reading():
        videos = call.backend.lists.find(filters, page.sort)
        rows = call.backend.renderer.own_rows(page.of(videos))
    return json_reply({"total": len(videos), "data": rows})


ROUTES = (
    Route("GET", "/users/me", me),
    Route("GET", "/users/me/video-quota-used", quota_used),
    Route("GET", "/users/me/videos", my_videos),
)
