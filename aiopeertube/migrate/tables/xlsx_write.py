"""Workbooks of one sheet in which everything is text."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from aiopeertube.errors import InputError

from .cell_text import harmless
from .sink import check_columns, text
from .target import Target, TargetSink
from .xlsx_escapes import escaped
from .xlsx_read import need_openpyxl

_CELL_LIMIT: Final = 32_767  # UTF-16 units, which is what Excel counts
_ROW_LIMIT: Final = 1_048_576
_AS_TEXT: Final = "@"  # so that a cell stays text when someone edits it


class XlsxSink(TargetSink):
    """Writes rows of texts to a sheet whose header stays in view; rows are on disk, not in memory, until `close`."""

    def __init__(self, target: Target, columns: Sequence[str]) -> None:
        need_openpyxl()
        from openpyxl import Workbook  # noqa: PLC0415  # it is an extra
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

        super().__init__(target)
        self._columns = tuple(columns)
        self._new_cell = WriteOnlyCell
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("Sheet1")
        self._sheet.freeze_panes = "A2"
        self._count = 0
        self._row(self._columns)

    def write(self, cells: Mapping[str, Any]) -> None:
        """Write a row of texts."""
        check_columns(cells, self._columns)
        self._row([harmless(text(cells.get(column)), typed=True) for column in self._columns])

    def _row(self, texts: Sequence[str]) -> None:
        if self._count == _ROW_LIMIT:
            raise InputError(f"a sheet has {_ROW_LIMIT:,} rows at most; write CSV")
        self._count += 1
        self._sheet.append([self._cell(value) if value else None for value in texts])

    def _cell(self, value: str) -> Any:
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            raise InputError(f"a cell of XLSX holds characters, not bytes: {value[:20]!a}; write CSV")
        content = escaped(value)
        units = len(content) if content.isascii() else len(content.encode("utf-16-le", "surrogatepass")) // 2
        if units > _CELL_LIMIT:
            # openpyxl would cut it without a word.
            raise InputError(
                f"a cell of XLSX holds {_CELL_LIMIT:,} characters, not {units:,}: {value[:20]!r}; write CSV"
            )
        cell = self._new_cell(self._sheet, value=content)
        cell.number_format = _AS_TEXT
        cell.data_type = "s"  # also where it looks like a formula or an error
        return cell

    def _finish(self) -> None:
        from .xlsx_openpyxl import save  # noqa: PLC0415  # openpyxl is an extra

        save(self._book, self._target.stream)

    def _discard(self) -> None:
        # It closes openpyxl's file of rows, and says so if it was closed before.
        with suppress(Exception):
            self._sheet.close()
