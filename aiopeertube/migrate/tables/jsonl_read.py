"""JSON lines: an object in each line."""

from collections.abc import Iterator
from typing import Any

import orjson

from aiopeertube.migrate.problems import Problems

from .csv_records import Lines, TooLong
from .encoding import decoded, first_fault, recognised
from .origin import Origin, readable
from .source import RECORD_LIMIT, Row


class JsonLines:
    """A table whose rows name their columns themselves, so that `columns` is ().

    Raises:
        ConfigurationError: the encoding does not exist.
    """

    columns: tuple[str, ...] = ()

    def __init__(self, origin: Origin, *, encoding: str | None) -> None:
        self.name = origin.name
        self._origin = origin
        self._encoding = recognised(origin.head, encoding)

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
            reason, cells = _object(line)
            if reason:
                problems.add(lines.number, None, reason)
            else:
                yield Row(lines.number, cells)


def _object(line: str) -> tuple[str, dict[str, Any]]:
    """Return what is wrong with a line ("": nothing), and its object."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as exc:
        return f"not JSON: {exc.msg} at character {exc.colno:,}", {}
    if not isinstance(value, dict):
        return f'not an object but {_KINDS[type(value)]}; each line is one, like {{"uuid": ...}}', {}
    return "", value


_KINDS = {list: "a list", str: "text", int: "a number", float: "a number", bool: "true or false", type(None): "null"}
