"""/video-channels/{channelHandle}/avatar and /video-channels/{channelHandle}/banner."""

from aiopeertube.types.channel_parts import Banners
from aiopeertube.types.me import Avatars
from aiopeertube.wire.call import Call
from aiopeertube.wire.files import FileLike
from aiopeertube.wire.identifiers import handle_problem, segment

from ._api import Noun


class ChannelAvatar(Noun):
    """A channel's picture."""

    __slots__ = ()

    def pick(self, name: str, avatarfile: FileLike) -> Call[Avatars]:
        """Set the picture: a path, or bytes of a .jpg, .png, .gif or .webp; the answer has its sizes."""
        problem = handle_problem("channel", name)
        return self._pick(f"{_path(name)}/avatar/pick", "avatarfile", avatarfile, problem, answered=True)

    def delete(self, name: str) -> Call[None]:
        """Remove the picture."""
        return self._do("DELETE", f"{_path(name)}/avatar", handle_problem("channel", name))


class ChannelBanner(Noun):
    """The picture above a channel's page."""

    __slots__ = ()

    def pick(self, name: str, bannerfile: FileLike) -> Call[Banners]:
        """Set the banner: a path, or bytes of a .jpg, .png, .gif or .webp; the answer has its sizes."""
        problem = handle_problem("channel", name)
        return self._pick(f"{_path(name)}/banner/pick", "bannerfile", bannerfile, problem, answered=True)

    def delete(self, name: str) -> Call[None]:
        """Remove the banner."""
        return self._do("DELETE", f"{_path(name)}/banner", handle_problem("channel", name))


def _path(name: str) -> str:
    return f"/video-channels/{segment(name)}"
