"""/videos/{id}/passwords."""

from collections.abc import Sequence

from aiopeertube._pagination import Paginator
from aiopeertube.types.video_parts import VideoPassword
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import VideoRef, video_problem

from ._api import Noun
from ._checks import body_text_problem, first, id_problem
from ._video_parts import below

_LONGEST = 10_000  # characters; the server has no limit of its own


class VideoPasswords(Noun):
    """Passwords of a video of privacy 5, each of which opens it; for its owner and for staff."""

    __slots__ = ()

    def list(self, video: VideoRef, *, sort: str | None = None, count: int = 100) -> Paginator[VideoPassword]:
        """List the passwords, readable as they were given."""
        path = below(video, "/passwords")
        return self._pages(path, {"sort": sort}, count=count, problem=video_problem(video), secret=True)

    def create(self, video: VideoRef, *, password: str) -> Call[None]:
        """Add a password; only 8.x."""
        problem = first(video_problem(video), body_text_problem("password", password, 2, _LONGEST))
        return self._do("POST", below(video, "/passwords"), problem, json={"password": password}, since="8.0")

    def update(self, video: VideoRef, *, passwords: Sequence[str]) -> Call[None]:
        """Replace all passwords."""
        wrong = (body_text_problem("passwords", password, 2, _LONGEST) for password in passwords)
        json = {"passwords": list(passwords)}
        return self._do("PUT", below(video, "/passwords"), video_problem(video), *wrong, json=json)

    def delete(self, video: VideoRef, password: int) -> Call[None]:
        """Remove a password by its id. NotPermitted: it is the last one."""
        path = below(video, f"/passwords/{password}")
        return self._do("DELETE", path, video_problem(video), id_problem("passwordId", password))
