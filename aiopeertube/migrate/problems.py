"""What is wrong with an input: collected over the whole of it, and told at once."""

from dataclasses import dataclass
from typing import Final

from aiopeertube.errors import InputError

_KEPT: Final = 1000
_NOTED: Final = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One error: `line` counts from 1 (a sheet's row in XLSX), `column` is the header's word; None: the whole.

    `option` names the option that helps, as a keyword argument is named; "" where none does.
    """

    file: str
    line: int | None
    column: str | None
    reason: str
    option: str = ""

    def __str__(self) -> str:
        where = self.file
        if self.line is not None:
            where += f", line {self.line:,}"
        if self.column is not None:
            where += f", column {self.column}"
        return f"{where}: {self.reason}"


class CellError(InputError):
    """A cell, or (`column` None) a row, is invalid; `option` names the option that helps."""

    def __init__(self, column: str | None, reason: str, *, option: str = "") -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason
        self.option = option


class BadSource(InputError):
    """An input was refused before anything was sent: `problems` are the first thousand of `total` errors."""

    def __init__(self, problems: tuple[Problem, ...], total: int) -> None:
        more = f" (and {total - 1:,} more)" if total > 1 else ""
        super().__init__(f"{problems[0]}{more}")
        self.problems = problems
        self.total = total


class Problems:
    """Collects the errors of one file; memory does not depend on how many there are.

    `notes` are lines about what is not wrong, and is to be known all the same: a sheet that was chosen, hidden rows.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.total = 0
        self.notes: list[str] = []
        self._kept: list[Problem] = []
        self._doubts: list[Problem] = []

    def add(self, line: int | None, column: str | None, reason: str, *, option: str = "") -> None:
        """Add an error."""
        self.total += 1
        if len(self._kept) < _KEPT:
            self._kept.append(Problem(self.file, line, column, reason, option))

    def doubt(self, line: int | None, column: str | None, reason: str) -> None:
        """Add what is an error unless a look at the server says otherwise; where nobody gets to that, it is one."""
        if len(self._doubts) < _KEPT:
            self._doubts.append(Problem(self.file, line, column, reason))

    def note(self, what: str) -> None:
        """Note what whoever reads the file should know; the file's name comes in front."""
        if len(self.notes) < _NOTED:
            self.notes.append(f"{self.file}: {what}")

    def add_cell(self, line: int | None, error: CellError) -> None:
        """Add the error of a cell."""
        self.add(line, error.column, error.reason, option=error.option)

    def raise_if_any(self) -> None:
        """Raise what was collected, if there is anything.

        Raises:
            BadSource: with all of it.
        """
        doubts, self._doubts = self._doubts, []
        if self.total:
            kept = [*self._kept, *doubts][:_KEPT]
            raise BadSource(tuple(kept), self.total + len(doubts))
