"""Other files for videos, sent in chunks, where the server lets users replace them."""

from aiopeertube.emulator.api.access import managed_video
from aiopeertube.emulator.api.calls import Call, Reply, json_reply
from aiopeertube.emulator.api.creation import check_file_type, unreadable
from aiopeertube.emulator.api.resumable import (
    TYPE,
    announce_upload,
    check_announcement,
    end,
    invalid_filename,
    routes,
)
from aiopeertube.emulator.model.entities import User, Video
from aiopeertube.emulator.model.uploads import PendingUpload
from aiopeertube.emulator.wire.problem_json import Problem, invalid_parameters
from aiopeertube.emulator.wire.video_files import SourceFile, is_video


async def announce(call: Call) -> Reply:
    """Begin to replace a file."""
    user = call.user()
    body = await call.read_body()
    check_announcement(call, body)
    if invalid := invalid_filename(body.fields["filename"]):
        raise invalid_parameters(invalid, call.target)
    _replaceable(call)
    check_file_type(call.request.headers[TYPE], more=call.backend.options.additional_extensions)
    return announce_upload(call, user, body.fields["filename"], dict(body.fields), body)


def _replaceable(call: Call) -> Video:
    """Return the video of the path, whose file whoever asks may replace.

    Raises:
        Problem: there is none, it is not theirs, or nobody may.
    """
    video = managed_video(call)
    if not call.backend.options.replacements:
        raise Problem("Updating the file of an existing video is not allowed on this instance", 403)
    return video


async def _finish(call: Call, _user: User, upload: PendingUpload) -> Reply:
    """Put a complete file into the place of the video's."""
    try:
        video = _replaceable(call)
        if not is_video(upload.head()):
            raise unreadable()
        await call.backend.write()
    except Problem:
        end(call, upload, lingers=True)
        raise
    now = call.backend.options.clock()
    digest, kept = await upload.sha256(), await call.store.uploads.content(upload)
    video.source = SourceFile(upload.metadata["filename"], upload.length(), digest, now, kept)
    video.size, video.file_updated_at, video.updated_at = upload.length(), now, now
    end(call, upload, lingers=True)
    return json_reply(call.backend.renderer.source(video.source))


ROUTES = (*routes("/videos/{id}/source/replace-resumable", announce, _finish),)
