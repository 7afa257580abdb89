"""Videos in playlists."""

from typing import Any

from aiopeertube.emulator.api.calls import Call, Reply, Route, done, json_reply
from aiopeertube.emulator.api.community_bodies import element_body
from aiopeertube.emulator.api.listing import listed
from aiopeertube.emulator.api.moving import moved
from aiopeertube.emulator.api.paging import page_reply
from aiopeertube.emulator.api.rights import checked, is_number, number_in_path
from aiopeertube.emulator.model.community import Element, Playlist
from aiopeertube.emulator.model.ids import to_short
from aiopeertube.emulator.wire.problem_json import not_found
from aiopeertube.emulator.wire.scalars import int_or_null

from .playlists import own_playlist, playlist_of


def _is_time(value: Any) -> bool:
    return value is None or is_number(value)


_TIMES = {"startTimestamp": _is_time, "stopTimestamp": _is_time}


async def elements(call: Call) -> Reply:
    """Return the videos of a playlist, in its order."""
    numbered = list(enumerate(playlist_of(call).elements, start=1))
    return page_reply(call, numbered, lambda pair: element_body(call, pair[1], pair[0]), {}, "position")


async def add_element(call: Call) -> Reply:
    """Put a video at the end of a playlist."""
    playlist = own_playlist(call)
    fields = (await call.read_body()).fields
    sent = checked(call, fields, {"videoId": lambda value: isinstance(value, str | int), **_TIMES}, ("videoId",))
    video = call.store.video(sent["videoId"])
    if video is None:
        raise not_found("Video")
    await call.backend.write()
    number = call.store.community.number("element")
    made = Element(number, video, *(int_or_null(sent.get(name)) for name in _TIMES))
    playlist.elements.append(made)
    _touched(call, playlist)
    return json_reply({"videoPlaylistElement": {"id": number}})


async def edit_element(call: Call) -> Reply:
    """Change where a video starts and stops."""
    playlist = own_playlist(call)
    element = _element(call, playlist)
    sent = checked(call, (await call.read_body()).fields, _TIMES)
    element.start = int_or_null(sent.get("startTimestamp", element.start))
    element.stop = int_or_null(sent.get("stopTimestamp", element.stop))
    _touched(call, playlist)
    return done()


async def delete_element(call: Call) -> Reply:
    """Take a video out of a playlist."""
    playlist = own_playlist(call)
    playlist.elements.remove(_element(call, playlist))
    _touched(call, playlist)
    return done()


async def reorder(call: Call) -> Reply:
    """Move some videos behind another one; 0 is the beginning."""
    playlist = own_playlist(call)
    playlist.elements = await moved(call, playlist.elements, "playlist")
    _touched(call, playlist)
    return done()


async def of_my_videos(call: Call) -> Reply:
    """Tell in which of the user's playlists videos are."""
    user = call.user()
    wanted = listed(call.query().get("videoIds", []))
    mine = [each for each in call.store.community.playlists.values() if each.owner is user]
    return json_reply({number: _places(mine, number) for number in wanted})


def _places(playlists: list[Playlist], number: str) -> list[dict[str, Any]]:
    return [
        {
            "playlistElementId": element.id,
            "playlistId": playlist.id,
            "playlistDisplayName": playlist.name,
            "playlistShortUUID": to_short(playlist.uuid),
            "startTimestamp": element.start,
            "stopTimestamp": element.stop,
        }
        for playlist in playlists
        for element in playlist.elements
        if str(element.video.id) == number
    ]


def _element(call: Call, playlist: Playlist) -> Element:
    number = number_in_path(call, "element")
    found = next((element for element in playlist.elements if element.id == number), None)
    if found is None:
        raise not_found("Video playlist element")
    return found


def _touched(call: Call, playlist: Playlist) -> None:
    playlist.updated_at = call.backend.options.clock()


ROUTES = (
    Route("GET", "/video-playlists/{playlist}/videos", elements),
    Route("POST", "/video-playlists/{playlist}/videos", add_element),
    Route("POST", "/video-playlists/{playlist}/videos/reorder", reorder),
    Route("PUT", "/video-playlists/{playlist}/videos/{element}", edit_element),
    Route("DELETE", "/video-playlists/{playlist}/videos/{element}", delete_element),
    Route("GET", "/users/me/video-playlists/videos-exist", of_my_videos),
)
