"""The user who asks, and what they own."""

from typing import Any

from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply, no_content
from aiopeertube.emulator.api.listing import Filters, check_page, listed, video_sorts
from aiopeertube.emulator.api.rights import checked, is_number, is_text, optional_text
from aiopeertube.emulator.wire.problem_json import Problem, invalid_parameter, invalid_parameters, not_found
from aiopeertube.emulator.wire.scalars import bool_or_null, int_or_null, is_int

_DAY = 86400


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _are_languages(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(each, str) for each in value))


_BOOLEANS = ("p2pEnabled", "autoPlayVideo", "autoPlayNextVideo", "autoPlayNextVideoPlaylist", "videosHistoryEnabled")
_DIALOGUES = ("noInstanceConfigWarningModal", "noAccountSetupWarningModal", "noWelcomeModal")
_POLICIES = ("display", "blur", "do_not_list")
_FIELDS = {
    "displayName": is_text(1, 120),
    "description": optional_text(3, 1000),
    "password": is_text(6, 255),
    "currentPassword": is_text(1, 255),
    "email": is_text(3, 255),
    "theme": is_text(1, 255),
    "videoLanguages": _are_languages,
    **dict.fromkeys((*_BOOLEANS, *_DIALOGUES), _is_boolean),
}
_FIELDS_OF_6 = {"nsfwPolicy": lambda value: value in _POLICIES, "emailPublic": _is_boolean}
_FIELDS_OF_8 = {
    "nsfwPolicy": lambda value: value in (*_POLICIES, "warn"),
    "language": optional_text(1, 10),
    **dict.fromkeys(("nsfwFlagsDisplayed", "nsfwFlagsHidden", "nsfwFlagsWarned", "nsfwFlagsBlurred"), is_number),
}


async def me(call: Call) -> Reply:
    """Return the user who asks."""
    user = call.user()
    return json_reply(
        call.backend.renderer.me(user, call.store.channels_of(user), call.store.channels_shared_with(user))
    )


async def quota_used(call: Call) -> Reply:
    """Return the bytes used by the user's videos."""
    videos = call.store.videos_of(call.store.channels_of(call.user()))
    today = sum(video.size for video in videos if video.created_at > call.now - _DAY)
    return json_reply({"videoQuotaUsed": sum(video.size for video in videos), "videoQuotaUsedDaily": today})


async def my_videos(call: Call) -> Reply:
    """Return the user's videos, of every privacy."""
    user, query = call.user(), call.query()
    page = check_page(query, video_sorts(modern=call.is_modern), "-publishedAt", call.target)
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


async def edit_me(call: Call) -> Reply:
    """Change the fields that were sent; a new password or address needs the password that is."""
    user = call.user()
    sent = checked(
        call, (await call.read_body()).fields, _FIELDS | (_FIELDS_OF_8 if call.is_modern else _FIELDS_OF_6)
    )
    current = sent.pop("currentPassword", None)
    if "password" in sent or "email" in sent:
        if current is None:
            raise Problem("currentPassword parameter is missing")
        if current != user.password:
            raise Problem("currentPassword is invalid.", 401, code="current_password_is_invalid")
    await call.backend.write()
    user.display_name = sent.pop("displayName", user.display_name)
    user.description = sent.pop("description", user.description)
    user.password, user.email = sent.pop("password", user.password), sent.pop("email", user.email)
    user.settings |= sent
    return no_content()


async def delete_me(call: Call) -> Reply:
    """Remove the user who asks, and all that is theirs."""
    user = call.user()
    if user.username == "root":
        raise Problem("You cannot delete your root account.")
    await call.backend.write()
    call.store.remove_user(user)
    return no_content()


ROUTES = (
    Route("GET", "/users/me", me),
    Route("PUT", "/users/me", edit_me),
    Route("DELETE", "/users/me", delete_me),
    Route("GET", "/users/me/video-quota-used", quota_used),
    Route("GET", "/users/me/videos", my_videos),
)
