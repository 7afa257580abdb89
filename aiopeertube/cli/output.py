"""Writes results on stdout: a table for people; JSON, JSON lines and CSV for programs, row by row."""

import csv
import io
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, Protocol

import orjson

from aiopeertube.cli.cells import Row, heading, pick, plain, projected, shown
from aiopeertube.cli.terminal import clean, escaped, is_terminal, named

FORMATS: Final = ("table", "json", "jsonl", "csv")


class Writer(Protocol):
    """Takes rows one by one."""

    def add(self, row: Row) -> None:
        """Write a row, or keep it until the end."""
        ...

    def end(self) -> None:
        """Write what is left."""
        ...


def chosen(format: str | None) -> str:
    """Return the format asked for: by default a table on a terminal, JSON lines elsewhere."""
    return format or ("table" if is_terminal(sys.stdout) else "jsonl")


def writer(format: str, fields: Sequence[str] | None, *, columns: Sequence[str], no_color: bool = False) -> Writer:
    """Make a writer. `fields` None means whole rows in JSON, `columns` elsewhere."""
    makers: dict[str, Callable[[], Writer]] = {
        "table": partial(Table, fields or columns, no_color=no_color),
        "json": partial(JsonArray, fields),
        "jsonl": partial(JsonLines, fields),
        "csv": partial(Csv, fields or columns),
    }
    return makers[format]()


def to_json(value: Any, *, pretty: bool = False) -> str:
    """Encode a value as JSON, with terminal controls escaped."""
    option = orjson.OPT_INDENT_2 if pretty else None
    try:
        return escaped(orjson.dumps(value, option=option).decode())
    except TypeError:  # the name of a file need not be UTF-8
        return escaped(json.dumps(value, indent=2 if pretty else None))


def put(text: str) -> None:
    """Write text on stdout, in UTF-8 unless it is a terminal."""
    buffer = getattr(sys.stdout, "buffer", None)
    with named("stdout"):
        if is_terminal(sys.stdout) or buffer is None:
            sys.stdout.write(text)
        else:
            buffer.write(text.encode("utf-8", "surrogatepass"))


class JsonLines:
    """A line for each row, at once."""

    def __init__(self, fields: Sequence[str] | None) -> None:
        self._fields = fields

    def add(self, row: Row) -> None:
        """Write the row."""
        put(to_json(projected(row, self._fields)) + "\n")

    def end(self) -> None:
        """Do nothing."""


class JsonArray:
    """One array, an element a line, written as the rows come."""

    def __init__(self, fields: Sequence[str] | None) -> None:
        self._fields = fields
        self._before = "[\n"

    def add(self, row: Row) -> None:
        """Write the row."""
        put(self._before + to_json(projected(row, self._fields)))
        self._before = ",\n"

    def end(self) -> None:
        """Close the array."""
        put("\n]\n" if self._before == ",\n" else "[]\n")


class Csv:
    """A header, and a line for each row, at once; lists are JSON."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = fields
        self._terminal = is_terminal(sys.stdout)
        self._line(fields)

    def add(self, row: Row) -> None:
        """Write the row."""
        self._line([plain(pick(row, field)) for field in self._fields])

    def end(self) -> None:
        """Do nothing."""

    def _line(self, cells: Sequence[str]) -> None:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(cells)
        text = line.getvalue()
        put(clean(text) if self._terminal else text)  # a file gets the data as it is


class Table:
    """A table; column widths depend on all rows, so it is drawn at the end."""

    def __init__(self, fields: Sequence[str], *, no_color: bool = False) -> None:
        self._fields = fields
        self._no_color = no_color
        self._rows: list[list[str]] = []

    def add(self, row: Row) -> None:
        """Keep the row's cells."""
        self._rows.append([shown(pick(row, field)) for field in self._fields])

    def end(self) -> None:
        """Draw it."""
        draw_table([heading(field) for field in self._fields], self._rows, no_color=self._no_color)


def draw_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, no_color: bool = False, cut: bool = True
) -> None:
    """Draw a table on stdout; on a terminal texts are cut to its width, or wrapped; what names something never is."""
    import rich.box  # noqa: PLC0415 - only who draws pays for it
    import rich.console  # noqa: PLC0415
    import rich.table  # noqa: PLC0415
    import rich.text  # noqa: PLC0415

    console = rich.console.Console(file=sys.stdout, no_color=no_color, highlight=False)
    room = console.width - _EDGES - _BETWEEN * (len(headings) - 1) if is_terminal(sys.stdout) else None
    table = rich.table.Table(box=rich.box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    widths = _widths(headings, rows, room)
    for title, width in zip(headings, widths, strict=True):
        table.add_column(title, no_wrap=cut, overflow="ellipsis", width=width)
    for row in rows:
        # Text and not str: square brackets in a name are no markup.
        table.add_row(*(rich.text.Text(cell) for cell in row))
    # Longer lines than a terminal has are wrapped by it, and whole.
    console.width = max(console.width, sum(widths) + _EDGES + _BETWEEN * len(widths))
    console.print(table)


_EDGES: Final = 2  # columns of a terminal that the table's own frame takes
_BETWEEN: Final = 3
_NARROW: Final = 8
_NAMES: Final = frozenset({"id", "uuid", "shortUUID", "url", "video", "job", "key", "path", "targetUrl"})


def _widths(headings: Sequence[str], rows: Sequence[Sequence[str]], room: int | None) -> list[int]:
    """Share `room` out; None is as much as is wanted, and ids and addresses get that in any case."""
    from rich.cells import cell_len  # noqa: PLC0415 - see above

    columns = list(zip(headings, *rows, strict=True))
    widths = [max(map(cell_len, column)) for column in columns]
    # One that is cut is of no use to anybody.
    whole = [column[0] in _NAMES or any("://" in cell for cell in column[1:]) for column in columns]
    while room is not None and sum(widths) > room:
        cut = [index for index, keep in enumerate(whole) if not keep and widths[index] > _NARROW]
        if not cut:
            break
        widths[max(cut, key=widths.__getitem__)] -= 1
    return widths


def draw_card(row: Row, fields: Sequence[str], *, no_color: bool = False) -> None:
    """Draw one row on stdout, a line or more for each field that is set."""
    import rich.box  # noqa: PLC0415 - see above
    import rich.console  # noqa: PLC0415
    import rich.table  # noqa: PLC0415
    import rich.text  # noqa: PLC0415

    card = rich.table.Table(box=None, show_header=False, pad_edge=False)
    card.add_column(style="bold", no_wrap=True)
    card.add_column()
    for field in fields:
        value = pick(row, field)
        if value not in (None, [], ""):
            text = clean(value) if isinstance(value, str) else shown(value)
            card.add_row(heading(field), rich.text.Text(text))
    width = None if is_terminal(sys.stdout) else 10_000
    rich.console.Console(file=sys.stdout, width=width, no_color=no_color, highlight=False).print(card)
