"""Fields of rows as text: their cells, and the headings of their columns."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from aiopeertube.cli.terminal import one_line

Row = Mapping[str, Any]


def pick(row: Row, field: str) -> Any:
    """Return a field of a row, where `channel.name` reaches into it; None when it is missing."""
    value: Any = row
    for name in field.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def projected(row: Row, fields: Sequence[str] | None) -> Row:
    """Return the fields asked for under their dotted names, or the row."""
    return row if fields is None else {field: pick(row, field) for field in fields}


def plain(value: Any) -> str:
    """Write a value in one cell, without loss."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def shown(value: Any) -> str:
    """Write a value for people: the label of a constant, a list with commas."""
    if isinstance(value, Mapping):
        value = value.get("label") or value.get("displayName") or value.get("name") or plain(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(shown(item) for item in value)
    return one_line(plain(value))


def heading(field: str) -> str:
    """Write a field's name as a column's: `channel.name` is the channel."""
    parts = field.split(".")
    return parts[-2] if len(parts) > 1 and parts[-1] in {"name", "label"} else parts[-1]
