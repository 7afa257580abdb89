"""/config."""

from aiopeertube.types import About, ServerConfig
from aiopeertube.wire.call import Call

from ._base import Resource


class Config(Resource):
    """The instance's public configuration."""

    __slots__ = ()

    def get(self) -> Call[ServerConfig]:
        """Get the configuration; `serverVersion` says which PeerTube it is."""
        return self._get("/config")

    def about(self) -> Call[About]:
        """Get the instance's description of itself."""
        return self._get("/config/about")
