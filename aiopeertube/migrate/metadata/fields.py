"""The fields of a video that can be edited: where they stand in an answer, in a cell and in a request."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiopeertube.wire.fields import problem_of
from aiopeertube.wire.sendable import fields_problem

from . import excerpts
from .field_reads import PASSWORDS, Video, id_of, is_far, moment_of, schedule_of, seal_of, tags_of, taken_as, typed_as
from .passwords import SAFE, Passwords, passwords_cell, passwords_in, passwords_problem
from .shapes import brief, whole_number
from .values import (
    CLEAR,
    CLEARED,
    boolean,
    cell_text,
    fitting,
    js_trimmed,
    moment,
    server_moment,
    shortest_length,
    tag_list,
    tags_cell,
    text_cell,
    unique,
)
from .vocabulary import Unlisted, Vocabulary

Values = dict[str, Any]  # field -> value, as `values` makes them
PROTECTED: Final = 5  # the privacy of videos that have passwords
PRIVATE: Final = 3
AT, THEN = "scheduleUpdate.updateAt", "scheduleUpdate.privacy"
SCHEDULE: Final = "scheduledUpdate"  # as answers have it
_SCHEDULED: Final = (1, 2, 4)  # privacies that a schedule may bring
_MOST_FLAGS: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `read` takes it from an answer of the server, `parse` from a cell, `show` writes a cell.

    `in_rows` tells whether the rows of lists have it in full, `empty` is its value after clearing, where it is
    `clearable`; `labelled` means that its values are ids with labels, `wire` is its name in a request, `key` its name
    in an answer, which is there whenever the server knows the field (""; it may be missing). `take` reads a value of
    JSON that is no text; None: it has none. `since` is the first version that has the field; what is `secret` is
    shown and kept nowhere.

    `read` raises ValueError for what no server of ours says, `parse` and `take` for what the field cannot be.
    """

    name: str
    read: Callable[[Video], Any]
    parse: Callable[[str, "Reading"], Any]
    show: Callable[[Any], str]
    take: Callable[[Any, "Reading"], Any] | None = None
    in_rows: bool = True
    clearable: bool = True
    empty: Any = None
    labelled: bool = False
    wire: str = ""
    key: str = ""
    since: tuple[int, ...] = ()
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How cells are to be read. `fit` cuts what is too long for the server instead of refusing it.

    `version` is the server's, () where it is not known.
    """

    words: Vocabulary
    marker: str = CLEAR
    tag_separator: str | None = None
    fit: bool = False
    date_order: str | None = None
    version: tuple[int, ...] = ()

    @property
    def one_picture(self) -> bool:
        """Whether a video has one picture, and no thumbnail beside its preview."""
        return self.version >= (8,)


class Doubtful(ValueError):
    """A value that the server would not take today, but may have: `value` is what to compare with."""

    def __init__(self, message: str, value: Any) -> None:
        super().__init__(message)
        self.value = value


# -- out of cells ----------------------------------------------------------------------------------


def _key(name: str) -> Callable[[str, Reading], Any]:
    return lambda text, reading: reading.words.key(name, text)


def _id_taken(name: str) -> Callable[[Any, Reading], Any]:
    def take(value: Any, reading: Reading) -> Any:
        if type(value) is not int:
            raise ValueError(f"{brief(value)} is not a value of {name}")
        return reading.words.by_id(name, value)

    return take


def _whole(text: str, reading: Reading) -> int:
    word = whole_number(text.strip())
    if not (word.isascii() and word.isdigit()):
        raise ValueError(f"{brief(text)} is not a whole number")
    return int(word[:20])


def _only(kind: type, name: str) -> Callable[[Any, Reading], Any]:
    def take(value: Any, reading: Reading) -> Any:
        if type(value) is kind:
            return value
        raise ValueError(f"{brief(value)} is not a value of {name}")

    return take


def _date(text: str, reading: Reading) -> Any:
    return text.strip() if is_far(text.strip()) else moment(text, reading.date_order)


def _moment_taken(value: Any, reading: Reading) -> Any:
    return server_moment(value)


def _tags_taken(value: Any, reading: Reading) -> Any:
    if isinstance(value, list | tuple) and all(isinstance(tag, str) for tag in value):
        return _tags(list(value), reading)
    raise ValueError(f"{brief(value)} is not a value of tags")


def _sealed(values: Any) -> str:
    if why := passwords_problem(values):
        raise ValueError(why)
    return SAFE.seal(values)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _cut(text: str, most: int, reading: Reading) -> str:
    return text[:most] if reading.fit else text


def _tags(tags: list[str], reading: Reading) -> list[str]:
    return unique(fitting(tags) if reading.fit else tags)


def _tags_in(text: str, reading: Reading) -> list[str] | None:
    """Read tags; None where there are separators alone, as where a spreadsheet puts empty cells together."""
    tags = tag_list(text, reading.tag_separator)
    return _tags(tags, reading) if tags or text.lstrip().startswith("[") else None


def _text(name: str, most: int, **options: Any) -> Field:
    plain = typed_as(name, (str,), "a text")
    # An empty text and none at all are one thing, to the server and in a cell.
    return Field(
        name,
        lambda video: plain(video) or None,
        lambda text, reading: _cut(text, most, reading),
        text_cell,
        key=name,
        **options,
    )


def _constant(name: str, **options: Any) -> Field:
    return Field(name, id_of(name), _key(name), _shown, take=_id_taken(name), labelled=True, key=name, **options)


def _flag(name: str, **options: Any) -> Field:
    return Field(
        name,
        typed_as(name, (bool,), "true or false"),
        lambda text, _: boolean(text),
        _shown,
        take=_only(bool, name),
        clearable=False,
        key=name,
        **options,
    )


_ALL: Final = (
    # The server trims names, and nothing else.
    Field(
        "name",
        typed_as("name", (str,), "a text"),
        lambda text, reading: js_trimmed(_cut(js_trimmed(text), 120, reading)),
        text_cell,
        clearable=False,
        key="name",
    ),
    _text("description", 10_000),
    _text("support", 1_000, in_rows=False),
    Field(
        "tags",
        tags_of,
        _tags_in,
        tags_cell,
        take=_tags_taken,
        in_rows=False,
        empty=[],
        key="tags",
    ),
    _constant("category"),
    _constant("licence"),
    _constant("language"),
    _constant("privacy", clearable=False),
    _flag("nsfw"),
    Field(
        "nsfwFlags",
        typed_as("nsfwFlags", (int,), "a whole number"),
        _whole,
        _shown,
        take=_only(int, "nsfwFlags"),
        empty=0,
        key="nsfwFlags",
        since=(7, 2),
    ),
    _text("nsfwSummary", 250, since=(7, 2)),
    _constant("commentsPolicy", in_rows=False, clearable=False, since=(6, 2)),
    _flag("downloadEnabled", in_rows=False),
    _flag("waitTranscoding"),
    Field(
        "originallyPublishedAt",
        lambda video: moment_of("originallyPublishedAt", video.get("originallyPublishedAt")),
        _date,
        _shown,
        take=_moment_taken,
        key="originallyPublishedAt",
    ),
    # Some lists leave schedules out, and a video without one has no key for it.
    Field(AT, schedule_of("updateAt"), _date, _shown, take=_moment_taken, in_rows=False),
    Field(
        THEN,
        schedule_of("privacy"),
        lambda text, reading: reading.words.key("privacy", text),
        _shown,
        take=_id_taken("privacy"),
        in_rows=False,
    ),
    Field(
        "channel", id_of("channel"), _key("channel"), _shown, take=_id_taken("channel"), clearable=False,
        wire="channelId", key="channel",
    ),
    Field(
        PASSWORDS,
        seal_of,
        lambda text, _: _sealed(passwords_in(text)),
        lambda value: "(given)" if value else "",
        take=lambda value, _: _sealed(value),
        in_rows=False,
        since=(6, 0),
        secret=True,
    ),
)  # fmt: skip

FIELDS: Final[Mapping[str, Field]] = {field.name: field for field in _ALL}
LABELLED: Final = tuple(field.name for field in _ALL if field.labelled)
SECRET: Final = frozenset(field.name for field in _ALL if field.secret)
OPEN_FIELDS: Final = tuple(field.name for field in _ALL if not field.secret)

# What a list's description ends in where it was cut; it is cut before a word, so its length tells nothing.
_CUT: Final = ("...", "\u2026")


def current(video: Video, names: Iterable[str]) -> Values:
    """Read the fields named from an answer.

    Raises:
        ValueError: one of them is nothing that a server says; the message has its name.
    """
    return {name: FIELDS[name].read(video) for name in names}


def differences(now: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Say which values are not as wanted; "" when all are."""
    other = ((name, now.get(name), value) for name, value in wanted.items() if now.get(name) != value)
    return "; ".join(
        f"{name} is not as written" if name in SECRET else _difference(name, there, value)
        for name, there, value in other
    )


