"""/videos/upload-resumable: a file in chunks. Use `aiopeertube.resumable.upload`, which combines these calls."""

from typing import Unpack

from aiopeertube.errors import InputError
from aiopeertube.types import NewUpload, UploadProgress, UploadStarted
from aiopeertube.wire.answers import is_resume_incomplete
from aiopeertube.wire.call import Call, Sender
from aiopeertube.wire.fields import problem_of
from aiopeertube.wire.files import FileLike
from aiopeertube.wire.messages import Body, Response
from aiopeertube.wire.sendable import line_problem

from ._answers import with_new_video
from ._bodies import given, images, video_body
from ._chunks import Chunks, offset_of, size_problem


class Uploads(Chunks[UploadProgress]):
    """Uploads in chunks, named by the id that `start` returns."""

    __slots__ = ()

    def __init__(self, sender: Sender | None = None) -> None:
        super().__init__(sender, "/videos/upload-resumable", _progress)

    def start(
        self,
        *,
        filename: str,
        size: int,
        content_type: str,
        channelId: int,
        name: str,
        thumbnailfile: FileLike | None = None,
        previewfile: FileLike | None = None,
        **fields: Unpack[NewUpload],
    ) -> Call[UploadStarted]:
        """Announce a file of `size` bytes and the fields of its video.

        It is repeated when its answer is lost; the server removes uploads that are not continued.

        Raises (when awaited):
            InvalidField, FileUnreadable: before anything is sent.
            BadRequest: the server rejected a field. TooLarge: more than the remaining quota.
            ApiError: 415, a file type that the instance does not accept.
        """
        everything = {"filename": filename, "channelId": channelId, "name": name, **fields}
        body: Body | None = None
        problem: InputError | None = (
            problem_of(everything) or size_problem(size) or line_problem("filename", filename)
        )
        try:
            body = video_body(given(everything), images(thumbnailfile, previewfile))
        except InputError as exc:
            problem = problem or exc
        return self._announced(size, content_type, body, problem)


def _progress(response: Response) -> UploadProgress:
    if is_resume_incomplete(response):
        return {"offset": offset_of(response), "video": None}
    return {"offset": None, "video": with_new_video(response)["video"]}
