"""Cells of an exported table that nothing can change: what they were, and whether a cell was edited in vain.

What they are on the server now plays no part: views move by themselves, and only a hand moves a cell.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from aiopeertube.migrate.metadata.references import COLUMNS, canonical
from aiopeertube.migrate.metadata.values import Ambiguous, moment

from .layout import FIXED
from .respelling import is_respelled

_DATES: Final = frozenset({"createdAt", "publishedAt", "updatedAt"})
_NUMBERS: Final = frozenset({"views", "likes", "duration"})


def fixed_of(cells: Mapping[str, Any], uuid: str) -> dict[str, str]:
    """Return what is to be remembered of a row's cells; names that tell the UUID need not be."""
    texts = {column: _text(cells[column]) for column in (*FIXED, *COLUMNS) if column in cells}
    return {column: text for column, text in texts.items() if not (column in COLUMNS and _tells(text, uuid))}


def edited_in_vain(cells: Mapping[str, Any], fixed: Mapping[str, str], uuid: str) -> Iterable[str]:
    """Name the columns whose cells were edited and mean nothing; an empty cell asks for nothing."""
    for column in (*FIXED, *COLUMNS):
        text = _text(cells.get(column))
        if text and not _is_as_it_was(column, text, fixed.get(column), uuid):
            yield column


def _is_as_it_was(column: str, text: str, before: str | None, uuid: str) -> bool:
    if before is None:  # nobody noted it, or the UUID tells it
        return column not in {"uuid", "shortUUID", "url"} or _tells(text, uuid)
    if text == before:
        return True
    if column in _DATES:
        return _is_same_day(text, before)
    return column in {*_NUMBERS, "id"} and is_respelled(before, text)


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _tells(text: str, uuid: str) -> bool:
    """Tell whether a name ends in the UUID, in either form, wherever its instance is."""
    try:
        return canonical(text.rstrip("/").rpartition("/")[2], "") == uuid
    except ValueError:
        return False


def _is_same_day(text: str, before: str) -> bool:
    """Tell whether a cell may be of the same day; spreadsheets write the time beside it in their own ways."""
    try:
        return _day(text) == before[:10]
    except Ambiguous:
        return before[:10] in {_day(text, "day"), _day(text, "month")}
    except (ValueError, OverflowError):
        return is_respelled(before[:10], text)


def _day(text: str, order: str | None = None) -> str:
    return moment(text, order)[:10]
