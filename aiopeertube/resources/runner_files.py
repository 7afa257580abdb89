"""/runners/jobs/{jobUUID}/files: what a runner fetches for its job, and the parts of what it sends."""

from pathlib import Path
from typing import Final

from aiopeertube.errors import InputError
from aiopeertube.wire.call import Call
from aiopeertube.wire.files import FileLike, caption_part, image_part, sent_name, video_part
from aiopeertube.wire.identifiers import VideoRef, segment, video_problem
from aiopeertube.wire.messages import FilePart, Response

from ._api import Noun
from ._bodies import SECONDS_FOR_A_FILE
from ._checks import text_problem, uuid_problem

_PLAYLIST: Final = "application/x-mpegURL"
_PIECE: Final = "video/MP2T"


class RunnerFiles(Noun):
    """Files that a job needs. A user's token is never sent for them."""

    __slots__ = ()

    def max_quality(self, job: str, video: VideoRef, *, runnerToken: str, jobToken: str) -> Call[bytes]:
        """Get the video's best file."""
        return self._file(job, video, "max-quality", runnerToken, jobToken)

    def audio(self, job: str, video: VideoRef, *, runnerToken: str, jobToken: str) -> Call[bytes]:
        """Get the sound of the video's best file, where it is in a file of its own."""
        return self._file(job, video, "max-quality/audio", runnerToken, jobToken)

    def preview(self, job: str, video: VideoRef, *, runnerToken: str, jobToken: str) -> Call[bytes]:
        """Get the video's largest picture; 8.x prefers `thumbnail`, which gives the same."""
        return self._file(job, video, "previews/max-quality", runnerToken, jobToken)

    def thumbnail(self, job: str, video: VideoRef, *, runnerToken: str, jobToken: str) -> Call[bytes]:
        """Get the video's largest picture; only 8.x."""
        return self._file(job, video, "thumbnails/max-quality", runnerToken, jobToken, since="8.0")

    def studio_file(
        self,
        job: str,
        video: VideoRef,
        filename: str,
        *,
        runnerToken: str,
        jobToken: str,
    ) -> Call[bytes]:
        """Get a file that an edit in the studio uses: an intro, an outro or a watermark."""
        problem = text_problem("filename", filename)
        path = f"studio/task-files/{segment(filename)}"
        return self._file(job, video, path, runnerToken, jobToken, problem)

    def _file(
        self,
        job: str,
        video: VideoRef,
        what: str,
        runner: str,
        token: str,
        *problems: InputError | None,
        since: str | None = None,
    ) -> Call[bytes]:
        return self._made(
            "POST",
            f"/runners/jobs/{job}/files/videos/{segment(video)}/{what}",
            (uuid_problem("jobUUID", job), video_problem(video), *problems),
            decode=content,
            json={"runnerToken": runner, "jobToken": token},
            authenticate=False,
            idempotent=True,
            timeout=SECONDS_FOR_A_FILE,
            since=since,
        )


def runner_part(name: str, file: FileLike) -> FilePart:
    """Make a part of a file that a job made; the server goes by the type that is declared."""
    field = f"payload[{name}]"
    if name == "videoFile":
        return video_part(field, file)
    if name == "storyboardFile":
        return image_part(field, file)
    if name == "vttFile":
        return caption_part(field, file)
    suffix, kind = (".m3u8", _PLAYLIST) if "laylist" in name else (".ts", _PIECE)
    if isinstance(file, bytes):
        return FilePart(field, file, name + suffix, kind)
    path = Path(file)
    return FilePart(field, path, sent_name(path), kind)


def content(response: Response) -> bytes:
    """Return the bytes of an answer."""
    return response.body
