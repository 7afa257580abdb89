"""Fields out of answers: each takes one value, and says so where no server of ours gives such a one."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from .passwords import SAFE, Passwords
from .shapes import brief
from .values import server_moment, unique

Video = Mapping[str, Any]
PASSWORDS: Final = "videoPasswords"
# How JavaScript writes years of more than four digits; Python knows none.
_FAR: Final = re.compile(r"[+-]\d{6}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
# Those of its years that a server takes, too, as the day before in a zone behind UTC.
_FIRST_DAY: Final = re.compile(r"\+010000-01-01T(?P<hour>\d\d):(?P<minute>\d\d):(?P<rest>\d\d(?:\.\d+)?)Z")


def is_far(text: str) -> bool:
    """Tell whether a date is one of a year that has more than four digits."""
    return _FAR.fullmatch(text) is not None


def taken_as(text: str) -> str | None:
    """Write a date so that the server takes it, which has four digits for a year; None: it cannot be written so.

    9999-12-31T23:59:59-08:00 comes back as +010000-01-01T07:59:59.000Z, and has to be sent as it was.
    """
    if not is_far(text):
        return text
    found = _FIRST_DAY.fullmatch(text)
    behind = int(found["hour"]) * 60 + int(found["minute"]) + 1 if found else _DAY
    if found is None or behind >= _DAY:
        return None
    return f"9999-12-31T23:59:{found['rest']}-{behind // 60:02}:{behind % 60:02}"


_DAY: Final = 24 * 60  # minutes


def typed_as(name: str, kinds: tuple[type, ...], due: str) -> Callable[[Video], Any]:
    """Take a value of one of these types, or none."""

    def read(video: Video) -> Any:
        value = video.get(name)
        if value is None or type(value) in kinds:
            return value
        raise ValueError(f"{name} is {brief(value)}, not {due}")

    return read


def id_of(name: str) -> Callable[[Video], Any]:
    """Take the id of an object that has one, or none."""

    def read(video: Video) -> Any:
        value = video.get(name)
        if value is None:
            return None
        if isinstance(value, Mapping) and "id" in value and type(value["id"]) in (int, str, type(None)):
            return value["id"]
        raise ValueError(f"{name} is {brief(value)}, not an object with an id")

    return read


def tags_of(video: Video) -> Any:
    """Take the tags, each once, in no order of the server's."""
    tags = video.get("tags")
    if tags is None:
        return []
    if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
        return unique(tags)
    raise ValueError(f"tags is {brief(tags)}, not a list of texts")


def moment_of(name: str, value: Any) -> Any:
    """Take a date in the form of `values.moment`; one that Python does not know as it came."""
    if value is None:
        return None
    if isinstance(value, str) and is_far(value):
        return value
    try:
        return server_moment(value) if isinstance(value, str) else _no_date(name, value)
    except (ValueError, OverflowError):
        return _no_date(name, value)


def _no_date(name: str, value: Any) -> Any:
    raise ValueError(f"{name} is {brief(value)}, not a date")


def schedule_of(part: str) -> Callable[[Video], Any]:
    """Take a part of the schedule, or none."""

    def read(video: Video) -> Any:
        schedule = video.get("scheduledUpdate")
        if schedule is None:
            return None
        value = schedule.get(part) if isinstance(schedule, Mapping) else schedule
        if part == "updateAt":
            return moment_of("scheduledUpdate.updateAt", value)
        if value is None or type(value) is int:
            return value
        raise ValueError(f"scheduledUpdate.privacy is {brief(value)}, not an id")

    return read


def seal_of(video: Video) -> Any:
    """Take what stands for the passwords that `answers.with_passwords` added, or none."""
    found = video.get(PASSWORDS)
    return SAFE.seal(found.values) if isinstance(found, Passwords) and found.values else None
