"""What can be sent at all, decided in one place: values in bodies and queries, and every part of a request.

JSON knows no NaN and no infinity, and orjson makes null of both, which clears a field; integers beyond 64 bits fit
into no column; text with lone surrogates is no text; U+0000 is kept by no server as it was. Control characters in a
request line or a header would be another request. Nothing of the kind leaves, and the complaint names what it is
about as the API does. Values are shown only where no secret can be.
"""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import orjson

from aiopeertube._settings import is_span
from aiopeertube.errors import InvalidField

_DEEPEST: Final = 20  # levels of lists and objects; the API's deepest body has 3
_TEXTS: Final = frozenset({str})
_BACKSLASH: Final = ord("\\")  # looked for first: of bytes, one number is found ten times as fast as bytes are
_NUL: Final = b"\\u0000"  # as JSON has it; also what a text about it looks like, which is then asked exactly
_LEAST: Final = -(2**63)
_MOST: Final = 2**63 - 1
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]")
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # what a method and a header's name are made of
_HEADER: Final = re.compile(r"[\t -~]*")
_NOT_IN_PATHS: Final = re.compile(r"[\x00-\x1f\x7f#?\\]")
_DOTS: Final = re.compile(r"(^|/)\.{1,2}(/|$)")


def value_problem(name: str, value: Any) -> InvalidField | None:
    """Say what is wrong with a value of a body: JSON's own kinds and dates are due."""
    why = _complaint(value, 0)
    return InvalidField(name, f"cannot be sent: {why}") if why else None


def fields_problem(fields: Mapping[str, Any]) -> InvalidField | None:
    """Say what is wrong with the first of some fields that cannot be sent."""
    for name, value in fields.items():
        why = _complaint(name, 0) or _complaint(value, 0)
        if why:
            return InvalidField(shown(name), f"cannot be sent: {why}")
    return None


def usual_json(fields: dict[str, Any]) -> bytes | None:
    """Encode fields like those of nearly every call; None: they have to be asked exactly.

    That takes several times as long. Here each value is only looked at for its type: orjson refuses names that are no
    text, half characters and integers of more than 53 bits, and U+0000 is looked for once, in what it made.
    """
    for value in fields.values():
        kind = type(value)
        if kind is str or kind is int or kind is bool or value is None:
            continue
        if kind is not list or not _TEXTS.issuperset(map(type, value)):
            return None
    try:
        encoded = orjson.dumps(fields, option=orjson.OPT_STRICT_INTEGER)
    except TypeError:
        return None
    return None if _BACKSLASH in encoded and _NUL in encoded else encoded


