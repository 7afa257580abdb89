"""/video-playlists."""

from collections.abc import Mapping
from typing import Any, Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.errors import InputError
from aiopeertube.types.playlists import Playlist, PlaylistCreated, PlaylistFields, PlaylistFilters, PlaylistUpdate
from aiopeertube.wire.call import Call
from aiopeertube.wire.fields import form_fields
from aiopeertube.wire.files import FileLike
from aiopeertube.wire.identifiers import VideoRef, segment
from aiopeertube.wire.messages import Multipart

from ._api import Noun
from ._bodies import images
from ._checks import body_text_problem, choices_problem, first, playlist_problem
from .playlist_elements import PlaylistElements

_LONGEST_NAME = 120


class Playlists(Noun):
    """Playlists, named by id, UUID or short UUID."""

    __slots__ = ()

    @property
    def elements(self) -> PlaylistElements:
        """The videos of a playlist."""
        return PlaylistElements(self._sender)

    def list(self, *, count: int = 100, **filters: Unpack[PlaylistFilters]) -> Paginator[Playlist]:
        """List the instance's public playlists."""
        problem = choices_problem(PlaylistFilters, filters)
        return self._pages("/video-playlists", filters, count=count, problem=problem)

    def get(self, playlist: VideoRef) -> Call[Playlist]:
        """Get one playlist."""
        return self._get(_path(playlist), problem=playlist_problem(playlist))

    def create(
        self, *, displayName: str, thumbnailfile: FileLike | None = None, **fields: Unpack[PlaylistFields]
    ) -> Call[PlaylistCreated]:
        """Make a playlist; without `privacy` it is private, and a public one needs `videoChannelId`."""
        body, problem = _body({"displayName": displayName, **fields}, thumbnailfile)
        return self._ask("POST", "/video-playlists", problem, body=body)

    def update(
        self, playlist: VideoRef, *, thumbnailfile: FileLike | None = None, **fields: Unpack[PlaylistUpdate]
    ) -> Call[None]:
        """Change only the given fields; None clears one."""
        body, problem = _body(fields, thumbnailfile)
        return self._do("PUT", _path(playlist), playlist_problem(playlist), problem, body=body)

    def delete(self, playlist: VideoRef) -> Call[None]:
        """Delete a playlist; its videos stay."""
        return self._do("DELETE", _path(playlist), playlist_problem(playlist))

    def privacies(self) -> Call[Mapping[str, str]]:
        """Get the labels of privacies by id (as text)."""
        return self._get("/video-playlists/privacies")


def _path(playlist: VideoRef) -> str:
    return f"/video-playlists/{segment(playlist)}"


def _body(fields: Mapping[str, Any], thumbnail: FileLike | None) -> tuple[Multipart | None, InputError | None]:
    """Encode a playlist as a form, for the server takes no JSON here."""
    name = fields.get("displayName", "x")
    problem = first(body_text_problem("displayName", name, 1, _LONGEST_NAME), choices_problem(PlaylistFields, fields))
    try:
        return Multipart(form_fields(fields), images(thumbnail, None)), problem
    except InputError as exc:
        return None, first(problem, exc)
