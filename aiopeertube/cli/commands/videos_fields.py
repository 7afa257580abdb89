"""Turns the options of `videos update` into fields of the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from aiopeertube.cli.arguments import image, typed
from aiopeertube.cli.option_sets import option
from aiopeertube.cli.param_types import File
from aiopeertube.errors import InputError
from aiopeertube.types import VideoUpdate
from aiopeertube.wire import fields as library
from aiopeertube.wire.messages import JsonBody

if TYPE_CHECKING:
    from aiopeertube import PeerTube

# Option -> field of the API.
_FIELDS: Final = {
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
_FILES: Final = {"thumbnail": "thumbnailfile", "preview": "previewfile"}
_CLEARABLE: Final = ("category", "description", "language", "licence", "originally-published-at", "support", "tags")
_COMMENTS: Final = {"enabled": 1, "disabled": 2, "requires-approval": 3}

LABELLED: Final = ("category", "licence", "language", "privacy")


@dataclass(frozen=True, slots=True)
class EditOptions:
    """The fields to change. None, or no tag, leaves a field unchanged."""

    name: str | None = option("--name", help="The title.")
    description: str | None = option("--description", help="The description, in Markdown.")
    support: str | None = option("--support", help="How to support the authors.")
    tag: tuple[str, ...] = option("--tag", multiple=True, help="Replace the tags; repeat it for up to five.")
    category: str | None = option("--category", help="Id or label.")
    licence: str | None = option("--licence", help="Id or label.")
    language: str | None = option("--language", help="Code or label.")
    privacy: str | None = option("--privacy", help="Id or label.")
    nsfw: bool | None = option("--nsfw/--no-nsfw", help="Whether it is sensitive.")
    download: bool | None = option("--download/--no-download", help="Whether it may be downloaded.")
    comments_policy: str | None = option(
        "--comments-policy", type=click.Choice(list(_COMMENTS)), help="Who may comment."
    )
    originally_published_at: str | None = option(
        "--originally-published-at", metavar="DATE", help="Like 1960-01-01 or 1960-01-01T12:00:00Z."
    )
    thumbnail: str | None = option(
        "--thumbnail", type=File(), metavar="FILE", help="A .jpg, .png or .webp of at most 4 MiB."
    )
    preview: str | None = option(
        "--preview", type=File(), metavar="FILE", help="A .jpg, .png or .webp of at most 4 MiB."
    )
    clear: tuple[str, ...] = option(
        "--clear", multiple=True, type=click.Choice(_CLEARABLE), help="Empty a field; repeatable."
    )
    set_: tuple[str, ...] = option(
        "--set", metavar="FIELD=JSON", multiple=True, help="Set any field of the API; repeatable."
    )


def collect(edit: EditOptions) -> dict[str, Any]:
    """Make the fields of an update, with labels as given; check whatever needs no server.

    Raises:
        InvalidField, FileUnreadable: the server would reject it.
        click.UsageError: nothing to change, or two options contradict each other.
    """
    fields = _given(edit)
    for name, value in (*_cleared(edit.clear), *(typed(pair, "--set") for pair in edit.set_)):
        if name in fields:
            raise click.UsageError(f"{name} is given twice.")
        fields[name] = value
    if problem := library.problem_of(fields):
        raise problem
    JsonBody.of(fields)  # raises for values that cannot be sent
    fields |= _files(edit)
    if not fields:
        raise click.UsageError("Nothing to change: give at least one field.")
    return fields


def _given(edit: EditOptions) -> dict[str, Any]:
    given = {field: getattr(edit, name) for name, field in _FIELDS.items()}
    fields = {field: value for field, value in given.items() if value not in (None, ())}
    if "tags" in fields:
        fields["tags"] = list(fields["tags"])
    if "commentsPolicy" in fields:
        fields["commentsPolicy"] = _COMMENTS[fields["commentsPolicy"]]
    return fields


def unknown(fields: Mapping[str, Any]) -> list[str]:
    """Return the fields that this version does not know; the server ignores those that it does not know."""
    known = {*VideoUpdate.__annotations__, *_FILES.values()}
    return [name for name in fields if name not in known]


def _cleared(names: Sequence[str]) -> list[tuple[str, Any]]:
    wire = {"originally-published-at": "originallyPublishedAt"}
    return [(wire.get(name, name), [] if name == "tags" else None) for name in names]


def _files(edit: EditOptions) -> dict[str, Path]:
    named = {field: getattr(edit, name) for name, field in _FILES.items()}
    return {field: image(field, name) for field, name in named.items() if name is not None}


async def resolved(pt: "PeerTube", fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields with ids in place of labels; ids that the instance does not have are refused, too.

    Raises:
        InputError: the instance does not have it.
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
