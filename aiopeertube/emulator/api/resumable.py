"""What uploads in chunks have in common, whatever becomes of their files."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeAlias

from aiopeertube.emulator.model.entities import User
from aiopeertube.emulator.model.uploads import PendingUpload, token_of, upload_id
from aiopeertube.emulator.wire.bodies import Body
from aiopeertube.emulator.wire.clocks import iso
from aiopeertube.emulator.wire.problem_json import (
    invalid_parameter,
    invalid_parameters,
    missing_parameter,
)
from aiopeertube.emulator.wire.scalars import text_of

from . import chunks
from .calls import Call, Handler, Reply, Route
from .chunks import UploadError, error_body, library_reply
from .creation import unreadable
from .validation import Invalid

Finish: TypeAlias = Callable[[Call, User, PendingUpload], Awaitable[Reply]]

LENGTH, TYPE = "x-upload-content-length", "x-upload-content-type"
_NAME_LIMIT = 1000


def by_library(handler: Handler) -> Handler:
    """Word errors as the upload library does, which differs from the server."""

    async def handle(call: Call) -> Reply:
        try:
            return await handler(call)
        except UploadError as error:
            return library_reply(error.status, error_body(error.code))

    return handle


def routes(path: str, announce: Handler, finish: Finish, operation: str | None = None) -> Iterable[Route]:
    """Return the routes of one kind of uploads.

    `finish` makes what a complete file is for; errors of the last chunk name the `operation`.
    """

    async def receive(call: Call) -> Reply:
        """Receive a chunk, or return the upload's offset; the last chunk ends it."""
        user = call.user()
        key = own_id(call, user)
        upload = call.store.uploads.find(key, call.now)
        if upload is None:
            if call.store.uploads.lingers(key, call.now):
                call.operation = operation
                raise unreadable()
            raise UploadError("FileNotFound")
        if not upload.is_complete:
            end = await chunks.receive(call.request, upload, call.backend.options.clock)
            if not upload.is_complete:
                # Of an upload of which nothing has come this says 0--1.
                return library_reply(308, Range=f"bytes=0-{end - 1}")
        call.operation = operation
        return await finish(call, user, upload)

    return (
        Route("POST", path, announce),
        Route("PUT", path, by_library(receive)),
        Route("DELETE", path, by_library(_cancel)),
    )


async def _cancel(call: Call) -> Reply:
    """Remove an upload, if there is one."""
    key = own_id(call, call.user())
    call.store.uploads.end_processing(key)
    call.store.uploads.remove(key)
    return library_reply(204)


def check_announcement(call: Call, body: Body, *, typed: bool = True) -> None:
    """Check the headers of an announcement, and that it names a file; `typed` ones say of which type.

    Raises:
        Problem: something is missing or wrong.
    """
    length, invalid = call.request.headers.get(LENGTH), Invalid()
    if "filename" not in body.fields:
        invalid |= missing_parameter("filename")
    if length is None:
        invalid |= missing_parameter(LENGTH, "headers")
    elif not length.replace(".", "", 1).isdecimal():
        invalid |= invalid_parameter(LENGTH, length, "headers")
    if typed and TYPE not in call.request.headers:
        invalid |= missing_parameter(TYPE, "headers")
    if invalid:
        raise invalid_parameters(invalid, call.target)


def invalid_filename(name: Any) -> Invalid:
    """Return what is wrong with the name of a file."""
    fits = isinstance(name, str) and 1 <= len(name) <= _NAME_LIMIT
    return {} if fits else invalid_parameter("filename", name, "body")


def announce_upload(call: Call, user: User, name: str, metadata: dict[str, Any], body: Body) -> Reply:
    """Begin an upload, or go on with one that was announced equally; `name` is part of its id.

    Equal announcements without a `lastModified` get ids of their own.
    """
    size, content_type = int(float(call.request.headers[LENGTH])), call.request.headers.get(TYPE, "")
    modified = metadata.get("lastModified") or int(call.now * 1000)
    key = upload_id(user.id, name, size, text_of(modified), modern=call.is_modern)
    made = PendingUpload(key, user.id, size, content_type, metadata, body.files, call.now, call.now)
    return _announced(call, call.store.uploads.announce(made))


def own_id(call: Call, user: User) -> str:
    """Return the id of a request's upload.

    Raises:
        UploadError: it belongs to another user, which its id shows.
    """
    key = str(call.query().get("upload_id", ""))
    if not key.startswith(token_of(str(user.id), modern=call.is_modern)):
        raise UploadError("Forbidden")
    return key


def end(call: Call, upload: PendingUpload, *, lingers: bool) -> None:
    """Forget an upload whose file has become what it was for; one that `lingers` is known for a moment."""
    uploads = call.store.uploads
    uploads.end_processing(upload.id)
    uploads.remove(upload.id)
    if lingers:
        uploads.linger(upload.id, call.backend.options.clock())


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
        "originalName": upload.metadata.get("name", upload.metadata["filename"]),
        "contentType": upload.content_type,
        "size": upload.size,
        "userId": str(upload.user),
        "id": upload.id,
        "status": "completed",
        "createdAt": iso(upload.created_at),
    }
