"""/videos/{id}/hls, /videos/{id}/web-videos and /videos/{id}/transcoding."""

from typing import Literal

from aiopeertube.types.video_parts import Transcoding
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import VideoRef, video_problem

from ._api import Noun
from ._video_parts import below


class VideoFiles(Noun):
    """The files that the server made of a video; only for administrators."""

    __slots__ = ()

    def delete_hls(self, video: VideoRef) -> Call[None]:
        """Remove the HLS playlist and its files. BadRequest: there are no others."""
        return self._do("DELETE", below(video, "/hls"), video_problem(video))

    def delete_web_videos(self, video: VideoRef) -> Call[None]:
        """Remove the files that are not HLS. BadRequest: there are no others."""
        return self._do("DELETE", below(video, "/web-videos"), video_problem(video))

    def transcode(
        self,
        video: VideoRef,
        *,
        transcodingType: Literal["hls", "web-video"],
        forceTranscoding: bool | None = None,
    ) -> Call[None]:
        """Transcode a video once more; `forceTranscoding` also while that is under way already.

        BadRequest: transcoding is not enabled, or under way.
        """
        json = {"transcodingType": transcodingType}
        more = {} if forceTranscoding is None else {"forceTranscoding": forceTranscoding}
        path = below(video, "/transcoding")
        return self._do("POST", path, video_problem(video), json={**json, **more}, schema=Transcoding)
