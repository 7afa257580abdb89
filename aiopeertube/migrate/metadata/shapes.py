"""Going into answers: JSON of another shape than the server's is an UnexpectedResponse that says what is odd.

A proxy, a cache or a plugin may give any.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from aiopeertube.errors import UnexpectedResponse

_KINDS: Final = {dict: "an object", list: "a list", str: "a text", int: "a whole number", bool: "true or false"}


def brief(value: Any) -> str:
    """Show a value of any kind in a few characters."""
    text = ascii(value)
    return text if len(text) <= 60 else text[:57] + "..."


def taken(answer: Any, *path: str, kind: type, what: str) -> Any:
    """Go into an answer; `what` names it where something of another kind is there.

    Raises:
        UnexpectedResponse: it is not there, or not of that kind.
    """
    value = answer
    for step, name in enumerate(path):
        if not isinstance(value, dict):
            raise _odd(what, path[:step], value, dict)
        value = value.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _odd(what, path, value, kind)
    return value


def _odd(what: str, path: Iterable[str], value: Any, kind: type) -> UnexpectedResponse:
    where = ".".join(path) or "the whole answer"
    return UnexpectedResponse(f"{what}: {where} is {brief(value)}, not {_KINDS[kind]}", status=200)


def labels_in(answer: Any, what: str) -> Mapping[str, str]:
    """Return a list of constants, which are labels by id.

    Raises:
        UnexpectedResponse: it is none.
    """
    found: dict[str, str] = taken(answer, kind=dict, what=what)
    for key in found:
        taken(found, key, kind=str, what=what)
    return found


def whole_number(text: str) -> str:
    """Return 15 for "15.0", as libraries for tables write a column of whole numbers in which cells are empty."""
    number, point, rest = text.partition(".")
    return number if point and rest == "0" and number.isascii() and number.isdigit() else text
