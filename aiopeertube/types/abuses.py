"""Reports of videos, comments and accounts."""

from typing import Literal, NotRequired, TypeAlias, TypedDict

from .accounts import Account, AccountOfList, AccountSummary
from .me import MyAbuse

Reason: TypeAlias = Literal[
    "violentOrAbusive",
    "hatefulOrAbusive",
    "spamOrMisleading",
    "privacy",
    "rights",
    "serverRules",
    "thumbnails",
    "captions",
]


class AbuseFilters(TypedDict, total=False):
    """Filters of the list of reports; `state` is 1 pending, 2 rejected, 3 accepted."""

    id: int
    sort: str
    predefinedReason: Reason
    search: str
    state: Literal[1, 2, 3]
    searchReporter: str
    searchReportee: str
    searchVideo: str
    searchVideoChannel: str
    videoIs: Literal["deleted", "blacklisted"]
    filter: Literal["video", "comment", "account"]


class AbuseVideo(TypedDict):
    """A video that is reported, and the part of it that is meant, in seconds."""

    id: int
    startAt: NotRequired[int]
    endAt: NotRequired[int]


class AbuseTarget(TypedDict):
    """A comment or an account that is reported."""

    id: int


class NewAbuse(TypedDict, total=False):
    """What a report is about; one of `video`, `comment` and `account`."""

    predefinedReasons: list[Reason]
    video: AbuseVideo
    comment: AbuseTarget
    account: AbuseTarget


class AbuseUpdate(TypedDict, total=False):
    """What moderators make of a report; `state` is 1 pending, 2 rejected, 3 accepted."""

    state: Literal[1, 2, 3]
    moderationComment: str | None


class Abuse(MyAbuse, TypedDict):
    """A report as moderators see it."""

    reporterAccount: Account | AccountOfList | None
    moderationComment: str | None
    countReportsForReporter: NotRequired[int]
    countReportsForReportee: NotRequired[int]


class AbuseId(TypedDict):
    """The id of a report."""

    id: int


class AbuseCreated(TypedDict):
    """Answer to a report."""

    abuse: AbuseId


class AbuseMessageCreated(TypedDict):
    """Answer to a message."""

    abuseMessage: AbuseId


class AbuseMessage(TypedDict):
    """A message between the reporter and the moderators."""

    id: int
    message: str
    byModerator: bool
    createdAt: str
    account: AccountSummary | None
