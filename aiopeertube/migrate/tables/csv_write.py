r"""CSV after RFC 4180: UTF-8, lines end with \r\n, a cell is in quotes where a reader could mistake it.

Every character that separates cells in *some* dialect is a reason for quotes, so that the delimiter can be told.
What a spreadsheet would run is written as text (see `cell_text`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiopeertube.errors import InputError

from .cell_text import harmless
from .csv_sniff import DELIMITERS
from .sink import check_columns, text
from .source import CELL_LIMIT, RECORD_LIMIT
from .target import Target, TargetSink


class DelimitedSink(TargetSink):
    """Writes a header and rows of texts; `bom` puts a byte order mark in front, which Excel needs to see UTF-8."""

    def __init__(self, target: Target, columns: Sequence[str], *, delimiter: str, bom: bool) -> None:
        super().__init__(target)
        self._columns = tuple(columns)
        self._delimiter = delimiter
        # Spaces at the ends are lost by some readers, and what begins with a byte order mark by all.
        special = re.escape("".join({*DELIMITERS, delimiter}))
        self._quoted: Final = re.compile(rf'[{special}"\r\n]|\A[\s\ufeff]|\s\Z')
        self._line("\ufeff" if bom else "", self._columns)

    def write(self, cells: Mapping[str, Any]) -> None:
        """Write a row of texts."""
        check_columns(cells, self._columns)
        self._line("", [harmless(text(cells.get(column)), typed=False) for column in self._columns])

    def _line(self, before: str, cells: Sequence[str]) -> None:
        for cell in cells:
            if "\0" in cell or len(cell) > CELL_LIMIT:
                raise InputError(f"a table cannot hold a NUL, or more than {CELL_LIMIT:,} characters: {cell[:20]!r}")
        line = self._delimiter.join(self._cell(cell) for cell in cells)
        # An empty line is no row.
        line = (line or '""') + "\r\n"
        if len(line) > RECORD_LIMIT:
            raise InputError(f"a row of {len(line):,} characters; at most {RECORD_LIMIT:,} can be read back")
        # The names of files may have bytes that are no characters, and keep them.
        self._target.stream.write((before + line).encode(errors="surrogateescape"))

    def _cell(self, cell: str) -> str:
        if self._quoted.search(cell):
            return '"' + cell.replace('"', '""') + '"'
        return cell
