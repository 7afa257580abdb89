"""What every source of rows looks like, whatever its format."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

from aiopeertube.migrate.problems import Problems

CELL_LIMIT: Final = 100_000  # characters; PeerTube's longest text has 10,000
RECORD_LIMIT: Final = 1 << 20  # characters of one row, its quotes, delimiters and line breaks included


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `line` is where it begins in the file, from 1 (XLSX: the sheet's row); a column it lacks is absent."""

    line: int
    cells: dict[str, Any]  # column -> text; JSON lines: any JSON value


class Source(Protocol):
    """A table that is read once, from the first row to the last.

    `name` is for messages; `columns` the header's words, stripped, in order; () where rows name their own.
    """

    name: str
    columns: tuple[str, ...]

    def rows(self, problems: Problems) -> Iterator[Row]:
        """Yield the good rows; what is wrong with the others goes to `problems`.

        Raises:
            FileUnreadable: the file could not be read to its end.
        """
        ...
