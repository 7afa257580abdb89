"""A file in chunks, whichever path it goes to.

The server writes each chunk at its declared offset and considers the upload complete as soon as a chunk ends at the
file's end: **it never notices a gap**. Always continue from the `offset` of the last answer.
"""

import re
from typing import Final, Generic, TypeVar
from urllib.parse import parse_qs, urlsplit

from aiopeertube.errors import InputError, InvalidField, InvalidIdentifier
from aiopeertube.types import UploadStarted
from aiopeertube.wire.answers import nothing, strange
from aiopeertube.wire.call import Call, Sender
from aiopeertube.wire.messages import API, Body, Decoder, RawBody, Response
from aiopeertube.wire.sendable import quoted, whole_problem

from ._base import Resource
from ._bodies import SECONDS_FOR_A_FILE

T = TypeVar("T")  # what the end of an upload gives, or how far it is

_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,200}")
_RANGE: Final = re.compile(r"bytes=0-(-1|[0-9]{1,18})")  # 0--1 means that nothing has arrived


class Chunks(Resource, Generic[T]):
    """Uploads in chunks to one path, named by the id that the announcement returns."""

    __slots__ = ("_decode", "_path", "_problem")

    def __init__(self, sender: Sender | None, path: str, decode: Decoder, problem: InputError | None = None) -> None:
        super().__init__(sender)
        self._path = API + path
        self._decode = decode
        self._problem = problem

    def _announced(
        self, size: int, content_type: str, body: Body | None, problem: InputError | None
    ) -> Call[UploadStarted]:
        return Call(
            "POST",
            self._path,
            started,
            body=body,
            headers=(("X-Upload-Content-Length", str(size)), ("X-Upload-Content-Type", content_type)),
            idempotent=True,
            problem=self._problem or problem,
            sender=self._sender,
        )

    def chunk(self, upload_id: str, data: bytes, offset: int, size: int) -> Call[T]:
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

    def status(self, upload_id: str, size: int) -> Call[T]:
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
            self._path,
            nothing,
            query=(("upload_id", upload_id),),
            problem=self._problem or id_problem(upload_id),
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
    ) -> Call[T]:
        return Call(
            "PUT",
            self._path,
            self._decode,
            query=(("upload_id", upload_id),),
            body=body,
            headers=(("Content-Range", content_range),),
            idempotent=False,
            timeout=timeout,
            problem=self._problem or id_problem(upload_id) or problem,
            sender=self._sender,
        )


def id_problem(upload_id: str) -> InvalidIdentifier | None:
    """Say what is wrong with the id of an upload."""
    if isinstance(upload_id, str) and _ID.fullmatch(upload_id):
        return None
    return InvalidIdentifier(f"{quoted(upload_id)} is not the id of an upload")


def size_problem(size: int) -> InvalidField | None:
    """Say what is wrong with the size of a file to upload."""
    if size == 0:
        return InvalidField("size", "an empty file cannot be uploaded")
    return whole_problem("size", size, 1)


def started(response: Response) -> UploadStarted:
    """Decode the answer to an announcement."""
    # The URL has no scheme and may name another host behind a proxy, so only the id is taken from it.
    try:
        found = parse_qs(urlsplit(response.headers.get("location", "")).query).get("upload_id", [])
    except ValueError:
        found = []
    if not found or not _ID.fullmatch(found[0]):
        raise strange(response, "the URL of an upload")
    return {"upload_id": found[0], "offset": offset_of(response) or 0}


def offset_of(response: Response) -> int | None:
    """Return how many bytes have arrived, where the answer says so."""
    found = _RANGE.fullmatch(response.headers.get("range", ""))
    return int(found[1]) + 1 if found else None
