"""Items that several rows make together: the chapters of a video, the videos of a playlist.

What a row asks for is a mapping of parts, each named as people call it ("the chapter at 0:12"); rows of one item are
put together part by part. Which line each came from, and its cells, are in the item's note.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from aiopeertube.migrate.journal.item import Item, merged
from aiopeertube.migrate.metadata.values import CLEARED, Clear, cell_text
from aiopeertube.migrate.problems import CellError
from aiopeertube.migrate.tables.source import Row, Stored

from .layout import kept
from .rows import RowReader

LINES: Final = "lines"  # in an item's note: part -> the line that asks for it
ROWS: Final = "rows"  # in an item's note: line -> the cells of each row
_TIME: Final = re.compile(r"(?:(?:(\d{1,6}):)?([0-5]?\d):([0-5]\d)|(\d{1,10}))")
_LATEST: Final = 2**31 - 1  # seconds; what the server's database holds


@contextmanager
def told(row: Row, rows: RowReader) -> Iterator[Mapping[str, Any]]:
    """Give a row's cells; what is found to be wrong with one of them is told with its line."""
    cells = rows.cells(row)
    try:
        yield cells
    except CellError as exc:
        rows.problems.add_cell(row.line, exc)


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
    """Return the cells of all rows of an item."""
    return list(item.note.get(ROWS, {}).values()) or [item.row]


def value_of(cells: Mapping[str, Any], column: str, rows: RowReader) -> str | Clear | None:
    """Read a cell as text: None leaves what it is about as it is, CLEARED empties it.

    Raises:
        CellError: it is neither a text nor a whole number.
    """
    if column not in cells:
        return None
    cell = cells[column]
    if cell is None:
        return CLEARED
    if isinstance(cell, Stored):
        raise CellError(column, cell.reason)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    if not isinstance(cell, str):
        raise CellError(column, f"{cell!r} is no text")
    if rows.typed:
        return cell.strip() or None
    text = cell_text(cell, rows.reading.marker)
    return text.strip() if isinstance(text, str) else text


def text_of(cells: Mapping[str, Any], column: str, rows: RowReader, low: int, high: int) -> str | Clear | None:
    """Read a cell of a text that has from `low` to `high` characters.

    Raises:
        CellError: it has more, or less; or the server takes it for none at all.
    """
    text = value_of(cells, column, rows)
    if not isinstance(text, str):
        return text
    if not low <= len(text) <= high:
        raise CellError(column, f"it must have {low:,} to {high:,} characters, and has {len(text):,}")
    if text == "null":
        raise CellError(column, "the server takes the text 'null' for none at all; to clear the field say so")
    return text


def seconds_of(cells: Mapping[str, Any], column: str, rows: RowReader) -> int | Clear | None:
    """Read a cell of a time in a video: seconds, or [hours:]minutes:seconds.

    Raises:
        CellError: it is none.
    """
    text = value_of(cells, column, rows)
    if not isinstance(text, str):
        return text
    found = _TIME.fullmatch(text)
    if found is None:
        raise CellError(column, f"{text!r} is no time: seconds like 95, or like 1:35 or 1:02:03")
    hours, minutes, seconds, whole = (int(number or 0) for number in found.groups())
    moment = whole or (hours * 60 + minutes) * 60 + seconds
    if moment > _LATEST:
        raise CellError(column, f"{text!r} is too late")
    return moment


def clock(seconds: int) -> str:
    """Write a time in a video: 1:35, or 1:02:03."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
