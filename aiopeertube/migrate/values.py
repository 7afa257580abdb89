"""Cells into values and back. Values are plain JSON, in one form each, so that equal ones compare equal."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import orjson

CLEAR: Final = "<clear>"

_TRUE: Final = frozenset({"true", "yes", "1"})
_FALSE: Final = frozenset({"false", "no", "0"})
_YEAR: Final = re.compile(r"(\d{4})(?:-(\d{2}))?")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4})")


class Clear:
    """What an explicit marker in a cell means: empty the field."""

    def __repr__(self) -> str:
        return "CLEAR"


CLEARED: Final = Clear()


def cell_text(cell: Any, marker: str = CLEAR) -> str | Clear | None:
    """Read a cell: None leaves the field as it is, CLEARED empties it, text that looks like the marker is escaped."""
    if not isinstance(cell, str) or not cell.strip():
        return None
    if cell.strip() == marker:
        return CLEARED
    return cell[1:] if _is_escaped(cell, marker) else cell


def text_cell(text: str | None, marker: str = CLEAR) -> str:
    """Write text so that `cell_text` gives it back."""
    if text is None:
        return ""
    return "\\" + text if text.strip() == marker or _is_escaped(text, marker) else text


def _is_escaped(cell: str, marker: str) -> bool:
    return cell.startswith("\\") and cell.lstrip("\\").strip() == marker


def boolean(text: str) -> bool:
    """Read true, yes, 1, false, no or 0."""
    word = text.strip().casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(f"{text!r} is neither true nor false")


def moment(text: str) -> str:
    """Read a date in one of the usual forms; return it as the server writes it, in UTC with milliseconds.

    1939, 1939-05, 1939-05-31, 1939-05-31T12:00:00+02:00, 31-5-1939, 31.5.1939, and 31/5/1939 where it is plain
    which is the day. Without a zone it is UTC.
    """
    return stamp(_parsed(text.strip()))


def stamp(at: datetime) -> str:
    """Write a moment as the server does."""
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _parsed(text: str) -> datetime:
    if found := _YEAR.fullmatch(text):
        return datetime(int(found[1]), int(found[2] or 1), 1, tzinfo=UTC)
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
        if found[2] == "/" and day != month and max(day, month) <= 12:
            raise ValueError(f"{text!r} may be the {day}. of month {month} or the other way; write {year}-MM-DD")
        day, month = (month, day) if found[2] == "/" and month > 12 else (day, month)
        return datetime(year, month, day, tzinfo=UTC)
    return datetime.fromisoformat(text.replace("/", "-"))


def server_moment(value: Any) -> str | None:
    """Bring a date of the server's, or of a caller's code, into the form of `moment`."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return stamp(datetime(value.year, value.month, value.day, tzinfo=UTC))
    return stamp(datetime.fromisoformat(str(value)))


def tag_list(text: str, separator: str | None = None) -> list[str]:
    """Split tags at `separator`, by default at semicolons, or at commas where there are none; or read a JSON list."""
    if text.lstrip().startswith("["):
        tags = orjson.loads(text)
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            raise ValueError("tags in square brackets must be a JSON list of texts")
        return tags
    chosen = separator or (";" if ";" in text else ",")
    return [tag.strip() for tag in text.split(chosen) if tag.strip()]


# What JavaScript's `trim` takes off: other characters than Python's `strip`.
_JS_BLANKS: Final = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_SELECTORS: Final = re.compile("[\ufe0e\ufe0f]")  # they choose how the character before them looks


def js_trimmed(text: str) -> str:
    """Take off the blanks that the server takes off."""
    return text.strip(_JS_BLANKS)


def shortest_length(text: str) -> int:
    """Count the characters as a server of 6.x does; 8.x counts a selector, too, where no character is before it."""
    return len(text) - len(_SELECTORS.findall(text))


def unique(tags: Iterable[str]) -> list[str]:
    """Return tags as the server keeps them: each once, in no order of its own."""
    return sorted(set(tags))


def fitting(tags: Iterable[str]) -> list[str]:
    """Keep the first five tags that the server takes, which has them from 2 to 30 characters long."""
    return [tag for tag in dict.fromkeys(tags) if shortest_length(tag) >= 2 and len(tag) <= 30][:5]


def tags_cell(tags: Sequence[str]) -> str:
    """Write tags so that `tag_list` gives them back, whatever is in them."""
    plain = all(tag == tag.strip() and not set(tag) & set(";,[") for tag in tags)
    return "; ".join(tags) if plain and tags else orjson.dumps(list(tags)).decode() if tags else ""
