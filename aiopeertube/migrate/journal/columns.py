"""Which columns of a journal hold what is known of an item, and how they are written and read."""

import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Final, get_args

from aiopeertube.migrate.exact_json import dumps, loads

from .item import Item, State


class Unreadable(Exception):
    """A cell of a journal is not what was written there."""


_YEAR_10000: Final = 253_402_300_800.0


def is_moment(value: Any) -> bool:
    """Tell whether a cell is a time, in seconds since the epoch, that a calendar has."""
    return isinstance(value, float) and 0 <= value < _YEAR_10000


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

# What a row's sum is of: all that only a whole item is written with.
_SUMMED: Final = ("ref", "uuid", "name", "wanted", "before", "after", "note")
WRITTEN: Final = ("item", "uuid", "before", "after")  # and that of a row of the log


def sum_of(seed: int, values: Iterable[Any]) -> int:
    """Return a checksum of cells; journals have different seeds, so that a row of another one shows."""
    text = "\0".join([value if type(value) is str else f"\1{value!r}" for value in values])
    return zlib.crc32(text.encode("utf-8", "surrogatepass"), seed)


def _picker(columns: Sequence[_Column]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    places = [[column.name for column in columns].index(name) for name in _SUMMED if name != "ref"]
    return lambda row: [row[place] for place in places]


_of_inserted, _of_saved, _of_read = _picker(INSERTED), _picker(SAVED), _picker(READ)


def row_to_insert(item: Item, seed: int) -> list[Any]:
    """Write the columns `INSERTED` of an item, and its sum."""
    row = inserted(item)
    return [*row, sum_of(seed, [item.ref, *_of_inserted(row)])]


def row_to_save(item: Item, seed: int) -> list[Any]:
    """Write the columns `SAVED` of an item, and its sum."""
    row = saved(item)
    return [*row, sum_of(seed, [item.ref, *_of_saved(row)])]


def row_of_log(item: Item, seed: int) -> list[Any]:
    """Write the columns `WRITTEN` of a row of the log, and its sum."""
    row = [item.id, item.uuid, _maybe_json(item.before), _maybe_json(item.after)]
    return [*row, sum_of(seed, row)]


def values_of_log(row: Sequence[Any], seed: int) -> tuple[Any, Any]:
    """Read what was there before a write, and what was written, of the columns `WRITTEN` and their sum.

    Raises:
        Unreadable: it is damaged.
    """
    *cells, checked = row
    if checked != sum_of(seed, cells):
        raise Unreadable(f"the log of item {cells[0]!r}")
    return _maybe_value(cells[2]), _maybe_value(cells[3])


_STATES: Final = frozenset(get_args(State))
_DECODED: Final = [(place, column.read) for place, column in enumerate(READ) if column.read is not None]


_REF, _ID, _LINE, STATE = (READ.index(_NAMED[name]) for name in ("ref", "id", "line", "state"))


def item_of(row: Sequence[Any], seed: int) -> Item:
    """Make an item of a row with the columns `READ` and its sum; where the row is damaged, the item is so, too."""
    *values, checked = row
    if checked == sum_of(seed, [values[_REF], *_of_read(values)]):
        with suppress(Unreadable):
            return _item_of(list(values))
    line = values[_LINE] if isinstance(values[_LINE], int) else None
    return Item(str(values[_REF]), {}, line, id=values[_ID], state="damaged", reason=DAMAGED)


DAMAGED: Final = "its entry in the journal is damaged"


def _item_of(values: list[Any]) -> Item:
    for place, read in _DECODED:
        values[place] = read(values[place])
    item = Item(*values)
    sound = isinstance(item.row, dict) and isinstance(item.attempts, int) and isinstance(item.reason, str)
    if not sound or item.state not in _STATES or not isinstance(item.line, int | None):
        raise Unreadable(f"item {item.id}")
    return item
