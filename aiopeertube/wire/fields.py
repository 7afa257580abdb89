"""The fields of a video, checked as the server checks them, and encoded for both kinds of body.

Limits are the server's (server/core/initializers/constants); lengths are code points, as its validator counts.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from aiopeertube.errors import InvalidField

from .messages import Query
from .sendable import fields_problem, plain, quoted

_MOST_TAGS: Final = 5
_SHORTEST_TAG: Final = 2
_LONGEST_TAG: Final = 30
_NULLS: Final = frozenset({"", "null"})
_LISTS: Final = (list, tuple)


def problem_of(fields: Mapping[str, Any]) -> InvalidField | None:
    """Return what is wrong with the fields of a video, None when the server should accept them.

    What cannot be sent in any field (`sendable`) is found when they are encoded.
    """
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


def _number(*, required: bool = False) -> Callable[[Any], str]:
    """Leave text to the server, or to those who know its labels, unless the server takes it for null."""

    def check(value: Any) -> str:
        if type(value) is int:
            return ""
        if value is None:
            return _present(value) if required else ""
        number = isinstance(value, int) and not isinstance(value, bool)
        text = isinstance(value, str) and value not in _NULLS
        return "" if number or text else f"must be a whole number, not {quoted(value)}"

    return check


def _present(value: Any) -> str:
    return "cannot be empty" if value is None else ""


_tag = _text(_SHORTEST_TAG, _LONGEST_TAG)


def _tags(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, _LISTS):
        return f"must be a list of tags, not {type(value).__name__}"
    if len(value) > _MOST_TAGS:
        return f"at most {_MOST_TAGS} tags, not {len(value)}"
    for tag in value:
        if type(tag) is str and _SHORTEST_TAG <= len(tag) <= _LONGEST_TAG:
            continue
        if tag is None:
            return "a tag cannot be empty"
        if complaint := _tag(tag):
            return f"{quoted(tag)}: {complaint}"
    return ""


def _date(value: Any) -> str:
    if value is None or isinstance(value, date):
        return ""
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return f"must be a date like 1960-01-01 or 1960-01-01T12:00:00Z, not {quoted(value)}"
    return ""


# null clears every field but the first three.
_CHECKS: Final[Mapping[str, Callable[[Any], str]]] = {
    "name": _text(3, 120, required=True),
    "privacy": _number(required=True),
    "channelId": _number(required=True),
    "category": _number(),
    "licence": _number(),
    "commentsPolicy": _number(),
    "nsfwFlags": _number(),
    "language": _text(1, 10),
    "description": _text(3, 10_000),
    "support": _text(3, 1_000),
    "tags": _tags,
    "originallyPublishedAt": _date,
}


def form_fields(fields: Mapping[str, Any]) -> Query:
    """Flatten fields for a multipart body: tags[0], scheduleUpdate[privacy], and "null" to clear.

    Raises:
        InvalidField: something in them cannot be sent.
    """
    if problem := fields_problem(fields):
        raise problem
    return tuple(pair for name, value in fields.items() for pair in _flat(name, value))


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [pair for key, item in value.items() for pair in _flat(f"{name}[{key}]", item)]
    if isinstance(value, _LISTS) and value:
        return [pair for index, item in enumerate(value) for pair in _flat(f"{name}[{index}]", item)]
    if value is None or value in ([], ()):
        return [(name, "null")]
    return [(name, plain(value))]
