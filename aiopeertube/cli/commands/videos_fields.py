"""From the options of `videos update` to the fields of the API."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import orjson

from aiopeertube.errors import FileUnreadable, InputError, InvalidField
from aiopeertube.types import VideoUpdate
from aiopeertube.wire import fields as library
from aiopeertube.wire.messages import JsonBody

if TYPE_CHECKING:
    from aiopeertube import PeerTube

# Option (as click names it) -> field of the API.
FIELDS: Final = {
    "name": "name",
    "description": "description",
    "support": "support",
    "tag": "tags",
    "category": "category",
    "licence": "licence",
    "language": "language",
    "privacy": "privacy",
    "nsfw": "nsfw",
    "download": "downloadEnabled",
    "comments_policy": "commentsPolicy",
    "originally_published_at": "originallyPublishedAt",
}
FILES: Final = {"thumbnail": "thumbnailfile", "preview": "previewfile"}
CLEARABLE: Final = ("category", "description", "language", "licence", "originally-published-at", "support", "tags")
COMMENTS: Final = {"enabled": 1, "disabled": 2, "requires-approval": 3}

LABELLED: Final = ("category", "licence", "language", "privacy")
_MOST_IMAGE: Final = 4 * 1024 * 1024


def collect(options: Mapping[str, Any]) -> dict[str, Any]:
    """Make the fields of an update, labels as they were given; everything that can be checked here is.

    Raises:
        InvalidField, FileUnreadable: what the server would refuse.
        click.UsageError: nothing is left to do, or two options contradict each other.
    """
    fields = {FIELDS[name]: value for name, value in options.items() if name in FIELDS and value not in (None, ())}
    if "tags" in fields:
        fields["tags"] = list(fields["tags"])
    if "commentsPolicy" in fields:
        fields["commentsPolicy"] = COMMENTS[fields["commentsPolicy"]]
    for name, value in (*_cleared(options["clear"]), *_set(options["set_"])):
        if name in fields:
            raise click.UsageError(f"{name} is given twice.")
        fields[name] = value
    if problem := library.problem_of(fields):
        raise problem
    JsonBody.of(fields)  # complains about what cannot be sent
    fields |= _files(options)
    if not fields:
        raise click.UsageError("Nothing to change: give at least one field.")
    return fields


def unknown(fields: Mapping[str, Any]) -> list[str]:
    """Name the fields that this version does not know: the server ignores what it does not know either."""
    known = {*VideoUpdate.__annotations__, *FILES.values()}
    return [name for name in fields if name not in known]


def _cleared(names: Sequence[str]) -> list[tuple[str, Any]]:
    wire = {"originally-published-at": "originallyPublishedAt"}
    return [(wire.get(name, name), [] if name == "tags" else None) for name in names]


def _set(pairs: Sequence[str]) -> list[tuple[str, Any]]:
    return [typed(pair, "--set") for pair in pairs]


def split(pair: str, option: str) -> tuple[str, str]:
    """Split key=value."""
    name, equals, text = pair.partition("=")
    if not equals or not name:
        raise click.UsageError(f"{option}: {pair!r} is not of the form key=value.")
    return name, text


def typed(pair: str, option: str) -> tuple[str, Any]:
    """Split key=JSON."""
    name, text = split(pair, option)
    try:
        return name, orjson.loads(text)
    except orjson.JSONDecodeError as exc:
        hint = f"text needs quotes: {option} '{name}=\"...\"'"
        raise click.UsageError(f"{option} {name}: {text!r} is not JSON ({exc}); {hint}") from None


def _files(options: Mapping[str, Any]) -> dict[str, Path]:
    files = {field: Path(options[name]) for name, field in FILES.items() if options[name] is not None}
    for field, path in files.items():
        size = readable(path)
        if not size:
            raise InvalidField(field, f"{path} is empty")
        if size > _MOST_IMAGE:
            raise InvalidField(field, f"{path} is larger than the 4 MiB that PeerTube takes")
        if path.suffix.lower() not in {".jpg", ".jpeg", ".png", ".webp"}:
            raise InvalidField(field, f"{path} is not called .jpg, .png or .webp")
    return files


def readable(path: Path) -> int:
    """Return the size of a file that can be read, and read again when sending it has to be repeated.

    Raises:
        FileUnreadable: it cannot.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # opening a pipe would wait for its other end
            raise FileUnreadable(str(path), "not a file")
        with path.open("rb") as file:
            return file.seek(0, 2)
    except OSError as exc:
        raise FileUnreadable(str(path), exc.strerror or type(exc).__name__) from None


async def resolved(pt: "PeerTube", fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields with ids in place of labels; ids that the instance does not have are refused, too.

    Raises:
        InputError: the instance has no such thing.
    """
    named = {name: [str(value)] for name, value in fields.items() if name in LABELLED and value is not None}
    return {**fields, **{name: ids[0] for name, ids in (await ids_of(pt, named)).items()}}


async def ids_of(pt: "PeerTube", named: Mapping[str, Sequence[str]]) -> dict[str, list[Any]]:
    """Return the ids of categories, licences, languages or privacies that are given by id or by label.

    Raises:
        InputError: the instance has no such thing.
    """
    from aiopeertube.migrate import fetch_words  # noqa: PLC0415 - other commands start without

    words = await fetch_words(pt, named)
    try:
        return {name: [words.key(name, text) for text in texts] for name, texts in named.items()}
    except ValueError as exc:
        raise InputError(str(exc)) from None
