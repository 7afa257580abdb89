"""Whether the `-wal` that SQLite keeps beside a journal is whole: from a damage on, SQLite reads nothing, unsaid.

The file is a header and frames, each with one page, a mark where it ends a transaction, salts that a generation of
frames has in common, and checksums that go on from those before. A transaction is on the disk before the next one
begins. So a frame that is broken may be of a last transaction that a power cut tore; with later transactions behind
it, it was damaged. The format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
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


def is_damaged(data: bytes) -> bool:
    """Tell whether SQLite would leave out a transaction of this `-wal` that was on the disk."""
    if len(data) < _HEADER.size:
        return False
    magic, _, size, _, salt, other, *sums = _HEADER.unpack_from(data)
    order = ">" if magic & 1 else "<"
    if magic & ~1 != _MAGIC & ~1 or _sum(data[:24], (0, 0), order) != tuple(sums):
        return len(data) > _HEADER.size
    broken, left_out = False, 0
    for frame in _frames(data, size, (salt, other), (sums[0], sums[1]), order):
        broken = broken or not frame.whole
        left_out += broken and frame.ours and frame.commits
    return left_out > 1


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
