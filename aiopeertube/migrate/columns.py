"""Which columns of a journal hold what is known of an item, and how they are written and read."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Final, get_args

from .exact_json import dumps, loads
from .item import Item, State


class Unreadable(Exception):
    """A cell of a journal is not what was written there."""


def as_json(value: Any) -> str:
    """Write a value as JSON."""
    return dumps(value).decode()


def value_of(text: Any) -> Any:
    """Decode a cell; nothing else reads one.

    Raises:
        Unreadable: it is damaged.
    """
    try:
        return loads(text)
    except (ValueError, TypeError) as exc:
        raise Unreadable(f"{str(text)[:40]!r}: {exc}") from None


def _maybe_json(value: Any) -> str | None:
    return None if value is None else as_json(value)


def _maybe_value(text: str | None) -> Any:
    return None if text is None else value_of(text)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that holds an attribute of an item; `kept` False: it never changes once the item is there."""

    name: str
    type: str
    write: Callable[[Any], Any] | None = None
    read: Callable[[Any], Any] | None = None
    kept: bool = True


# The one list of what is kept of an item; what is not an attribute of it stands in `_SCHEMA`.
COLUMNS: Final = (
    _Column("id", "INTEGER PRIMARY KEY", kept=False),
    _Column("ref", "TEXT NOT NULL", kept=False),
    _Column("change", "TEXT NOT NULL", kept=False),
    _Column("line", "INTEGER", kept=False),
    _Column("row", "TEXT NOT NULL", as_json, value_of, kept=False),
    _Column("uuid", "TEXT NOT NULL"),
    _Column("name", "TEXT NOT NULL"),
    _Column("wanted", "TEXT NOT NULL", as_json, value_of),
    _Column("before", "TEXT", _maybe_json, _maybe_value),
    _Column("after", "TEXT", _maybe_json, _maybe_value),
    _Column("state", "TEXT NOT NULL"),
    _Column("reason", "TEXT NOT NULL"),
    _Column("again", "INTEGER NOT NULL", read=bool),
    _Column("attempts", "INTEGER NOT NULL"),
    _Column("note", "TEXT NOT NULL", as_json, value_of),
    _Column("ready", "INTEGER NOT NULL DEFAULT 0", read=bool),
)
_NAMED: Final = {column.name: column for column in COLUMNS}
READ: Final = tuple(_NAMED[attribute.name] for attribute in fields(Item))
INSERTED: Final = tuple(column for column in COLUMNS if column.name != "id")
SAVED: Final = tuple(column for column in COLUMNS if column.kept)


def _writer(columns: Sequence[_Column]) -> Callable[[Item], list[Any]]:
    """Make what writes these columns of an item; a million items pass here."""
    values = attrgetter(*(column.name for column in columns))
    encoded = [(place, column.write) for place, column in enumerate(columns) if column.write is not None]

    def written(item: Item) -> list[Any]:
        row = list(values(item))
        for place, write in encoded:
            row[place] = write(row[place])
        return row

    return written


inserted: Final = _writer(INSERTED)
saved: Final = _writer(SAVED)
_STATES: Final = frozenset(get_args(State))
_DECODED: Final = [(place, column.read) for place, column in enumerate(READ) if column.read is not None]


def item_of(row: Iterable[Any]) -> Item:
    """Make an item of a row with the columns `READ`."""
    values = list(row)
    for place, read in _DECODED:
        values[place] = read(values[place])
    item = Item(*values)
    if item.state not in _STATES:
        raise Unreadable(f"item {item.id}: there is no state {item.state!r}")
    return item
