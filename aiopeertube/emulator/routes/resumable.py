"""Chunked uploads, which can be resumed."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiopeertube.emulator.api import chunks
from aiopeertube.emulator.api.calls import Call, Reply, Route
from aiopeertube.emulator.api.chunks import UploadError, error_body, library_reply
from aiopeertube.emulator.api.creation import check_new_video, check_place, create_video, unreadable, uploaded
from aiopeertube.emulator.api.edits import channel_of_user
from aiopeertube.emulator.api.validation import IMAGE_FIELDS, Invalid
from aiopeertube.emulator.model.entities import Channel, User
from aiopeertube.emulator.model.uploads import PendingUpload, token_of, upload_id
from aiopeertube.emulator.wire.bodies import Body
from aiopeertube.emulator.wire.clocks import iso
from aiopeertube.emulator.wire.problem_json import (
    Problem,
    invalid_parameter,
    invalid_parameters,
    missing_parameter,
)
from aiopeertube.emulator.wire.scalars import text_of
from aiopeertube.emulator.wire.video_files import SourceFile, is_video

_PATH = "/videos/upload-resumable"
_LENGTH, _TYPE = "x-upload-content-length", "x-upload-content-type"
_NAME_LIMIT = 1000


def _by_library(handler: Callable[[Call], Awaitable[Reply]]) -> Callable[[Call], Awaitable[Reply]]:
    """Word errors as the upload library does, which differs from the server."""

    async def handle(call: Call) -> Reply:
        try:
            return await handler(call)
        except UploadError as error:
            return library_reply(error.status, error_body(error.code))

    return handle


async def announce(call: Call) -> Reply:
    """Begin an upload, or return the offset of the same one."""
    user = call.user()
    call.operation = "uploadResumableInit"
    body = await call.read_body(*IMAGE_FIELDS)
    _check_announcement(call, body)
    sent = check_new_video(body, call.target, _invalid_filename(body.fields["filename"]), modern=call.is_modern)
    size, content_type = float(call.request.headers[_LENGTH]), call.request.headers[_TYPE]
    check_place(call, user, sent, content_type)
    metadata = {**body.fields, **sent}
    key = _id(call, user, metadata, int(size))
    made = PendingUpload(key, user.id, int(size), content_type, metadata, body.files, call.now, call.now)
    return _announced(call, call.store.uploads.announce(made))


@_by_library
async def receive(call: Call) -> Reply:
    """Receive a chunk, or return the upload's offset; the last chunk makes the video."""
    user = call.user()
    key = _own_id(call, user)
    upload = call.store.uploads.find(key, call.now)
    if upload is None:
        if call.store.uploads.lingers(key, call.now):
            call.operation = "uploadResumable"
            raise unreadable()
        raise UploadError("FileNotFound")
    if not upload.is_complete:
        end = await chunks.receive(call.request, upload, call.backend.options.clock)
        if not upload.is_complete:
            # Of an upload of which nothing has come this says 0--1.
            return library_reply(308, Range=f"bytes=0-{end - 1}")
    call.operation = "uploadResumable"
    return await _finish(call, user, upload)


@_by_library
async def cancel(call: Call) -> Reply:
    """Remove an upload, if there is one."""
    key = _own_id(call, call.user())
    call.store.uploads.end_processing(key)
    call.store.uploads.remove(key)
    return library_reply(204)


def _check_announcement(call: Call, body: Body) -> None:
    length, invalid = call.request.headers.get(_LENGTH), Invalid()
    if "filename" not in body.fields:
        invalid |= missing_parameter("filename")
    if length is None:
        invalid |= missing_parameter(_LENGTH, "headers")
    elif not length.replace(".", "", 1).isdecimal():
        invalid |= invalid_parameter(_LENGTH, length, "headers")
    if _TYPE not in call.request.headers:
        invalid |= missing_parameter(_TYPE, "headers")
    if invalid:
        raise invalid_parameters(invalid, call.target)


def _invalid_filename(name: Any) -> Invalid:
    fits = isinstance(name, str) and 1 <= len(name) <= _NAME_LIMIT
    return {} if fits else invalid_parameter("filename", name, "body")


def _id(call: Call, user: User, metadata: dict[str, Any], size: int) -> str:
    """Return an id that is the same for equal announcements with a `lastModified`."""
    modified = metadata.get("lastModified") or int(call.now * 1000)
    return upload_id(user.id, metadata["name"], size, text_of(modified), modern=call.is_modern)


def _own_id(call: Call, user: User) -> str:
    """Return the id of a request's upload.

    Raises:
        UploadError: it belongs to another user, which its id shows.
    """
    key = str(call.query().get("upload_id", ""))
    if not key.startswith(token_of(str(user.id), modern=call.is_modern)):
        raise UploadError("Forbidden")
    return key


def _announced(call: Call, upload: PendingUpload) -> Reply:
    headers = {"Location": _location(call, upload)}
    if upload.written:
        headers["Range"] = f"bytes=0-{upload.written - 1}"
    if upload.is_complete:
        # All bytes are there, but no video: for that a chunk has to be sent again.
        return library_reply(200, _described(upload), **headers)
    return library_reply(200 if upload.written else 201, None, **headers)


def _location(call: Call, upload: PendingUpload) -> str:
    """Return the URL for chunks: without a scheme, unless a proxy passes one."""
    scheme = call.request.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip().lower()
    path = call.target.partition("?")[0]
    return f"{scheme}{':' if scheme else ''}//{call.request.host}{path}?upload_id={upload.id}"


def _described(upload: PendingUpload) -> dict[str, Any]:
    return {
        "bytesWritten": upload.written,
        "name": f"{upload.user}-{upload.id}",
        "metadata": upload.metadata,
        "originalName": upload.metadata["name"],
        "contentType": upload.content_type,
        "size": upload.size,
        "userId": str(upload.user),
        "id": upload.id,
        "status": "completed",
        "createdAt": iso(upload.created_at),
    }


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
    source = SourceFile(upload.metadata["filename"], upload.length(), await upload.sha256(), call.now)
    made = create_video(call, channel, upload.metadata, upload.images, source)
    uploads.end_processing(upload.id)
    uploads.remove(upload.id)
    if call.is_modern:
        uploads.linger(upload.id, call.backend.options.clock())
    return uploaded(made)


def _failed(call: Call, upload: PendingUpload) -> None:
    """Keep of an upload what the server keeps when making its video fails."""
    if call.is_modern:
        call.store.uploads.end_processing(upload.id)
        call.store.uploads.remove(upload.id)
        call.store.uploads.linger(upload.id, call.backend.options.clock())
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


ROUTES = (
    Route("POST", _PATH, announce),
    Route("PUT", _PATH, receive),
    Route("DELETE", _PATH, cancel),
)
