"""The options of commands that read a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from aiopeertube.cli.option_sets import option
from aiopeertube.errors import PeerTubeError
from aiopeertube.migrate import CellOptions, Input, TableOptions, open_input, open_table


class _Names(click.ParamType[tuple[str, ...]]):
    name = "names"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Split at commas."""
        return value if isinstance(value, tuple) else tuple(name.strip() for name in str(value).split(","))


class _Template(click.ParamType[tuple[str, str]]):
    name = "field=template"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Split at the first equals sign."""
        if isinstance(value, tuple):
            return value
        name, equals, template = str(value).partition("=")
        if not equals or not name:
            raise click.UsageError(f"--compose: {value!r} is not of the form FIELD=TEMPLATE.")
        return name, _unescaped(template)


class _Unescaped(click.ParamType[str]):
    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read one."""
        return _unescaped(str(value))


def _unescaped(text: str) -> str:
    r"""Let \t and \n be written on a command line."""
    return text.replace("\\t", "\t").replace("\\n", "\n")


@dataclass(frozen=True, slots=True)
class TableFlags(TableOptions):
    """How to read a table."""

    format: str | None = option(
        "--input-format",
        dest="input_format",
        type=click.Choice(["csv", "tsv", "jsonl", "xlsx"]),
        help="Default: from the file extension, else from how the file begins.",
    )
    delimiter: str | None = option("--delimiter", type=_Unescaped(), help="What separates cells. Default: detected.")
    columns: Sequence[str] | None = option(
        "--columns", type=_Names(), metavar="A,B,...", help="Column names of a file without a header; - ignores one."
    )
    encoding: str | None = option("--encoding", help="Default: UTF-8, or UTF-16 with a byte order mark.")
    sheet: str | None = option("--sheet", help="The sheet of an XLSX file. Default: the first that is not hidden.")
    header_row: int | None = option(
        "--header-row",
        type=click.IntRange(min=1),
        metavar="N",
        help="The line (XLSX: row) of the header. Default: the first that is not blank.",
    )
    ignore: tuple[str, ...] = option(
        "--ignore", multiple=True, metavar="COLUMN", help="Ignore this column (* for every unknown one)."
    )
    compose: Mapping[str, str] = option(
        "--compose",
        multiple=True,
        type=_Template(),
        metavar="FIELD=TEMPLATE",
        callback=lambda ctx, param, pairs: dict(pairs),
        help=r"Make a field of several columns: 'description={text}\n\n{abstract}'; empty ones leave no trace.",
    )
    function: str | None = option(
        "--function",
        metavar="MODULE:FUNCTION",
        help="A Python function: gets a row's cells by column, returns those to replace or add.",
    )

    def opened(self, source: str) -> Input:
        """Open a plan or a table, before anything is sent."""
        return self._renamed(open_input, source)

    def opened_table(self, source: str) -> Input:
        """Open a table, before anything is sent."""
        return self._renamed(open_table, source)

    def _renamed(self, opening: Callable[[str, TableOptions], Input], source: str) -> Input:
        try:
            return opening(source, self)
        except PeerTubeError as exc:
            exc.option = "input_format" if exc.option == "format" else exc.option  # --format is that of the outcomes
            raise


@dataclass(frozen=True, slots=True)
class CellFlags(CellOptions):
    """How to read the cells of fields."""

    clear_marker: str = option(
        "--clear-marker", default="<clear>", show_default=True, help="What a cell says to clear a field."
    )
    tag_separator: str | None = option("--tag-separator", help="Default: ';', or ',' if there is none.")
    date_order: str | None = option(
        "--date-order", type=click.Choice(["day", "month"]), help="What comes first in dates like 4/5/1939."
    )
    fit: bool = option("--fit", is_flag=True, help="Cut what is too long, and keep the first five tags that fit.")
