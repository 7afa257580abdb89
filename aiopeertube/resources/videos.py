"""/videos."""

from collections.abc import Mapping
from typing import Any, Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.errors import InputError
from aiopeertube.types import NewVideo, VideoDetails, VideoFilters, VideoRow, VideoUpdate, VideoUploaded
from aiopeertube.wire.call import Call
from aiopeertube.wire.fields import form_fields, problem_of
from aiopeertube.wire.files import FileLike, video_part
from aiopeertube.wire.identifiers import VideoRef, segment, video_problem
from aiopeertube.wire.messages import API, Body, Multipart, json_value, nothing

from ._base import Resource
from ._bodies import SECONDS_FOR_A_FILE, given, images, video_body


class Videos(Resource):
    """Videos, named by id, UUID or short UUID."""

    __slots__ = ()

    def list(self, *, count: int = 100, **filters: Unpack[VideoFilters]) -> Paginator[VideoRow]:
        """List the instance's videos, `count` (at most 100) per page.

        Rows are incomplete: `description` is cut at 250 characters, and `tags`, `support`, `commentsPolicy` and
        `downloadEnabled` are only in `get`. With `sort="createdAt"` the order holds while metadata is edited.
        """
        return self._pages("/videos", filters, count=count)

    def get(self, video: VideoRef) -> Call[VideoDetails]:
        """Get one video in full, with the fields that rows lack."""
        return self._get(f"/videos/{segment(video)}", problem=video_problem(video))

    def update(
        self,
        video: VideoRef,
        *,
        thumbnailfile: FileLike | None = None,
        previewfile: FileLike | None = None,
        **fields: Unpack[VideoUpdate],
    ) -> Call[None]:
        """Change only the given fields; None clears a field. Tags are replaced, and their order is not kept.

        Each update writes, sets `updatedAt` and notifies followers, even without a change: send only changed fields.
        `thumbnailfile` and `previewfile` are a path, or bytes of a .jpg, .png or .webp of at most 4 MiB.

        Raises (when awaited):
            InvalidIdentifier, InvalidField, FileUnreadable: before anything is sent.
            NotPermitted: the video belongs to another user. NotFound. BadRequest: the server rejected a field.
        """
        body: Body | None = None
        problem: InputError | None = video_problem(video) or problem_of(fields)
        try:
            body = video_body(fields, images(thumbnailfile, previewfile))
        except InputError as exc:
            problem = problem or exc
        return Call(
            "PUT",
            f"{API}/videos/{segment(video)}",
            nothing,
            body=body,
            problem=problem,
            sender=self._sender,
        )

    def upload(
        self,
        *,
        channelId: int,
        name: str,
        videofile: FileLike,
        thumbnailfile: FileLike | None = None,
        previewfile: FileLike | None = None,
        **fields: Unpack[NewVideo],
    ) -> Call[VideoUploaded]:
        """Upload a video in one request, which is not repeated when its answer is lost.

        For files of more than a few MiB `aiopeertube.resumable.upload` is better: it resumes after an interruption.
        Without `privacy` the video is private.

        Raises (when awaited):
            InvalidField, FileUnreadable: before anything is sent.
            BadRequest: the server rejected a field. TooLarge: more than the remaining quota.
            ApiError: 415, a file type that the instance does not accept.
            Unprocessable: the file is not a video; raised after all of it was sent.
        """
        everything = {"channelId": channelId, "name": name, **fields}
        body: Body | None = None
        problem: InputError | None = problem_of(everything)
        try:
            files = (video_part("videofile", videofile), *images(thumbnailfile, previewfile))
            body = Multipart(form_fields(given(everything)), files)
        except InputError as exc:
            problem = problem or exc
        return Call(
            "POST",
            f"{API}/videos/upload",
            json_value,
            body=body,
            timeout=SECONDS_FOR_A_FILE,
            problem=problem,
            sender=self._sender,
        )

    def delete(self, video: VideoRef) -> Call[None]:
        """Delete a video, its files and its comments. There is no way back."""
        path = f"{API}/videos/{segment(video)}"
        return Call("DELETE", path, nothing, problem=video_problem(video), sender=self._sender)

    def categories(self) -> Call[Mapping[str, str]]:
        """Get the labels of categories by id (as text)."""
        return self._constants("categories")

    def licences(self) -> Call[Mapping[str, str]]:
        """Get the labels of licences by id (as text)."""
        return self._constants("licences")

    def languages(self) -> Call[Mapping[str, str]]:
        """Get the labels of languages by code."""
        return self._constants("languages")

    def privacies(self) -> Call[Mapping[str, str]]:
        """Get the labels of privacies by id (as text)."""
        return self._constants("privacies")

    def _constants(self, kind: str) -> Call[Any]:
        return self._get(f"/videos/{kind}")
