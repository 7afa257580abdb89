"""From cells by position to rows, alike for every format that has a header."""

from collections.abc import Callable, Collection, Sequence

from aiopeertube._counting import counted
from aiopeertube.migrate.problems import Problems

from .header import Header, is_blank, no_name
from .source import BadCell, Row

Cell = str | BadCell


class Grid:
    """Puts the names of a header to cells; what is wrong with a row goes to `problems`.

    A row whose cells are all blank is no row, and a column without a name is none as long as all of its cells are
    blank. Columns named in `ignored` may say what they like.
    """

    def __init__(
        self, header: Header, problems: Problems, *, line: int | None = None, ignored: Collection[str] = ()
    ) -> None:
        self._header = header
        self._line = line  # where the header is
        self._problems = problems
        self._ignored = ignored
        self._told: set[int] = set()  # columns without a name that were complained about

    def row(self, line: int, cells: Sequence[Cell], line_of: Callable[[int], int] | None = None) -> Row | None:
        """Make a row; None where it is blank, or something is wrong with it.

        `line_of` tells the line of the cell at an index, where cells of one row have different ones.
        """
        if all(isinstance(cell, str) and is_blank(cell) for cell in cells):
            return None
        if not self._fits(cells):
            self._problems.add(line, None, _ragged(len(cells), self._header), option=self._hint())
            return None
        found: dict[str, str] = {}
        bad = 0
        for index, (name, cell) in enumerate(zip(self._header.names, cells, strict=False)):
            if name and (isinstance(cell, str) or name in self._ignored):
                found[name] = cell if isinstance(cell, str) else cell.raw
            elif name is not None and not (isinstance(cell, str) and is_blank(cell)):
                bad += 1
                self._complain(line_of(index) if line_of else line, index, cell)
        return None if bad else Row(line, found)

    def _fits(self, cells: Sequence[Cell]) -> bool:
        """Tell whether there are as many cells as columns; what is beyond them has to be blank."""
        width = len(self._header.names)
        if len(cells) < width:
            return False
        return all(isinstance(cell, str) and is_blank(cell) for cell in cells[width:])

    def _complain(self, line: int, index: int, cell: Cell) -> None:
        if isinstance(cell, BadCell) and (name := self._header.name(index)):
            self._problems.add(line, name, str(cell))
        elif index not in self._told:
            self._told.add(index)
            text = cell if isinstance(cell, str) else cell.raw
            what = f"{no_name(index + 1)}; line {line:,} has {text[:20]!r} there"
            self._problems.add(self._line, None, what, option="columns")

    def _hint(self) -> str:
        """Name the option that helps where the header looks like a title."""
        return "header_row" if len(self._header.names) == 1 and not self._header.given else ""


def _ragged(count: int, header: Header) -> str:
    width = len(header.names)
    expected = f"{counted(width, 'column was', 'columns were')} given" if header.given else f"the header has {width}"
    return f"{count} cell{'s' * (count != 1)} where {expected}"
