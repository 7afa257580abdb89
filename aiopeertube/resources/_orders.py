"""Bodies that move a part of an ordered list."""

from collections.abc import Mapping

from aiopeertube.errors import InputError
from aiopeertube.wire.sendable import whole_problem


def reordered(start: int, after: int, length: int | None) -> dict[str, int]:
    """Describe a move: `length` items (by default one) from position `start` go behind position `after`."""
    moved = {"startPosition": start, "insertAfterPosition": after}
    return moved if length is None else {**moved, "reorderLength": length}


def order_problem(moved: Mapping[str, int]) -> InputError | None:
    """Say what is wrong with a move."""
    lowest = {"startPosition": 1, "insertAfterPosition": 0, "reorderLength": 1}
    found = (whole_problem(name, value, lowest[name]) for name, value in moved.items())
    return next((problem for problem in found if problem is not None), None)