def _difference(name: str, there: Any, wanted: Any) -> str:
    if isinstance(there, str) and isinstance(wanted, str) and max(len(there), len(wanted)) > excerpts.SHORT:
        return f"{name} is not as written: {excerpts.difference(wanted, there)}"
    return f"{name} is {there!r}, not {wanted!r}"


def lacks(row: Video, names: Iterable[str]) -> bool:
    """Tell whether a list's row does not have all of the fields named in full."""
    return any(_lacks(row, FIELDS[name]) for name in names)


def _lacks(row: Video, field: Field) -> bool:
    if field.name == "tags":
        return "tags" not in row  # 8.x gives them to administrators
    if field.name == "description":
        return str(row.get("description") or "").endswith(_CUT)
    if field.name in {AT, THEN}:
        return SCHEDULE not in row
    return not field.in_rows


def keys_of(names: Iterable[str]) -> set[str]:
    """Name what an answer has of some fields."""
    return {FIELDS[name].key or (SCHEDULE if name in {AT, THEN} else name) for name in names}


def unknown_here(video: Video, names: Iterable[str]) -> str:
    """Say which of some fields a server does not know that gave a video in full; "" when it knows all of them."""
    missing = [name for name in names if (key := FIELDS[name].key) and key not in video]
    return f"this server has no {', no '.join(missing)}, and would ignore it" if missing else ""


