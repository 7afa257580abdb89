"""Cells into values and back. Values are plain JSON, in one form each, so that equal ones compare equal."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from html import unescape
from typing import Any, Final
from unicodedata import normalize

import orjson

CLEAR: Final = "<clear>"

_TRUE: Final = frozenset({"true", "yes", "1"})
_FALSE: Final = frozenset({"false", "no", "0"})
_DATE: Final = re.compile(
    r"(?P<first>[0-9]{4}|[0-9]{1,2}(?=[-./]))"
    r"(?:(?P<sign>[-./])(?P<second>[0-9]{1,2}|[0-9]{4}(?![-./]))(?:(?P=sign)(?P<third>[0-9]{4}|[0-9]{1,2}))?)?"
    r"(?:(?:T|\s+)(?P<time>[0-9].*))?"
)
_CLOCK: Final = re.compile(
    r"(?P<hour>[0-9]{1,2})(?P<rest>:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)(?:\s*(?P<half>[AP]M))?", re.IGNORECASE
)
_SERIAL: Final = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")


class Clear:
    """What an explicit marker in a cell means: empty the field."""

    def __repr__(self) -> str:
        return "CLEAR"


CLEARED: Final = Clear()


def cell_text(cell: Any, marker: str = CLEAR) -> str | Clear | None:
    """Read a cell: None leaves the field as it is, CLEARED empties it, text that looks like the marker is escaped.

    Raises:
        ValueError: it is nearly the marker: nobody can tell what is meant.
    """
    if not isinstance(cell, str) or not cell.strip():
        return None
    if cell.strip() == marker:
        return CLEARED
    if _is_nearly(cell, marker):
        word = cell.strip()
        raise ValueError(f"{word!r} is nearly {marker}, which empties a field: write that, or \\{word} for the text")
    return cell[1:] if _is_escaped(cell, marker) else cell


def text_cell(text: str | None, marker: str = CLEAR) -> str:
    """Write text so that `cell_text` gives it back."""
    if text is None:
        return ""
    return "\\" + text if _is_nearly(text, marker) or _is_escaped(text, marker) else text


def _is_escaped(cell: str, marker: str) -> bool:
    return cell.startswith("\\") and _is_nearly(cell.lstrip("\\"), marker)


def _is_nearly(text: str, marker: str) -> bool:
    """Tell whether a text is the marker but for capitals, blanks, wide letters, or the entities of a web page."""
    word = text.strip()
    if word[:1].isascii() and word[:1].casefold() not in (marker[:1].casefold(), "&"):
        return False  # nearly all texts
    return len(word) <= 4 * len(marker) + 8 and _bare(word) == _bare(marker)


def _bare(text: str) -> str:
    return "".join(normalize("NFKC", unescape(text)).casefold().split())


def boolean(text: str) -> bool:
    """Read true, yes, 1, false, no or 0."""
    word = text.strip().casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(f"{text!r} is neither true nor false")


class Ambiguous(ValueError):
    """A date may be two; `option` names the one that tells which."""

    option: Final = "date_order"


def moment(text: str, order: str | None = None) -> str:
    """Read a date in one of the usual forms; return it as the server writes it, in UTC with milliseconds.

    1939, 1939-05, 5/1939, 1939-05-31, 1939.5.31, 31.5.1939, 31-5-1939, 31/5/1939, 5/31/1939, and all of these that
    have a day with a time: 14:30, 2:30 PM, 12:00:00+02:00. Without a zone it is UTC. Between points the day comes
    first; elsewhere it may be the month, which has to be plain or to be told by `order`, "day" or "month".

    Raises:
        ValueError: it is no date, or (Ambiguous) it may be two.
    """
    try:
        return stamp(_parsed(text.strip(), order))
    except OverflowError:
        raise ValueError(f"{text!r} is out of range in UTC") from None


def stamp(at: datetime) -> str:
    """Write a moment as the server does."""
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _parsed(text: str, order: str | None) -> datetime:
    if _SERIAL.fullmatch(text):
        raise ValueError(f"{text!r} is the number by which a spreadsheet knows a day; format the cell as a date")
    found = _DATE.fullmatch(text)
    iso = _day(found, text, order) + _time(found["time"], text) if found else text
    try:
        return datetime.fromisoformat(iso)
    except ValueError as exc:
        why = "" if "isoformat" in str(exc) else f" ({exc})"
        raise ValueError(f"{text!r} is no date{why}; write it like 1939-05-31, 1939-05 or 1939") from None


def _day(found: re.Match[str], text: str, order: str | None) -> str:
    """Return a day as ISO 8601 has it; a month or a year begins with its first."""
    first, second, third, sign = found["first"], found["second"] or "1", found["third"], found["sign"]
    if len(first) == 4:
        return _iso(first, second, third or "1")
    if third is None:
        return _iso(second, first, "1") if len(second) == 4 else text
    if len(third) != 4:
        raise ValueError(f"{text!r} has no year of four digits; write it like 1939-05-31")
    day, month = (second, first) if _month_first(int(first), int(second), sign, text, order) else (first, second)
    return _iso(third, month, day)


def _month_first(first: int, second: int, sign: str, text: str, order: str | None) -> bool:
    if order is not None or sign == "." or first == second:
        return order == "month"
    if max(first, second) <= 12:
        raise Ambiguous(f"{text!r} may be the {first}. of month {second} or the other way; write it YYYY-MM-DD")
    return second > 12 and sign == "/"


def _iso(year: str, month: str, day: str) -> str:
    return f"{int(year):04}-{int(month):02}-{int(day):02}"


def _time(text: str | None, whole: str) -> str:
    """Return a time as ISO 8601 has it, or what it may know itself; "" where there is none."""
    found = _CLOCK.fullmatch(text or "")
    if found is None:
        return f"T{text}" if text else ""
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{whole!r} has no hour from 1 to 12 before {found['half']}")
        hour = hour % 12 + (12 if found["half"].upper() == "PM" else 0)
    return f"T{hour:02}{found['rest']}"


def server_moment(value: Any) -> str | None:
    """Bring a date of the server's, or of a caller's code, into the form of `moment`."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return stamp(datetime(value.year, value.month, value.day, tzinfo=UTC))
    if isinstance(value, int) and not isinstance(value, bool):
        return moment(str(value))  # a year
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
