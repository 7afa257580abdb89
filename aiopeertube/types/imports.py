"""Videos that the server imports from elsewhere."""

from typing import NotRequired, TypedDict

from .common import LabelledId
from .uploads import NewVideo
from .videos import VideoRow


class ImportFields(NewVideo, TypedDict, total=False):
    """Fields of an imported video besides its channel; the server takes missing ones from the source."""

    name: str | None


class ImportFilters(TypedDict, total=False):
    """Filters of the list of one's imports; `search` looks in names of videos."""

    sort: str
    targetUrl: str
    videoChannelSyncId: int
    search: str
    videoId: int  # 8.x
    includeCollaborations: bool  # 8.x


class ImportChannelSync(TypedDict):
    """The remote channel that an import belongs to."""

    id: int
    externalChannelUrl: str


class VideoImport(TypedDict):
    """An import. `state.id` is 1 pending, 2 done, 3 failed, 4 rejected, 5 cancelled, 6 processing.

    `video` is missing once the video was deleted; its description is uncut, and it has its tags.
    """

    id: int
    targetUrl: str | None
    magnetUri: str | None
    torrentName: str | None
    state: LabelledId
    error: str | None
    createdAt: str
    updatedAt: str
    video: NotRequired[VideoRow]
    videoChannelSync: NotRequired[ImportChannelSync]
