"""The files of videos, outside the API: whole or from an offset on."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime

from aiopeertube.emulator.api.access import may_manage
from aiopeertube.emulator.api.calls import HTML, Call, Reply, Route, json_reply
from aiopeertube.emulator.model.constants import HIDDEN
from aiopeertube.emulator.model.content import Content, content
from aiopeertube.emulator.model.entities import Video
from aiopeertube.emulator.wire.clocks import iso
from aiopeertube.emulator.wire.problem_json import Problem

_NAME = re.compile(r"(?P<uuid>[0-9a-f-]{36})(-720)?\.mp4")
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_TYPE = "video/mp4"
_TOKEN_SECONDS = 8 * 3600


async def web_video(call: Call) -> Reply:
    """Return the file of a video that anybody may see."""
    return _file(call, _of_name(call))


async def private_web_video(call: Call) -> Reply:
    """Return the file of a video that not everybody may see."""
    token = call.query().get("videoFileToken")
    user = call.user_or_none()
    if token is None and user is None:
        refusal = "Video password header, video file token query parameter and bearer token are all missing"
        raise Problem(refusal, 401 if call.is_modern else 403)
    video = _of_name(call)
    if not (call.store.opens(str(token), video, call.now) or (user is not None and may_manage(user, video))):
        raise Problem("Forbidden", 403)
    return _file(call, video)


async def original(call: Call) -> Reply:
    """Return the file that was uploaded, to those who may manage its video."""
    video, user, token = _of_name(call), call.user_or_none(), call.query().get("videoFileToken")
    if not (call.store.opens(str(token), video, call.now) or (user is not None and may_manage(user, video))):
        raise Problem("Forbidden", 403)
    if video.source is None or not call.backend.options.originals:
        raise _missing()
    return _file(call, video, original_of(video.uuid), video.source.size)


async def no_playlist(call: Call) -> Reply:
    """Find no playlist of a stream: videos have one file."""
    if "/private/" in call.target and not call.is_modern:
        raise Problem("Forbidden", 403, plain=True)
    raise _missing()


async def generated(call: Call) -> Reply:
    """Return a file for downloading, made of the files that the query names."""
    video = call.store.video(call.params["id"])
    if video is None:
        raise Problem("Video not found", 404)
    reply = _part(video.uuid, video.size, 0, kept=None if video.source is None else video.source.kept)
    reply.content_type = _TYPE if call.is_modern else None
    reply.headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{video.uuid}.mp4"}
    return reply


async def file_token(call: Call) -> Reply:
    """Return a token that opens a video's files for a while."""
    user = call.user_or_none()
    video = call.store.video(call.params["id"])
    if video is None:
        raise Problem("Video not found", 404)
    if video.privacy in HIDDEN and (user is None or not may_manage(user, video)):
        raise Problem("Cannot fetch information of private/internal/blocked video", 403)
    token = call.store.open_files(video, call.now + _TOKEN_SECONDS)
    return json_reply({"files": {"token": token, "expires": iso(call.now + _TOKEN_SECONDS)}})


def _of_name(call: Call) -> Video:
    found = _NAME.fullmatch(call.params["name"])
    video = call.store.video(found["uuid"]) if found else None
    if video is None:
        raise _missing()
    return video


def _missing() -> Problem:
    return Problem("ENOENT: no such file or directory", 404, code="Error")


def original_of(uuid: str) -> str:
    """Name the file that was uploaded for a video: what it holds follows from that."""
    return f"original of {uuid}"


def _file(call: Call, video: Video, name: str = "", size: int = 0) -> Reply:
    """Return a file as a server of files does: with a mark, and from where it is asked for.

    It is the one that was uploaded, as far as that is known, or has what follows from its `name`.
    """
    kept = None if video.source is None else video.source.kept
    name, size = name or video.uuid, size or video.size
    changed = format_datetime(datetime.fromtimestamp(int(video.created_at), UTC), usegmt=True)
    tag = f'W/"{size:x}-{int(video.created_at * 1000):x}"'
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "public, max-age=0", "Last-Modified": changed, "ETag": tag}
    asked = _RANGE.fullmatch(call.request.headers.get("Range", ""))
    # A weak mark is not enough for going on; the date is.
    if asked is None or call.request.headers.get("If-Range", changed) != changed:
        reply = _part(name, size, 0, kept=kept)
    elif int(asked[1]) >= size:
        return Reply(416, b"", HTML, {"Content-Range": f"bytes */{size}"})
    else:
        reply = _part(name, size, int(asked[1]), min(size, int(asked[2] or size) + 1), kept=kept)
    reply.headers = {**reply.headers, **headers}
    return reply


def _part(name: str, size: int, start: int, stop: int | None = None, *, kept: Content | None = None) -> Reply:
    """Return the bytes from `start` on, before `stop`; all of them without one."""
    end = size if stop is None else stop
    stream = content(name, start, end) if kept is None else kept(start, end)
    if stop is None:
        return Reply(200, b"", _TYPE, has_etag=False, stream=stream, length=size)
    headers = {"Content-Range": f"bytes {start}-{stop - 1}/{size}"}
    return Reply(206, b"", _TYPE, headers, has_etag=False, stream=stream, length=stop - start)


# Below /api/v1.
ROUTES = (Route("POST", "/videos/{id}/token", file_token),)
# Beside it.
FILE_ROUTES = (
    Route("GET", "/static/web-videos/{name}", web_video),
    Route("GET", "/static/web-videos/private/{name}", private_web_video),
    Route("GET", "/static/streaming-playlists/hls/{name}", no_playlist),
    Route("GET", "/static/streaming-playlists/hls/private/{name}", no_playlist),
    Route("GET", "/download/web-videos/{name}", web_video),
    Route("GET", "/download/original-video-files/{name}", original),
    Route("GET", "/download/videos/generate/{id}", generated),
)
