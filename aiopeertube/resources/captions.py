"""/videos/{id}/captions."""

from aiopeertube.types import Caption, Page
from aiopeertube.wire.call import Call
from aiopeertube.wire.files import FileLike, caption_part
from aiopeertube.wire.identifiers import VideoRef, language_problem, segment, video_problem
from aiopeertube.wire.messages import API, Multipart, nothing

from ._base import Resource


class Captions(Resource):
    """Captions of a video, one per language."""

    __slots__ = ()

    def list(self, video: VideoRef) -> Call[Page[Caption]]:
        """List a video's captions, all in one page."""
        return self._get(f"/videos/{segment(video)}/captions", problem=video_problem(video))

    def put(self, video: VideoRef, language: str, captionfile: FileLike) -> Call[None]:
        """Add or replace the captions in `language`, from an .srt or .vtt file.

        The server accepts any file without checking that it contains captions. During other writes it may report
        success and keep nothing (observed with 6.3); `list` shows what is there.
        """
        return Call(
            "PUT",
            self._path(video, language),
            nothing,
            body=Multipart((), (caption_part("captionfile", captionfile),)),
            problem=video_problem(video) or language_problem(language),
            sender=self._sender,
        )

    def delete(self, video: VideoRef, language: str) -> Call[None]:
        """Remove the captions in `language`."""
        problem = video_problem(video) or language_problem(language)
        return Call("DELETE", self._path(video, language), nothing, problem=problem, sender=self._sender)

    @staticmethod
    def _path(video: VideoRef, language: str) -> str:
        return f"{API}/videos/{segment(video)}/captions/{segment(language)}"
