"""Single values as the server reads them, which is more lenient than it looks."""

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

NAN = math.nan
_INT_PREFIX = re.compile(r"\s*([+-]?\d+)")
_INT = re.compile(r"[+-]?\d+")
_ISO = re.compile(
    r"(?P<year>\d{4})"
    r"(?:-?(?P<month>0[1-9]|1[0-2])(?:-?(?P<day>0[1-9]|[12]\d|3[01]))?)?"
    r"(?:[T ](?P<hour>[01]\d|2[0-3])(?::?(?P<minute>[0-5]\d)(?::?(?P<second>[0-5]\d)(?:[.,](?P<fraction>\d+))?)?)?"
    r"(?P<zone>[zZ]|[+-](?:[01]\d|2[0-3]):?(?:[0-5]\d)?)?)?"
)


# What JavaScript's `trim` takes off: U+FEFF, too, and neither U+0085 nor U+001C to U+001F.
_BLANKS = "\t\n\v\f\r \xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
_SELECTORS = re.compile("[\ufe0e\ufe0f]")
_SELECTED = re.compile("[^\ufe0e\ufe0f][\ufe0e\ufe0f]")


def trimmed(text: str) -> str:
    """Take off blanks at both ends."""
    return text.strip(_BLANKS)


def length(text: str, *, modern: bool) -> int:
    """Count characters as the server's checks do: 6.3 counts no variation selectors, 8.2 none after a character."""
    return len(text) - len((_SELECTED if modern else _SELECTORS).findall(text))


def units(text: str) -> int:
    """Count units of UTF-16, which is the length of a text in JavaScript."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def stored(text: str) -> str:
    """Return a text as it comes back from the database, which has two characters for a NUL."""
    return text.replace("\0", "\\0")


def value_or_null(value: Any) -> Any:
    """Return None for "null", since forms cannot express null."""
    return None if value == "null" else value


def int_or_null(value: Any) -> Any:
    """Return an integer, None, or NaN for anything else; text after digits is ignored."""
    value = value_or_null(value)
    if value is None:
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = _INT_PREFIX.match(text_of(value))
    return int(found[1]) if found else NAN


def bool_or_null(value: Any) -> bool | None:
    """Return a boolean or None; everything is true except `false`, `0` and an empty value."""
    value = value_or_null(value)
    if value is None or isinstance(value, bool):
        return value
    return text_of(value) not in {"0", "false", ""}


def is_int(value: Any) -> bool:
    """Tell whether a value is an integer or the text of one."""
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) or (isinstance(value, str) and _INT.fullmatch(value) is not None)


def text_of(value: Any) -> str:
    """Return a value as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(text_of(item) for item in value)
    return "[object Object]" if isinstance(value, dict) else str(value)


def kind_of(value: Any) -> str:
    """Return the JavaScript name of a value's type."""
    kinds = {bool: "boolean", int: "number", float: "number", list: "Array", dict: "Object"}
    return kinds.get(type(value), "null")


def parse_date(text: str) -> float | None:
    """Return an ISO 8601 date as seconds since 1970, or None for anything else. Without a zone it is UTC.

    As in JavaScript the 30th of February is the 1st or 2nd of March. Calendar dates only: dates of weeks and of days
    of the year are refused, which the server would accept and then fail on.
    """
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    part = found.groupdict()
    year = int(part["year"])
    moment = datetime(
        year or _CYCLE,  # Python has no year 0, which is like any other of 400
        int(part["month"] or 1),
        1,
        int(part["hour"] or 0),
        int(part["minute"] or 0),
        int(part["second"] or 0),
        int((part["fraction"] or "0")[:6].ljust(6, "0")),
        tzinfo=UTC,
    )
    days = timedelta(days=int(part["day"] or 1) - 1 - (0 if year else _DAYS_OF_A_CYCLE))
    return moment.timestamp() + days.total_seconds() - _zone_offset(part["zone"])


_CYCLE, _DAYS_OF_A_CYCLE = 400, 146_097  # years, and their days, after which the calendar repeats
FIRST_MOMENT = -62_135_596_800.0  # of the year 1; the database does not know how the server writes what is before


def _zone_offset(zone: str | None) -> float:
    if not zone or zone in "zZ":
        return 0.0
    digits = zone[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60
    return -seconds if zone[0] == "-" else seconds
