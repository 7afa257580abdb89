"""Videos that moderators take from the public."""

from aiopeertube.emulator.api.access import check_id, existing_video
from aiopeertube.emulator.api.calls import Call, Reply, Route, done
from aiopeertube.emulator.api.community_bodies import block_body
from aiopeertube.emulator.api.listing import fold
from aiopeertube.emulator.api.paging import page_reply
from aiopeertube.emulator.api.rights import MANAGE_BLOCKS, checked, optional_text, staff
from aiopeertube.emulator.model.entities import Block, Video
from aiopeertube.emulator.model.notices import BLOCKED, UNBLOCKED, Blocked
from aiopeertube.emulator.wire.problem_json import Problem, not_found
from aiopeertube.emulator.wire.scalars import bool_or_null

_TEXTS = {"reason": optional_text(2, 300), "internalNote": optional_text(2, 3000)}
_SORTS = {
    "createdAt": lambda video: video.blocked.created_at,
    "id": lambda video: video.blocked.id,
    "name": lambda video: video.name.casefold(),
    "duration": lambda video: video.duration,
    "views": lambda video: video.views,
    "likes": lambda video: video.likes,
    "dislikes": lambda video: video.dislikes,
}


async def blocks(call: Call) -> Reply:
    """Return the blocked videos."""
    staff(call, MANAGE_BLOCKS)
    sought = fold(str(call.query().get("search", "")))
    found = [video for video in call.store.videos.values() if video.blocked and sought in fold(video.name)]
    return page_reply(call, found, lambda video: block_body(call, video), _SORTS)


async def block(call: Call) -> Reply:
    """Block a video."""
    staff(call, MANAGE_BLOCKS)
    check_id(call)
    fields = (await call.read_body()).fields
    sent = checked(call, fields, _TEXTS)
    video = existing_video(call)
    if video.blocked is not None:
        raise Problem("This video is already blocked", 409)
    await call.backend.write()
    number, now = call.store.community.number("block"), call.backend.options.clock()
    unfederated = bool_or_null(fields.get("unfederate")) is True
    made = Block(number, now, now, sent.get("reason"), sent.get("internalNote"), unfederated)
    video.blocked = made
    call.store.notices.tell(video.channel.owner, BLOCKED, Blocked(video, made), now)
    return done()


async def edit_block(call: Call) -> Reply:
    """Say otherwise why a video is blocked."""
    _, found = _blocked(call)
    sent = checked(call, (await call.read_body()).fields, _TEXTS)
    found.reason = sent.get("reason", found.reason)
    found.note = sent.get("internalNote", found.note)
    found.updated_at = call.backend.options.clock()
    return done()


async def unblock(call: Call) -> Reply:
    """Give a video back to the public."""
    video, found = _blocked(call)
    video.blocked = None
    call.store.notices.forget(found)
    call.store.notices.tell(video.channel.owner, UNBLOCKED, video, call.backend.options.clock())
    return done()


def _blocked(call: Call) -> tuple[Video, Block]:
    staff(call, MANAGE_BLOCKS)
    check_id(call)
    video = existing_video(call)
    if video.blocked is None:
        raise not_found("Blocked video")
    return video, video.blocked


ROUTES = (
    Route("GET", "/videos/blacklist", blocks, "getVideoBlocks"),
    Route("POST", "/videos/{id}/blacklist", block, "addVideoBlock"),
    Route("PUT", "/videos/{id}/blacklist", edit_block),
    Route("DELETE", "/videos/{id}/blacklist", unblock, "delVideoBlock"),
)
