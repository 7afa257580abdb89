"""/users/me/avatar."""

from aiopeertube.types.me import Avatars
from aiopeertube.wire.call import Call
from aiopeertube.wire.files import FileLike

from ._api import Noun


class MyAvatar(Noun):
    """The logged-in user's picture."""

    __slots__ = ()

    def pick(self, avatarfile: FileLike) -> Call[Avatars]:
        """Set the picture: a path, or bytes of a .jpg, .png, .gif or .webp; the answer has its sizes."""
        return self._pick("/users/me/avatar/pick", "avatarfile", avatarfile, answered=True)

    def delete(self) -> Call[Avatars]:
        """Remove the picture; the answer has those that are left, none."""
        return self._ask("DELETE", "/users/me/avatar")
