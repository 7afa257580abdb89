"""Feeds of what is new, beside the API: no part of its rate limit."""

from collections.abc import Callable
from dataclasses import dataclass

from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply
from aiopeertube.emulator.api.listing import Filters, Query, video_sorts
from aiopeertube.emulator.model.community import Comment
from aiopeertube.emulator.model.constants import CATEGORIES, PUBLIC
from aiopeertube.emulator.model.entities import Channel, User, Video
from aiopeertube.emulator.model.ids import is_uuid, to_short
from aiopeertube.emulator.wire import feeds
from aiopeertube.emulator.wire.problem_json import (
    Problem,
    invalid_parameter,
    invalid_parameters,
    missing_parameter,
    not_found,
)
from aiopeertube.emulator.wire.scalars import is_int

_MOST = 20
_CACHED = {"Cache-Control": "max-age=900"}
_NOT_CACHED = {"Cache-Control": "no-cache, no-store, must-revalidate"}
_UTF_8 = "; charset=utf-8"


@dataclass(frozen=True, slots=True)
class _Format:
    write: Callable[[feeds.Feed], bytes]
    types: tuple[str, ...]  # the first is sent, all are taken for it


_RSS = _Format(feeds.rss, ("application/rss+xml",))
_ATOM = _Format(feeds.atom, ("application/atom+xml",))
_JSON = _Format(feeds.json_feed, ("application/json",))
_FORMATS = {
    "xml": _Format(feeds.rss, ("application/xml", "text/xml")),
    "rss": _RSS,
    "rss2": _RSS,
    "atom": _ATOM,
    "atom1": _ATOM,
    "json": _JSON,
    "json1": _JSON,
}


async def feed(call: Call) -> Reply:
    """Return the newest videos or comments, of the whole server or of a part of it."""
    what, _, form = call.params["file"].partition(".")
    gather = {"videos": _videos, "video-comments": _comments, "subscriptions": _subscriptions}.get(what)
    if gather is None:
        return Reply(404)
    if form not in _FORMATS:
        told = invalid_parameter("format", form, "params", "Should have a valid format (rss, atom, json)")
        raise invalid_parameters(told, call.target)
    chosen = _FORMATS[form]
    _check_accepted(call, chosen)
    content = chosen.write(gather(call, call.query()))
    return Reply(200, content, chosen.types[0] + _UTF_8, dict(_CACHED))


async def podcast(call: Call) -> Reply:
    """Return the newest videos of a channel, for programs that play podcasts."""
    query = call.query()
    if "videoChannelId" not in query:
        if call.is_modern:
            raise Problem("One of videoChannelId or playlistId is required.", headers=dict(_CACHED))
        raise invalid_parameters(missing_parameter("videoChannelId", "query"), call.target)
    content = feeds.podcast(_videos(call, query))
    return Reply(200, content, "application/rss+xml" + _UTF_8, dict(_CACHED))


async def scoped_tokens(call: Call) -> Reply:
    """Return the token that opens the user's feed; a POST makes another."""
    user = call.user()
    if call.request.method == "POST" or not user.feed_token:
        user.feed_token = call.store.new_uuid()
    return json_reply({"feedToken": user.feed_token})


def _check_accepted(call: Call, chosen: _Format) -> None:
    sent = ",".join(call.request.headers.getall("Accept", ["*/*"]))
    accepted = [kind.partition(";")[0].strip() for kind in sent.split(",")]
    ways = {"*/*", "application/*", *chosen.types}
    if ways.isdisjoint(accepted):
        raise Problem(
            f"You should accept at least one of the following content-types: {', '.join(chosen.types)}", 406
        )


def _videos(call: Call, query: Query) -> feeds.Feed:
    owner = _owner(call, query)
    sort = query.get("sort", "-publishedAt")
    if not isinstance(sort, str) or sort.removeprefix("-") not in video_sorts(modern=call.is_modern):
        raise invalid_parameters(invalid_parameter("sort", sort, "query"), call.target)
    filters = Filters(
        privacies=frozenset((PUBLIC,)),
        nsfw=False,
        blocked=False,
        owner=owner.id if isinstance(owner, User) else None,
        channel=owner.id if isinstance(owner, Channel) else None,
    )
    found = call.backend.lists.find(filters, sort)[:_MOST]
    return _feed(call, owner, [_item(call, video) for video in found])


def _subscriptions(call: Call, query: Query) -> feeds.Feed:
    if "token" not in query:
        raise invalid_parameters(missing_parameter("token", "query"), call.target)
    user = _owner(call, query)
    if not isinstance(user, User):
        raise not_found("Account")
    if not user.feed_token or query["token"] != user.feed_token:
        raise Problem("User and token mismatch", 403, headers=dict(_NOT_CACHED))
    followed = call.store.community.follows.get(user.id, {})
    found = call.backend.lists.find(
        Filters(privacies=frozenset((PUBLIC,)), nsfw=False, blocked=False), "-publishedAt"
    )
    kept = [video for video in found if video.channel.id in followed][:_MOST]
    return _feed(call, user, [_item(call, video) for video in kept])


