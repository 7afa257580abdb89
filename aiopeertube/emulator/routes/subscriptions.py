"""Channels that a user follows. All are of this server, and are followed at once."""

from aiopeertube.emulator.api.calls import Call, Reply, Route, done, json_reply, no_content
from aiopeertube.emulator.api.listing import fold, listed
from aiopeertube.emulator.api.paging import page_reply
from aiopeertube.emulator.api.rights import checked, is_text
from aiopeertube.emulator.model.constants import PUBLIC
from aiopeertube.emulator.model.entities import Channel, Video
from aiopeertube.emulator.model.notices import NEW_FOLLOW, Follow
from aiopeertube.emulator.wire.problem_json import Problem

_VIDEO_SORTS = {
    "publishedAt": lambda video: video.published_at,
    "createdAt": lambda video: video.created_at,
    "name": lambda video: video.name.casefold(),
    "duration": lambda video: video.duration,
    "views": lambda video: video.views,
    "likes": lambda video: video.likes,
}


def _followed(call: Call) -> dict[int, float]:
    """Return which channels the user follows, by id, with the time."""
    return call.store.community.follows.setdefault(call.user().id, {})


async def subscriptions(call: Call) -> Reply:
    """Return the channels that the user follows."""
    followed = _followed(call)
    sought = fold(str(call.query().get("search", "")))
    found = [channel for channel in call.store.channels.values() if channel.id in followed]
    return page_reply(
        call,
        [channel for channel in found if sought in fold(channel.display_name)],
        call.backend.renderer.channel,
        {
            "createdAt": lambda channel: followed[channel.id],
            "id": lambda channel: channel.id,
            "channelUpdatedAt": lambda channel: channel.updated_at,
        },
    )


async def subscribe(call: Call) -> Reply:
    """Follow a channel; one that is not there is looked for later, and never found."""
    followed = _followed(call)
    sent = checked(call, (await call.read_body()).fields, {"uri": is_text(3, 300)}, ("uri",))
    channel = _channel(call, sent["uri"])
    if channel is not None:
        followed[channel.id] = now = call.backend.options.clock()
        if channel.owner is not (user := call.user()):
            call.store.notices.tell(channel.owner, NEW_FOLLOW, Follow(user, channel), now)
    return no_content()


async def exist(call: Call) -> Reply:
    """Tell which of some channels the user follows."""
    followed = _followed(call)
    uris = listed(call.query().get("uris", []))
    found = {uri: _channel(call, uri) for uri in uris}
    return json_reply({uri: channel is not None and channel.id in followed for uri, channel in found.items()})


async def subscription(call: Call) -> Reply:
    """Return a channel that the user follows."""
    return json_reply(call.backend.renderer.channel(_own(call)))


async def unsubscribe(call: Call) -> Reply:
    """No longer follow a channel."""
    del _followed(call)[_own(call).id]
    return done()


async def videos(call: Call) -> Reply:
    """Return the videos of the channels that the user follows."""
    followed = _followed(call)

    def body(video: Video) -> object:
        return call.backend.renderer.rows([video])[0]

    found = [each for each in call.store.videos.values() if each.channel.id in followed and each.privacy == PUBLIC]
    return page_reply(call, found, body, _VIDEO_SORTS, "-publishedAt")


def _own(call: Call) -> Channel:
    channel = _channel(call, call.params["uri"])
    if channel is None or channel.id not in _followed(call):
        raise Problem(f"Subscription {call.params['uri']} not found.", 404)
    return channel


def _channel(call: Call, uri: str) -> Channel | None:
    name, _, host = uri.partition("@")
    return call.store.channels.get(name) if host in {"", call.backend.renderer.host} else None


ROUTES = (
    Route("GET", "/users/me/subscriptions", subscriptions),
    Route("POST", "/users/me/subscriptions", subscribe),
    Route("GET", "/users/me/subscriptions/exist", exist),
    Route("GET", "/users/me/subscriptions/videos", videos),
    Route("GET", "/users/me/subscriptions/{uri}", subscription),
    Route("DELETE", "/users/me/subscriptions/{uri}", unsubscribe),
)
