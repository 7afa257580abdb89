"""/users/me."""

from collections.abc import Sequence
from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types import Me as MeSchema
from aiopeertube.types import MyVideoFilters, QuotaUsed, VideoRow
from aiopeertube.types.me import (
    MyAbuse,
    MyAbuseFilters,
    MyComment,
    MyCommentFilters,
    PlaylistEntry,
    UpdateMe,
    VideoRating,
)
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import VideoRef, segment, video_problem

from ._api import Noun
from ._checks import choice_problem, first, id_problem
from .my_avatar import MyAvatar
from .my_blocklist import MyBlocklist
from .my_history import MyHistory
from .my_notifications import MyNotifications
from .my_subscriptions import MySubscriptions


class Me(Noun):
    """The logged-in user."""

    __slots__ = ()

    @property
    def avatar(self) -> MyAvatar:
        """The user's picture."""
        return MyAvatar(self._sender)

    @property
    def blocklist(self) -> MyBlocklist:
        """Accounts and servers that the user has muted."""
        return MyBlocklist(self._sender)

    @property
    def history(self) -> MyHistory:
        """Videos that the user has watched."""
        return MyHistory(self._sender)

    @property
    def notifications(self) -> MyNotifications:
        """What the user is told about."""
        return MyNotifications(self._sender)

    @property
    def subscriptions(self) -> MySubscriptions:
        """Channels that the user follows."""
        return MySubscriptions(self._sender)

    def get(self) -> Call[MeSchema]:
        """Get the user; `role.id` is 0 for administrators, 1 for moderators, 2 for users."""
        return self._get("/users/me")

    def update(self, **fields: Unpack[UpdateMe]) -> Call[None]:
        """Change only the given fields; a new password or email asks for `currentPassword`, too.

        Raises (when awaited):
            InvalidField: before anything is sent. BadRequest: the server rejected a field.
            NotPermitted: `currentPassword` is wrong.
        """
        return self._do("PUT", "/users/me", json=dict(fields), schema=UpdateMe)

    def delete(self) -> Call[None]:
        """Delete the user, with all their videos, channels and comments. There is no way back."""
        return self._do("DELETE", "/users/me")

    def quota(self) -> Call[QuotaUsed]:
        """Get the bytes used, in all and today."""
        return self._get("/users/me/video-quota-used")

    def videos(self, *, count: int = 100, **filters: Unpack[MyVideoFilters]) -> Paginator[VideoRow]:
        """List the user's own videos, of every privacy."""
        return self._pages("/users/me/videos", filters, count=count)

    def comments(self, *, count: int = 100, **filters: Unpack[MyCommentFilters]) -> Paginator[MyComment]:
        """List the comments on the user's videos, the latest first.

        Asked without `sort` the server fails (observed with 6.3 and 8.2), so one is always sent.
        """
        return self._pages("/users/me/videos/comments", {"sort": "-createdAt", **filters}, count=count)

    def rating(self, video: VideoRef) -> Call[VideoRating]:
        """Get how the user rated a video: like, dislike or none."""
        return self._get(f"/users/me/videos/{segment(video)}/rating", problem=video_problem(video))

    def abuses(self, *, count: int = 100, **filters: Unpack[MyAbuseFilters]) -> Paginator[MyAbuse]:
        """List the reports that the user made."""
        problem = choice_problem("state", filters["state"], (1, 2, 3)) if "state" in filters else None
        return self._pages("/users/me/abuses", filters, count=count, problem=problem)

    def in_playlists(self, *, videoIds: Sequence[int]) -> Call[dict[str, list[PlaylistEntry]]]:
        """Tell in which of the user's playlists some videos are, by the id of the video (as text)."""
        problem = first(*(id_problem("videoIds", number) for number in videoIds))
        return self._get("/users/me/video-playlists/videos-exist", {"videoIds": videoIds}, problem)

    def read_new_feature(self, *, feature: int) -> Call[None]:
        """Note that the user has read about a new feature; only 8.x. 1 is the collaboration on channels."""
        problem = id_problem("feature", feature)
        return self._do("POST", "/users/me/new-feature-info/read", problem, json={"feature": feature}, since="8.0")
