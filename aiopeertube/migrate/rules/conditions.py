"""Conditions on a video, as people write them: FIELD OPERATOR VALUE.

Which fields there are and what can be compared with them is known before anything is asked, so that a misspelt
condition is an error, and not one that holds for every video or for none.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from aiopeertube.errors import InputError
from aiopeertube.migrate.metadata.fields import FIELDS, SECRET, Reading, lacks
from aiopeertube.migrate.metadata.values import boolean, moment, server_moment
from aiopeertube.migrate.rows.layout import LABELS
from aiopeertube.migrate.suggestions import no_such

Video = Mapping[str, Any]

_CONDITION: Final = re.compile(r"\s*([\w.]+)\s*([=!<>~]+)\s*(.*)", re.DOTALL)
_PART_OF_A_MOMENT: Final = re.compile(r"[0-9TZ:.+-]+", re.IGNORECASE)

_EQUALITY: Final = frozenset({"=", "!="})
_SEARCH: Final = frozenset({"~", "!~"})
_ORDER: Final = frozenset({"<", ">", "<=", ">="})


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a field holds: how a value is read, which operators it has, and whether it may be empty."""

    what: str
    operators: frozenset[str]
    read: Callable[[str], Any]
    may_be_empty: bool = False


def _number(word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or "_" in word:
        raise ValueError(f"{word!r} is not a number")
    return number


def _moment(word: str) -> str:
    try:
        return moment(word)
    except ValueError as exc:
        raise ValueError(f"{word!r} is not a date like 1950 or 1950-05-31: {exc}") from None


_NUMBER: Final = _Kind("a number", _EQUALITY | _ORDER, _number)
_TIME: Final = _Kind("a date", _EQUALITY | _SEARCH | _ORDER, _moment)
_FLAG: Final = _Kind("true or false", _EQUALITY, boolean)
_TEXT: Final = _Kind("text", _EQUALITY | _SEARCH, str, may_be_empty=True)
_LIST: Final = _Kind("a list of texts", _EQUALITY | _SEARCH, str, may_be_empty=True)

# What a video has beside the fields that can be edited.
_OTHERS: Final[Mapping[str, _Kind]] = {
    **dict.fromkeys(("id", "views", "viewers", "likes", "dislikes", "duration", "aspectRatio", "comments"), _NUMBER),
    **dict.fromkeys(("account.id", "channel.id", "state.id"), _NUMBER),
    **dict.fromkeys(("createdAt", "updatedAt", "publishedAt"), _TIME),
    **dict.fromkeys(("isLive", "isLocal", "blacklisted"), _FLAG),
    **dict.fromkeys(("uuid", "shortUUID", "url", "state.label", "blacklistedReason"), _TEXT),
    **{
        f"{owner}.{name}": _TEXT
        for owner in ("account", "channel")
        for name in ("name", "displayName", "host", "url")
    },
}
_SHORT: Final = {"account": "account.name", "state": "state.label"}
_SUGGESTED: Final = (*FIELDS, *_OTHERS, *_SHORT)
_NAMES: Final = frozenset({*_SUGGESTED, *LABELS})


@dataclass(frozen=True, slots=True)
class Condition:
    """FIELD OPERATOR VALUE: = and != compare, ~ and !~ search for text, < > <= >= compare numbers and dates."""

    name: str
    needs: frozenset[str]
    holds: Callable[[Video], bool]

    def fails_in(self, row: Video) -> bool:
        """Tell whether the row of a list says already that it does not hold; what is odd there tells nothing."""
        try:
            return not lacks(row, self.needs) and not self.holds(row)
        except (ValueError, InputError):
            return False


def condition(text: str, reading: Reading) -> Condition:
    """Read a condition, like language=nl, description~"in kleur", tags=film, originallyPublishedAt<1950, views>100.

    A value that begins like an operator stands after a space: name~ =x.

    Raises:
        ValueError: it is none; there is no such field or operator; or no such value of the field.
    """
    name, operator, word = _split(text)
    kind = _kind_of(name, reading)
    if operator not in kind.operators:
        raise ValueError(f"{text!r}: {name} is {kind.what}, which {' '.join(sorted(kind.operators))} compare")
    try:
        wanted = _wanted(kind, operator, word)
    except ValueError as exc:
        raise ValueError(f"{text!r}: {exc}") from None
    take = FIELDS[name].read if name in FIELDS else _reader(name, kind)
    test = _TESTS[operator]
    return Condition(name, frozenset({name}) & FIELDS.keys(), lambda video: test(take(video), wanted))


def _split(text: str) -> tuple[str, str, str]:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a condition like language=nl, name~film or views>100")
    word = found[1]
    if word not in _NAMES:
        raise ValueError(no_such("field", word, _SUGGESTED))
    if word in SECRET:
        raise ValueError(f"{word} is secret, and cannot be looked for")
    if found[2] not in _TESTS:
        raise ValueError(f"{text!r}: there is no operator {found[2]}{_meant(found[2])}")
    name = LABELS.get(word, word)
    return _SHORT.get(name, name), found[2], found[3].strip()


def _meant(operator: str) -> str:
    known = {"==": "=", "===": "=", "=!": "!=", "<>": "!=", "=<": "<=", "=>": ">=", "=~": "~", "~=": "~", "!": "!="}
    meant = known.get(operator) or known.get(operator[:2])
    return f": did you mean {meant}?" if meant else f"; there are {' '.join(_TESTS)}"


def _kind_of(name: str, reading: Reading) -> _Kind:
    if name in _OTHERS:
        return _OTHERS[name]
    if name == "tags":
        return _LIST
    field = FIELDS[name]
    if field.labelled or name == "channel":
        return _Kind("one of a list", _EQUALITY, lambda word: field.parse(word, reading), field.clearable)
    for word, kind in _SAMPLES:
        if type(_parsed(field.parse, word, reading)) is type(kind.read(word)):
            return replace(kind, may_be_empty=field.clearable)
    return _Kind("a value", _EQUALITY, lambda word: field.parse(word, reading), field.clearable)


# What a field takes tells what it is, so that a new one needs no line here.
_SAMPLES: Final = (("true", _FLAG), ("any text", _TEXT), ("1950-05-31", _TIME))


def _parsed(parse: Callable[[str, Reading], Any], word: str, reading: Reading) -> Any:
    try:
        return parse(word, reading)
    except ValueError:
        return None


def _wanted(kind: _Kind, operator: str, word: str) -> Any:
    """Read what is compared with; None where nothing stands there, which = and != alone can look for."""
    if not word and (operator not in _EQUALITY or not kind.may_be_empty):
        raise ValueError(f"there is nothing to compare with; it is {kind.what}")
    if operator in _SEARCH:
        if kind.what == _TIME.what and not _PART_OF_A_MOMENT.fullmatch(word):
            raise ValueError(f"{word!r} is not part of a date")
        return word.casefold()
    return kind.read(word) if word else None


def _reader(name: str, kind: _Kind) -> Callable[[Video], Any]:
    def read(video: Video) -> Any:
        value: Any = video
        for part in name.split("."):
            if not isinstance(value, Mapping) or part not in value:
                raise _Missing(name)
            value = value[part]
        return server_moment(value) if kind is _TIME else value

    return read


class _Missing(InputError):
    """The server's videos do not have a field: not of this version, or not for this user."""

    option = "where"

    def __init__(self, name: str) -> None:
        super().__init__(f"where: the videos of this server, as this user sees them, have no {name}")


def _equals(value: Any, wanted: Any) -> bool:
    if isinstance(value, list):
        return wanted in value or (not wanted and not value)
    return bool(value == wanted) or (value in (None, "") and wanted in (None, ""))


def _contains(value: Any, wanted: str) -> bool:
    if isinstance(value, list):
        return any(wanted in str(one).casefold() for one in value)
    return wanted in str(value or "").casefold()


def _ordered(better: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, wanted: value is not None and better(value, wanted)


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