def _comments(call: Call, query: Query) -> feeds.Feed:
    owner, video = _owner(call, query), _video(call, query)
    if video is not None and owner is not None:
        raise Problem("videoId cannot be mixed with a channel filter", headers=dict(_CACHED))

    def belongs(comment: Comment) -> bool:
        of = comment.video
        return of.privacy == PUBLIC and video in {None, of} and owner in (None, of.channel, of.channel.owner)

    found = [each for each in call.store.community.comments.values() if each.deleted_at is None and belongs(each)]
    found.sort(key=lambda comment: comment.created_at, reverse=True)
    items = [_comment(call, comment) for comment in found[:_MOST]]
    if video is None:
        return _feed(call, owner, items)
    url = f"{call.backend.renderer.url}/videos/watch/{video.uuid}"
    return _made(call, video.name, url, video.description or "", items=items)


def _owner(call: Call, query: Query) -> User | Channel | None:
    """Return whose feed is asked for."""
    store = call.store
    for name in ("accountId", "videoChannelId"):
        if name in query and not is_int(query[name]):
            raise invalid_parameters(invalid_parameter(name, query[name], "query"), call.target)
    for name, find, what in (
        ("accountName", lambda text: store.users.get(text.partition("@")[0]), "Account"),
        ("accountId", lambda text: _account(call, int(text)), "Account"),
        ("videoChannelName", lambda text: store.channels.get(text.partition("@")[0]), "Video channel"),
        ("videoChannelId", lambda text: store.channel_by_id(int(text)), "Video channel"),
    ):
        if name in query:
            found = find(str(query[name]))
            if found is None:
                raise Problem(f"{what} not found", 404, headers=dict(_NOT_CACHED))
            return found
    return None


def _account(call: Call, number: int) -> User | None:
    return next((user for user in call.store.users.values() if user.account_id == number), None)


def _video(call: Call, query: Query) -> Video | None:
    if "videoId" not in query:
        return None
    key = str(query["videoId"])
    if not is_int(key) and not is_uuid(key):
        raise invalid_parameters(invalid_parameter("videoId", key, "query"), call.target)
    video = call.store.video(key)
    if video is None:
        raise Problem("Video not found", 404, headers=dict(_NOT_CACHED))
    return video


def _feed(call: Call, owner: User | Channel | None, items: list[feeds.Item]) -> feeds.Feed:
    if owner is None:
        about = ("PeerTube", call.backend.renderer.url, "Welcome to this PeerTube instance!")
        return _made(call, *about, items=items)
    about = (owner.display_name, _page(call, owner), owner.description or "")
    return _made(call, *about, items=items, author=owner.display_name)


def _page(call: Call, owner: User | Channel) -> str:
    path = f"/a/{owner.username}/video-channels" if isinstance(owner, User) else f"/c/{owner.name}/videos"
    return f"{call.backend.renderer.url}{path}"


def _made(
    call: Call, title: str, link: str, description: str, *, items: list[feeds.Item], author: str | None = None
) -> feeds.Feed:
    server = call.backend.renderer.url
    return feeds.Feed(title, link, description, f"{server}{call.target}", server, call.now, items, author)


def _item(call: Call, video: Video) -> feeds.Item:
    server = call.backend.renderer.url
    file = call.backend.renderer.file(video)
    at = feeds.File(file["fileUrl"], file["torrentUrl"], video.size, 720, video.duration)
    return feeds.Item(
        link=f"{server}/w/{to_short(video.uuid)}",
        title=video.name,
        text=video.description or "",
        author=video.channel.display_name,
        author_url=_page(call, video.channel),
        at=video.published_at,
        category=None if video.category is None else CATEGORIES.get(video.category),
        picture=f"{server}/lazy-static/thumbnails/{video.thumbnail or video.uuid}.jpg",
        views=video.views,
        file=at,
    )


def _comment(call: Call, comment: Comment) -> feeds.Item:
    server = call.backend.renderer.url
    return feeds.Item(
        link=f"{server}/w/{to_short(comment.video.uuid)};threadId={comment.thread.id}",
        title=f"{comment.video.name} - {comment.user.display_name}",
        text=comment.text,
        author=comment.user.display_name,
        author_url=f"{server}/accounts/{comment.user.username}",
        at=comment.created_at,
    )


# Below /api/v1.
ROUTES = (
    Route("GET", "/users/scoped-tokens", scoped_tokens),
    Route("POST", "/users/scoped-tokens", scoped_tokens),
)
# Beside it.
FILE_ROUTES = (
    Route("GET", "/feeds/podcast/videos.xml", podcast),
    Route("GET", "/feeds/{file}", feed),
)
