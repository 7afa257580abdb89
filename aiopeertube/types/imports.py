"""Videos that the server fetches from elsewhere."""

from typing import NotRequired, TypedDict

from .common import LabelledId
from .uploads import NewVideo
from .videos import VideoRow


class ImportFields(NewVideo, TypedDict, total=False):
    """What an imported video may be given beside its channel; what is missing is taken from where it comes from."""

    name: str | None


class ImportFilters(TypedDict, total=False):
    """What the list of one's imports understands; `search` looks in names of videos."""

    sort: str
    targetUrl: str
    videoChannelSyncId: int
    search: str
    videoId: int  # 8.x
    includeCollaborations: bool  # 8.x


class ImportChannelSync(TypedDict):
    """The channel elsewhere that an import belongs to."""

    id: int
    externalChannelUrl: str


class VideoImport(TypedDict):
    """An import. `state.id` is 1 pending, 2 done, 3 failed, 4 rejected, 5 cancelled, 6 at work.

    `video` is missing once the video was deleted; its description is whole, and it has its tags.
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
