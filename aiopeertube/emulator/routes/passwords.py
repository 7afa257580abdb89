"""Passwords of a video, for those who may change it."""

from typing import Any

from aiopeertube.emulator.api.access import check_can_manage, check_id, existing_video
from aiopeertube.emulator.api.calls import Call, Reply, Route, done, json_reply
from aiopeertube.emulator.api.listing import check_page
from aiopeertube.emulator.api.validation import check_passwords
from aiopeertube.emulator.model.constants import PASSWORD_PROTECTED
from aiopeertube.emulator.model.entities import Video
from aiopeertube.emulator.wire.clocks import iso
from aiopeertube.emulator.wire.problem_json import Problem
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
    return done()


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
)
