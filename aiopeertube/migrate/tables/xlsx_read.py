"""A sheet of a workbook, row by row: the first that is not hidden, or a named one."""

import importlib.util
import tempfile
import weakref
from collections.abc import Collection, Iterator, Sequence
from shutil import copyfileobj
from typing import BinaryIO

from aiopeertube.errors import ConfigurationError
from aiopeertube.migrate.problems import Problems

from .grid import Grid
from .header import Header, given_header, read_header
from .origin import Origin, readable
from .source import BadCell, Row
from .xlsx_sheet import Line, Sheet


class Workbook:
    """A sheet as a table; without `columns` its first row that is not blank is the header.

    `header_row` is the row where it begins, None: the first; columns in `ignored` may say what they like.

    Raises:
        ConfigurationError: openpyxl is not installed; there is no such sheet.
        FileUnreadable: it is not a workbook.
    """

    def __init__(
        self,
        origin: Origin,
        *,
        columns: Sequence[str] | None = None,
        sheet: str | None = None,
        header_row: int | None = None,
        ignored: Collection[str] = (),
    ) -> None:
        need_openpyxl()
        self.name = origin.name
        self._ignored = ignored
        given = None if columns is None else given_header(columns)
        file = _seekable(origin)
        self._close = weakref.finalize(self, file.close)
        self._sheet = Sheet(file, origin.path, sheet, begins=header_row or 1)
        self._first = None if given else self._sheet.first()
        self._header = given or read_header(_texts(self._first))
        self.columns = self._header.columns

    def rows(self, problems: Problems) -> Iterator[Row]:
        """Yield the good rows, once; what is wrong with the others goes to `problems`."""
        try:
            if self._header.given or _is_header(self._header, self._first, problems, self._ignored):
                yield from self._rows(problems)
            self._sheet.tell(problems)
        finally:
            self._close()

    def _rows(self, problems: Problems) -> Iterator[Row]:
        width = len(self._header.names)
        grid = Grid(self._header, problems, line=self._first.number if self._first else None, ignored=self._ignored)
        for line in self._sheet.rows(problems):
            cells = line.cells + [""] * (width - len(line.cells))
            if row := grid.row(line.number, cells):
                yield row


def need_openpyxl() -> None:
    """Check that workbooks can be read and written.

    Raises:
        ConfigurationError: openpyxl is not installed.
    """
    if importlib.util.find_spec("openpyxl") is None:
        raise ConfigurationError("XLSX needs openpyxl: pip install 'aiopeertube[xlsx]'")


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


def _texts(first: Line | None) -> list[str]:
    return [cell if isinstance(cell, str) else "" for cell in (first.cells if first else ())]


def _is_header(header: Header, first: Line | None, problems: Problems, ignored: Collection[str]) -> bool:
    if first is None:
        problems.add(None, None, "it is empty: there is no header")
        return False
    before = problems.total
    for index, cell in enumerate(first.cells, 1):
        if isinstance(cell, BadCell):
            problems.add(first.number, None, f"the header's column {index} is {cell}")
    if problems.total == before:
        header.check(first.number, problems, ignored=ignored)
    return problems.total == before
