"""The text of a workbook's cells."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from .source import CELL_LIMIT
from .xlsx_escapes import unescaped

# A number format with hours or seconds; "m" alone may be months, words in quotes or brackets ([Red]) are no format.
_WORDS: Final = re.compile(r'"[^"]*"|\\.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_TIME: Final = re.compile(r"[hs]", re.IGNORECASE)
_PRECISE: Final = 10**15  # a spreadsheet keeps 15 digits of a number


def text_of(cell: Any) -> str:
    """Return the text of one of openpyxl's cells; "" where it is empty.

    Raises:
        ValueError: it has none that could be relied on; its message says why.
    """
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise ValueError("a formula; paste its value")
    if cell.data_type == "e":
        raise ValueError(f"an error: {value}")
    if isinstance(value, str):
        return _bounded(unescaped(value))
    return _number(value) if isinstance(value, int | float) else _moment(value, cell)


def _bounded(text: str) -> str:
    if len(text) > CELL_LIMIT:
        raise ValueError(f"{len(text):,} characters; at most {CELL_LIMIT:,} are read")
    if "\0" in text:
        raise ValueError("a NUL character")
    return text


def _number(value: float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and abs(value) >= _PRECISE:
        raise ValueError(f"{value:.15g} has lost digits: a spreadsheet keeps 15 of them; enter it as text")
    return str(int(value)) if value == int(value) else f"{value:.15g}"


def _moment(value: Any, cell: Any) -> str:
    if isinstance(value, datetime):
        dated = value.time() == time() and not _TIME.search(_WORDS.sub("", cell.number_format))
        return value.date().isoformat() if dated else value.isoformat()
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, date | time):
        return value.isoformat()
    raise ValueError(f"a {type(value).__name__}; only text, numbers and dates are read")
