"""Users, as administrators see and change them."""

import re
from typing import Any

from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply, no_content
from aiopeertube.emulator.api.paging import BY_TIME, page_reply
from aiopeertube.emulator.api.rights import (
    MANAGE_USERS,
    checked,
    is_number,
    is_text,
    number_in_path,
    optional_text,
    staff,
)
from aiopeertube.emulator.model.constants import ADMINISTRATOR, ROLES
from aiopeertube.emulator.model.entities import User
from aiopeertube.emulator.wire.problem_json import Problem
from aiopeertube.emulator.wire.scalars import bool_or_null, is_int

_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.]{0,48}[a-z0-9_])?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_SORTS = {
    **BY_TIME,
    "id": lambda user: user.id,
    "username": lambda user: user.username,
    "role": lambda user: user.role,
    "videoQuota": lambda user: user.quota,
    "lastLoginDate": lambda user: user.last_login_at or 0.0,
}


def _is_quota(value: Any) -> bool:
    return value == -1 or is_number(value)


_FIELDS = {
    "password": is_text(6, 255),
    "email": lambda value: isinstance(value, str) and _EMAIL.fullmatch(value) is not None,
    "role": lambda value: is_int(value) and int(value) in ROLES,
    "videoQuota": _is_quota,
    "videoQuotaDaily": _is_quota,
    "adminFlags": lambda value: value in (0, 1),
}
_NEW = {"username": lambda value: isinstance(value, str) and _NAME.fullmatch(value) is not None, **_FIELDS}
_MESSAGES = {"username": "Should have a valid username (lowercase alphanumeric characters)"}
_ATTRIBUTES = {
    "email": "email",
    "password": "password",
    "role": "role",
    "videoQuota": "quota",
    "videoQuotaDaily": "daily_quota",
    "adminFlags": "admin_flags",
}


async def users(call: Call) -> Reply:
    """Return the users."""
    staff(call, MANAGE_USERS)
    query = call.query()
    sought, blocked = str(query.get("search", "")).lower(), bool_or_null(query.get("blocked"))
    found = [user for user in call.store.users.values() if sought in user.username or sought in user.email.lower()]
    if blocked is not None:
        found = [user for user in found if user.is_blocked is blocked]
    if call.is_modern and (role := query.get("role")) is not None:
        found = [user for user in found if str(user.role) == role]
    return page_reply(call, found, lambda user: _listed(call, user), _SORTS)


async def user(call: Call) -> Reply:
    """Return a user, with or without counts of what they made."""
    staff(call, MANAGE_USERS)
    found = _user(call)
    body = call.backend.renderer.me(found, call.store.channels_of(found), [])
    for name in ("specialPlaylists", "notificationSettings", "videoChannelCollaborations"):
        body.pop(name, None)
    if bool_or_null(call.query().get("withStats")):
        body |= _counts(call, found)
    return json_reply(body)


async def add_user(call: Call) -> Reply:
    """Make a user, their account and their first channel."""
    staff(call, MANAGE_USERS)
    fields = (await call.read_body()).fields
    sent = checked(call, fields, _NEW, ("username", "password", "email", "role"), _MESSAGES)
    name = sent["username"]
    if name in call.store.users or name in call.store.channels:
        raise Problem("User with this username or email already exists.", 409)
    await call.backend.write()
    made = call.store.add_user(name, sent["password"], int(sent["role"]))
    _change(made, sent)
    call.store.channels[f"{name}_channel"].display_name = f"Main {name} channel"
    return json_reply({"user": {"id": made.id, "account": {"id": made.account_id}}})


async def edit_user(call: Call) -> Reply:
    """Change the fields that were sent."""
    staff(call, MANAGE_USERS)
    sent = checked(call, (await call.read_body()).fields, _FIELDS)
    found = _user(call)
    await call.backend.write()
    _change(found, sent)
    return no_content()


async def delete_user(call: Call) -> Reply:
    """Remove a user and all that is theirs."""
    asking, found = staff(call, MANAGE_USERS), _user(call)
    if found.role == ADMINISTRATOR and found.username == "root":
        raise Problem("Cannot remove the root user")
    if not asking.role <= found.role:
        raise Problem("A moderator can only manage users.", 403)
    await call.backend.write()
    call.store.remove_user(found)
    return no_content()


async def block(call: Call) -> Reply:
    """Keep a user out; their tokens end."""
    staff(call, MANAGE_USERS)
    sent = checked(call, (await call.read_body()).fields, {"reason": optional_text(3, 250)})
    found = _user(call)
    if found.username == "root":
        raise Problem("Cannot block the root user")
    found.is_blocked, found.blocked_reason = True, sent.get("reason")
    for token in [token for token in call.store.tokens.values() if token.user is found]:
        call.store.revoke(token)
    return no_content()


async def unblock(call: Call) -> Reply:
    """Let a user in again."""
    staff(call, MANAGE_USERS)
    found = _user(call)
    found.is_blocked, found.blocked_reason = False, None
    return no_content()


def _user(call: Call) -> User:
    found = call.store.user_by_id(number_in_path(call, "user"))
    if found is None:
        raise Problem("User not found", 404, plain=call.is_modern)
    return found


def _change(user: User, sent: dict[str, Any]) -> None:
    for name, attribute in _ATTRIBUTES.items():
        if name in sent:
            value = sent[name]
            setattr(user, attribute, value if name in {"email", "password"} else int(value))


def _listed(call: Call, user: User) -> dict[str, Any]:
    """Return a user as the list shows them: with the size of their files, without their channels."""
    body = call.backend.renderer.me(user, [], [])
    for name in ("specialPlaylists", "videoChannelCollaborations"):
        body.pop(name, None)
    return body | _sizes(call, user)


def _sizes(call: Call, user: User) -> dict[str, Any]:
    videos = call.store.videos_of(call.store.channels_of(user))
    used = sum(video.size for video in videos)
    today = sum(video.size for video in videos if video.created_at > call.now - 86400)
    return {"totalVideoFileSize": used, "videoQuotaUsed": used, "videoQuotaUsedDaily": today}


def _counts(call: Call, user: User) -> dict[str, Any]:
    community = call.store.community
    against = [report for report in community.reports.values() if report.accused is user]
    return {
        **_sizes(call, user),
        "videosCount": len(call.store.videos_of(call.store.channels_of(user))),
        "abusesCount": len(against),
        "abusesAcceptedCount": sum(report.state == 3 for report in against),
        "abusesCreatedCount": sum(report.reporter is user for report in community.reports.values()),
        "videoCommentsCount": sum(comment.user is user for comment in community.comments.values()),
    }


ROUTES = (
    Route("GET", "/users", users),
    Route("POST", "/users", add_user),
    Route("GET", "/users/{user}", user),
    Route("PUT", "/users/{user}", edit_user),
    Route("DELETE", "/users/{user}", delete_user),
    Route("POST", "/users/{user}/block", block),
    Route("POST", "/users/{user}/unblock", unblock),
)
