"""The fields of a video, checked as the server checks them, and encoded for both kinds of body.

Limits are the server's (server/core/initializers/constants); lengths are code points, as its validator counts.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from .errors import InvalidField
from .sansio import Query

_LENGTHS: Final = {"name": (3, 120), "description": (3, 10_000), "support": (3, 1_000)}
_TAGS: Final = 5
_TAG: Final = (2, 30)
_REQUIRED: Final = frozenset({"name", "privacy", "channelId"})  # null would clear the others, but not these


def problem_of(fields: Mapping[str, Any]) -> InvalidField | None:
    """Return the first complaint about the fields of an update, None when the server should take them."""
    for name, value in fields.items():
        complaint = _complaint(name, value)
        if complaint:
            return InvalidField(name, complaint)
    return None


def _complaint(name: str, value: Any) -> str:
    if value is None:
        return "cannot be empty" if name in _REQUIRED else ""
    if name in _LENGTHS:
        return _text(value, *_LENGTHS[name])
    if name == "tags":
        return _tags(value)
    if name == "originallyPublishedAt":
        return _date(value)
    return ""


def _text(value: Any, low: int, high: int) -> str:
    if not isinstance(value, str):
        return f"must be text, not {type(value).__name__}"
    return "" if low <= len(value) <= high else f"must have {low} to {high} characters, has {len(value)}"


def _tags(value: Any) -> str:
    if isinstance(value, str) or not isinstance(value, list | tuple):
        return f"must be a list of tags, not {type(value).__name__}"
    if len(value) > _TAGS:
        return f"at most {_TAGS} tags, there are {len(value)}"
    bad = next((tag for tag in value if _text(tag, *_TAG)), None)
    return "" if bad is None else f"{bad!r}: {_text(bad, *_TAG)}"


def _date(value: Any) -> str:
    if isinstance(value, date):
        return ""
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return f"must be a date like 1960-01-01 or 1960-01-01T12:00:00Z, not {value!r}"
    return ""


def form_fields(fields: Mapping[str, Any]) -> Query:
    """Flatten fields for a multipart body: tags[0], scheduleUpdate[privacy], and "null" to clear."""
    return tuple(pair for name, value in fields.items() for pair in _flat(name, value))


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [pair for key, item in value.items() for pair in _flat(f"{name}[{key}]", item)]
    if isinstance(value, list | tuple) and value:
        return [pair for index, item in enumerate(value) for pair in _flat(f"{name}[{index}]", item)]
    if value is None or value in ([], ()):
        return [(name, "null")]
    if isinstance(value, bool):
        return [(name, "true" if value else "false")]
    return [(name, value.isoformat() if isinstance(value, date) else str(value))]
