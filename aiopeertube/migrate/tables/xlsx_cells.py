"""The text of a workbook's cells."""

import math
import re
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from .cell_text import literal, meaning
from .source import CELL_LIMIT, BadCell, Stored
from .xlsx_escapes import unescaped
from .xlsx_formats import is_iso_date, plain, shown

# A number format with hours or seconds; "m" alone may be months, words in quotes or brackets ([Red]) are no format.
_WORDS: Final = re.compile(r'"[^"]*"|\\.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_TIME: Final = re.compile(r"[hs]", re.IGNORECASE)
# Excel counts a 29 February 1900, which there was not; LibreOffice has the days before that one earlier.
_DOUBTFUL: Final = (date(1899, 12, 31), date(1900, 3, 1))
_PRECISE: Final = 10**15  # a spreadsheet keeps 15 digits of a number


def text_of(cell: Any) -> str:
    """Return the text of one of openpyxl's cells; "" where it is empty.

    It is `Stored` where the cell shows something else.

    Raises:
        BadCell: it has none that could be relied on; its message says why.
    """
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return _formula(value)
    if cell.data_type == "e":
        raise BadCell(str(value), f"an error: {value}")
    if isinstance(value, str):
        return meaning(_bounded(unescaped(value)), typed=True)
    return _number(value, cell) if isinstance(value, int | float) else _moment(value, cell)


def _formula(value: Any) -> str:
    """Return what ="007" says; other formulas have no text here: what a spreadsheet worked out may be old.

    Those of several cells are no texts for openpyxl, but objects.
    """
    found = literal(value) if isinstance(value, str) else None
    if found is None:
        raise BadCell(str(value), "a formula; paste its value")
    return found


def _bounded(text: str) -> str:
    if len(text) > CELL_LIMIT:
        raise BadCell(text, f"{len(text):,} characters; at most {CELL_LIMIT:,} are read")
    if "\0" in text:
        raise BadCell(text, "a NUL character")
    return text


def _number(value: float, cell: Any) -> str:
    if isinstance(value, bool):
        return Stored("true" if value else "false", "truth", cell.number_format)
    if not math.isfinite(value) or (isinstance(value, float) and abs(value) >= _PRECISE):
        raise BadCell(str(value), f"{value:.15g} has lost digits: a spreadsheet keeps 15 of them; enter it as text")
    text = shown(value, cell.number_format)
    if text is not None and "e" not in text:
        return text
    return Stored(plain(value), "number", cell.number_format)


def _moment(value: Any, cell: Any) -> str:
    if isinstance(value, datetime):
        if _DOUBTFUL[0] <= value.date() < _DOUBTFUL[1]:
            what = f"a date of which spreadsheets disagree, {value.date()} or the day after; write it as text"
            raise BadCell(value.isoformat(), what)
        dated = value.time() == time() and not _TIME.search(_WORDS.sub("", cell.number_format))
        text = value.date().isoformat() if dated else value.isoformat()
    elif isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        text = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    elif isinstance(value, date | time):
        text = value.isoformat()
    else:
        raise BadCell(str(value), f"a {type(value).__name__}; only text, numbers and dates are read")
    if len(text) == len("1939-05-31") and is_iso_date(cell.number_format):
        return text
    return Stored(text, "moment", cell.number_format)
