"""/automatic-tags."""

from collections.abc import Sequence

from aiopeertube.types.instance import AutomaticTags as AutomaticTagsSchema
from aiopeertube.types.instance import CommentPolicies, VideoPolicies
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import handle_problem, segment

from ._api import Noun


class AutomaticTags(Noun):
    """Tags that the server itself gives to comments and videos, and what becomes of those that have one."""

    __slots__ = ()

    def available(self, account: str | None = None) -> Call[AutomaticTagsSchema]:
        """Get the tags there are for an account, or for the server (None)."""
        if account is None:
            return self._get("/automatic-tags/server/available")
        path = f"/automatic-tags/accounts/{segment(account)}/available"
        return self._get(path, problem=handle_problem("account", account))

    def comment_policies(self, account: str) -> Call[CommentPolicies]:
        """Get the tags whose comments wait for the account's review."""
        return self._get(_comments(account), problem=handle_problem("account", account))

    def update_comment_policies(self, account: str, *, review: Sequence[str]) -> Call[None]:
        """Set the tags whose comments wait for the account's review."""
        json = {"review": list(review)}
        return self._do("PUT", _comments(account), handle_problem("account", account), json=json)

    def video_policies(self) -> Call[VideoPolicies]:
        """Get the tags whose videos the server blocks; only 8.x."""
        return self._ask("GET", "/automatic-tags/policies/server/videos", since="8.0")

    def update_video_policies(self, *, autoBlock: Sequence[str]) -> Call[None]:
        """Set the tags whose videos the server blocks; only 8.x."""
        json = {"autoBlock": list(autoBlock)}
        return self._do("PUT", "/automatic-tags/policies/server/videos", json=json, since="8.0")


def _comments(account: str) -> str:
    return f"/automatic-tags/policies/accounts/{segment(account)}/comments"
