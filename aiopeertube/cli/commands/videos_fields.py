"""From the options of `videos update` to the fields of the API."""

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import orjson

from aiopeertube.errors import FileUnreadable, InvalidField
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

# Field -> the list of its labels.
_LABELS: Final = {
    "category": "categories",
    "licence": "licences",
    "language": "languages",
    "privacy": "privacies",
}
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


async def resolve(pt: "PeerTube", field: str, text: Any) -> Any:
    """Return the id of a category, licence, language or privacy that was given by id or by label.

    Numbers go to the server as they are, which knows them. It takes any language, though, so those are looked up.

    Raises:
        InvalidField: the instance has no such thing.
    """
    if not isinstance(text, str) or (text.isascii() and text.isdigit()):
        return text if text is None or not isinstance(text, str) else int(text)
    labels: Mapping[str, str] = await getattr(pt.videos, _LABELS[field])()
    found = text if text in labels else _by_label(labels, text)
    if found is None:
        raise InvalidField(field, f"the instance has no {text!r}{_meant(labels, text)}")
    return found if field == "language" else int(found)


async def resolved(pt: "PeerTube", fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields with ids in place of labels."""
    return {name: await resolve(pt, name, value) if name in _LABELS else value for name, value in fields.items()}


def _by_label(labels: Mapping[str, str], text: str) -> str | None:
    wanted = text.casefold()
    return next((key for key, label in labels.items() if label.casefold() == wanted), None)


def _meant(labels: Mapping[str, str], text: str) -> str:
    by_folded = {label.casefold(): label for label in labels.values()}
    close = difflib.get_close_matches(text.casefold(), by_folded, n=3)
    if close:
        return "; did you mean " + " or ".join(repr(by_folded[label]) for label in close) + "?"
    return "; it has " + ", ".join(labels.values()) if len(labels) <= 20 else ""
