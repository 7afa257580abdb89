"""The fields of videos that are written: those asked for, or a choice for each format."""

from dataclasses import dataclass
from typing import Final

import click

from aiopeertube.cli import output
from aiopeertube.cli.option_sets import option

_COLUMNS: Final = ("id", "name", "channel.name", "privacy", "language", "publishedAt", "views")
_CSV_COLUMNS: Final = (
    "id",
    "uuid",
    "shortUUID",
    "name",
    "channel.name",
    "account.name",
    "privacy.label",
    "category.label",
    "licence.label",
    "language.id",
    "nsfw",
    "duration",
    "views",
    "createdAt",
    "publishedAt",
    "updatedAt",
    "originallyPublishedAt",
    "url",
)
CARD: Final = (
    "name",
    "id",
    "uuid",
    "shortUUID",
    "url",
    "channel",
    "account",
    "privacy",
    "category",
    "licence",
    "language",
    "tags",
    "nsfw",
    "commentsPolicy",
    "downloadEnabled",
    "duration",
    "views",
    "createdAt",
    "publishedAt",
    "updatedAt",
    "originallyPublishedAt",
    "support",
    "description",
)


@dataclass(frozen=True, slots=True)
class FormatOptions:
    """How videos are written, and which of their fields."""

    format: str | None = option(
        "--format",
        type=click.Choice(output.FORMATS),
        help="How to write. Default: a table on a terminal, jsonl elsewhere.",
    )
    fields: str | None = option(
        "--fields", help="Fields to write, like id,uuid,name,channel.name; dots reach into a field."
    )

    def parsed(self) -> tuple[str, ...] | None:
        """Split --fields; None where it was not given."""
        if self.fields is None:
            return None
        names = tuple(name.strip() for name in self.fields.split(",") if name.strip())
        if not names:
            raise click.UsageError("--fields names no field.")
        return names


def columns_of(format: str) -> tuple[str, ...]:
    """Return the columns of a list where --fields was not given."""
    return _CSV_COLUMNS if format == "csv" else _COLUMNS
