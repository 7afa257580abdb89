"""/videos/{id}/captions."""

from aiopeertube.types import Caption, Page
from aiopeertube.wire.answers import no_content
from aiopeertube.wire.call import Call
from aiopeertube.wire.files import FileLike, caption_part
from aiopeertube.wire.identifiers import VideoRef, language_problem, segment, video_problem
from aiopeertube.wire.messages import API, Multipart

from ._api import Noun
from ._video_parts import below, opened


class Captions(Noun):
    """Captions of a video, one per language."""

    __slots__ = ()

    def list(self, video: VideoRef, *, videoPassword: str | None = None) -> Call[Page[Caption]]:
        """List a video's captions, all in one page."""
        if videoPassword is None:
            return self._get(below(video, "/captions"), problem=video_problem(video))
        return self._ask("GET", below(video, "/captions"), video_problem(video), headers=opened(videoPassword))

    def generate(self, video: VideoRef, *, forceTranscription: bool | None = None) -> Call[None]:
        """Have captions made from what is said; `forceTranscription` also while that is under way already.

        BadRequest: the instance does not transcribe, or the video has captions.
        """
        json = {} if forceTranscription is None else {"forceTranscription": forceTranscription}
        return self._do("POST", below(video, "/captions/generate"), video_problem(video), json=json)

    def put(self, video: VideoRef, language: str, captionfile: FileLike) -> Call[None]:
        """Add or replace the captions in `language`, from an .srt or .vtt file.

        The server accepts any file without checking that it contains captions. During other writes it may report
        success and keep nothing (observed with 6.3); `list` shows what is there.
        """
        return Call(
            "PUT",
            self._path(video, language),
            no_content,
            body=Multipart((), (caption_part("captionfile", captionfile),)),
            problem=video_problem(video) or language_problem(language),
            sender=self._sender,
        )

    def delete(self, video: VideoRef, language: str) -> Call[None]:
        """Remove the captions in `language`."""
        problem = video_problem(video) or language_problem(language)
        return Call("DELETE", self._path(video, language), no_content, problem=problem, sender=self._sender)

    @staticmethod
    def _path(video: VideoRef, language: str) -> str:
        return f"{API}/videos/{segment(video)}/captions/{segment(language)}"
