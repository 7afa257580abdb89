"""What the cells of a row are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiopeertube.errors import ConfigurationError
from aiopeertube.migrate.problems import Problems

_IGNORED: Final = ("", "-")
_HINT: Final = "if the file has no header, its columns need names"


@dataclass(frozen=True, slots=True)
class Header:
    """Names by position; None: a column that is not to be read. `given`: by the caller, so the file has no header."""

    names: tuple[str | None, ...]
    given: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The names, each once, in order."""
        return tuple(dict.fromkeys(name for name in self.names if name))

    def name(self, index: int) -> str | None:
        """Name the cell at `index` (from 0); None where it has no name."""
        return (self.names[index] or None) if index < len(self.names) else None

    def check(self, line: int, problems: Problems) -> None:
        """Report names that are missing or there twice; mostly that is a file without header."""
        for name in dict.fromkeys(self.names):
            places = [index for index, other in enumerate(self.names, 1) if other == name]
            if not name:
                what = f"the header has no name for column {', '.join(map(str, places))}; {_HINT}"
                problems.add(line, None, what, option="columns")
            elif len(places) > 1:
                what = f"named twice in the header, columns {', '.join(map(str, places))}; {_HINT}"
                problems.add(line, name, what, option="columns")


def read_header(cells: Sequence[str]) -> Header:
    """Make names of a file's first row."""
    return Header(tuple(cell.strip() for cell in cells))


def given_header(columns: Sequence[str]) -> Header:
    """Make names of what the caller says; "" and "-" stand for columns to be ignored.

    Raises:
        ConfigurationError: a name is there twice, or there is none at all.
    """
    words = [column.strip() for column in columns]
    header = Header(tuple(None if word in _IGNORED else word for word in words), given=True)
    named = [name for name in header.names if name]
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice or not named:
        what = f"columns: {twice} is there twice" if twice else "columns: there is no name"
        raise ConfigurationError(what, option="columns")
    return header
