"""The bytes of videos' files. They are not kept: what a file holds follows from its video, at every size.

So a file that was copied from another emulator takes no room either: it is known again by how it is made.
"""

from collections.abc import Callable, Iterator
from functools import partial
from random import Random

# A file begins like an MP4, so that it can be uploaded again.
_BEGINNING = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41"
_BLOCK = 64 * 1024
_NUMBER = 8  # bytes at the end of a block that say which it is, so that no two are alike


Content = Callable[[int, int], Iterator[bytes]]  # gives the bytes of a file from one offset to another


def content(uuid: str, start: int, stop: int) -> Iterator[bytes]:
    """Give the bytes of a video's file from `start` to `stop`, in pieces of at most 64 KiB."""
    return _made_of(Random(uuid).randbytes(_BLOCK - _NUMBER), start, stop)  # noqa: S311 -- an emulator has no secrets.


def known(begin: bytes) -> Content | None:
    """Return what a file holds that begins so, if it is one of an emulator's; None where that does not show."""
    body = begin[_BLOCK : 2 * _BLOCK - _NUMBER]
    is_known = len(body) == _BLOCK - _NUMBER and begin == b"".join(_made_of(body, 0, len(begin)))
    return partial(_made_of, body) if is_known else None


def _made_of(body: bytes, start: int, stop: int) -> Iterator[bytes]:
    while start < stop:
        number, offset = divmod(start, _BLOCK)
        block = body + number.to_bytes(_NUMBER, "big")
        if not number:
            block = _BEGINNING + block[len(_BEGINNING) :]
        piece = block[offset : offset + stop - start]
        yield piece
        start += len(piece)
