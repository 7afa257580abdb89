"""Captions of a video."""

from aiopeertube.emulator.api.access import (
    check_can_manage,
    check_can_see,
    check_id,
    existing_video,
    invalid_id,
)
from aiopeertube.emulator.api.calls import HTML, Call, Reply, Route, done, json_reply
from aiopeertube.emulator.model.entities import Caption
from aiopeertube.emulator.model.languages import LANGUAGES, MODERN_LANGUAGES, WITHOUT_CAPTIONS
from aiopeertube.emulator.wire.bodies import Upload
from aiopeertube.emulator.wire.captions import webvtt_of
from aiopeertube.emulator.wire.problem_json import (
    Problem,
    invalid_parameter,
    invalid_parameters,
    missing_parameter,
    not_found,
)

_LIMIT = 20 * 1024 * 1024
# Plain text is taken for a caption, whatever it says.
_VTT = "text/vtt"
_TYPES = {_VTT, "application/x-subrip", "text/plain", "application/octet-stream"}
_NOT_A_CAPTION = (
    f"This caption file is not supported or too large. Please, make sure it is under {_LIMIT} bytes and one of "
    "the following mimetypes: text/vtt (.vtt), application/x-subrip (.srt), text/plain (.srt)"
)


async def captions(call: Call) -> Reply:
    """Return a video's captions."""
    check_id(call)
    video = existing_video(call)
    check_can_see(call, video, lenient=False)
    found = sorted(call.store.captions.get(video.id, {}).items())
    rows = [call.backend.renderer.caption(caption) for _, caption in found]
    return json_reply({"total": len(rows), "data": rows})


async def put_caption(call: Call) -> Reply:
    """Add or replace the captions in a language."""
    user = call.user()
    upload = (await call.read_body("captionfile")).files.get("captionfile")
    _check(call, upload)
    video = existing_video(call)
    check_can_manage(user, video)
    language = call.params["language"]
    try:
        await call.backend.write()
    except Problem:
        # The server repeats the transaction with a row that it takes for saved: the old captions go, none come, 204.
        call.store.captions.get(video.id, {}).pop(language, None)
        return Reply(204, content_type=None)
    content, kind = (upload.content, upload.content_type) if upload else (b"", "")
    file = f"{call.store.new_uuid()}-{language}.vtt"
    caption = Caption(language, file, content, call.backend.options.clock(), is_srt=kind.lower() != _VTT)
    call.store.captions.setdefault(video.id, {})[language] = caption
    return Reply(204, content_type=None)


async def caption_file(call: Call) -> Reply:
    """Return a file of captions, which is WebVTT whatever was sent."""
    every = (one for of_video in call.store.captions.values() for one in of_video.values())
    caption = next((one for one in every if one.file == call.params["file"]), None)
    if caption is None:
        return Reply(404, b"", HTML)
    content = webvtt_of(caption.content) if caption.is_srt else caption.content
    return Reply(200, content, "text/vtt; charset=UTF-8")


async def delete_caption(call: Call) -> Reply:
    """Remove the captions in a language."""
    user = call.user()
    check_id(call)
    language = call.params["language"]
    if language not in LANGUAGES:
        message = "Should have a valid caption language"
        raise invalid_parameters(invalid_parameter("captionLanguage", language, "params", message), call.target)
    video = existing_video(call)
    if language not in call.store.captions.get(video.id, {}):
        raise not_found("Video caption")
    check_can_manage(user, video)
    await call.backend.write()
    call.store.captions.get(video.id, {}).pop(language, None)
    return done()


async def generate(call: Call) -> Reply:
    """Refuse to write captions from what is said."""
    call.user()
    raise Problem("Video transcription is disabled on this instance")


def _check(call: Call, upload: Upload | None) -> None:
    invalid = invalid_id(call.params["id"], "videoId") or {}
    language = call.params["language"]
    if language not in (MODERN_LANGUAGES if call.is_modern else LANGUAGES) or (
        call.is_modern and language in WITHOUT_CAPTIONS
    ):
        invalid |= invalid_parameter("captionLanguage", language, "params")
    if upload is None or upload.content_type.lower() not in _TYPES or upload.size > _LIMIT:
        invalid |= missing_parameter("captionfile", "body", _NOT_A_CAPTION)
    if invalid:
        raise invalid_parameters(invalid, call.target)


FILE_ROUTES = (Route("GET", "/lazy-static/video-captions/{file}", caption_file),)
ROUTES = (
    Route("GET", "/videos/{id}/captions", captions),
    Route("POST", "/videos/{id}/captions/generate", generate),
    Route("PUT", "/videos/{id}/captions/{language}", put_caption),
    Route("DELETE", "/videos/{id}/captions/{language}", delete_caption),
)
