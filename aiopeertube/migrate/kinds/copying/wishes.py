"""What a video, a channel or a playlist there is to be here: items of the journal, without what cannot come along."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.kinds.channel_sight import PICTURES, TEXTS

from .ends import Origin
from .fitting import ORIGINALLY, Target, fields_here
from .remote_files import Unfit, address, chosen
from .small_files import LOST

CHANNEL, VIDEO, PLAYLIST = "channel:", "video:", "playlist:"  # how the refs of items begin
# In the notes of items: the instance they are from; how a video was asked for, and the name of its channel there.
FROM, NAMED, OF = "from", "named", "of"
_COUNTED: Final = ("views", "likes", "dislikes", "comments")
_PUBLISHED: Final = 1
_PATHS: Final = ("previewPath", "thumbnailPath", "thumbnailUrl")  # of pictures, the largest first


def video_item(origin: Origin, target: Target, video: Mapping[str, Any], source: Mapping[str, Any] | None) -> Item:
    """Make the item of a video, from the video in full; one that cannot be copied has failed."""
    item = Item(f"{VIDEO}{video['uuid']}", {}, row=_row(video), name=video["name"])
    stays = {name: video[name] for name in _COUNTED if video.get(name)}
    item.note = {FROM: origin.host, OF: video["channel"]["name"], "stays": stays}
    try:
        _check(video)
        if target.via == "upload":
            file = chosen(origin, video, source, target.words.extensions)
        else:
            file = chosen(origin, video, None, ())
            file["url"] = address(origin, file)
    except Unfit as exc:
        return item.settle("failed", str(exc))
    lost: dict[str, str] = {}
    item.wanted = {
        "video": video["uuid"],
        "fields": fields_here(target, video, lost),
        "channel": target.channel(video["channel"]["name"]),
        "file": file,
        "picture": _picture(origin, video),
        "via": target.via,
    }
    if item.wanted["fields"].get(ORIGINALLY) and not video.get(ORIGINALLY):
        item.note["dated"] = True
    item.note |= {"keys": list(_addresses(video)), "place": "/w/", "duration": video.get("duration")}
    if video.get("blacklisted"):
        lost["its block"] = "moderators took it from the public there, and it is not blocked here"
    item.note |= {LOST: lost} if lost else {}
    item.after = {}
    return item


def _row(video: Mapping[str, Any]) -> dict[str, Any]:
    return {"uuid": video["uuid"], "name": video["name"]}


def _check(video: Mapping[str, Any]) -> None:
    if not video.get("isLocal", True):
        raise Unfit("it belongs to another instance")
    if video.get("isLive"):
        raise Unfit("a live stream has no file")
    state = (video.get("state") or {}).get("id", _PUBLISHED)
    if state != _PUBLISHED:
        raise Unfit(f"it is not ready: {(video.get('state') or {}).get('label') or state}")


def _picture(origin: Origin, thing: Mapping[str, Any]) -> str | None:
    """Return where the largest picture of a video or a playlist is."""
    sizes = sorted(thing.get("thumbnails") or [], key=lambda size: size.get("width") or 0, reverse=True)
    wide = [size for size in sizes if (size.get("width") or 0) > (size.get("height") or 0)] or sizes
    urls = [size.get("fileUrl") for size in wide[:1]] + [thing.get(path) for path in _PATHS]
    return next((address for url in urls if (address := origin.address(url))), None)


def _addresses(video: Mapping[str, Any]) -> Iterator[str]:
    """Give the paths at which a video was found, for redirects."""
    for name in ("shortUUID", "uuid"):
        if isinstance(video.get(name), str):
            yield f"/w/{video[name]}"
            yield f"/videos/watch/{video[name]}"


def channel_item(origin: Origin, target: Target, channel: Mapping[str, Any]) -> Item:
    """Make the item of a channel, from the channel in full."""
    name = target.channel(channel["name"])
    item = Item(f"{CHANNEL}{channel['name']}", {}, row={"channel": channel["name"]}, name=name, after={})
    texts = {text: channel.get(text) or None for text in TEXTS}
    item.wanted = {"channel": name, "texts": texts, "pictures": dict(_pictures(origin, channel))}
    keys = [f"/c/{channel['name']}", f"/video-channels/{channel['name']}"]
    item.note = {FROM: origin.host, "keys": keys, "place": "/c/"}
    return item


def _pictures(origin: Origin, channel: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give where the largest of each kind of picture that a channel has is."""
    for kind, sizes in PICTURES.items():
        largest = max(channel.get(sizes) or [], key=lambda size: size.get("width") or 0, default=None)
        address = origin.address(largest.get("path")) or origin.address(largest.get("fileUrl")) if largest else None
        if address:
            yield kind, address


def playlist_item(origin: Origin, target: Target, playlist: Mapping[str, Any], places: list[dict[str, Any]]) -> Item:
    """Make the item of a playlist, from its row and the videos that it has there."""
    item = Item(f"{PLAYLIST}{playlist['uuid']}", {}, row={"playlist": playlist["uuid"]})
    item.name = playlist["displayName"]
    channel = (playlist.get("videoChannel") or {}).get("name")
    item.wanted = {
        "playlist": item.name,
        "description": playlist.get("description") or None,
        "privacy": (playlist.get("privacy") or {}).get("id"),
        "channel": None if channel is None else target.channel(channel),
        "videos": places,
        "picture": _picture(origin, playlist),
    }
    keys = [f"/w/p/{playlist[name]}" for name in ("shortUUID", "uuid") if isinstance(playlist.get(name), str)]
    item.note = {FROM: origin.host, "keys": keys, "place": "/w/p/"}
    return item
