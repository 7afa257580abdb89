"""What the user is told, and how."""

from typing import Any

from aiopeertube.emulator.api.calls import Call, Reply, Route, no_content
from aiopeertube.emulator.api.listing import listed
from aiopeertube.emulator.api.notice_bodies import notice_body
from aiopeertube.emulator.api.paging import BY_TIME, page_reply
from aiopeertube.emulator.model.notices import DEFAULTS
from aiopeertube.emulator.wire.problem_json import (
    Problem,
    invalid_parameter,
    invalid_parameters,
    missing_parameter,
)
from aiopeertube.emulator.wire.scalars import bool_or_null, int_or_null, is_int

_SORTS = {**BY_TIME, "read": lambda notice: notice.is_read}
# Others may be left out.
_NEEDED = (
    "newVideoFromSubscription", "newCommentOnMyVideo", "abuseAsModerator", "videoAutoBlacklistAsModerator",
    "blacklistOnMyVideo", "myVideoImportFinished", "myVideoPublished", "commentMention", "newFollow",
    "newUserRegistration", "newInstanceFollower", "autoInstanceFollowing",
)  # fmt: skip
_WAYS = frozenset(range(4))
_IDS = "Should have a valid array of notification ids"


async def notifications(call: Call) -> Reply:
    """Return what the user was told."""
    found, query = call.store.notices.of(call.user()), call.query()
    unread = bool_or_null(query["unread"]) if "unread" in query else None
    if unread is not None:
        found = [notice for notice in found if notice.is_read is not unread]
    if call.is_modern and "typeOneOf" in query:
        kinds = listed(query["typeOneOf"])
        if not all(map(is_int, kinds)):
            told = invalid_parameter("typeOneOf", kinds, "query", "Should have a valid typeOneOf array")
            raise invalid_parameters(told, call.target)
        found = [notice for notice in found if notice.kind in {int_or_null(kind) for kind in kinds}]
    return page_reply(call, found, lambda notice: notice_body(call, notice), _SORTS)


async def read(call: Call) -> Reply:
    """Mark some as read."""
    user, fields = call.user(), (await call.read_body()).fields
    if "ids" not in fields:
        raise Problem("Cannot read properties of undefined (reading 'length')", 500, code="TypeError")
    numbers = fields["ids"]
    if not isinstance(numbers, list) or not numbers or not all(map(is_int, numbers)):
        raise invalid_parameters(invalid_parameter("ids", numbers, "body", _IDS), call.target)
    wanted = {int_or_null(number) for number in numbers}
    for notice in call.store.notices.of(user):
        notice.is_read = notice.is_read or notice.id in wanted
    return no_content(tagged=True)


async def read_all(call: Call) -> Reply:
    """Mark all as read."""
    for notice in call.store.notices.of(call.user()):
        notice.is_read = True
    return no_content(tagged=True)


async def edit_settings(call: Call) -> Reply:
    """Change how the user is told of each kind of event; most have to be there."""
    user, fields = call.user(), (await call.read_body()).fields
    invalid: dict[str, dict[str, Any]] = {}
    for name in _NEEDED:
        if name not in fields:
            invalid |= missing_parameter(name)
        elif int_or_null(fields[name]) not in _WAYS:
            invalid |= invalid_parameter(name, fields[name], "body")
    if invalid:
        raise invalid_parameters(invalid, call.target)
    known = user.settings.get(
        "notificationSettings", DEFAULTS | ({"automaticBlocklist": 1} if call.is_modern else {})
    )
    sent = {name: int_or_null(fields[name]) for name in known if name in fields}
    user.settings["notificationSettings"] = known | sent
    return no_content(tagged=True)


ROUTES = (
    Route("GET", "/users/me/notifications", notifications),
    Route("POST", "/users/me/notifications/read", read),
    Route("POST", "/users/me/notifications/read-all", read_all),
    Route("PUT", "/users/me/notification-settings", edit_settings),
)
