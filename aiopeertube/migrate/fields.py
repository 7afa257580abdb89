"""The fields of a video that can be edited: where they stand in an answer, in a cell and in a request."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiopeertube.wire.fields import problem_of
from aiopeertube.wire.sendable import fields_problem

from .values import (
    CLEAR,
    CLEARED,
    boolean,
    cell_text,
    fitting,
    moment,
    server_moment,
    tag_list,
    tags_cell,
    text_cell,
    unique,
)
from .vocabulary import Vocabulary

Values = dict[str, Any]  # field -> value, as `values` makes them


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `read` takes it from an answer of the server, `parse` from a cell, `show` writes a cell.

    `in_rows` tells whether the rows of lists have it in full, `empty` is its value after clearing, where it is
    `clearable`; `labelled` means that its values are ids with labels, `wire` is its name in a request.
    """

    name: str
    read: Callable[[Mapping[str, Any]], Any]
    parse: Callable[[str, "Reading"], Any]
    show: Callable[[Any], str]
    in_rows: bool = True
    clearable: bool = True
    empty: Any = None
    labelled: bool = False
    wire: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How cells are to be read. `fit` cuts what is too long for the server instead of refusing it."""

    words: Vocabulary
    marker: str = CLEAR
    tag_separator: str | None = None
    fit: bool = False
    date_order: str | None = None


def _id_of(name: str) -> Callable[[Mapping[str, Any]], Any]:
    return lambda video: (video.get(name) or {}).get("id")


def _plain(name: str) -> Callable[[Mapping[str, Any]], Any]:
    return lambda video: video.get(name)


def _key(name: str) -> Callable[[str, Reading], Any]:
    return lambda text, reading: reading.words.key(name, text)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _cut(text: str, most: int, reading: Reading) -> str:
    return text[:most] if reading.fit else text


def _tags(tags: list[str], reading: Reading) -> list[str]:
    return unique(fitting(tags) if reading.fit else tags)


def _text(name: str, most: int, **options: Any) -> Field:
    # An empty text and none at all are one thing, to the server and in a cell.
    def read(video: Mapping[str, Any]) -> Any:
        return video.get(name) or None

    return Field(name, read, lambda text, reading: _cut(text, most, reading), text_cell, **options)


def _constant(name: str, **options: Any) -> Field:
    return Field(name, _id_of(name), _key(name), _shown, labelled=True, **options)


def _flag(name: str, **options: Any) -> Field:
    return Field(name, _plain(name), lambda text, _: boolean(text), _shown, clearable=False, **options)


_ALL: Final = (
    # The server trims names, and nothing else.
    Field(
        "name",
        _plain("name"),
        lambda text, reading: _cut(text.strip(), 120, reading).rstrip(),
        text_cell,
        clearable=False,
    ),
    _text("description", 10_000),
    _text("support", 1_000, in_rows=False),
    Field(
        "tags",
        lambda video: unique(video.get("tags") or []),
        lambda text, reading: _tags(tag_list(text, reading.tag_separator), reading),
        tags_cell,
        in_rows=False,
        empty=[],
    ),
    _constant("category"),
    _constant("licence"),
    _constant("language"),
    _constant("privacy", clearable=False),
    _flag("nsfw"),
    _constant("commentsPolicy", in_rows=False, clearable=False),
    _flag("downloadEnabled", in_rows=False),
    _flag("waitTranscoding", in_rows=False),
    Field(
        "originallyPublishedAt",
        lambda video: server_moment(video.get("originallyPublishedAt")),
        lambda text, reading: moment(text, reading.date_order),
        _shown,
    ),
    Field("channel", _id_of("channel"), _key("channel"), _shown, clearable=False, wire="channelId"),
)

FIELDS: Final[Mapping[str, Field]] = {field.name: field for field in _ALL}
LABELLED: Final = tuple(field.name for field in _ALL if field.labelled)

# What a list's description ends in where it was cut; it is cut before a word, so its length tells nothing.
_CUT: Final = ("...", "\u2026")


def current(video: Mapping[str, Any], names: Iterable[str]) -> Values:
    """Read the fields named from an answer."""
    return {name: FIELDS[name].read(video) for name in names}


def differences(now: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Say which values are not as wanted; "" when all are."""
    other = ((name, now.get(name), value) for name, value in wanted.items() if now.get(name) != value)
    return "; ".join(f"{name} is {there!r}, not {value!r}" for name, there, value in other)


def lacks(row: Mapping[str, Any], names: Iterable[str]) -> bool:
    """Tell whether a list's row does not have all of the fields named in full."""
    return any(_lacks(row, FIELDS[name]) for name in names)


def _lacks(row: Mapping[str, Any], field: Field) -> bool:
    if field.name == "tags":
        return "tags" not in row  # 8.x gives them to administrators
    if field.name == "description":
        return (row.get("description") or "").endswith(_CUT)
    return not field.in_rows


def parsed(name: str, cell: Any, reading: Reading) -> Any:
    """Read a cell of a field (or of its label); None leaves it as it is, CLEARED is not resolved here.

    Raises:
        ValueError: it is nothing that the field can be.
    """
    field = FIELDS[name]
    text = cell_text(cell, reading.marker)
    if text is None:
        return None
    if text is CLEARED:
        return CLEARED
    assert isinstance(text, str)  # noqa: S101 - mypy cannot see that Clear has one instance
    value = field.parse(text, reading)
    if problem := refusal(name, value):
        raise ValueError(problem)
    return value


def typed(name: str, value: Any, reading: Reading) -> Any:
    """Check a value of JSON or of a caller's code: null clears, an empty text leaves the field as it is.

    Raises:
        ValueError: it is nothing that the field can be.
    """
    field = FIELDS[name]
    if value is None:
        return CLEARED
    if isinstance(value, str) and not value.strip():
        return None
    if name == "tags" and isinstance(value, list | tuple) and all(isinstance(tag, str) for tag in value):
        value = _tags(list(value), reading)
    elif name == "originallyPublishedAt" and not isinstance(value, str):
        value = server_moment(value)
    elif isinstance(value, str):
        value = field.parse(value, reading)
    elif field.labelled or name == "channel":
        value = _number(name, value, reading)
    elif not isinstance(value, type(field.empty) if name == "tags" else bool):
        raise ValueError(f"{value!r} is not a value of {name}")
    if problem := refusal(name, value):
        raise ValueError(problem)
    return value


def _number(name: str, value: Any, reading: Reading) -> Any:
    if name == "channel":
        if value in reading.words.channels.values():
            return value
        raise ValueError(f"there is no channel with the id {value!r} to move a video to")
    return reading.words.key(name, str(value))


def refusal(name: str, value: Any) -> str:
    """Say why the server would refuse a value; "" when it should not."""
    problem = (problem_of({name: value}) or fields_problem({name: value})) if name != "channel" else None
    return str(problem).partition(": ")[2] if problem else ""


def cleared(name: str) -> Any:
    """Return the value of a field that was cleared.

    Raises:
        ValueError: it cannot be empty.
    """
    field = FIELDS[name]
    if not field.clearable:
        raise ValueError(f"{name} cannot be cleared")
    return field.empty


def on_the_wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """Make the fields of an update."""
    return {FIELDS[name].wire or name: value for name, value in values.items()}
