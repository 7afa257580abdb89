"""Whether the `-wal` that SQLite keeps beside a journal is whole: from a damage on, SQLite reads nothing, unsaid.

The file is a header and frames, each with one page, a mark where it ends a transaction, salts that a generation of
frames has in common, and checksums that go on from those before. A transaction is on the disk before the next one
begins, and what makes the file longer before its length. So a frame that is broken may be of a last transaction that
a power cut tore, where it is written over frames of an earlier generation; with later transactions behind it, or at
the end of the file, it was damaged. The format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_HEADER: Final = struct.Struct(">8I")  # magic, version, page size, checkpoint, two salts, two checksums
_FRAME: Final = struct.Struct(">6I")  # page, pages of the file after a commit or 0, two salts, two checksums
_MAGIC: Final = 0x377F0682  # or one more, where checksums are of big-endian words
_MASK: Final = 0xFFFFFFFF
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Frame:
    whole: bool
    ours: bool  # of this generation, by one of its salts at least
    commits: bool


def whole_until(data: bytes) -> int | None:
    """Return how many bytes of a `-wal` SQLite reads, where it leaves out what was on the disk; None: it does not."""
    if len(data) < _HEADER.size:
        return None
    magic, _, size, _, salt, other, *sums = _HEADER.unpack_from(data)
    order = ">" if magic & 1 else "<"
    if magic & ~1 != _MAGIC & ~1 or _sum(data[:24], (0, 0), order) != tuple(sums):
        return 0 if len(data) > _HEADER.size else None
    frames = [*_frames(data, size, (salt, other), (sums[0], sums[1]), order)]
    broken = next((at for at, frame in enumerate(frames) if not frame.whole), len(frames))
    left_out = [at for at, frame in enumerate(frames[broken:], broken) if frame.ours and frame.commits]
    if len(left_out) < 2 and (not left_out or left_out[-1] != len(frames) - 1):
        return None
    whole = max((at + 1 for at, frame in enumerate(frames[:broken]) if frame.commits), default=0)
    return _HEADER.size + whole * (_FRAME.size + int(size))


def _frames(data: bytes, size: int, salts: Pair, sums: Pair, order: str) -> Iterator[_Frame]:
    for at in range(_HEADER.size, len(data) - _FRAME.size - size + 1, _FRAME.size + size):
        _, pages, salt, other, one, two = _FRAME.unpack_from(data, at)
        content = data[at : at + 8] + data[at + _FRAME.size : at + _FRAME.size + size]
        whole = (salt, other) == salts and _sum(content, sums, order) == (one, two)
        yield _Frame(whole, salt == salts[0] or other == salts[1], pages != 0)
        sums = one, two


def _sum(data: bytes, sums: Pair, order: str) -> Pair:
    one, two = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & _MASK
        two = (two + second + one) & _MASK
    return one, two
