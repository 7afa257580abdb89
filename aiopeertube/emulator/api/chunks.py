"""Receives chunks of files: reads their headers, stores their bytes."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import orjson
from aiohttp import web

from aiopeertube.emulator.model.uploads import PendingUpload
from aiopeertube.emulator.wire.scalars import int_or_null

from .calls import Reply

_ERRORS = {
    "Forbidden": (403, "Authenticated user is not allowed access"),
    "FileNotFound": (404, "Not found"),
    "FileConflict": (409, "File conflict"),
    "FileLocked": (423, "File locked"),
    "ChecksumMismatch": (460, "Checksum mismatch"),
    "UnsupportedChecksumAlgorithm": (400, "Unsupported checksum algorithm"),
}
_ALGORITHMS = {"sha": "sha1", "sha-256": "sha256"}
_KNOWN = frozenset({"md5", "sha1", "sha256"})


def error_body(code: str) -> dict[str, Any]:
    """Return an error as the library words it."""
    return {"error": {"code": code, "message": _ERRORS[code][1]}}


def library_reply(status: int, body: dict[str, Any] | None = None, **headers: str) -> Reply:
    """Return an answer of the upload library."""
    content = b"" if body is None else orjson.dumps(body)
    content_type = None if body is None else "application/json"
    return Reply(status, content, content_type, {"Cache-Control": "no-store", **headers}, has_etag=False)


class UploadError(Exception):
    """An error of the upload library, which has its own form of errors.

    `code` is the library's name of the error.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.status, self.message = _ERRORS[code]


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A chunk as its headers describe it, in bytes."""

    start: int | None  # None: no chunk, the client asks for the offset
    total: int | None  # size of the file; None: not given
    length: int  # size of the chunk; 0: not given

    @property
    def most(self) -> int:
        """The most bytes to accept; the end in the range is ignored."""
        return self.length or (self.total or 0) - (self.start or 0)


async def receive(request: web.BaseRequest, upload: PendingUpload, clock: Callable[[], float]) -> int:
    """Store a chunk, if there is one; return the file's length as the server takes it.

    A chunk may begin anywhere. Its end counts as the file's length, so a gap before it goes unnoticed, and sending a
    chunk again discards the count of later ones.

    Raises:
        UploadError: it does not fit.
    """
    chunk = _chunk(request)
    total = chunk.total or upload.size
    if total > upload.size or (chunk.start or 0) + chunk.length > total:
        raise UploadError("FileConflict")
    if upload.is_locked:
        raise UploadError("FileLocked")
    if chunk.start is None:
        return upload.length()
    upload.is_locked = True
    try:
        end = await _write(request, upload, chunk.start, chunk.most)
    finally:
        upload.is_locked, upload.touched_at = False, clock()
    upload.size = total
    upload.wrote(end, clock())
    return end


def _chunk(request: web.BaseRequest) -> _Chunk:
    header = request.headers.get("Content-Range")
    length = request.content_length or 0
    if not header:
        return _Chunk(0, None, length)
    words = [int_or_null(word) for word in re.split(r"\s+|/", header)] + [None, None]
    start, total = (word if isinstance(word, int) and word >= 0 else None for word in words[1:3])
    return _Chunk(start, total, length)


async def _write(request: web.BaseRequest, upload: PendingUpload, start: int, most: int) -> int:
    checksum = _Checksum.of(request)
    try:
        end = await _take(request, upload, start, most, checksum)
        checksum.check()
    except (UploadError, ConnectionError) as error:
        # Bytes received before the connection broke stay, unless a checksum could no longer confirm them.
        if checksum.expected or isinstance(error, UploadError):
            upload.file.truncate(start)
        raise
    return end


async def _take(request: web.BaseRequest, upload: PendingUpload, start: int, most: int, checksum: "_Checksum") -> int:
    end = start
    async for data in request.content.iter_any():
        if end + len(data) > start + most:
            raise UploadError("FileConflict")
        upload.put(end, data)
        end += len(data)
        checksum.digest.update(data)
    return end


@dataclass(frozen=True, slots=True)
class _Checksum:
    """The checksum of a chunk; not checked when empty."""

    digest: Any
    expected: str

    @classmethod
    def of(cls, request: web.BaseRequest) -> Self:
        """Read the headers."""
        if md5 := request.headers.get("Content-MD5"):
            return cls(hashlib.new("md5", usedforsecurity=False), md5)
        name, _, expected = request.headers.get("Digest", "").partition("=")
        name = _ALGORITHMS.get(name, name) or "md5"
        if name not in _KNOWN:
            raise UploadError("UnsupportedChecksumAlgorithm")
        return cls(hashlib.new(name, usedforsecurity=False), expected)

    def check(self) -> None:
        """Check it against the bytes received."""
        if self.expected and b64encode(self.digest.digest()).decode() != self.expected:
            raise UploadError("ChecksumMismatch")
