"""/videos/{id}/comment-threads, /videos/{id}/comments and /videos/comments."""

from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.errors import InputError
from aiopeertube.types.comments import Comment, CommentCreated, CommentFilters, CommentTree, ModeratedComment
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import VideoRef, video_problem

from ._api import Noun
from ._checks import body_text_problem, first, id_problem
from ._video_parts import below, opened


class Comments(Noun):
    """Comments on a video: threads, and replies in them."""

    __slots__ = ()

    def list(
        self, video: VideoRef, *, sort: str | None = None, videoPassword: str | None = None, count: int = 100
    ) -> Paginator[Comment]:
        """List the comments that began a thread; `totalReplies` says how many followed."""
        path, headers = below(video, "/comment-threads"), opened(videoPassword)
        return self._pages(path, {"sort": sort}, count=count, problem=video_problem(video), headers=headers)

    def get(self, video: VideoRef, thread: int, *, videoPassword: str | None = None) -> Call[CommentTree]:
        """Get a thread with all replies, as a tree."""
        path = below(video, f"/comment-threads/{thread}")
        problem = first(video_problem(video), id_problem("threadId", thread))
        return self._ask("GET", path, problem, headers=opened(videoPassword))

    def create(self, video: VideoRef, *, text: str, videoPassword: str | None = None) -> Call[CommentCreated]:
        """Begin a thread. Conflict: comments are not allowed."""
        return self._written(video, "/comment-threads", text, videoPassword)

    def reply(
        self, video: VideoRef, comment: int, *, text: str, videoPassword: str | None = None
    ) -> Call[CommentCreated]:
        """Answer a comment. Conflict: comments are not allowed."""
        return self._written(video, f"/comments/{comment}", text, videoPassword, comment)

    def delete(self, video: VideoRef, comment: int) -> Call[None]:
        """Delete a comment; what was replied to it stays."""
        return self._do("DELETE", below(video, f"/comments/{comment}"), *_wrong(video, comment))

    def approve(self, video: VideoRef, comment: int) -> Call[None]:
        """Show a comment that is held for review."""
        path = below(video, f"/comments/{comment}/approve")
        return self._do("POST", path, *_wrong(video, comment), idempotent=True)

    def all(self, *, count: int = 100, **filters: Unpack[CommentFilters]) -> Paginator[ModeratedComment]:
        """List the comments on all videos, the latest first; only for moderators.

        Asked without `sort` the server fails (observed with 6.3 and 8.2), so one is always sent.
        """
        return self._pages("/videos/comments", {"sort": "-createdAt", **filters}, count=count)

    def _written(
        self, video: VideoRef, rest: str, text: str, password: str | None, comment: int = 1
    ) -> Call[CommentCreated]:
        problems = (*_wrong(video, comment), body_text_problem("text", text, 1, 10_000))
        return self._ask("POST", below(video, rest), *problems, json={"text": text}, headers=opened(password))


def _wrong(video: VideoRef, comment: int) -> tuple[InputError | None, ...]:
    return video_problem(video), id_problem("commentId", comment)
