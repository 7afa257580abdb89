"""New videos, sent in chunks, which can be resumed."""

from aiopeertube.emulator.api.calls import Call, Reply
from aiopeertube.emulator.api.creation import check_new_video, check_place, create_video, unreadable, uploaded
from aiopeertube.emulator.api.edits import channel_of_user
from aiopeertube.emulator.api.resumable import (
    TYPE,
    announce_upload,
    check_announcement,
    end,
    invalid_filename,
    routes,
)
from aiopeertube.emulator.api.validation import IMAGE_FIELDS
from aiopeertube.emulator.model.entities import Channel, User
from aiopeertube.emulator.model.uploads import PendingUpload
from aiopeertube.emulator.wire.problem_json import Problem
from aiopeertube.emulator.wire.video_files import SourceFile, is_video


async def announce(call: Call) -> Reply:
    """Begin an upload, or return the offset of the same one."""
    user = call.user()
    call.operation = "uploadResumableInit"
    body = await call.read_body(*IMAGE_FIELDS)
    check_announcement(call, body)
    sent = check_new_video(body, call.target, invalid_filename(body.fields["filename"]), modern=call.is_modern)
    check_place(call, user, sent, call.request.headers[TYPE])
    metadata = {**body.fields, **sent}
    return announce_upload(call, user, metadata["name"], metadata, body)


async def _finish(call: Call, user: User, upload: PendingUpload) -> Reply:
    """Make the video of a complete file."""
    uploads = call.store.uploads
    if uploads.is_processed(upload.id, call.now):
        raise Problem("The upload is already being processed", 503, headers={"Retry-After": "300"})
    uploads.start_processing(upload.id, call.now)
    channel = _check_file(call, user, upload)
    try:
        await call.backend.write(frozenset(upload.metadata.get("tags") or ()))
    except Problem:
        _failed(call, upload)
        raise
    kept = await call.store.uploads.content(upload)
    source = SourceFile(upload.metadata["filename"], upload.length(), await upload.sha256(), call.now, kept)
    made = create_video(call, channel, upload.metadata, upload.images, source)
    end(call, upload, lingers=call.is_modern)
    return uploaded(made)


def _failed(call: Call, upload: PendingUpload) -> None:
    """Keep of an upload what the server keeps when making its video fails."""
    if call.is_modern:
        end(call, upload, lingers=True)
    else:
        # The server has moved the file away by then, but still has it for one that is being processed.
        upload.file.truncate(0)


def _check_file(call: Call, user: User, upload: PendingUpload) -> Channel:
    try:
        channel = channel_of_user(call, user, int(upload.metadata["channelId"]))
        if not is_video(upload.head()):
            raise unreadable()
    except Problem:
        call.store.uploads.remove(upload.id)
        if call.is_modern:
            call.store.uploads.end_processing(upload.id)
        # 6.3 goes on to say that it is being processed, so the same file cannot come again soon.
        raise
    return channel


ROUTES = (*routes("/videos/upload-resumable", announce, _finish, "uploadResumable"),)
