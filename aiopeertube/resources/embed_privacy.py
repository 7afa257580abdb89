"""/videos/{id}/embed-privacy; only 8.x."""

from typing import Unpack

from aiopeertube.types.video_parts import EmbedAllowed, EmbedPrivacyUpdate
from aiopeertube.types.video_parts import EmbedPrivacy as EmbedPrivacySchema
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import VideoRef, video_problem

from ._api import Noun
from ._checks import host_problem
from ._video_parts import below


class EmbedPrivacy(Noun):
    """Which sites may embed a video; only 8.x."""

    __slots__ = ()

    def get(self, video: VideoRef) -> Call[EmbedPrivacySchema]:
        """Get which sites may; only 8.x."""
        return self._ask("GET", below(video, "/embed-privacy"), video_problem(video), since="8.0")

    def update(self, video: VideoRef, **fields: Unpack[EmbedPrivacyUpdate]) -> Call[None]:
        """Set which sites may; only 8.x. `policy` is 1 all, 2 the `domains` that are listed."""
        wrong = (host_problem("domains", domain) for domain in fields.get("domains", ()))
        path, json = below(video, "/embed-privacy"), dict(fields)
        return self._do("PUT", path, video_problem(video), *wrong, json=json, schema=EmbedPrivacyUpdate, since="8.0")

    def allowed(self, video: VideoRef, *, domain: str) -> Call[EmbedAllowed]:
        """Tell whether a site may; only 8.x."""
        problem = host_problem("domain", domain)
        path = below(video, "/embed-privacy/allowed")
        return self._ask("GET", path, video_problem(video), problem, query={"domain": domain}, since="8.0")
