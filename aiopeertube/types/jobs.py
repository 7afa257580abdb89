"""What a server has to do in the background."""

from typing import Literal, NotRequired, TypedDict

JobState = Literal["active", "completed", "failed", "waiting", "delayed", "paused", "prioritized", "waiting-children"]


class JobFilters(TypedDict, total=False):
    """Filters of the list of jobs."""

    sort: str
    jobType: str


class ServerJob(TypedDict):
    """A job; `data` follows from its type. An id is unique among those of its type."""

    id: str
    state: str
    type: str
    data: object
    progress: int | None
    error: object
    createdAt: str | None
    finishedOn: str | None
    processedOn: str | None
    priority: NotRequired[int]
    parent: NotRequired[object]
    canCancel: NotRequired[bool]  # 8.x
