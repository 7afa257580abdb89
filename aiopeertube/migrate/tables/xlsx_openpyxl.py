"""Opens and saves workbooks with openpyxl; everything that has to know its inside is here."""

import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, Final
from xml.etree.ElementTree import Element, ParseError
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._reader import COL_TAG, MERGE_TAG, ROW_TAG, WorkSheetParser
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from .xlsx_strict import STRICT, Loosened

# What openpyxl lets through when a file is damaged, besides its own.
DAMAGED: Final = (
    BadZipFile, ParseError, OSError, EOFError, zlib.error, LookupError, ValueError, TypeError, AttributeError,
    NotImplementedError, RuntimeError, AssertionError, ArithmeticError,
)  # fmt: skip
ROWS: Final = 1_048_576  # of a sheet
_COLUMNS: Final = 16_384
_RUN_LIMIT: Final = 1 << 22  # bytes of XML without a tag; the longest cell has a million at most
_NS: Final = f"{{{SHEET_MAIN_NS}}}"
_RELATIONS: Final = "_rels/.rels"
_YES: Final = ("1", "true")


class Reader(ExcelReader):
    """Reads a workbook row by row, its texts exactly as they are in the file."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, read_only=True, keep_links=False)
        self.archive = _Archive(file)

    def read(self) -> None:
        """Read all but the sheets; what openpyxl warns about (styles, extensions) does not matter here."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            super().read()

    def read_strings(self) -> None:
        """Read the texts that cells share; openpyxl's own way loses the escape of escapes."""
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if part is not None:
            with self.archive.open(part.PartName[1:]) as file:
                self.shared_strings = _Strings(_strings(file))


class _Strings(list[str]):
    """Texts by their number; none below 0, which a list would count from its end."""

    def __getitem__(self, index: Any) -> Any:
        if index < 0:
            raise IndexError(f"there is no text {index}")
        return super().__getitem__(index)


def _strings(file: IO[bytes]) -> Iterator[str]:
    events = iterparse(file, events=("start", "end"))
    _, root = next(events)
    for event, node in events:
        if event == "end" and node.tag == f"{_NS}si":
            yield _text(node)
            root.clear()


def _text(node: Element) -> str:
    """Join the runs of a text; not its phonetic ones."""
    return "".join(part.text or "" for path in (f"{_NS}t", f"{_NS}r/{_NS}t") for part in node.findall(path))


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row that is in the file: its number, its cells that are not empty by column, both from 1."""

    line: int
    cells: dict[int, Any]
    hidden: bool


class SheetRows(WorkSheetParser):
    """Iterates the rows of a sheet that are in the file, however far apart they are.

    What else a sheet has (links, conditions, checks of input) is not read, so that nothing in it can be wrong;
    `hidden_columns` and `merged` are known at the end.

    Raises while iterating:
        One of DAMAGED.
    """

    def __init__(self, sheet: Any) -> None:
        book = sheet.parent
        super().__init__(
            sheet._get_source(),  # noqa: SLF001 - there is no public way past gaps, which take a row each
            sheet._shared_strings,  # noqa: SLF001
            epoch=book.epoch,
            date_formats=book._date_formats,  # noqa: SLF001
            timedelta_formats=book._timedelta_formats,  # noqa: SLF001
        )
        self._sheet = sheet
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
        inline = element.find(f"{_NS}is") if element.get("t") == "inlineStr" else None
        return found if inline is None else found | {"value": _text(inline), "data_type": "s"}

    def _row(self, line: int, cells: list[dict[str, Any]]) -> SheetRow:
        attributes = self.row_dimensions.pop(str(line), {})
        far = max((cell["column"] for cell in cells), default=1)
        if not 1 <= line <= ROWS or far > _COLUMNS:
            raise ValueError(f"row {line:,}, column {far:,}: a sheet has {ROWS:,} and {_COLUMNS:,} of them")
        filled = {
            cell["column"]: ReadOnlyCell(self._sheet, **cell) for cell in cells if cell["value"] not in (None, "")
        }
        return SheetRow(line, filled, attributes.get("hidden") in _YES)


class _Archive(ZipFile):
    """Reads strict Open XML like the usual one; ends at a text that no workbook has, before it fills the memory."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        with super().open(_RELATIONS) as relations:
            self._strict = STRICT in relations.read(_RUN_LIMIT)

    def open(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        stream = super().open(*args, **kwargs)
        return _Bounded(Loosened(stream) if self._strict else stream)  # type: ignore[arg-type,return-value]


class _Bounded:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._run = 0  # bytes since the last tag began

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        first = data.find(b"<")
        if first < 0:
            self._run += len(data)
        elif self._run + first <= _RUN_LIMIT:
            self._run = len(data) - data.rfind(b"<")
        if self._run > _RUN_LIMIT:
            raise ValueError("a text is too long")
        return data

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> "_Bounded":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def save(book: Any, stream: BinaryIO) -> None:
    """Save a workbook; openpyxl's own way leaves an archive that complains at its end if the disk was full."""
    archive = ZipFile(stream, "w", ZIP_DEFLATED)
    try:
        ExcelWriter(book, archive).save()
    except BaseException:
        archive.fp = None  # it has nothing to end any more
        raise
