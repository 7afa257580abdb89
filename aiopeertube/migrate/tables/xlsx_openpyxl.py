"""Reads the rows of sheets and saves workbooks with openpyxl; what has to know its inside is here."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final
from xml.etree.ElementTree import Element, ParseError
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.worksheet._reader import COL_TAG, MERGE_TAG, ROW_TAG, WorkSheetParser
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from .xlsx_package import Package, SheetPart, text_in

# What openpyxl lets through when a file is damaged, besides its own.
DAMAGED: Final = (
    BadZipFile, ParseError, OSError, EOFError, zlib.error, LookupError, ValueError, TypeError, AttributeError,
    NotImplementedError, RuntimeError, AssertionError, ArithmeticError, StopIteration,
)  # fmt: skip
ROWS: Final = 1_048_576  # of a sheet
_COLUMNS: Final = 16_384
_INLINE: Final = f"{{{SHEET_MAIN_NS}}}is"
_YES: Final = ("1", "true")


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell that is not empty: its value, and openpyxl's letter for what that is."""

    value: Any
    data_type: str
    number_format: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row that is in the file: its number, its cells that are not empty by column, both from 1."""

    line: int
    cells: dict[int, SheetCell]
    hidden: bool


class SheetRows(WorkSheetParser):
    """Iterates the rows of a sheet that are in the file, however far apart they are.

    What else a sheet has (links, conditions, checks of input) is not read, so that nothing in it can be wrong;
    `hidden_columns` and `merged` are known at the end.

    Raises while iterating:
        One of DAMAGED.
    """

    def __init__(self, package: Package, sheet: SheetPart) -> None:
        styles = [*enumerate(package.formats)]
        super().__init__(
            package.open(sheet.part),
            package.strings,
            epoch=package.epoch,
            date_formats={style for style, code in styles if is_date_format(code)},
            timedelta_formats={style for style, code in styles if is_timedelta_format(code)},
        )
        self._package = package
        self.hidden_columns = 0
        self.merged: list[str] = []

    def __iter__(self) -> Iterator[SheetRow]:
        source: Any = self.source
        with source:
            for _, element in iterparse(source):
                if element.tag == ROW_TAG:
                    line, cells = self.parse_row(element)
                    element.clear()
                    yield self._row(line, cells)
                elif element.tag == COL_TAG and element.get("hidden") in _YES:
                    self.hidden_columns += int(element.get("max", 1)) - int(element.get("min", 1)) + 1
                elif element.tag == MERGE_TAG:
                    self.merged = [cells.get("ref", "") for cells in element]

    def parse_cell(self, element: Element) -> dict[str, Any]:
        """Read a cell; the runs of a text within it are taken like those of shared texts."""
        found: dict[str, Any] = super().parse_cell(element)
        inline = element.find(_INLINE) if element.get("t") == "inlineStr" else None
        return found if inline is None else found | {"value": text_in(inline), "data_type": "s"}

    def _row(self, line: int, cells: list[dict[str, Any]]) -> SheetRow:
        attributes = self.row_dimensions.pop(str(line), {})
        far = max((cell["column"] for cell in cells), default=1)
        if not 1 <= line <= ROWS or far > _COLUMNS:
            raise ValueError(f"row {line:,}, column {far:,}: a sheet has {ROWS:,} and {_COLUMNS:,} of them")
        filled = {
            cell["column"]: SheetCell(cell["value"], cell["data_type"], self._package.format(cell["style_id"]))
            for cell in cells
            if cell["value"] not in (None, "")
        }
        return SheetRow(line, filled, attributes.get("hidden") in _YES)


def save(book: Any, stream: BinaryIO) -> None:
    """Save a workbook; openpyxl's own way leaves an archive that complains at its end if the disk was full."""
    archive = ZipFile(stream, "w", ZIP_DEFLATED)
    try:
        ExcelWriter(book, archive).save()
    except BaseException:
        archive.fp = None  # it has nothing to end any more
        raise
