"""/videos."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.errors import InputError
from aiopeertube.types import NewVideo, VideoDetails, VideoFilters, VideoRow, VideoUpdate, VideoUploaded
from aiopeertube.types.video_parts import Description, Rating, Storyboards, VideoToken, View
from aiopeertube.wire.answers import json_object, json_value, no_content
from aiopeertube.wire.call import Call
from aiopeertube.wire.fields import form_fields, problem_of
from aiopeertube.wire.files import FileLike, video_part
from aiopeertube.wire.identifiers import VideoRef, segment, video_problem
from aiopeertube.wire.messages import API, Body, Multipart
from aiopeertube.wire.sendable import whole_problem

from ._api import Noun
from ._bodies import SECONDS_FOR_A_FILE, given, images, video_body
from ._checks import choices_problem
from ._video_parts import below, opened
from .chapters import Chapters
from .comments import Comments
from .embed_privacy import EmbedPrivacy
from .lives import Lives
from .ownership import VideoOwnership
from .studio import Studio
from .video_blacklist import VideoBlacklist
from .video_files import VideoFiles
from .video_passwords import VideoPasswords
from .video_source import Source
from .video_stats import VideoStats


class Videos(Noun):
    """Videos, named by id, UUID or short UUID."""

    __slots__ = ()

    @property
    def blacklist(self) -> VideoBlacklist:
        """Videos that are blocked."""
        return VideoBlacklist(self._sender)

    @property
    def chapters(self) -> Chapters:
        """Chapters."""
        return Chapters(self._sender)

    @property
    def comments(self) -> Comments:
        """Comments."""
        return Comments(self._sender)

    @property
    def embed_privacy(self) -> EmbedPrivacy:
        """Which sites may embed a video; only 8.x."""
        return EmbedPrivacy(self._sender)

    @property
    def files(self) -> VideoFiles:
        """The files that the server made of a video."""
        return VideoFiles(self._sender)

    @property
    def live(self) -> Lives:
        """Live streams."""
        return Lives(self._sender)

    @property
    def ownership(self) -> VideoOwnership:
        """Videos that are given to other users."""
        return VideoOwnership(self._sender)

    @property
    def passwords(self) -> VideoPasswords:
        """Passwords that open a video."""
        return VideoPasswords(self._sender)

    @property
    def source(self) -> Source:
        """The file that a video was made of."""
        return Source(self._sender)

    @property
    def stats(self) -> VideoStats:
        """Who watched a video."""
        return VideoStats(self._sender)

    @property
    def studio(self) -> Studio:
        """Edits of a video's picture and sound."""
        return Studio(self._sender)

    def list(self, *, count: int = 100, **filters: Unpack[VideoFilters]) -> Paginator[VideoRow]:
        """List the instance's videos, `count` (at most 100) per page.

        Rows are incomplete: `description` is cut at 250 characters, and `tags`, `support`, `commentsPolicy` and
        `downloadEnabled` are only in `get`. With `sort="createdAt"` the order holds while metadata is edited.
        """
        return self._pages("/videos", filters, count=count, problem=choices_problem(VideoFilters, filters))

    def get(self, video: VideoRef, *, videoPassword: str | None = None) -> Call[VideoDetails]:
        """Get one video in full, with the fields that rows lack; `videoPassword` opens one of privacy 5."""
        if videoPassword is None:
            return replace(self._get(below(video), problem=video_problem(video)), decode=json_object)
        return self._ask("GET", below(video), video_problem(video), headers=opened(videoPassword))

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
            no_content,
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
        return Call("DELETE", path, no_content, problem=video_problem(video), sender=self._sender)

    def rate(
        self, video: VideoRef, *, rating: Literal["like", "dislike", "none"], videoPassword: str | None = None
    ) -> Call[None]:
        """Like or dislike a video, or take that back; `me.rating` tells how the user rated it."""
        problem, json = video_problem(video), {"rating": rating}
        return self._do(
            "PUT", below(video, "/rate"), problem, json=json, schema=Rating, headers=opened(videoPassword)
        )

    def view(self, video: VideoRef, *, currentTime: int, **fields: Unpack[View]) -> Call[None]:
        """Report that somebody watches a video, now and then; their history keeps `currentTime` (seconds)."""
        problem, json = whole_problem("currentTime", currentTime), {"currentTime": currentTime, **fields}
        return self._do("POST", below(video, "/views"), video_problem(video), problem, json=json, schema=View)

    def watching(self, video: VideoRef, *, currentTime: int) -> Call[None]:
        """Note how far the user has watched, in seconds; no longer documented from 8.0 on, where `view` does it."""
        problem, json = whole_problem("currentTime", currentTime), {"currentTime": currentTime}
        return self._do("PUT", below(video, "/watching"), video_problem(video), problem, json=json)

    def description(self, video: VideoRef, *, videoPassword: str | None = None) -> Call[Description]:
        """Get the whole description; only 6.3: `get` has it."""
        path, headers = below(video, "/description"), opened(videoPassword)
        return self._ask("GET", path, video_problem(video), headers=headers, until="6.3")

    def token(self, video: VideoRef, *, videoPassword: str | None = None) -> Call[VideoToken]:
        """Get a token that opens the files of a video for some hours, where they are not public."""
        path, headers = below(video, "/token"), opened(videoPassword)
        return self._ask("POST", path, video_problem(video), headers=headers, idempotent=True)

    def storyboards(self, video: VideoRef) -> Call[Storyboards]:
        """Get the pictures that a player shows above its time line."""
        return self._get(below(video, "/storyboards"), problem=video_problem(video))

    def categories(self) -> Call[Mapping[str, str]]:
        """Get the labels of categories by id (as text)."""
        return self._constants("categories")

    def licences(self) -> Call[Mapping[str, str]]:
        """Get the labels of licences by id (as text)."""
        return self._constants("licences")

    def languages(self, *, scope: Literal["subtitle"] | None = None) -> Call[Mapping[str, str]]:
        """Get the labels of languages by code; with `scope` (8.x) those that captions can have."""
        return self._get("/videos/languages", {"scope": scope})

    def privacies(self) -> Call[Mapping[str, str]]:
        """Get the labels of privacies by id (as text)."""
        return self._constants("privacies")

    def _constants(self, kind: str) -> Call[Any]:
        return self._get(f"/videos/{kind}")
