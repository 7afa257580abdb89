"""The options of commands that write what the server has: how, how much, and which fields."""

from dataclasses import dataclass

import click

from aiopeertube.cli import output
from aiopeertube.cli.option_sets import option


@dataclass(frozen=True, slots=True)
class FormatOptions:
    """How rows are written, and which of their fields."""

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


@dataclass(frozen=True, slots=True)
class ExtentOptions:
    """How many are listed."""

    limit: int = option(
        "--limit", type=click.IntRange(min=0), default=20, show_default=True, help="The most to write."
    )
    all: bool = option("--all", is_flag=True, help="Write all, without a limit.")


@dataclass(frozen=True, slots=True)
class Columns:
    """The fields of a noun that are written where --fields names none."""

    table: tuple[str, ...]
    csv: tuple[str, ...]
    card: tuple[str, ...] = ()

    def of(self, format: str) -> tuple[str, ...]:
        """Return those of a list in a format."""
        return self.csv if format == "csv" else self.table
