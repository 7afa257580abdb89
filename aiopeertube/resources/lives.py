"""/videos/live and /videos/{id}/live-session."""

from typing import Unpack

from aiopeertube.errors import InputError
from aiopeertube.types import Page, VideoUploaded
from aiopeertube.types.live import Live, LiveSession, LiveUpdate, NewLive
from aiopeertube.wire.call import Call
from aiopeertube.wire.fields import form_fields, problem_of
from aiopeertube.wire.files import FileLike
from aiopeertube.wire.identifiers import VideoRef, segment, video_problem
from aiopeertube.wire.messages import Body, Multipart

from ._api import Noun
from ._bodies import given, images
from ._checks import choices_problem, first
from ._video_parts import below, opened


class Lives(Noun):
    """Live streams, which are videos of their own."""

    __slots__ = ()

    def create(
        self,
        *,
        channelId: int,
        name: str,
        thumbnailfile: FileLike | None = None,
        previewfile: FileLike | None = None,
        **fields: Unpack[NewLive],
    ) -> Call[VideoUploaded]:
        """Make a live stream; `get` tells where to send it to.

        NotPermitted: the instance has no live streams, or too many of them.
        """
        everything = {"channelId": channelId, "name": name, **fields}
        body: Body | None = None
        problem = first(problem_of(everything), choices_problem(NewLive, everything))
        try:
            body = Multipart(form_fields(given(everything)), images(thumbnailfile, previewfile))
        except InputError as exc:
            problem = problem or exc
        return self._ask("POST", "/videos/live", problem, body=body)

    def get(self, video: VideoRef) -> Call[Live]:
        """Get how a stream is sent, for its owner with the address and the key to send it to."""
        return self._ask("GET", _path(video), video_problem(video))

    def update(self, video: VideoRef, **fields: Unpack[LiveUpdate]) -> Call[None]:
        """Change only the given fields. BadRequest: it is live now."""
        return self._do("PUT", _path(video), video_problem(video), json=dict(fields), schema=LiveUpdate)

    def sessions(self, video: VideoRef, *, sort: str | None = None) -> Call[Page[LiveSession]]:
        """List the times that a stream was live, all in one page; for its owner."""
        return self._ask("GET", f"{_path(video)}/sessions", video_problem(video), query={"sort": sort})

    def session(self, video: VideoRef, *, videoPassword: str | None = None) -> Call[LiveSession]:
        """Get the time that a video is the replay of."""
        return self._ask("GET", below(video, "/live-session"), video_problem(video), headers=opened(videoPassword))


def _path(video: VideoRef) -> str:
    return f"/videos/live/{segment(video)}"
