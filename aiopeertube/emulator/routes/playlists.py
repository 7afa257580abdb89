"""Playlists."""

from typing import Any

from aiopeertube.emulator.api.calls import Call, Reply, Route, done, json_reply, no_content
from aiopeertube.emulator.api.community_bodies import PLAYLIST_PRIVACIES, playlist_body, position
from aiopeertube.emulator.api.edits import channel_of_user
from aiopeertube.emulator.api.listing import fold
from aiopeertube.emulator.api.moving import moved
from aiopeertube.emulator.api.paging import BY_TIME, page_reply
from aiopeertube.emulator.api.rights import checked, is_number, is_text, optional_text
from aiopeertube.emulator.model.community import REGULAR, Playlist
from aiopeertube.emulator.model.entities import Channel, User
from aiopeertube.emulator.model.ids import SHORT_LENGTH, from_short, to_short
from aiopeertube.emulator.wire.bodies import media_type
from aiopeertube.emulator.wire.problem_json import Problem, not_found
from aiopeertube.emulator.wire.scalars import int_or_null, is_int, value_or_null

from .channels import account_of, channel_of

_PUBLIC, _UNLISTED = 1, 2
_OPEN = frozenset((_PUBLIC, _UNLISTED))
_NO_CHANNEL = 'Cannot set "public" or "unlisted" a playlist that is not assigned to a channel.'
_IMAGE = "thumbnailfile"
_SORTS = {
    **BY_TIME,
    "updatedAt": lambda playlist: playlist.updated_at,
    "name": lambda playlist: playlist.name.casefold(),
    "displayName": lambda playlist: playlist.name.casefold(),
}
_SEARCH_SORTS = {**BY_TIME, "match": lambda playlist: playlist.id, "displayName": _SORTS["displayName"]}
_CHECKS = {
    "displayName": is_text(1, 120),
    "description": optional_text(3, 1000),
    "privacy": lambda value: int_or_null(value) in PLAYLIST_PRIVACIES,
    "videoChannelId": lambda value: value is None or is_number(value),
}


def playlist_of(call: Call) -> Playlist:
    """Return the playlist in a path.

    Raises:
        Problem: there is none, or the caller may not see it.
    """
    key = call.params["playlist"]
    if is_int(key) and len(key) != SHORT_LENGTH:
        found = call.store.community.playlists.get(int(key))
    else:
        uuid = from_short(key) if len(key) == SHORT_LENGTH else key
        found = next((each for each in call.store.community.playlists.values() if each.uuid == uuid), None)
    if found is None:
        raise not_found("Video playlist")
    if found.privacy not in _OPEN and not _is_own(call.user_or_none(), found):
        raise Problem("Cannot get this private video playlist.", 403)
    return found


def own_playlist(call: Call) -> Playlist:
    """Return the playlist in a path, which the caller may change.

    Raises:
        Problem: there is none, or they may not.
    """
    user, found = call.user(), playlist_of(call)
    if not _is_own(user, found):
        raise Problem("Cannot manage video playlist of another user.", 403)
    return found


def _is_own(user: User | None, playlist: Playlist) -> bool:
    return user is not None and (user.is_staff or playlist.owner is user)


async def playlists(call: Call) -> Reply:
    """Return the public playlists."""
    return _listed(call, [each for each in call.store.community.playlists.values() if each.privacy == _PUBLIC])


async def account_playlists(call: Call) -> Reply:
    """Return an account's playlists; to others the public ones."""
    owner, user = account_of(call), call.user_or_none()
    found = [each for each in call.store.community.playlists.values() if each.owner is owner]
    return _listed(call, [each for each in found if each.privacy == _PUBLIC or _is_own(user, each)])


async def channel_playlists(call: Call) -> Reply:
    """Return a channel's playlists; 8.x gives its owner the others, too."""
    channel, user = channel_of(call), call.user_or_none()
    found = [each for each in call.store.community.playlists.values() if each.channel is channel]
    return _listed(
        call, [each for each in found if each.privacy == _PUBLIC or (call.is_modern and _is_own(user, each))]
    )


async def search_playlists(call: Call) -> Reply:
    """Return the public playlists that have a video and whose name has what is sought."""
    sought = fold(str(call.query().get("search", "")))
    found = [each for each in call.store.community.playlists.values() if each.privacy == _PUBLIC and each.elements]
    hits = [each for each in found if sought in fold(each.name)]
    return page_reply(call, hits, lambda each: playlist_body(call, each), _SEARCH_SORTS, "-match")


