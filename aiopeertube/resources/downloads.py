"""/static and /download, outside the API's prefix: the files of videos."""

from collections.abc import Sequence
from typing import Any

from aiopeertube._downloads import Download, whole
from aiopeertube.errors import InputError, InvalidField
from aiopeertube.wire.identifiers import VideoRef, segment, video_problem

from ._api import Noun
from ._checks import id_problem, text_problem


class Downloads(Noun):
    """Files of videos: save them, or read them as they come.

    Those that are stored are named as in `fileUrl`: what is behind the folder in its path.
    """

    __slots__ = ()

    def web_video(self, filename: str) -> Download:
        """Get a file that is not HLS."""
        return self._file("web-videos", filename)

    def private_web_video(self, filename: str, *, videoFileToken: str | None = None) -> Download:
        """Get a file that is not HLS, of a video that is not public; `videos.token` opens it for anybody."""
        return self._file("web-videos/private", filename, {"videoFileToken": videoFileToken})

    def hls(self, filename: str) -> Download:
        """Get a file of HLS: a playlist or what is in it. `filename` may begin with the folder of its video."""
        return self._file("streaming-playlists/hls", filename)

    def private_hls(
        self, filename: str, *, videoFileToken: str | None = None, reinjectVideoFileToken: bool | None = None
    ) -> Download:
        """Get a file of HLS of a video that is not public; a playlist may have the token `reinject`ed."""
        query = {"videoFileToken": videoFileToken, "reinjectVideoFileToken": reinjectVideoFileToken}
        return self._file("streaming-playlists/hls/private", filename, query)

    def generate(
        self, video: VideoRef, *, videoFileIds: Sequence[int], videoFileToken: str | None = None
    ) -> Download:
        """Get files of a video put together into one, like picture and sound. It cannot be resumed."""
        wrong = [id_problem("videoFileIds", number) for number in videoFileIds]
        if not videoFileIds:
            wrong.append(InvalidField("videoFileIds", "at least one file is needed"))
        query = {"videoFileIds": list(videoFileIds), "videoFileToken": videoFileToken}
        path = f"/download/videos/generate/{segment(video)}"
        return self._download(path, video_problem(video), *wrong, query=query)

    def _file(self, folder: str, filename: str, query: dict[str, Any] | None = None) -> Download:
        problem = _name_problem(filename)
        name = "" if problem else "/".join(segment(part) for part in filename.split("/"))
        return self._download(f"/static/{folder}/{name}", problem, query=query)

    def _download(self, path: str, *problems: InputError | None, query: dict[str, Any] | None) -> Download:
        # What broke off is not repeated from its start: the download goes on where it was.
        call = self._made("GET", path, problems, decode=whole, query=query, prefix="", idempotent=False)
        return Download(call)


def _name_problem(filename: object) -> InputError | None:
    if problem := text_problem("filename", filename):
        return problem
    if all(part not in {"", ".", ".."} for part in str(filename).split("/")):
        return None
    return InvalidField("filename", "it is not the name of a file, or of one in a folder")
