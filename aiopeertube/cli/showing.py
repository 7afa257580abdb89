"""Fetches and writes what the server has of a noun: a list of it, or those that are named."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.cli import many, output, stdin_ids
from aiopeertube.cli.cells import Row, projected
from aiopeertube.cli.connection import Connection
from aiopeertube.cli.errors import Exit
from aiopeertube.cli.many import Make
from aiopeertube.cli.missing_fields import Noted, tell
from aiopeertube.cli.nouns import VIDEO, Noun
from aiopeertube.cli.options import Settings
from aiopeertube.cli.options_list import Columns, ExtentOptions, FormatOptions
from aiopeertube.errors import UnexpectedResponse

if TYPE_CHECKING:
    from aiopeertube import Outcome, Paginator, PeerTube

_FEW: Final = 1000


def writer_of(settings: Settings, written: FormatOptions, columns: Columns) -> Noted:
    """Make the writer of a list."""
    fields, chosen = written.parsed(), output.chosen(written.format)
    plain = output.writer(chosen, fields, columns=columns.of(chosen), no_color=settings.no_color)
    return Noted(plain, fields)


async def show_list(
    connection: Connection,
    settings: Settings,
    source: "Callable[[PeerTube], Paginator[Any]]",
    *,
    extent: ExtentOptions,
    written: FormatOptions,
    columns: Columns,
) -> None:
    """Write a list, page by page."""
    async with connection.opened() as pt:
        writer = writer_of(settings, written, columns)
        async for page in pages(source(pt), None if extent.all else extent.limit):
            for row in page:
                writer.add(checked(row))
        writer.end()


async def pages(rows: "Paginator[Any]", limit: int | None) -> AsyncIterator[list[Any]]:
    """Yield pages; a small limit makes no request ahead."""
    if limit is not None and limit <= _FEW:
        yield await rows.collect(limit=limit)
        return
    left = limit
    async for page in rows.pages():
        yield page[:left]
        left = None if left is None else left - len(page)
        if left is not None and left <= 0:
            return


def checked(row: Any) -> Row:
    """Return a row.

    Raises:
        UnexpectedResponse: it is none.
    """
    if isinstance(row, Mapping):
        return row
    raise UnexpectedResponse(f"expected a JSON object, got {type(row).__name__}", status=200)


async def show(
    connection: Connection,
    settings: Settings,
    names: Sequence[str],
    get: "Callable[[PeerTube], Make]",
    *,
    written: FormatOptions,
    columns: Columns,
    noun: Noun = VIDEO,
) -> int:
    """Write what is named: one alone in full, several fetched in parallel; return the exit code."""
    if len(names) == 1 and not stdin_ids.from_stdin(names):
        async with connection.opened() as pt:
            row = checked(await get(pt)(names[0]))
        show_row(settings, row, written, columns)
        return Exit.DONE
    writer = writer_of(settings, written, columns)
    run = many.Run(settings, "get", noun=noun, take=InOrder(writer, names).take)
    async with connection.opened(many=True) as pt:
        try:
            return await run.over(pt, names, get(pt))
        finally:
            writer.end()


def show_row(settings: Settings, row: Row, written: FormatOptions, columns: Columns) -> None:
    """Write one row: a card for people, an object as JSON."""
    fields, chosen = written.parsed(), output.chosen(written.format)
    tell(fields, row)
    if chosen == "table":
        output.draw_card(row, fields or columns.card or columns.csv, no_color=settings.no_color)
    elif chosen == "json":
        output.put(output.to_json(projected(row, fields), pretty=True) + "\n")
    else:
        writer = output.writer(chosen, fields, columns=columns.csv)
        writer.add(row)
        writer.end()


class InOrder:
    """Writes rows in the order of the command line, whichever arrives first; those of stdin as they arrive."""

    def __init__(self, writer: output.Writer, names: Sequence[str]) -> None:
        self._writer = writer
        self._due = [] if stdin_ids.from_stdin(names) else list(names)
        self._came: dict[str, Any] = {}
        self._next = 0

    def take(self, outcome: "Outcome[Any]", name: str) -> None:
        """Take a row, and write those whose turn has come."""
        if not self._due:
            self._add(outcome.result)
            return
        self._came[name] = outcome.result
        while self._next < len(self._due) and self._due[self._next] in self._came:
            self._next += 1
            self._add(self._came[self._due[self._next - 1]])

    def _add(self, row: Any) -> None:
        if row is not None:
            self._writer.add(checked(row))
