"""/config."""

from typing import Literal

from aiopeertube.types import About, ServerConfig
from aiopeertube.types.custom_config import CustomConfig
from aiopeertube.wire.call import Call
from aiopeertube.wire.files import FileLike

from ._api import Noun
from ._checks import choice_problem

_LOGOS = ("favicon", "header-square", "header-wide", "opengraph")
LogoType = Literal["favicon", "header-square", "header-wide", "opengraph"]


class InstanceAvatar(Noun):
    """The instance's picture, for administrators."""

    __slots__ = ()

    def pick(self, avatarfile: FileLike) -> Call[None]:
        """Set the picture: a path, or bytes of a .jpg, .png, .gif or .webp."""
        return self._pick("/config/instance-avatar/pick", "avatarfile", avatarfile, answered=False)

    def delete(self) -> Call[None]:
        """Remove the picture."""
        return self._do("DELETE", "/config/instance-avatar")


class InstanceBanner(Noun):
    """The instance's wide picture, for administrators."""

    __slots__ = ()

    def pick(self, bannerfile: FileLike) -> Call[None]:
        """Set the picture: a path, or bytes of a .jpg, .png, .gif or .webp."""
        return self._pick("/config/instance-banner/pick", "bannerfile", bannerfile, answered=False)

    def delete(self) -> Call[None]:
        """Remove the picture."""
        return self._do("DELETE", "/config/instance-banner")


class InstanceLogo(Noun):
    """The instance's logos, for administrators; only 8.x."""

    __slots__ = ()

    def pick(self, logoType: LogoType, logofile: FileLike) -> Call[None]:
        """Set a logo; only 8.x."""
        problem = choice_problem("logoType", logoType, _LOGOS)
        path = f"/config/instance-logo/{logoType}/pick"
        return self._pick(path, "logofile", logofile, problem, answered=False, since="8.0")

    def delete(self, logoType: LogoType) -> Call[None]:
        """Remove a logo: PeerTube's own is back; only 8.x."""
        problem = choice_problem("logoType", logoType, _LOGOS)
        return self._do("DELETE", f"/config/instance-logo/{logoType}", problem, since="8.0")


class CustomConfiguration(Noun):
    """The part of the configuration that administrators change while the server runs."""

    __slots__ = ()

    def get(self) -> Call[CustomConfig]:
        """Get it, whole."""
        return self._get("/config/custom")

    def update(self, config: CustomConfig) -> Call[CustomConfig]:
        """Replace it: all of it is due, so change what `get` gave; the answer is what holds now."""
        return self._ask("PUT", "/config/custom", json=config)

    def delete(self) -> Call[CustomConfig]:
        """Go back to what the configuration files say; the answer is what holds now."""
        return self._ask("DELETE", "/config/custom")


class Config(Noun):
    """The instance's public configuration, and what administrators change of it."""

    __slots__ = ()

    @property
    def avatar(self) -> InstanceAvatar:
        """The instance's picture."""
        return InstanceAvatar(self._sender)

    @property
    def banner(self) -> InstanceBanner:
        """The instance's wide picture."""
        return InstanceBanner(self._sender)

    @property
    def logo(self) -> InstanceLogo:
        """The instance's logos; only 8.x."""
        return InstanceLogo(self._sender)

    @property
    def custom(self) -> CustomConfiguration:
        """What administrators change while the server runs."""
        return CustomConfiguration(self._sender)

    def get(self) -> Call[ServerConfig]:
        """Get the configuration; `serverVersion` says which PeerTube it is."""
        return self._get("/config")

    def about(self) -> Call[About]:
        """Get the instance's description of itself."""
        return self._get("/config/about")
