"""The options of commands that read a table."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from aiopeertube.migrate.fields import Reading
    from aiopeertube.migrate.rows import Layout
    from aiopeertube.migrate.tables.source import Source
    from aiopeertube.migrate.vocabulary import Vocabulary

F = TypeVar("F", bound=Callable[..., Any])

_TABLE = (
    click.option(
        "--input-format", type=click.Choice(["csv", "tsv", "jsonl", "xlsx"]), help="By default as it is named."
    ),
    click.option("--delimiter", help="What separates cells; found out by default."),
    click.option(
        "--columns", metavar="A,B,...", help="The file has no header: these are its columns; - ignores one."
    ),
    click.option("--encoding", help="By default UTF-8, or UTF-16 with a byte order mark."),
    click.option("--sheet", help="The sheet of an XLSX file; the first by default."),
    click.option("--ignore", multiple=True, metavar="COLUMN", help="A column of no meaning here; * for all such."),
    click.option(
        "--compose",
        multiple=True,
        metavar="FIELD=TEMPLATE",
        help=r"Make a field of several columns: 'description={text}\n\n{abstract}'.",
    ),
)
_CELLS = (
    click.option("--clear-marker", default="<clear>", show_default=True, help="What a cell says to clear a field."),
    click.option("--tag-separator", help="By default ; and where there is none a comma."),
    click.option("--fit", is_flag=True, help="Cut what is too long, and keep the first five tags that fit."),
)


def table_options(function: F) -> F:
    """Give a command the options that say how to read its table."""
    return _with(_TABLE, function)


def cell_options(function: F) -> F:
    """Give a command the options that say how to read cells of fields."""
    return _with(_CELLS, function)


def _with(options: Sequence[Callable[[F], F]], function: F) -> F:
    for option in reversed(options):
        function = option(function)
    return function


def source_of(path: str, options: Mapping[str, Any]) -> "Source":
    """Open a table as the options say."""
    from aiopeertube.migrate.tables.opening import open_source  # noqa: PLC0415 - `--help` starts without

    columns = options["columns"]
    return open_source(
        path,
        format=options["input_format"],
        delimiter=_unescaped(options["delimiter"]),
        columns=None if columns is None else [column.strip() for column in columns.split(",")],
        encoding=options["encoding"],
        sheet=options["sheet"],
    )


def layout_of(options: Mapping[str, Any], extra: Sequence[str] = ()) -> "Layout":
    """Read the options about columns."""
    from aiopeertube.migrate.rows import Layout  # noqa: PLC0415 - see above

    composed = {}
    for text in options["compose"]:
        name, equals, template = text.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--compose: {text!r} is not of the form FIELD=TEMPLATE.")
        composed[name] = _unescaped(template) or ""
    return Layout(frozenset(options["ignore"]), composed, frozenset(extra))


def reading_of(options: Mapping[str, Any], words: "Vocabulary") -> "Reading":
    """Read the options about cells."""
    from aiopeertube.migrate.fields import Reading  # noqa: PLC0415 - see above

    return Reading(words, options["clear_marker"], options["tag_separator"], options["fit"])


def _unescaped(text: str | None) -> str | None:
    r"""Let \t and \n be written on a command line."""
    return None if text is None else text.replace("\\t", "\t").replace("\\n", "\n")
