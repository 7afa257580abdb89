"""Searching videos and channels, and the overview of videos."""

from collections.abc import Callable
from typing import Any

from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply
from aiopeertube.emulator.api.listing import Filters, check_filters, check_page, fold, search_sorts
from aiopeertube.emulator.api.paging import BY_TIME, page_reply
from aiopeertube.emulator.api.searching import searched
from aiopeertube.emulator.model.constants import PUBLIC
from aiopeertube.emulator.model.entities import Channel, Video

from .videos import filters_of

_CHANNEL_SORTS = {
    **BY_TIME,
    "match": lambda channel: channel.id,
    "displayName": lambda channel: channel.display_name.casefold(),
}
_OVERVIEW = 12  # videos of each kind


async def videos(call: Call) -> Reply:
    """Search videos, by the filters of lists besides."""
    query = call.query()
    page = check_page(query, search_sorts(modern=call.is_modern), "-match", call.target)
    user, tests = call.user_or_none(), searched(query, call.target)
    filters = filters_of(check_filters(query, call.target), user, None, None)
    async with call.backend.reading():
        found = call.backend.lists.find(filters, page.sort)
        found = [video for video in found if all(fits(video) for fits in tests)] if tests else found
        rows = call.backend.renderer.rows(page.of(found))
    return json_reply({"total": len(found), "data": rows})


async def channels(call: Call) -> Reply:
    """Search channels by their names."""
    sought = fold(str(call.query().get("search", "")))
    found = [channel for channel in call.store.channels.values() if _fits(channel, sought)]
    return page_reply(call, found, call.backend.renderer.listed_channel, _CHANNEL_SORTS, "-match")


def _fits(channel: Channel, sought: str) -> bool:
    return sought in fold(channel.name) or sought in fold(channel.display_name)


async def overview(call: Call) -> Reply:
    """Return some videos of a category, of a tag and of a channel that have any."""
    filters = Filters(privacies=frozenset((PUBLIC,)), nsfw=False, blocked=False)
    found = call.backend.lists.find(filters, "-publishedAt")
    categories = _some(call, found, lambda video: video.category, lambda video, row: row["category"])
    tags = _some(call, found, lambda video: video.tags[:1] or None, lambda video, row: video.tags[0])
    channels = _some(call, found, lambda video: video.channel.id, lambda video, row: row["channel"])
    return json_reply(
        {
            "categories": [{"category": of, "videos": rows} for of, rows in categories],
            "channels": [{"channel": of, "videos": rows} for of, rows in channels],
            "tags": [{"tag": of, "videos": rows} for of, rows in tags],
        }
    )


def _some(
    call: Call, found: list[Video], key: Callable[[Video], Any], title: Callable[[Video, Any], Any]
) -> list[tuple[Any, list[Any]]]:
    """Return the first kind of videos that there is, by its title, with some videos of it."""
    first = next((video for video in found if key(video) is not None), None)
    if first is None:
        return []
    rows = call.backend.renderer.rows([video for video in found if key(video) == key(first)][:_OVERVIEW])
    return [(title(first, rows[0]), rows)]


ROUTES = (
    Route("GET", "/search/videos", videos, "searchVideos"),
    Route("GET", "/search/video-channels", channels, "searchChannels"),
    Route("GET", "/overviews/videos", overview),
)
