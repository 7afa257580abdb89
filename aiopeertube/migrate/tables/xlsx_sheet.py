"""The rows of a sheet of which anything is seen, as texts, and what else there is to know about the sheet."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from aiopeertube.errors import ConfigurationError, FileUnreadable
from aiopeertube.migrate.problems import Problems

from .grid import Cell
from .header import is_blank
from .source import BadCell
from .xlsx_cells import text_of

_NAMED = 3  # of what is hidden or merged, named one by one


@dataclass(frozen=True, slots=True)
class Line:
    """A row by its number in the sheet: its cells up to the last that is not empty."""

    number: int
    cells: list[Cell]


class Sheet:
    """The rows from `begins` on of the sheet `name`; None: of the first that is not hidden.

    Raises:
        ConfigurationError: there is no such sheet.
        FileUnreadable: it is no workbook, or damaged.
    """

    def __init__(self, file: BinaryIO, path: str, name: str | None, *, begins: int = 1) -> None:
        from .xlsx_openpyxl import DAMAGED, SheetRows  # noqa: PLC0415  # openpyxl is an extra
        from .xlsx_package import Package  # noqa: PLC0415

        self._damaged = DAMAGED
        self._path = path
        self._begins = begins
        self._number = 0
        self._hidden: list[int] = []
        self._hidden_count = 0
        try:
            package = Package(file)
            sheet = _chosen(package.sheets, name)
            self._notes = [] if name is not None else _others(package.sheets, sheet)
            self._source: Any = SheetRows(package, sheet)
            self._found = iter(self._source)
        except DAMAGED as exc:
            what = f"not an XLSX file, or damaged, or protected by a password ({why(exc)})"
            raise FileUnreadable(path, what) from exc

    def first(self) -> Line | None:
        """Read the first row; None: there is none.

        Raises:
            FileUnreadable: the file is damaged.
        """
        try:
            return self._next()
        except self._damaged as exc:
            raise FileUnreadable(self._path, f"the sheet is damaged ({why(exc)})") from exc

    def rows(self, problems: Problems) -> Iterator[Line]:
        """Read the others; where the file is damaged it ends with an error."""
        try:
            while (line := self._next()) is not None:
                yield line
        except self._damaged as exc:
            problems.add(self._number + 1, None, f"the sheet is damaged from here on ({why(exc)})")

    def tell(self, problems: Problems) -> None:
        """Note what is not seen at a glance, once all rows were read."""
        for note in self._notes:
            problems.note(note)
        if self._hidden_count:
            which = _some([f"{number:,}" for number in self._hidden], self._hidden_count)
            problems.note(f"hidden rows are read like the others: {which}")
        if count := self._source.hidden_columns:
            problems.note(f"hidden columns are read like the others: {count:,} of them")
        if merged := self._source.merged:
            problems.note(f"cells are merged, and only the first of each has a text: {_some(merged, len(merged))}")

    def _next(self) -> Line | None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about dates out of range: those cells are errors, and reported
            for row in self._found:
                self._number = row.line
                cells = _cells(row.cells)
                if row.line >= self._begins and not all(isinstance(cell, str) and is_blank(cell) for cell in cells):
                    self._count(row)
                    return Line(row.line, cells)
        return None

    def _count(self, row: Any) -> None:
        if row.hidden:
            self._hidden_count += 1
            if len(self._hidden) < _NAMED:
                self._hidden.append(row.line)


def why(exc: BaseException) -> str:
    """Return what was wrong at first: openpyxl puts advice around it."""
    while inner := exc.__cause__ or exc.__context__:
        exc = inner
    return str(exc).partition("\n")[0]


def _chosen(sheets: list[Any], name: str | None) -> Any:
    if not sheets:
        raise ValueError("there is no sheet in it")
    if name is None:
        return next((sheet for sheet in sheets if not sheet.hidden), sheets[0])
    found = next((sheet for sheet in sheets if sheet.title == name), None)
    if found is None:
        names = ", ".join(sheet.title for sheet in sheets)
        raise ConfigurationError(f"sheet {name}: there is no such sheet, but {names}", option="sheet")
    return found


def _others(sheets: list[Any], chosen: Any) -> list[str]:
    """Say which sheet is read, where there are several."""
    others = [f"{sheet.title}{' (hidden)' if sheet.hidden else ''}" for sheet in sheets if sheet is not chosen]
    return [f"the sheet {chosen.title} is read, and not {_some(others, len(others))}"] if others else []


def _some(names: list[str], count: int) -> str:
    more = f" and {count - _NAMED:,} more" if count > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _cells(found: dict[int, Any]) -> list[Cell]:
    cells: list[Cell] = [""] * max(found, default=0)
    for column, cell in found.items():
        try:
            cells[column - 1] = text_of(cell)
        except BadCell as exc:
            cells[column - 1] = exc
        except Exception as exc:  # noqa: BLE001 - a style or a number that no workbook has
            cells[column - 1] = BadCell(str(cell.value), f"damaged ({why(exc)})")
    return cells
