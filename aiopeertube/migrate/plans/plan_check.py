"""Checks a line of a plan, which may have been edited by hand: what each entry of it may be."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from aiopeertube.migrate.metadata.changes import clash
from aiopeertube.migrate.metadata.field_reads import is_far
from aiopeertube.migrate.metadata.fields import AT, FIELDS, THEN, refusal
from aiopeertube.migrate.metadata.passwords import SAFE, is_seal
from aiopeertube.migrate.metadata.values import server_moment, unique
from aiopeertube.migrate.metadata.vocabulary import Vocabulary
from aiopeertube.migrate.suggestions import did_you_mean

Complaint = tuple[str, str]  # the entry, or the field, and what is wrong with it
_MOST: Final = 2**53  # the greatest line number that JSON keeps


def head_complaints(head: Mapping[str, Any]) -> Iterator[Complaint]:
    """Say what is wrong with the head of a plan."""
    for name in ("kind", "origin", "user", "source"):
        if not isinstance(head.get(name), str):
            yield name, "must be text"
    if not _are_texts(head.get("columns")):
        yield "columns", "must be a list of texts"


def complaints(entry: Mapping[str, Any], words: Vocabulary | None = None) -> Iterator[Complaint]:
    """Say what is wrong with the line of a change, also what the instance's `words` do not know."""
    for name in entry.keys() - _KNOWN:
        yield name[:80], f"no such entry{did_you_mean(name[:80], sorted(_KNOWN))}"
    for name, (fits, what) in _ENTRIES.items():
        if not fits(entry.get(name)):
            yield name, f"{str(entry.get(name))[:80]!r} is not {what}"
    before, after = entry.get("before"), entry.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict) or before.keys() != after.keys():
        yield "after", "before and after must have the same fields"
        return
    if not after:
        yield "after", "it changes nothing"
    for name, value in after.items():
        if why := _wrong(name, value, words) or _wrong_before(name, before[name]):
            yield name, why
    if why := clash(after):
        yield "after", why


def normal(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write values that were found to be right as a table's are: an edited tag or date may stand there otherwise."""
    return {name: _NORMAL.get(name, _as_it_is)(value) for name, value in values.items()}


def _as_it_is(value: Any) -> Any:
    return value


def _moment(value: Any) -> Any:
    return value if value is None or is_far(value) else server_moment(value)


_NORMAL: Final[Mapping[str, Callable[[Any], Any]]] = {
    "tags": unique, "originallyPublishedAt": _moment, AT: _moment,
}  # fmt: skip


def canonical(uuid: Any) -> str:
    """Return a UUID as the server writes it; "" where it is none."""
    try:
        return str(UUID(uuid)) if isinstance(uuid, str) and len(uuid) == 36 else ""
    except ValueError:
        return ""


def _wrong(name: str, value: Any, words: Vocabulary | None) -> str:
    if name not in FIELDS:
        return "no such field"
    if FIELDS[name].secret:
        known = is_seal(value) and SAFE.opened(value) is not None
        return "" if known else "a plan holds no passwords: apply the table that has them"
    if not _is_value(name, value):
        return refusal(name, value) or f"{value!r} is no value of it"
    return _unlisted(name, value, words) or refusal(name, value)  # a label may be longer than any value


def _unlisted(name: str, value: Any, words: Vocabulary | None) -> str:
    """Say that the instance, or for channels the user, has no such thing."""
    if words is None or value is None or not (FIELDS[name].labelled or name == "channel"):
        return ""
    if name == "channel":
        return "" if value in words.channels.values() else f"there is no channel {value} that you may use"
    try:
        key = words.key(name, str(value))
    except ValueError as exc:
        return str(exc)
    return "" if key == value else f"{value!r} is the label of {key!r}; a plan has that"


def _wrong_before(name: str, value: Any) -> str:
    # Rules of the server may have been others when it was set, so that only its type is looked at.
    return "" if _is_value(name, value) else f"before: {value!r} is no value of it"


def _is_value(name: str, value: Any) -> bool:
    field = FIELDS[name]
    if name == "tags":
        return _are_texts(value)
    if value is None:
        return field.clearable or name in _SOMETIMES_NULL
    if name in {"originallyPublishedAt", AT}:
        return _is_moment(value)
    return type(value) is _TYPES.get(name, str)


_TYPES: Final[Mapping[str, type]] = {
    "category": int, "licence": int, "privacy": int, "commentsPolicy": int, "channel": int,
    "nsfw": bool, "downloadEnabled": bool, "waitTranscoding": bool, "nsfwFlags": int, THEN: int,
}  # fmt: skip
# Servers of another version leave them out.
_SOMETIMES_NULL: Final = frozenset({
    "commentsPolicy", "downloadEnabled", "waitTranscoding", "nsfw", "nsfwFlags", "videoPasswords",
})  # fmt: skip


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and (is_far(value) or server_moment(value) is not None)
    except (ValueError, OverflowError):
        return False


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_text(value: Any) -> bool:
    """Tell whether it is text that a journal can keep: halves of characters are none."""
    return isinstance(value, str) and value == value.encode(errors="replace").decode()


def _is_line(value: Any) -> bool:
    return value is None or (type(value) is int and 0 <= value <= _MOST)


def _is_note(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and _is_text(value.get("key", "")))


_ENTRIES: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "uuid": (lambda value: bool(canonical(value)), "the UUID of a video"),
    "name": (lambda value: value is None or _is_text(value), "text"),
    "line": (_is_line, "the number of a line"),
    "row": (lambda value: value is None or isinstance(value, dict), "an object with the cells of a row"),
    "note": (_is_note, "an object, its key a text"),
}
_KNOWN: Final = frozenset({*_ENTRIES, "before", "after", "updatedAt", "sum"})
