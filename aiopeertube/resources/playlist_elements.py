"""/video-playlists/{playlistId}/videos."""

from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.errors import InputError
from aiopeertube.types.playlists import ElementCreated, ElementTimes, PlaylistElement
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import VideoRef, segment
from aiopeertube.wire.sendable import whole_problem

from ._api import Noun
from ._checks import first, id_problem, one_problem, playlist_problem
from ._orders import order_problem, reordered


class PlaylistElements(Noun):
    """The videos of a playlist, in order; each place has an id of its own, and a video may have several."""

    __slots__ = ()

    def list(self, playlist: VideoRef, *, count: int = 100) -> Paginator[PlaylistElement]:
        """List the videos by position; `video` is None where it is deleted or not for the user."""
        return self._pages(_path(playlist), {}, count=count, problem=playlist_problem(playlist))

    def create(self, playlist: VideoRef, *, videoId: VideoRef, **times: Unpack[ElementTimes]) -> Call[ElementCreated]:
        """Put a video at the end."""
        problem = first(playlist_problem(playlist), one_problem("videoId", videoId), _times_problem(times))
        return self._ask("POST", _path(playlist), problem, json={"videoId": videoId, **times})

    def update(self, playlist: VideoRef, element: int, **times: Unpack[ElementTimes]) -> Call[None]:
        """Change where a video starts and stops."""
        problem = first(_problem_of(playlist, element), _times_problem(times))
        return self._do("PUT", f"{_path(playlist)}/{element}", problem, json=dict(times))

    def delete(self, playlist: VideoRef, element: int) -> Call[None]:
        """Take a video out."""
        return self._do("DELETE", f"{_path(playlist)}/{element}", _problem_of(playlist, element))

    def reorder(
        self, playlist: VideoRef, *, startPosition: int, insertAfterPosition: int, reorderLength: int | None = None
    ) -> Call[None]:
        """Move videos within their playlist. Positions count from 1, and 0 is before the first."""
        json = reordered(startPosition, insertAfterPosition, reorderLength)
        problem = first(playlist_problem(playlist), order_problem(json))
        return self._do("POST", f"{_path(playlist)}/reorder", problem, json=json)


def _path(playlist: VideoRef) -> str:
    return f"/video-playlists/{segment(playlist)}/videos"


def _problem_of(playlist: VideoRef, element: int) -> InputError | None:
    return first(playlist_problem(playlist), id_problem("playlistElementId", element))


def _times_problem(times: ElementTimes) -> InputError | None:
    given = ((name, value) for name, value in times.items() if value is not None)
    return first(*(whole_problem(name, value) for name, value in given))
