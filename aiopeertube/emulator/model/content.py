"""The bytes of videos' files. They are not kept: what a file holds follows from its video, at every size."""

from collections.abc import Iterator
from random import Random

# A file begins like an MP4, so that it can be uploaded again.
_BEGINNING = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41"
_BLOCK = 64 * 1024
_NUMBER = 8  # bytes at the end of a block that say which it is, so that no two are alike


def content(uuid: str, start: int, stop: int) -> Iterator[bytes]:
    """Give the bytes of a video's file from `start` to `stop`, in pieces of at most 64 KiB."""
    body = Random(uuid).randbytes(_BLOCK - _NUMBER)  # noqa: S311 -- an emulator has no secrets.
    while start < stop:
        number, offset = divmod(start, _BLOCK)
        block = body + number.to_bytes(_NUMBER, "big")
        if not number:
            block = _BEGINNING + block[len(_BEGINNING) :]
        piece = block[offset : offset + stop - start]
        yield piece
        start += len(piece)
