"""What stands in a file before its table: lines of a title, and the line by which a program tells the delimiter."""

import re
from dataclasses import dataclass
from typing import Final

# Excel reads and writes it; a program that does not know it puts it in quotes, or delimiters behind it.
_SEP: Final = re.compile(r'\ufeff?"?sep=([^"\r\n])"?[,;|\t ]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Preamble:
    """So many `lines` are no rows; `delimiter` is what a line `sep=;` says, None without one."""

    lines: int = 0
    delimiter: str | None = None


def preamble_of(text: str, header_row: int | None) -> Preamble:
    """Find it in the text with which a file begins; `header_row` is the line (from 1) where the table begins."""
    said = _SEP.match(text)
    lines = max((header_row or 1) - 1, 1 if said else 0)
    return Preamble(lines, said[1] if said else None)
