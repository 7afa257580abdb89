"""/videos/upload-resumable: a file in chunks. Use `aiopeertube.resumable.upload`, which combines these calls.

The server writes each chunk at its declared offset and considers the upload complete as soon as a chunk ends at the
file's end: **it never notices a gap**. Always continue from the `offset` of the last answer.
"""

import re
from typing import Final, Unpack
from urllib.parse import parse_qs, urlsplit

from aiopeertube.errors import InputError, InvalidField, InvalidIdentifier
from aiopeertube.types import NewUpload, UploadProgress, UploadStarted
from aiopeertube.wire.call import Call
from aiopeertube.wire.fields import problem_of
from aiopeertube.wire.files import FileLike
from aiopeertube.wire.messages import (
    API,
    Body,
    RawBody,
    Response,
    is_resume_incomplete,
    json_value,
    nothing,
    strange,
)
from aiopeertube.wire.sendable import line_problem, whole_problem

from ._base import Resource
from ._bodies import SECONDS_FOR_A_FILE, given, images, video_body

_PATH: Final = f"{API}/videos/upload-resumable"
_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,200}")
_RANGE: Final = re.compile(r"bytes=0-(-1|[0-9]{1,18})")  # 0--1 means that nothing has arrived


class Uploads(Resource):
    """Uploads in chunks, named by the id that `start` returns."""

    __slots__ = ()

    def start(
        self,
        *,
        filename: str,
        size: int,
        content_type: str,
        channelId: int,  # noqa: N803 - the wire's own name
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
            problem_of(everything) or _size_problem(size) or line_problem("filename", filename)
        )
        try:
            body = video_body(given(everything), images(thumbnailfile, previewfile))
        except InputError as exc:
            problem = problem or exc
        return Call(
            "POST",
            _PATH,
            _started,
            body=body,
            headers=(("X-Upload-Content-Length", str(size)), ("X-Upload-Content-Type", content_type)),
            idempotent=True,
            problem=problem,
            sender=self._sender,
        )

    def chunk(self, upload_id: str, data: bytes, offset: int, size: int) -> Call[UploadProgress]:
        """Send `data`, which begins at `offset` in the file of `size` bytes; the last chunk returns the video.

        Not repeated when the answer is lost: sending the same bytes twice is harmless, but the answer to the last
        chunk would differ. Ask for the `status` instead.

        Raises (when awaited):
            NotFound: the server does not know the upload (or no longer does).
            Unprocessable: the file is not a video; raised with the last chunk.
            Conflict: more bytes than were announced.
            ApiError: 423, another chunk of this upload is being received. ServerError: 503, the video is being made.
        """
        problem: InputError | None = whole_problem("offset", offset) or whole_problem("size", size)
        end = len(data) + (offset if problem is None else 0)
        if problem is None and not offset < end <= size:
            problem = InvalidField("offset", f"bytes {offset} to {end} are not within a file of {size} bytes")
        return self._put(
            upload_id,
            f"bytes {offset}-{end - 1}/{size}",
            body=RawBody(data),
            timeout=SECONDS_FOR_A_FILE if end == size else None,
            problem=problem,
        )

    def status(self, upload_id: str, size: int) -> Call[UploadProgress]:
        """Ask how much of the file of `size` bytes has arrived.

        If all of it has, and the server has not begun to make the video, asking makes it begin.

        Raises (when awaited):
            NotFound: the server does not know the upload (or no longer does).
            ApiError: 423, a chunk is being received. ServerError: 503, the video is being made, or making it failed.
        """
        problem = whole_problem("size", size)
        return self._put(upload_id, f"bytes */{size}", timeout=SECONDS_FOR_A_FILE, problem=problem)

    def cancel(self, upload_id: str) -> Call[None]:
        """Remove an upload and its bytes; an unknown one is not an error."""
        return Call(
            "DELETE",
            _PATH,
            nothing,
            query=(("upload_id", upload_id),),
            problem=_id_problem(upload_id),
            sender=self._sender,
        )

    def _put(
        self,
        upload_id: str,
        content_range: str,
        *,
        body: Body | None = None,
        timeout: float | None = None,
        problem: InputError | None = None,
    ) -> Call[UploadProgress]:
        return Call(
            "PUT",
            _PATH,
            _progress,
            query=(("upload_id", upload_id),),
            body=body,
            headers=(("Content-Range", content_range),),
            idempotent=False,
            timeout=timeout,
            problem=_id_problem(upload_id) or problem,
            sender=self._sender,
        )


def _id_problem(upload_id: str) -> InvalidIdentifier | None:
    if isinstance(upload_id, str) and _ID.fullmatch(upload_id):
        return None
    return InvalidIdentifier(f"{str(upload_id)[:80]!r} is not the id of an upload")


def _size_problem(size: int) -> InvalidField | None:
    if size == 0:
        return InvalidField("size", "an empty file cannot be uploaded")
    return whole_problem("size", size, 1)


def _started(response: Response) -> UploadStarted:
    # The URL has no scheme and may name another host behind a proxy, so only the id is taken from it.
    try:
        found = parse_qs(urlsplit(response.headers.get("location", "")).query).get("upload_id", [])
    except ValueError:
        found = []
    if not found or not _ID.fullmatch(found[0]):
        raise strange(response, "the URL of an upload")
    return {"upload_id": found[0], "offset": _offset(response) or 0}


def _progress(response: Response) -> UploadProgress:
    if is_resume_incomplete(response):
        return {"offset": _offset(response), "video": None}
    answer = json_value(response)
    video = answer.get("video") if isinstance(answer, dict) else None
    if not isinstance(video, dict) or "uuid" not in video:
        raise strange(response, "a video")
    return {"offset": None, "video": video}  # type: ignore[typeddict-item]


def _offset(response: Response) -> int | None:
    found = _RANGE.fullmatch(response.headers.get("range", ""))
    return int(found[1]) + 1 if found else None
