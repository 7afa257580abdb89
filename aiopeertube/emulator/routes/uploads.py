"""Uploads in one request, and uploaded files."""

from aiopeertube.emulator.api.access import managed_video
from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply
from aiopeertube.emulator.api.creation import check_new_video, check_place, create_video, unreadable, uploaded
from aiopeertube.emulator.api.validation import IMAGE_FIELDS
from aiopeertube.emulator.wire.problem_json import missing_parameter, not_found
from aiopeertube.emulator.wire.video_files import SourceFile, is_video

_NO_FILE = missing_parameter("videofile", "body", "Should have a file")


async def upload(call: Call) -> Reply:
    """Add a video with the file in the request."""
    user = call.user()
    body = await call.read_body("videofile", *IMAGE_FIELDS)
    file = body.files.get("videofile")
    sent = check_new_video(body, call.target, {} if file else _NO_FILE, modern=call.is_modern)
    if file is None:
        raise AssertionError("the check refuses that")
    channel = check_place(call, user, sent, file.content_type)
    if not is_video(file.content):
        raise unreadable()
    await call.backend.write(frozenset(sent.get("tags") or ()))
    source = SourceFile(file.name, file.size, file.sha256, call.backend.options.clock())
    return uploaded(create_video(call, channel, sent, body.files, source))


async def source(call: Call) -> Reply:
    """Describe the file that was uploaded for a video."""
    video = managed_video(call)
    if video.source is None:
        raise not_found("Video source")
    kept = f"{video.uuid}.mp4" if call.backend.options.originals else ""
    return json_reply(call.backend.renderer.source(video.source, kept))


ROUTES = (
    Route("POST", "/videos/upload", upload, "uploadLegacy"),
    Route("GET", "/videos/{id}/source", source, "getVideoSource"),
)
