"""/custom-pages/homepage/instance."""

from aiopeertube.types.instance import Homepage
from aiopeertube.wire.call import Call

from ._api import Noun


class CustomPages(Noun):
    """The instance's own start page."""

    __slots__ = ()

    def homepage(self) -> Call[Homepage]:
        """Get the start page. NotFound: there is none."""
        return self._get("/custom-pages/homepage/instance")

    def update_homepage(self, *, content: str) -> Call[None]:
        """Set the start page, in Markdown with PeerTube's own elements; for administrators."""
        return self._do("PUT", "/custom-pages/homepage/instance", json={"content": content})
