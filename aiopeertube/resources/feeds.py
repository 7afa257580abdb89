"""/feeds, outside the API's prefix: JSON or XML, as text."""

from typing import Any, Unpack

from aiopeertube.errors import InputError
from aiopeertube.types.feeds import CommentFeedFilters, FeedFilters, FeedFormat, PodcastFilters, VideoFeedFilters
from aiopeertube.wire.answers import strange
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Response

from ._api import Noun
from ._checks import choice_problem, choices_problem, id_problem, one_problem, text_problem

_FORMATS = ("xml", "rss", "rss2", "atom", "atom1", "json", "json1")
_ANY = (("Accept", "*/*"),)  # JSON, which all else asks for, is refused for the other forms


class Feeds(Noun):
    """Feeds of what is new, as the text of RSS, Atom or JSON Feed."""

    __slots__ = ()

    def videos(self, format: FeedFormat, **filters: Unpack[VideoFeedFilters]) -> Call[str]:
        """Get the latest videos of the instance, an account or a channel."""
        return self._feed("videos", format, filters, choices_problem(VideoFeedFilters, filters))

    def comments(self, format: FeedFormat, **filters: Unpack[CommentFeedFilters]) -> Call[str]:
        """Get the latest comments on the instance, a video, an account's or a channel's videos."""
        problem = one_problem("videoId", filters["videoId"]) if "videoId" in filters else None
        return self._feed("video-comments", format, filters, problem)

    def subscriptions(
        self,
        format: FeedFormat,
        *,
        accountId: int,
        token: str,
        **filters: Unpack[FeedFilters],
    ) -> Call[str]:
        """Get the latest videos of the channels that a user follows; `token` is their scoped token.

        `users.scoped_tokens` tells it; whoever has it can read this feed.
        """
        problem = id_problem("accountId", accountId) or text_problem("token", token)
        query = {"accountId": accountId, "token": token, **filters}
        return self._feed("subscriptions", format, query, problem or choices_problem(FeedFilters, filters))

    def podcast(self, **filters: Unpack[PodcastFilters]) -> Call[str]:
        """Get the feed of a channel, or of a playlist (8.x), for podcast programs: XML."""
        problem = choices_problem(PodcastFilters, filters)
        return self._made(
            "GET", "/feeds/podcast/videos.xml", (problem,), decode=text, query=filters, prefix="", headers=_ANY
        )

    def _feed(self, what: str, form: str, query: Any, problem: InputError | None) -> Call[str]:
        problems = choice_problem("format", form, _FORMATS), problem
        return self._made("GET", f"/feeds/{what}.{form}", problems, decode=text, query=query, prefix="", headers=_ANY)


def text(response: Response) -> str:
    """Return an answer's text; HTML comes from a proxy or the web client, and is no feed."""
    if "html" in response.kind:
        raise strange(response, "a feed")
    return response.body.decode("utf-8", "replace")