def too_new(name: str, version: tuple[int, ...]) -> str:
    """Say that a server of this version does not know a field; "" when it does, or nobody knows the version."""
    since = FIELDS[name].since
    if not version or not since or version >= since:
        return ""
    here, there = (".".join(map(str, numbers)) for numbers in (version, since))
    return f"this server ({here}) has no {name}, which came with {there}"


# -- values ----------------------------------------------------------------------------------------


def parsed(name: str, cell: Any, reading: Reading) -> Any:
    """Read a cell of a field (or of its label); None leaves it as it is, CLEARED is not resolved here.

    Raises:
        ValueError: it is nothing that the field can be. Doubtful: the server would not take it, but may have it.
    """
    text = cell_text(cell, reading.marker)
    if text is None:
        return None
    if text is CLEARED:
        return CLEARED
    assert isinstance(text, str)  # noqa: S101 - mypy cannot see that Clear has one instance
    return _accepted(name, lambda: FIELDS[name].parse(text, reading))


def typed(name: str, value: Any, reading: Reading) -> Any:
    """Check a value of JSON or of a caller's code: null clears, an empty text leaves the field as it is.

    Raises:
        ValueError: it is nothing that the field can be. Doubtful: as for `parsed`.
    """
    field = FIELDS[name]
    if value is None:
        return CLEARED
    if isinstance(value, str) and not value.strip():
        return None
    if isinstance(value, str):
        return _accepted(name, lambda: field.parse(value, reading))
    if field.take is None:
        raise ValueError(f"{brief(value)} is not a value of {name}")
    take = field.take
    return _accepted(name, lambda: take(value, reading))


def _accepted(name: str, read: Callable[[], Any]) -> Any:
    try:
        value = read()
    except Unlisted as exc:
        raise Doubtful(str(exc), exc.key) from None
    except OverflowError:
        raise ValueError("it is out of range") from None
    if (impossible := fields_problem({name: value})) is not None:
        raise ValueError(str(impossible).partition(": ")[2])
    if problem := refusal(name, value):
        raise Doubtful(problem, value)
    return value


def refusal(name: str, value: Any) -> str:
    """Say why the server would refuse a value, or take it for another; "" when it should not."""
    if name == "channel" or name in SECRET:
        return ""
    if isinstance(value, str) and (why := _magic(name, value)):
        return why
    if name in DATES and isinstance(value, str) and is_far(value):
        return "" if taken_as(value) else "the server takes no year of more than four digits"
    if name == THEN and value is not None and value not in _SCHEDULED:
        return f"a schedule cannot bring privacy {brief(value)}; it can bring 1, 2 or 4"
    if name == "nsfwFlags" and type(value) is int and not 0 <= value <= _MOST_FLAGS:
        return f"must be from 0 to {_MOST_FLAGS}"
    wire = FIELDS[name].wire or name
    problem = problem_of({wire: value}) or fields_problem({wire: value})
    return str(problem).partition(": ")[2] if problem else ""


DATES: Final = frozenset({"originallyPublishedAt", AT})
# For these the server takes one text for null.
_NULLED: Final = frozenset({"description", "support", "language", "nsfwSummary"})
_SHORTEST: Final[Mapping[str, int]] = {"name": 3, "description": 3, "support": 3, "nsfwSummary": 3}


def _magic(name: str, value: str) -> str:
    if value == "null" and name in _NULLED:
        return "the server takes the text 'null' for none at all; to clear the field say so"
    if name == "name" and value != js_trimmed(value):
        return "the server cuts the blanks around a name off"
    if shortest_length(value) < _SHORTEST.get(name, 0) <= len(value):
        return f"the server counts no variation selectors: it has {shortest_length(value)} characters"
    return ""


def cleared(name: str) -> Any:
    """Return the value of a field that was cleared.

    Raises:
        ValueError: it cannot be empty.
    """
    field = FIELDS[name]
    if not field.clearable:
        raise ValueError(f"{name} cannot be cleared")
    return field.empty


# -- for exports ---


def for_reading(name: str, video: Video) -> Any:
    """Return a field as an export has it in JSON: what is asked for by name is shown."""
    if name != PASSWORDS:
        return FIELDS[name].read(video)
    found = video.get(PASSWORDS)
    return list(found.values) if isinstance(found, Passwords) else None


def for_cell(name: str, video: Video) -> str:
    """Return a field as a cell of an export."""
    if name != PASSWORDS:
        return FIELDS[name].show(FIELDS[name].read(video))
    return passwords_cell(for_reading(name, video) or ())
