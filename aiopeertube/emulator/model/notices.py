"""What users are told: who did something with what is theirs, or with what they follow."""

from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from .community import Comment, Report
from .entities import Block, Channel, User, Video
from .offers import Offer

# Kinds of notices, as the server numbers them.
NEW_VIDEO, NEW_COMMENT, NEW_REPORT, BLOCKED, UNBLOCKED = 1, 2, 3, 4, 5
NEW_FOLLOW, MENTION, REPORT_STATE, REPORT_MESSAGE = 10, 11, 15, 16
VIDEO_OFFERED, CHANNEL_OFFERED = 26, 29  # followed by "accepted" and "refused"

# How users are told by default, in the server's words: 0 not at all, 1 on the web, 2 by mail, 3 both.
DEFAULTS = {
    "newCommentOnMyVideo": 1, "newVideoFromSubscription": 1, "abuseAsModerator": 3,
    "videoAutoBlacklistAsModerator": 3, "blacklistOnMyVideo": 3, "myVideoPublished": 1,
    "myVideoImportFinished": 1, "newUserRegistration": 1, "commentMention": 1, "newFollow": 1,
    "newInstanceFollower": 1, "autoInstanceFollowing": 1, "abuseNewMessage": 3, "abuseStateChange": 3,
    "newPeerTubeVersion": 3, "myVideoStudioEditionFinished": 1, "myVideoTranscriptionGenerated": 1,
    "newPluginVersion": 1,
}  # fmt: skip
_SETTINGS = {
    NEW_VIDEO: "newVideoFromSubscription",
    NEW_COMMENT: "newCommentOnMyVideo",
    NEW_REPORT: "abuseAsModerator",
    BLOCKED: "blacklistOnMyVideo",
    UNBLOCKED: "blacklistOnMyVideo",
    NEW_FOLLOW: "newFollow",
    MENTION: "commentMention",
    REPORT_STATE: "abuseStateChange",
    REPORT_MESSAGE: "abuseNewMessage",
}
_ON_THE_WEB = 1


@dataclass(frozen=True, slots=True)
class Follow:
    """That a user follows a channel."""

    user: User
    channel: Channel


@dataclass(frozen=True, slots=True)
class Blocked:
    """That moderators took a video from the public."""

    video: Video
    block: Block


Subject: TypeAlias = Video | Comment | Report | Blocked | Follow | Offer


@dataclass(slots=True, eq=False)
class Notice:
    """One notice."""

    id: int
    user: User  # who is told
    kind: int
    about: Subject
    created_at: float
    updated_at: float
    is_read: bool = False

    @property
    def video(self) -> Video | None:
        """The video that it is about, if any."""
        if isinstance(self.about, Video):
            return self.about
        if isinstance(self.about, Report) and self.about.comment is not None:
            return self.about.comment.video
        return None if isinstance(self.about, Follow) else self.about.video


class Notices:
    """All notices, in the order of their coming."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.all: list[Notice] = []

    def tell(self, user: User, kind: int, about: Subject, now: float) -> None:
        """Tell a user, unless they do not want to hear of such things on the web."""
        settings: dict[str, int] = user.settings.get("notificationSettings", DEFAULTS)
        name = _SETTINGS.get(kind)
        if name is None or settings.get(name, _ON_THE_WEB) & _ON_THE_WEB:
            self.all.append(Notice(next(self._numbers), user, kind, about, now, now))

    def of(self, user: User) -> list[Notice]:
        """Return a user's notices."""
        return [notice for notice in self.all if notice.user is user]

    def forget_video(self, video: Video) -> None:
        """Remove what is about a video."""
        self.all = [notice for notice in self.all if notice.video is not video]

    def forget_user(self, user: User) -> None:
        """Remove what a user was told."""
        self.all = [notice for notice in self.all if notice.user is not user]

    def forget(self, about: object) -> None:
        """Remove what is about a comment, a report or a block that is gone."""
        gone = {id(about)}
        self.all = [notice for notice in self.all if not _ids(notice.about) & gone]


def _ids(about: Subject) -> set[int]:
    return {id(about), id(about.block)} if isinstance(about, Blocked) else {id(about)}