def _complaint(value: Any, depth: int) -> str:
    """Say why a value cannot be sent; "" when it can."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return text_complaint(value)
    if isinstance(value, int | float | date):
        return _not_exact(value)
    if depth > _DEEPEST:
        return "there is no end to what is in it"
    return _inside(value, depth)


def _not_exact(value: float | date) -> str:
    if isinstance(value, int):
        return "" if _LEAST <= value <= _MOST else "it has more than 64 bits"
    if isinstance(value, float):
        return "" if math.isfinite(value) else f"{value} is no number; None clears a field"
    # pandas has a date that is none, and not equal to itself.
    return "" if value == value else f"{value} is no date; None clears a field"  # noqa: PLR0124


def _inside(value: Any, depth: int) -> str:
    if isinstance(value, Mapping):
        return _first(_pair(key, item, depth) for key, item in value.items())
    if isinstance(value, list | tuple):
        return _first(_complaint(item, depth + 1) for item in value)
    return f"{shown(value)} is a {type(value).__name__}, not text, a number, a bool, a date, a list or a dict"


def _first(complaints: Iterable[str]) -> str:
    return next(filter(None, complaints), "")


def _pair(key: Any, item: Any, depth: int) -> str:
    if not isinstance(key, str):
        return f"{shown(key)} is the name of nothing: names are text"
    why = text_complaint(key) or _complaint(item, depth + 1)
    return f"{shown(key)}: {why}" if why else ""


def text_complaint(text: str) -> str:
    """Say why a text cannot be sent; "" when it can."""
    if text.isascii():
        return "there is a U+0000 in it" if "\0" in text else ""
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        return f"there is half a character in it (U+{ord(text[exc.start]):04X}, at {exc.start})"
    return "there is a U+0000 in it" if "\0" in text else ""


def line_complaint(text: Any) -> str:
    """Say why a text cannot be in one line of a request: a query, the name of a field or of a file."""
    if not isinstance(text, str):
        return f"must be text, not {type(text).__name__}"
    if found := _CONTROLS.search(text):
        return f"there is a control character in it (U+{ord(found[0]):04X}, at {found.start()})"
    return text_complaint(text)


def line_problem(name: str, text: Any) -> InvalidField | None:
    """Say what is wrong with a text that goes into one line of a request."""
    why = line_complaint(text)
    return InvalidField(shown(name), f"cannot be sent: {why}") if why else None


def method_problem(method: Any) -> InvalidField | None:
    """Say what is wrong with a method."""
    if isinstance(method, str) and _TOKEN.fullmatch(method):
        return None
    return InvalidField("method", f"{shown(method)} is not a method like GET")


def path_problem(path: Any) -> InvalidField | None:
    """Say what is wrong with a path before it is quoted."""
    why = line_complaint(path)
    if why:
        return InvalidField("path", f"cannot be sent: {why}")
    if found := _NOT_IN_PATHS.search(path):
        return InvalidField("path", f"{path!r} cannot have {found[0]!r} in it; it can as %{ord(found[0]):02X}")
    if _DOTS.search(path):
        return InvalidField("path", f"{path!r} cannot go up or stay with dots")
    return None


def header_problem(name: Any, value: Any) -> InvalidField | None:
    """Say what is wrong with a header; its value may be a secret and is not shown."""
    if not (isinstance(name, str) and _TOKEN.fullmatch(name)):
        return InvalidField(shown(name), "is not the name of a header")
    if isinstance(value, str) and _HEADER.fullmatch(value):
        return None
    return InvalidField(name, "cannot be sent: a header is made of printable ASCII")


def file_problem(name: str, source: Any) -> InvalidField | None:
    """Say what is wrong with what a file is made of."""
    if isinstance(source, Path | bytes):
        return None
    return InvalidField(shown(name), f"must be a path or bytes, not {type(source).__name__}")


def seconds_problem(name: str, seconds: Any) -> InvalidField | None:
    """Say what is wrong with a span of time: a finite number above 0 is due."""
    return None if is_span(seconds) else InvalidField(name, f"{shown(seconds)} must be a positive number of seconds")


def plain(value: Any) -> str:
    """Write a bool, a number, a date or a text as forms and queries have it; of an Enum, its value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__repr__(value)
    return value.isoformat() if isinstance(value, date) else float.__repr__(value)


def whole_problem(name: str, number: Any, least: int = 0) -> InvalidField | None:
    """Say what is wrong with a count: a whole number from `least` on is due; True is none."""
    if isinstance(number, int) and not isinstance(number, bool) and least <= number <= _MOST:
        return None
    return InvalidField(name, f"{shown(number)} is not a whole number from {least} on")


def shown(value: Any) -> str:
    """Show a value that may be of any kind and length, on one line and as ASCII."""
    if isinstance(value, str) and not line_complaint(value):
        return value[:80]
    return quoted(value).encode("ascii", "backslashreplace").decode()[:80]


def quoted(value: Any) -> str:
    """Return the first of what Python shows of a value; of one that cannot be shown, its type."""
    try:
        return repr(value)[:80]
    except Exception:  # noqa: BLE001 - lists without end, numbers of 5,000 digits, and whatever the user's own raise
        return f"<{type(value).__name__}>"
