"""Comments of videos, their threads, and the lists of those who watch over them."""

import re

from aiopeertube.emulator.api.access import check_can_see, check_id, existing_video, may_manage
from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply, no_content
from aiopeertube.emulator.api.community_bodies import comment_body, moderated_comment, tree
from aiopeertube.emulator.api.paging import BY_TIME, page_reply
from aiopeertube.emulator.api.rights import SEE_COMMENTS, checked, is_text, number_in_path, staff
from aiopeertube.emulator.model.community import Comment
from aiopeertube.emulator.model.constants import COMMENTS_DISABLED, COMMENTS_REQUIRE_APPROVAL
from aiopeertube.emulator.model.entities import User, Video
from aiopeertube.emulator.model.notices import MENTION, NEW_COMMENT
from aiopeertube.emulator.wire.problem_json import Problem, not_found
from aiopeertube.emulator.wire.scalars import bool_or_null

_TEXT = {"text": is_text(1, 10000)}
_THREADS = {**BY_TIME, "totalReplies": lambda comment: comment.id}


async def threads(call: Call) -> Reply:
    """Return the comments that begin a thread."""
    video = _seen(call)
    found = call.store.community.comments_of(video)
    alive = sum(comment.deleted_at is None for comment in found)
    begin = [comment for comment in found if comment.parent is None]
    return page_reply(
        call, begin, lambda comment: comment_body(call, comment), _THREADS, totalNotDeletedComments=alive
    )


async def thread(call: Call) -> Reply:
    """Return a thread."""
    video = _seen(call)
    return json_reply(tree(call, _comment(call, video, "thread").thread))


_MENTIONS = re.compile(r"@([a-z0-9._]+)")


async def add_thread(call: Call) -> Reply:
    """Begin a thread."""
    return await _add(call, None)


async def reply_to(call: Call) -> Reply:
    """Answer a comment."""
    return await _add(call, "comment")


async def _add(call: Call, parent: str | None) -> Reply:
    user = call.user()
    fields = checked(call, (await call.read_body()).fields, _TEXT, ("text",))
    video = _seen(call)
    if video.comments_policy == COMMENTS_DISABLED:
        raise Problem("Video comments are disabled for this video.", 409)
    answered = None if parent is None else _comment(call, video, parent)
    await call.backend.write()
    number, now = call.store.community.number("comment"), call.backend.options.clock()
    made = Comment(number, video, user, fields["text"], now, now, answered)
    made.is_held = video.comments_policy == COMMENTS_REQUIRE_APPROVAL and not may_manage(user, video)
    call.store.community.comments[made.id] = made
    video.comments += 1
    _tell(call, made)
    return json_reply({"comment": comment_body(call, made)})


def _tell(call: Call, comment: Comment) -> None:
    """Tell the video's owner of a comment, and those whom it names."""
    owner, now = comment.video.channel.owner, comment.created_at
    if comment.user is not owner:
        call.store.notices.tell(owner, NEW_COMMENT, comment, now)
    for name in dict.fromkeys(_MENTIONS.findall(comment.text)):
        named = call.store.users.get(name)
        if named is not None and named is not owner and named is not comment.user:
            call.store.notices.tell(named, MENTION, comment, now)


async def delete_comment(call: Call) -> Reply:
    """Empty a comment; its author, the video's owner and moderators may."""
    user = call.user()
    video = _seen(call)
    comment = _comment(call, video, "comment")
    if comment.user is not user and not may_manage(user, video):
        raise Problem("Cannot remove video comment of another user", 403)
    await call.backend.write()
    comment.deleted_at, comment.text = call.backend.options.clock(), ""
    video.comments -= 1
    return no_content(tagged=True)


async def approve(call: Call) -> Reply:
    """Show a comment that waited for approval."""
    user = call.user()
    video = _seen(call)
    comment = _comment(call, video, "comment")
    if not may_manage(user, video):
        raise Problem("Cannot approve video comment of another user", 403)
    if not comment.is_held:
        raise Problem("This comment is not held for review")
    comment.is_held = False
    return no_content(tagged=True)


async def all_comments(call: Call) -> Reply:
    """Return comments of all videos, for moderators."""
    staff(call, SEE_COMMENTS)
    return _moderated(call, None)


async def my_comments(call: Call) -> Reply:
    """Return comments on the user's videos."""
    return _moderated(call, call.user())


def _moderated(call: Call, owner: User | None) -> Reply:
    query = call.query()
    found = [comment for comment in call.store.community.comments.values() if comment.deleted_at is None]
    if owner is not None:
        found = [comment for comment in found if comment.video.channel.owner is owner]
    if (video := query.get("videoId")) is not None:
        found = [comment for comment in found if str(comment.video.id) == video]
    if search := str(query.get("search", "")).lower():
        found = [comment for comment in found if search in comment.text.lower()]
    # Of all videos, both servers ignore it.
    if owner is not None and (held := bool_or_null(query.get("isHeldForReview"))) is not None:
        found = [comment for comment in found if comment.is_held is held]
    if "sort" not in query:
        # The order that both servers take by default names a column that is not there.
        column = "VideoCommentModel.publishedAt" if call.is_modern else '"publishedAt"'
        raise Problem(f"column {column} does not exist", 500, code="SequelizeDatabaseError")
    return page_reply(call, found, lambda comment: moderated_comment(call, comment))


def _seen(call: Call) -> Video:
    check_id(call)
    video = existing_video(call)
    check_can_see(call, video)
    return video


def _comment(call: Call, video: Video, name: str) -> Comment:
    comment = call.store.community.comments.get(number_in_path(call, name))
    if comment is None:
        raise not_found("Video comment")
    if comment.video is not video:
        raise Problem("Video comment is not associated to this video.")
    return comment


ROUTES = (
    Route("GET", "/videos/comments", all_comments),
    Route("GET", "/users/me/videos/comments", my_comments),
    Route("GET", "/videos/{id}/comment-threads", threads),
    Route("POST", "/videos/{id}/comment-threads", add_thread),
    Route("GET", "/videos/{id}/comment-threads/{thread}", thread),
    Route("POST", "/videos/{id}/comments/{comment}", reply_to),
    Route("DELETE", "/videos/{id}/comments/{comment}", delete_comment),
    Route("POST", "/videos/{id}/comments/{comment}/approve", approve),
)
