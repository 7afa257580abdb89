"""The first sheet of a workbook, or a named one, row by row."""

import importlib.util
import tempfile
import warnings
import weakref
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from shutil import copyfileobj
from typing import Any, BinaryIO

from aiopeertube.errors import ConfigurationError, FileUnreadable
from aiopeertube.migrate.problems import Problems

from .header import Header, given_header, read_header
from .origin import Origin, readable
from .source import Row
from .xlsx_cells import text_of


class Workbook:
    """A sheet as a table; without `columns` its first row that is not empty is the header.

    Raises:
        ConfigurationError: openpyxl is not installed; there is no such sheet.
        FileUnreadable: it is not a workbook.
    """

    def __init__(self, origin: Origin, *, columns: Sequence[str] | None, sheet: str | None) -> None:
        need_openpyxl()
        self.name = origin.name
        given = None if columns is None else given_header(columns)
        file = _seekable(origin)
        self._close = weakref.finalize(self, file.close)
        self._sheet = _Sheet(file, origin.path, sheet)
        self._first = None if given else self._sheet.first()
        self._header = given or _label(self._first)
        self.columns = self._header.columns

    def rows(self, problems: Problems) -> Iterator[Row]:
        """Yield the good rows, once; what is wrong with the others goes to `problems`."""
        try:
            if self._header.given or _is_header(self._header, self._first, problems):
                yield from self._rows(problems)
        finally:
            self._close()

    def _rows(self, problems: Problems) -> Iterator[Row]:
        for line, row in self._sheet.rows(problems):
            before = problems.total
            cells = _cells(line, row, self._header, problems)
            if problems.total == before:
                yield Row(line, cells)


class _Sheet:
    """The rows of a sheet that are not empty, each with its number and without empty cells at its end."""

    def __init__(self, file: BinaryIO, path: str, name: str | None) -> None:
        from .xlsx_openpyxl import DAMAGED  # noqa: PLC0415  # openpyxl is an extra

        self._damaged = DAMAGED
        self._path = path
        self._line = 0
        try:
            self._found = _filled(_open_sheet(file, name))
        except DAMAGED as exc:
            raise FileUnreadable(
                path, f"not an XLSX file, or damaged, or protected by a password ({why(exc)})"
            ) from exc

    def first(self) -> tuple[int, list[Any]] | None:
        """Read the first row; None: there is none.

        Raises:
            FileUnreadable: the file is damaged.
        """
        try:
            return self._next()
        except self._damaged as exc:
            raise FileUnreadable(self._path, f"the sheet is damaged ({why(exc)})") from exc

    def rows(self, problems: Problems) -> Iterator[tuple[int, list[Any]]]:
        """Read the others; where the file is damaged it ends with an error."""
        try:
            while (row := self._next()) is not None:
                yield row
        except self._damaged as exc:
            problems.add(self._line + 1, None, f"the sheet is damaged from here on ({why(exc)})")

    def _next(self) -> tuple[int, list[Any]] | None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about dates out of range: those cells are errors, and reported
            row = next(self._found, None)
        self._line = row[0] if row else self._line
        return row


def why(exc: BaseException) -> str:
    """Return what was wrong at first: openpyxl puts advice around it."""
    while inner := exc.__cause__ or exc.__context__:
        exc = inner
    return str(exc).partition("\n")[0]


def need_openpyxl() -> None:
    """Check that workbooks can be read and written.

    Raises:
        ConfigurationError: openpyxl is not installed.
    """
    if importlib.util.find_spec("openpyxl") is None:
        raise ConfigurationError("XLSX needs openpyxl: pip install 'aiopeertube[xlsx]'")


def _open_sheet(file: BinaryIO, name: str | None) -> Any:
    from .xlsx_openpyxl import Reader  # noqa: PLC0415  # openpyxl is an extra

    reader = Reader(file)
    reader.read()
    sheets = {sheet.title: sheet for sheet in reader.wb.worksheets}
    if name is not None and name not in sheets:
        raise ConfigurationError(f"sheet {name}: there is no such sheet, but {', '.join(sheets)}", option="sheet")
    sheet = sheets[name] if name is not None else next(iter(sheets.values()), None)
    if sheet is None:
        raise ValueError("there is no sheet in it")
    # Programs write wrong sizes; openpyxl would cut the sheet to them.
    sheet.reset_dimensions()
    return sheet


def _filled(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    for line, row in enumerate(sheet.iter_rows(), 1):
        cells = list(row)
        while cells and cells[-1].value in (None, ""):
            cells.pop()
        if cells:
            yield line, cells


def _seekable(origin: Origin) -> BinaryIO:
    """Open a file, or put a stream into one: a ZIP archive is read from its end."""
    stream = origin.open()
    if stream.seekable():
        return stream
    spool = tempfile.TemporaryFile()  # noqa: SIM115  # whoever reads the workbook closes it
    with stream, readable(origin.path):
        copyfileobj(stream, spool)
    spool.seek(0)
    return spool


def _label(first: tuple[int, list[Any]] | None) -> Header:
    words = []
    for cell in first[1] if first else ():
        try:
            words.append(text_of(cell))
        except ValueError:
            words.append("")
    return read_header(words)


def _is_header(header: Header, first: tuple[int, list[Any]] | None, problems: Problems) -> bool:
    if first is None:
        problems.add(None, None, "it is empty: there is no header")
        return False
    before = problems.total
    for index, cell in enumerate(first[1], 1):
        try:
            text_of(cell)
        except ValueError as exc:
            problems.add(first[0], None, f"the header's column {index} is {exc}")
    if problems.total == before:
        header.check(first[0], problems)
    return problems.total == before


def _cells(line: int, row: Sequence[Any], header: Header, problems: Problems) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    if len(row) > len(header.names):
        problems.add(line, None, f"{len(row)} cells where there are {len(header.names)} columns")
    for name, cell in zip_longest(header.names, row[: len(header.names)]):
        try:
            if name is not None:
                cells[name] = "" if cell is None else text_of(cell)
        except ValueError as exc:
            problems.add(line, name, str(exc))
    return cells
