"""A piece of a file that comes in: what its headers say, and what is made of it."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from aiopeertube.emulator.model.uploads import PendingUpload
from aiopeertube.emulator.wire.scalars import int_or_null

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


class UploadError(Exception):
    """What the library that receives pieces refuses, in its own form of errors.

    Args:
        code: Its name of the error.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.status, self.message = _ERRORS[code]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What the headers say of a piece.

    Attributes:
        start: Where it begins; None: there is none, its sender asks how far the upload has come.
        total: How long the whole file is; None: nothing is said.
        length: How long the piece is; 0: nothing is said.
    """

    start: int | None
    total: int | None
    length: int

    @property
    def most(self) -> int:
        """How many bytes may come. Its end, which the range names as well, is not looked at."""
        return self.length or (self.total or 0) - (self.start or 0)


async def receive(request: web.BaseRequest, upload: PendingUpload, clock: Callable[[], float]) -> int:
    """Takes a piece, if one comes, and gives how long the file is thought to be.

    A piece may begin anywhere. Where one ends counts as the file's length, so that a gap before it is not noticed,
    and a piece that comes again takes back what came after it.

    Raises:
        UploadError: It does not fit.
    """
    piece = _piece(request)
    total = piece.total or upload.size
    if total > upload.size or (piece.start or 0) + piece.length > total:
        raise UploadError("FileConflict")
    if upload.is_locked:
        raise UploadError("FileLocked")
    if piece.start is None:
        return upload.length()
    upload.is_locked = True
    try:
        end = await _write(request, upload, piece.start, piece.most)
    finally:
        upload.is_locked, upload.touched_at = False, clock()
    upload.size = total
    upload.wrote(end, clock())
    return end


def _piece(request: web.BaseRequest) -> _Piece:
    header = request.headers.get("Content-Range")
    length = request.content_length or 0
    if not header:
        return _Piece(0, None, length)
    words = [int_or_null(word) for word in re.split(r"\s+|/", header)] + [None, None]
    start, total = (word if isinstance(word, int) and word >= 0 else None for word in words[1:3])
    return _Piece(start, total, length)


async def _write(request: web.BaseRequest, upload: PendingUpload, start: int, most: int) -> int:
    checksum = _Checksum.of(request)
    try:
        end = await _take(request, upload, start, most, checksum)
        checksum.check()
    except (UploadError, ConnectionError) as error:
        # What came before its sender broke off stays, unless nobody can say whether it is right.
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
    """What a piece has to hash to; empty: it is not checked."""

    digest: Any
    expected: str

    @classmethod
    def of(cls, request: web.BaseRequest) -> Self:
        """The one that the headers give."""
        if md5 := request.headers.get("Content-MD5"):
            return cls(hashlib.new("md5", usedforsecurity=False), md5)
        name, _, expected = request.headers.get("Digest", "").partition("=")
        name = _ALGORITHMS.get(name, name) or "md5"
        if name not in _KNOWN:
            raise UploadError("UnsupportedChecksumAlgorithm")
        return cls(hashlib.new(name, usedforsecurity=False), expected)

    def check(self) -> None:
        """Compares it with what came."""
        if self.expected and b64encode(self.digest.digest()).decode() != self.expected:
            raise UploadError("ChecksumMismatch")
