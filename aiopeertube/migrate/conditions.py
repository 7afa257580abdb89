"""Conditions on a video, as people write them: FIELD OPERATOR VALUE."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .fields import FIELDS, Reading
from .rows import LABELS

Video = Mapping[str, Any]

_CONDITION: Final = re.compile(r"([A-Za-z.]+)\s*(!=|=|!~|~|<=|>=|<|>)\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Condition:
    """FIELD OPERATOR VALUE: = and != compare, ~ and !~ search for text, < > <= >= compare numbers and dates."""

    name: str
    needs: frozenset[str]
    holds: Callable[[Video], bool]


def condition(text: str, reading: Reading) -> Condition:
    """Read a condition, like language=nl, description~"in kleur", tags=film, originallyPublishedAt<1950, views>100.

    Raises:
        ValueError: it is none.
    """
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a condition like language=nl, name~film or views>100")
    name, operator, word = LABELS.get(found[1], found[1]), found[2], found[3].strip()
    wanted = _comparable(name, operator, word, reading)
    take = FIELDS[name].read if name in FIELDS else _reader(name)
    test = _TESTS[operator]
    return Condition(name, frozenset({name}) & FIELDS.keys(), lambda video: test(take(video), wanted))


def _comparable(name: str, operator: str, word: str, reading: Reading) -> Any:
    if operator in {"~", "!~"}:
        return word.casefold()
    if name == "tags":
        return word
    if not word:
        return None
    if name in FIELDS:
        field = FIELDS[name]
        return field.parse(word, reading)
    return int(word) if word.lstrip("-").isdigit() else word


def _reader(name: str) -> Callable[[Video], Any]:
    def read(video: Video) -> Any:
        value: Any = video
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value

    return read


def _equals(value: Any, wanted: Any) -> bool:
    if isinstance(value, list):
        return wanted in value or (not wanted and not value)
    return bool(value == wanted) or (value in (None, "") and wanted in (None, ""))


def _contains(value: Any, wanted: str) -> bool:
    if isinstance(value, list):
        return any(wanted in str(one).casefold() for one in value)
    return wanted in str(value or "").casefold()


def _ordered(better: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def test(value: Any, wanted: Any) -> bool:
        return value is not None and type(value) is type(wanted) and better(value, wanted)

    return test


_TESTS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": _equals,
    "!=": lambda value, wanted: not _equals(value, wanted),
    "~": _contains,
    "!~": lambda value, wanted: not _contains(value, wanted),
    "<": _ordered(lambda a, b: a < b),
    ">": _ordered(lambda a, b: a > b),
    "<=": _ordered(lambda a, b: a <= b),
    ">=": _ordered(lambda a, b: a >= b),
}
