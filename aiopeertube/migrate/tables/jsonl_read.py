"""JSON lines: an object in each line."""

import json
import math
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any, Final

import orjson

from aiopeertube.migrate.problems import Problems

from .cell_text import meaning
from .csv_records import Lines, TooLong
from .encoding import decoded, first_fault, recognised
from .header import clean, is_blank
from .origin import Origin, readable
from .source import CELL_LIMIT, RECORD_LIMIT, BadCell, Row

_PRECISE: Final = 10**15  # beyond, a number with a fraction or an exponent has lost digits
_SPREAD: Final = frozenset({"[", "{", "[{"})  # how JSON begins that is made for people
_KINDS: Final = {
    list: "a list", str: "text", int: "a number", float: "a number", bool: "true or false", type(None): "null",
}  # fmt: skip


class JsonLines:
    """A table whose rows name their columns themselves, so that `columns` is ().

    Columns in `ignored` may say what they like.

    Raises:
        ConfigurationError: the encoding does not exist.
    """

    columns: tuple[str, ...] = ()

    def __init__(self, origin: Origin, *, encoding: str | None = None, ignored: Collection[str] = ()) -> None:
        self.name = origin.name
        self._origin = origin
        self._ignored = ignored
        self._encoding = recognised(origin.head, encoding)
        self._names: dict[str, str] = {}  # as written -> as seen

    def rows(self, problems: Problems) -> Iterator[Row]:
        """Yield the good rows; what is wrong with the others goes to `problems`."""
        # A lone \r is white space inside of JSON, and breaks no line.
        with readable(self._origin.path), decoded(self._origin.open(), self._encoding, newline="\n") as text:
            lines = Lines(text)
            try:
                yield from self._rows(lines, problems)
            except TooLong:
                reason = f"longer than {RECORD_LIMIT:,} characters; nothing was read from here on"
                problems.add(lines.number, None, reason)

    def _rows(self, lines: Lines, problems: Problems) -> Iterator[Row]:
        while line := lines.first():
            if not line.strip():
                continue
            if not lines.clean and (fault := first_fault(line, self._encoding)):
                problems.add(lines.number, None, fault[1], option="encoding")
                continue
            if line.strip() in _SPREAD:
                problems.add(lines.number, None, "JSON over several lines; each line is one object (jq -c '.[]')")
                return
            reason, cells = _object(line)
            if reason:
                problems.add(lines.number, None, reason)
            elif not all(_is_nothing(cell) for cell in cells.values()):
                yield from self._row(lines.number, cells, problems)

    def _row(self, line: int, cells: dict[str, Any], problems: Problems) -> Iterator[Row]:
        before = problems.total
        found: dict[str, Any] = {}
        for written, cell in cells.items():
            name = self._name(line, written, problems)
            if name in found:
                problems.add(line, name, "named twice in this line")
            try:
                found[name] = _meaning(cell)
            except BadCell as exc:
                found[name] = cell
                if name not in self._ignored:
                    problems.add(line, name, str(exc))
        if problems.total == before:
            yield Row(line, found)

    def _name(self, line: int, written: str, problems: Problems) -> str:
        if (name := self._names.get(written)) is None:
            name = self._names.setdefault(written, clean(written))
            if name != written.strip():
                problems.note(f"line {line:,}: the column {written!a} is read as {name!r}")
        return name


def _object(line: str) -> tuple[str, dict[str, Any]]:
    """Return what is wrong with a line ("": nothing), and its object."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as exc:
        return f"not JSON: {exc.msg} at character {exc.colno:,}", {}
    if not isinstance(value, dict):
        return f'not an object but {_KINDS[type(value)]}; each line is one, like {{"uuid": ...}}', {}
    return _named_twice(line, value), value


def _named_twice(line: str, value: dict[str, Any]) -> str:
    """Say which name stands twice in an object, as parsers keep the last one only; "" where none does."""
    if line.count(":") == len(value):
        return ""  # each name has a colon, so there are no others
    twice: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in found]
        twice[:] = [name for name in names if names.count(name) > 1]  # the outermost object comes last
        return dict(found)

    with suppress(ValueError, RecursionError):  # numbers and depths that only orjson reads
        json.loads(line, object_pairs_hook=pairs)
    return f"the column {twice[0]} is there twice" if twice else ""


def _is_nothing(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and is_blank(cell))


def _meaning(cell: Any) -> Any:
    """Return what a cell means.

    Raises:
        BadCell: it cannot be relied on.
    """
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, float) and abs(cell) >= _PRECISE:
        raise BadCell(str(cell), f"{cell!r} has lost digits: enter it as text")
    return int(cell) if isinstance(cell, float) and math.isfinite(cell) and cell.is_integer() else cell


def _text(cell: str) -> str:
    if len(cell) > CELL_LIMIT:
        raise BadCell(cell, f"{len(cell):,} characters; at most {CELL_LIMIT:,} are read")
    if "\0" in cell:
        raise BadCell(cell, "a NUL character")
    return meaning(cell, typed=True)
