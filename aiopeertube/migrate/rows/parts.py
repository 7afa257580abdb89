"""Items that several rows make together: the chapters of a video, the videos of a playlist.

What a row asks for is a mapping of parts, each named as people call it ("the chapter at 0:12"); rows of one item are
put together part by part. Which line each came from, and its cells, are in the item's note.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from aiopeertube.migrate.journal.item import Item, merged
from aiopeertube.migrate.metadata.references import COLUMNS
from aiopeertube.migrate.metadata.values import CLEARED, Clear, cell_text
from aiopeertube.migrate.problems import CellError
from aiopeertube.migrate.tables.source import Row

from .layout import KEY, kept
from .rows import RowReader

T = TypeVar("T")

LINES: Final = "lines"  # in an item's note: part -> the line that asks for it
ROWS: Final = "rows"  # in an item's note: line -> the cells of each row
_TIME: Final = re.compile(r"(?:(?:(\d{1,6}):)?([0-5]?\d):([0-5]\d)|(\d{1,10}))")
_LATEST: Final = 2**31 - 1  # seconds; what the server's database holds


def part_of(
    row: Row, ref: str, wanted: dict[str, Any], *, name: str = "", note: dict[str, Any] | None = None
) -> Item:
    """Make an item of one row, which others may join."""
    item = Item(ref, wanted, row.line, kept(row.cells), name=name)
    item.note = (note or {}) | {LINES: dict.fromkeys(wanted, row.line), ROWS: {str(row.line): item.row}}
    return item


def united(items: Sequence[Item]) -> tuple[list[Item], list[tuple[Item, Item]]]:
    """Put the rows of each item together; return the items, and pairs that contradict each other, earlier first."""
    found: dict[str, Item] = {}
    pairs: list[tuple[Item, Item]] = []
    for item in items:
        first = found.setdefault(item.ref, item)
        if first is item:
            continue
        wanted = merged(first.wanted, item.wanted)
        if wanted is None:
            pairs.append((first, item))
        else:
            first.take_in(item, wanted)
    return list(found.values()), pairs


def contradiction(earlier: Item, item: Item, noun: str) -> str:
    """Say in what a row contradicts an earlier one of the same item."""
    part = next(
        (name for name, value in item.wanted.items() if earlier.wanted.get(name, value) != value),
        "",
    )
    line = earlier.note.get(LINES, {}).get(part, earlier.line or 0)
    about = f"{part} " if part and LINES in item.note else ""
    return f"{about}contradicts line {line:,}, which names the same {noun}"


def line_of(item: Item, part: str) -> int | None:
    """Return the line that asks for a part."""
    line: int | None = item.note.get(LINES, {}).get(part, item.line)
    return line


def rows_of(item: Item) -> list[dict[str, Any]]:
    """Return the cells of all rows of an item, in the table's order."""
    found: dict[str, dict[str, Any]] = item.note.get(ROWS, {})
    return [found[line] for line in sorted(found, key=int)] or [item.row]


class Cells:
    """The cells of a row; what is wrong with one of them is told with its line, and reads as nothing.

    What is read is None where what it is about stays as it is, and CLEARED where it is to be emptied.
    """

    def __init__(self, row: Row, rows: RowReader) -> None:
        self._row = row
        self._rows = rows
        self._before = rows.problems.total
        self.cells = rows.cells(row)

    @property
    def are_good(self) -> bool:
        """Whether nothing is wrong with the row so far."""
        return self._rows.problems.total == self._before

    def wrong(self, column: str | None, why: str) -> None:
        """Tell what is wrong."""
        self._rows.problems.add(self._row.line, column, why)

    def names_video(self) -> bool:
        """Tell whether the row names a video."""
        return any(str(self.cells.get(column) or "").strip() for column in (*COLUMNS, KEY))

    def video(self) -> tuple[str | None, dict[str, Any]]:
        """Return the video that the row names, and what is noted of its other names; None: there is none."""
        ref = self._rows.names.video(self._row.line, self.cells)
        return ref, self._rows.names.others(ref, self.cells) if ref else {}

    def read(self, column: str, parse: Callable[[str], T], *, whole: bool = False) -> T | Clear | None:
        """Read a cell by `parse`, which raises ValueError with what is wrong; `whole`: with the spaces around it."""
        try:
            text = self._text(column)
            return parse(text if whole else text.strip()) if isinstance(text, str) else text
        except ValueError as exc:
            self.wrong(column, getattr(exc, "reason", str(exc)))
        return None

    def text(self, column: str, low: int, high: int) -> str | Clear | None:
        """Read a text that has from `low` to `high` characters."""

        def parse(text: str) -> str:
            if not low <= len(text) <= high:
                raise ValueError(f"it must have {low:,} to {high:,} characters, and has {len(text):,}")
            if text == "null":
                raise ValueError("the server takes the text 'null' for none at all; to clear the field say so")
            return text

        return self.read(column, parse, whole=True)

    def seconds(self, column: str) -> int | Clear | None:
        """Read a time in a video: seconds, or [hours:]minutes:seconds."""
        return self.read(column, _seconds)

    def _text(self, column: str) -> str | Clear | None:
        if column not in self.cells:
            return None
        cell = self.cells[column]
        if cell is None:
            return CLEARED
        if isinstance(cell, int) and not isinstance(cell, bool):
            return str(cell)
        if not isinstance(cell, str):
            raise CellError(column, f"{cell!r} is no text")
        if self._rows.typed:
            return cell if cell.strip() else None
        return cell_text(cell, self._rows.reading.marker)


def _seconds(text: str) -> int:
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no time: seconds like 95, or like 1:35 or 1:02:03")
    hours, minutes, seconds, whole = (int(number or 0) for number in found.groups())
    moment = whole or (hours * 60 + minutes) * 60 + seconds
    if moment > _LATEST:
        raise ValueError(f"{text!r} is too late")
    return moment


def clock(seconds: int) -> str:
    """Write a time in a video: 1:35, or 1:02:03."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
