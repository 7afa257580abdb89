"""Comments on videos."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from .accounts import Account
from .common import LabelledId
from .me import CommentedVideo


class Comment(TypedDict):
    """A comment; `threadId` is the id of the comment that began its thread. A deleted one has no account."""

    id: int
    url: str
    text: str
    threadId: int
    inReplyToCommentId: int | None
    videoId: int
    createdAt: str
    updatedAt: str
    deletedAt: str | None
    isDeleted: bool
    heldForReview: bool
    totalRepliesFromVideoAuthor: int
    totalReplies: int
    account: Account | None
    video: NotRequired[CommentedVideo]  # 8.x


class CommentTree(TypedDict):
    """A comment with the replies to it, and theirs."""

    comment: Comment
    children: list["CommentTree"]
    hasDisplayedChildren: NotRequired[bool]


class CommentCreated(TypedDict):
    """Answer to a new comment."""

    comment: Comment


class CommentFilters(TypedDict, total=False):
    """Filters of the list of all comments."""

    sort: str
    search: str
    searchAccount: str
    searchVideo: str
    videoId: int
    videoChannelId: int
    autoTagOneOf: Sequence[str]
    isLocal: bool
    isHeldForReview: bool
    onLocalVideo: bool
    includeMuted: bool  # 8.x


class ModeratedVideo(CommentedVideo, TypedDict):
    """The video of a comment as moderators see it."""

    state: NotRequired[LabelledId]  # 8.x


class ModeratedComment(TypedDict):
    """A comment as moderators see it."""

    id: int
    url: str
    text: str
    threadId: int
    inReplyToCommentId: int | None
    videoId: int
    heldForReview: bool
    createdAt: str
    updatedAt: str
    account: Account
    video: ModeratedVideo
    automaticTags: list[str]
