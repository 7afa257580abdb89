"""Passwords of a video, for those who may change it."""

from typing import Any

from aiopeertube.emulator.api.access import check_can_manage, check_id, existing_video
from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply, no_content
from aiopeertube.emulator.api.listing import check_page
from aiopeertube.emulator.api.rights import number_in_path
from aiopeertube.emulator.api.validation import check_passwords
from aiopeertube.emulator.model.constants import PASSWORD_PROTECTED
from aiopeertube.emulator.model.entities import Video
from aiopeertube.emulator.wire.clocks import iso
from aiopeertube.emulator.wire.problem_json import Problem, not_found
from aiopeertube.emulator.wire.scalars import stored

_SORTS = frozenset({"createdAt"})


async def passwords(call: Call) -> Reply:
    """Return a video's passwords, the newest first."""
    video = _protected(call)
    page = check_page(call.query(), _SORTS, "-createdAt", call.target)
    at = iso(video.updated_at)
    rows = [
        {"id": number, "password": password, "videoId": video.id, "createdAt": at, "updatedAt": at}
        for number, password in enumerate(video.passwords, start=1)
    ]
    ordered = rows if page.sort == "createdAt" else rows[::-1]
    return json_reply({"total": len(rows), "data": page.of(ordered)})


async def replace_passwords(call: Call) -> Reply:
    """Replace a video's passwords."""
    video = _protected(call)
    sent: Any = (await call.read_body()).fields.get("passwords")
    check_passwords({"videoPasswords": sent}, PASSWORD_PROTECTED, modern=call.is_modern)
    await call.backend.write()
    video.passwords = tuple(stored(password) for password in sent)
    return no_content(tagged=True)


async def add_password(call: Call) -> Reply:
    """Add a password; only 8.x."""
    if not call.is_modern:
        return Reply(400)
    video = _protected(call)
    sent: Any = (await call.read_body()).fields.get("password")
    check_passwords({"videoPasswords": [*video.passwords, sent]}, PASSWORD_PROTECTED, modern=True)
    await call.backend.write()
    video.passwords = (*video.passwords, stored(sent))
    return no_content(tagged=True)


async def delete_password(call: Call) -> Reply:
    """Remove a password, but not the last one."""
    video, number = _protected(call), number_in_path(call, "password")
    if not 1 <= number <= len(video.passwords):
        raise not_found("Video password")
    if len(video.passwords) == 1:
        raise Problem("Cannot delete the last password of the protected video")
    await call.backend.write()
    video.passwords = (*video.passwords[: number - 1], *video.passwords[number:])
    return no_content(tagged=True)


def _protected(call: Call) -> Video:
    user = call.user()
    check_id(call)
    video = existing_video(call)
    if video.privacy != PASSWORD_PROTECTED:
        raise Problem("Video is not password protected")
    check_can_manage(user, video)
    return video


ROUTES = (
    Route("GET", "/videos/{id}/passwords", passwords),
    Route("PUT", "/videos/{id}/passwords", replace_passwords),
    Route("POST", "/videos/{id}/passwords", add_password),
    Route("DELETE", "/videos/{id}/passwords/{password}", delete_password),
)