def _listed(call: Call, found: list[Playlist]) -> Reply:
    kind = call.query().get("playlistType")
    kept = [each for each in found if kind is None or str(each.kind) == kind]
    by_position = {"videoChannelPosition": lambda each: position(call, each) or len(found)}
    sorts = _SORTS | (by_position if call.is_modern else {})
    return page_reply(call, kept, lambda each: playlist_body(call, each), sorts)


async def privacies(_call: Call) -> Reply:
    """Return the privacies that playlists may have."""
    return json_reply(PLAYLIST_PRIVACIES)


async def playlist(call: Call) -> Reply:
    """Return a playlist."""
    return json_reply(playlist_body(call, playlist_of(call)))


async def add_playlist(call: Call) -> Reply:
    """Make a playlist."""
    user = call.user()
    sent, images = await _sent(call, ("displayName",))
    privacy = int_or_null(sent.get("privacy", 3))
    channel = _channel(call, user, sent)
    if privacy in _OPEN and channel is None:
        raise Problem(_NO_CHANNEL)
    await call.backend.write()
    number, now = call.store.community.number("playlist"), call.backend.options.clock()
    made = Playlist(number, call.store.new_uuid(), user, sent["displayName"], privacy, now, now)
    made.description, made.channel = sent.get("description"), channel
    made.thumbnail = call.store.new_uuid() if images else None
    call.store.community.playlists[number] = made
    return json_reply({"videoPlaylist": {"id": number, "shortUUID": to_short(made.uuid), "uuid": made.uuid}})


async def edit_playlist(call: Call) -> Reply:
    """Change the fields that were sent."""
    found = own_playlist(call)
    sent, images = await _sent(call)
    channel = _channel(call, call.user(), sent) if "videoChannelId" in sent else found.channel
    privacy = int_or_null(sent.get("privacy", found.privacy))
    if privacy in _OPEN and channel is None:
        raise Problem(_NO_CHANNEL)
    if found.kind != REGULAR:
        raise Problem("Cannot update a watch later playlist.")
    await call.backend.write()
    found.privacy, found.channel, found.updated_at = privacy, channel, call.backend.options.clock()
    found.name = sent.get("displayName", found.name)
    found.description = sent.get("description", found.description)
    found.thumbnail = call.store.new_uuid() if images else found.thumbnail
    return done()


async def delete_playlist(call: Call) -> Reply:
    """Remove a playlist."""
    found = own_playlist(call)
    if found.kind != REGULAR:
        raise Problem("Cannot delete a watch later playlist.")
    await call.backend.write()
    call.store.community.playlists.pop(found.id, None)
    return done()


async def reorder(call: Call) -> Reply:
    """Move playlists of a channel; only 8.x."""
    if not call.is_modern:
        return Reply(400)
    call.user()
    community = call.store.community
    community.rank(await moved(call, community.playlists_of(channel_of(call)), "channel"))
    return no_content(tagged=True)


async def _sent(call: Call, needed: tuple[str, ...] = ()) -> tuple[dict[str, Any], bool]:
    """Return the fields that were sent, and whether a picture came with them."""
    if not call.is_modern and not media_type(call.request).startswith("multipart/"):
        raise Problem("Cannot read properties of undefined (reading 'thumbnailfile')", 500, code="TypeError")
    body = await call.read_body(_IMAGE)
    fields = {name: value_or_null(value) for name, value in body.fields.items()}
    return checked(call, fields, _CHECKS, needed), _IMAGE in body.files


def _channel(call: Call, user: User, sent: dict[str, Any]) -> Channel | None:
    number = sent.get("videoChannelId")
    return None if number is None else channel_of_user(call, user, int(number))


ROUTES = (
    Route("GET", "/video-playlists", playlists),
    Route("POST", "/video-playlists", add_playlist),
    Route("GET", "/video-playlists/privacies", privacies),
    Route("GET", "/video-playlists/{playlist}", playlist),
    Route("PUT", "/video-playlists/{playlist}", edit_playlist),
    Route("DELETE", "/video-playlists/{playlist}", delete_playlist),
    Route("GET", "/accounts/{account}/video-playlists", account_playlists),
    Route("GET", "/video-channels/{channel}/video-playlists", channel_playlists),
    Route("POST", "/video-channels/{channel}/video-playlists/reorder", reorder),
    Route("GET", "/search/video-playlists", search_playlists, "searchPlaylists"),
)
