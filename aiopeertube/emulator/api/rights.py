"""Who may ask for what, and what is wrong with numbers in paths and fields of bodies."""

from collections.abc import Callable, Mapping
from typing import Any

from aiopeertube.emulator.model.constants import ADMINISTRATOR
from aiopeertube.emulator.model.entities import User
from aiopeertube.emulator.wire.problem_json import (
    Problem,
    invalid_parameter,
    invalid_parameters,
    missing_parameter,
)
from aiopeertube.emulator.wire.scalars import int_or_null, is_int

from .calls import Call

# As the server numbers them.
MANAGE_USERS, MANAGE_REPORTS, MANAGE_JOBS, MUTE_ACCOUNTS, MUTE_HOSTS = 1, 6, 7, 10, 11
MANAGE_BLOCKS, SEE_COMMENTS, MANAGE_RUNNERS = 12, 21, 29
NO_MESSAGES: Mapping[str, str] = {}


def staff(call: Call, right: int) -> User:
    """Return the user who asks, who has to be an administrator or a moderator.

    `right` is the number by which the server calls what it is about.

    Raises:
        Problem: they are nobody, or may not.
    """
    user = call.user()
    if not user.is_staff:
        raise _no_right(call, user, right)
    return user


def administrator(call: Call, right: int) -> User:
    """Return the user who asks, who has to be an administrator.

    Raises:
        Problem: they are nobody, or may not.
    """
    user = call.user()
    if user.role != ADMINISTRATOR:
        raise _no_right(call, user, right)
    return user


def _no_right(call: Call, user: User, right: int) -> Problem:
    # 6.3 says the path below the router that has the right, which is mostly none.
    what = f"(No. {right}) to access to {call.target}" if call.is_modern else f"{right} to access to /"
    return Problem(f"User {user.username} does not have right {what}.", 403)


def number_in_path(call: Call, name: str) -> int:
    """Return a number that stands in the path.

    Raises:
        Problem: it is none.
    """
    text = call.params[name]
    if not is_int(text):
        raise invalid_parameters(invalid_parameter(name, text, "params"), call.target)
    return int(text)


def is_text(lowest: int, highest: int) -> Callable[[Any], bool]:
    """Make a check of a text's length."""
    return lambda value: isinstance(value, str) and lowest <= len(value) <= highest


def optional_text(lowest: int, highest: int) -> Callable[[Any], bool]:
    """Make a check of a text that may be null."""
    fits = is_text(lowest, highest)
    return lambda value: value is None or fits(value)


def is_number(value: Any) -> bool:
    """Tell whether a value is a whole number that is not negative, or its text."""
    return is_int(value) and int_or_null(value) >= 0


def checked(
    call: Call,
    fields: dict[str, Any],
    checks: Mapping[str, Callable[[Any], bool]],
    needed: tuple[str, ...] = (),
    messages: Mapping[str, str] = NO_MESSAGES,
) -> dict[str, Any]:
    """Return the known fields that were sent; `messages` say of some what is wrong in words of their own.

    Raises:
        Problem: with every field that is invalid, or needed and not there.
    """
    invalid: dict[str, dict[str, Any]] = {}
    for name, fits in checks.items():
        if name not in fields:
            invalid |= missing_parameter(name) if name in needed else {}
        elif not fits(fields[name]):
            invalid |= invalid_parameter(name, fields[name], "body", messages.get(name, "Invalid value"))
    if invalid:
        raise invalid_parameters(invalid, call.target)
    return {name: fields[name] for name in checks if name in fields}
