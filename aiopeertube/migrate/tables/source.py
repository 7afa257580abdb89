"""What every source of rows looks like, whatever its format."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

from aiopeertube.migrate.problems import Problems

CELL_LIMIT: Final = 100_000  # characters; PeerTube's longest text has 10,000
RECORD_LIMIT: Final = 1 << 20  # characters of one row, its quotes, delimiters and line breaks included

# Columns that name files of this machine, which may have any bytes in their names.
FILES: Final = frozenset({"file", "thumbnailfile", "previewfile", "avatar", "banner"})


class BadCell(ValueError):
    """A cell cannot be relied on; `raw` is what it says in the file."""

    def __init__(self, raw: str, reason: str) -> None:
        super().__init__(reason)
        self.raw = raw


class Stored(str):
    """What a workbook's cell stores while it shows something else: a date, true or false, a number with a format.

    `kind` is "moment", "truth" or "number". It is good only where that value itself is wanted, not where the text is;
    `reason` says why.
    """

    __slots__ = ("kind", "reason")
    kind: str
    reason: str

    def __new__(cls, text: str, kind: str, number_format: str) -> "Stored":
        """Make one of what is stored, and of the format by which it is shown."""
        made = super().__new__(cls, text)
        made.kind = kind
        shown = f"shows it by the format {number_format!r}" if kind != "truth" else "shows it in the user's language"
        made.reason = (
            f"the cell has {_KINDS[kind]} {text}, and {shown}; write it as text (in a column of that format)"
        )
        return made


_KINDS: Final = {"moment": "the date or time", "truth": "the value", "number": "the number"}


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
