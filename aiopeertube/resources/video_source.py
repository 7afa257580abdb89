"""/videos/{id}/source: the file that a video was made of. Use `aiopeertube.resumable.replace` to replace it."""

from aiopeertube.errors import InputError
from aiopeertube.types import UploadStarted, VideoSource
from aiopeertube.types.uploads import ReplacementProgress
from aiopeertube.wire.answers import is_resume_incomplete
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import VideoRef, video_problem
from aiopeertube.wire.messages import JsonBody, Response
from aiopeertube.wire.sendable import line_problem

from ._api import Noun
from ._chunks import Chunks, offset_of, size_problem
from ._video_parts import below


class Source(Noun):
    """The file that was uploaded for a video."""

    __slots__ = ()

    def get(self, video: VideoRef) -> Call[VideoSource]:
        """Get what is known of the file; for the video's owner. NotFound: nothing is, as of an imported one."""
        return self._ask("GET", below(video, "/source"), video_problem(video))

    def delete_file(self, video: VideoRef) -> Call[None]:
        """Remove the file where the server keeps it beside those it made; only for moderators."""
        return self._do("DELETE", below(video, "/source/file"), video_problem(video))

    def replacements(self, video: VideoRef) -> "Replacements":
        """Return the calls that send another file in chunks."""
        return Replacements(self._sender, below(video, "/source/replace-resumable"), _progress, video_problem(video))


class Replacements(Chunks[ReplacementProgress]):
    """Another file for a video, sent in chunks. Conflict, NotPermitted: the instance does not allow it."""

    __slots__ = ()

    def start(self, *, filename: str, size: int, content_type: str) -> Call[UploadStarted]:
        """Announce a file of `size` bytes."""
        problem: InputError | None = size_problem(size) or line_problem("filename", filename)
        body = None if problem else JsonBody.of({"filename": filename})
        return self._announced(size, content_type, body, problem)


def _progress(response: Response) -> ReplacementProgress:
    if is_resume_incomplete(response):
        return {"offset": offset_of(response), "replaced": False}
    return {"offset": None, "replaced": True}
