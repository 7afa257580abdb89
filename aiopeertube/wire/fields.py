"""The fields of a video, checked as the server checks them, and encoded for both kinds of body.

Limits are the server's (server/core/initializers/constants); lengths are code points, as its validator counts.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from aiopeertube.errors import InvalidField

from .messages import Query

_MOST_TAGS: Final = 5
_LISTS: Final = (list, tuple)


def problem_of(fields: Mapping[str, Any]) -> InvalidField | None:
    """Return what is wrong with the fields of an update, None when the server should accept them."""
    for name, value in fields.items():
        check = _CHECKS.get(name)
        if check is not None and (complaint := check(value)):
            return InvalidField(name, complaint)
    return None


def _text(low: int, high: int, *, required: bool = False) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if isinstance(value, str):
            length = len(value)
            return "" if low <= length <= high else f"must have {low} to {high} characters, has {length}"
        if value is None:
            return _present(value) if required else ""
        return f"must be text, not {type(value).__name__}"

    return check


def _present(value: Any) -> str:
    return "cannot be empty" if value is None else ""


_tag = _text(2, 30)


def _tags(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, _LISTS):
        return f"must be a list of tags, not {type(value).__name__}"
    if len(value) > _MOST_TAGS:
        return f"at most {_MOST_TAGS} tags, not {len(value)}"
    for tag in value:
        if complaint := _tag(tag):
            return f"{tag!r}: {complaint}"
    return "" if None not in value else "a tag cannot be empty"


def _date(value: Any) -> str:
    if value is None or isinstance(value, date):
        return ""
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return f"must be a date like 1960-01-01 or 1960-01-01T12:00:00Z, not {value!r}"
    return ""


# null clears every field but the first three.
_CHECKS: Final[Mapping[str, Callable[[Any], str]]] = {
    "name": _text(3, 120, required=True),
    "privacy": _present,
    "channelId": _present,
    "description": _text(3, 10_000),
    "support": _text(3, 1_000),
    "tags": _tags,
    "originallyPublishedAt": _date,
}


def form_fields(fields: Mapping[str, Any]) -> Query:
    """Flatten fields for a multipart body: tags[0], scheduleUpdate[privacy], and "null" to clear."""
    return tuple(pair for name, value in fields.items() for pair in _flat(name, value))


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [pair for key, item in value.items() for pair in _flat(f"{name}[{key}]", item)]
    if isinstance(value, _LISTS) and value:
        return [pair for index, item in enumerate(value) for pair in _flat(f"{name}[{index}]", item)]
    if value is None or value in ([], ()):
        return [(name, "null")]
    if isinstance(value, bool):
        return [(name, "true" if value else "false")]
    return [(name, value.isoformat() if isinstance(value, date) else str(value))]
