"""Videos: listing, reading, editing and deleting."""

from typing import Any

from aiopeertube.emulator.api.access import (
    check_can_manage,
    check_can_see,
    check_id,
    existing_video,
    invalid_id,
)
from aiopeertube.emulator.api.calls import Call, Reply, Route, done, json_reply
from aiopeertube.emulator.api.edits import apply_edit, channel_of_edit, check_stored
from aiopeertube.emulator.api.listing import Filters, Query, check_filters, check_page, video_sorts
from aiopeertube.emulator.api.rendering import INCLUDE_BLOCKED
from aiopeertube.emulator.api.validation import IMAGE_FIELDS, check_edit, check_passwords
from aiopeertube.emulator.model.activities import UPDATE
from aiopeertube.emulator.model.constants import INTERNAL, PUBLIC
from aiopeertube.emulator.model.entities import User
from aiopeertube.emulator.wire.problem_json import Problem

_NOT_ALLOWED = "You are not allowed to see all videos, specify a custom include or auto tags filter."
_NOT_ALLOWED_IN_8 = "You are not allowed to see all videos, specify a custom include, auto tags or state filter"
_NO_FILTER = (
    '"filter" query parameter is not supported anymore by PeerTube. Please use "isLocal" and "include" instead'
)
_FOR_STAFF = ("include", "privacyOneOf", "autoTagOneOf")
_NSFW = {"true": True, "false": False, "both": None}


async def videos(call: Call) -> Reply:
    """List the videos visible to the caller."""
    return await list_videos(call)


async def list_videos(call: Call, *, owner: int | None = None, channel: int | None = None) -> Reply:
    """List videos, filtered by the query.

    `owner` and `channel` are ids that restrict the list.
    """
    query = call.query()
    page = check_page(query, video_sorts(modern=call.is_modern), "-publishedAt", call.target)
    user = call.user_or_none()
    sent = check_filters(query, call.target)
    _check_allowed(query, user, modern=call.is_modern)
    filters = filters_of(sent, user, owner, channel)
    async with call.backend.reading():
        found = call.backend.lists.find(filters, page.sort)
        rows = call.backend.renderer.rows(page.of(found), sent["include"])
    body = {"data": rows} if sent.get("skipCount") else {"total": len(found), "data": rows}
    return json_reply(body)


def _check_allowed(query: Query, user: User | None, *, modern: bool) -> None:
    if (user is None or not user.is_staff) and any(query.get(name) for name in _FOR_STAFF):
        # This 401 has no code: a new token would not help.
        raise Problem(_NOT_ALLOWED_IN_8 if modern else _NOT_ALLOWED, 401)
    if user is None and "excludeAlreadyWatched" in query:
        raise Problem("Cannot use excludeAlreadyWatched parameter when auth token is not provided")
    if query.get("filter"):
        raise Problem(_NO_FILTER)


def filters_of(sent: dict[str, Any], user: User | None, owner: int | None, channel: int | None) -> Filters:
    """Return the filters of a list; `owner` and `channel` are ids that restrict it."""
    privacies = sent.get("privacyOneOf") or ([PUBLIC] if user is None else [PUBLIC, INTERNAL])
    return Filters(
        privacies=frozenset(privacies),
        owner=owner,
        channel=channel,
        # Neither visitors nor the emulated users, by their settings, see sensitive videos unasked.
        nsfw=_NSFW.get(sent["nsfw"], False),
        is_live=sent.get("isLive"),
        is_local=sent.get("isLocal"),
        blocked=None if sent["include"] & INCLUDE_BLOCKED else False,
        categories=_set(sent.get("categoryOneOf")),
        licences=_set(sent.get("licenceOneOf")),
        languages=_set(sent.get("languageOneOf")),
        tags_one_of=_lower(sent.get("tagsOneOf")),
        tags_all_of=_lower(sent.get("tagsAllOf")),
        search=sent["search"],
    )


def _set(values: list[Any] | None) -> frozenset[Any] | None:
    return None if values is None else frozenset(values)


def _lower(values: list[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(value.lower() for value in values)


async def video(call: Call) -> Reply:
    """Return one video in full."""
    # A token that is not good is refused even where none is needed.
    call.user_or_none()
    check_id(call)
    found = existing_video(call)
    check_can_see(call, found)
    async with call.backend.reading():
        return json_reply(call.backend.renderer.video(found))


async def description(call: Call) -> Reply:
    """Return one video's description; 8.x no longer has the route."""
    if call.is_modern:
        return Reply(400)
    check_id(call)
    found = existing_video(call)
    check_can_see(call, found, lenient=False)
    return json_reply({"description": found.description})


async def edit_video(call: Call) -> Reply:
    """Change the fields that were sent."""
    user = call.user()
    body = await call.read_body(*IMAGE_FIELDS)
    sent = check_edit(body, call.target, invalid_id(call.params["id"], "id"), modern=call.is_modern)
    found = existing_video(call)
    check_passwords(sent, found.privacy, modern=call.is_modern)
    check_can_manage(user, found)
    channel = channel_of_edit(call, user, sent)
    check_stored(call, sent)
    await call.backend.write(frozenset(sent.get("tags") or ()))
    if found.id in call.store.videos:
        apply_edit(call, found, sent, channel, body.files)
        call.store.community.did(user, UPDATE, found.channel, found.updated_at, video=found)
        call.backend.tally.edits[found.id] += 1
    return done()


async def delete_video(call: Call) -> Reply:
    """Delete a video."""
    user = call.user()
    check_id(call)
    found = existing_video(call)
    check_can_manage(user, found)
    await call.backend.write()
    if found.id in call.store.videos:
        call.store.remove_video(found)
    return done()


ROUTES = (
    Route("GET", "/videos", videos, "getVideos"),
    Route("GET", "/videos/{id}", video, "getVideo"),
    Route("GET", "/videos/{id}/description", description, "getVideoDesc"),
    Route("PUT", "/videos/{id}", edit_video, "putVideo"),
    Route("DELETE", "/videos/{id}", delete_video, "delVideo"),
)
