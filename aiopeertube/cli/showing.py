"""Fetches and writes what the server has of a noun: a list of it, or those that are named."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.cli import answers, many, output, stdin_ids
from aiopeertube.cli.cells import Row, projected
from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.errors import Exit
from aiopeertube.cli.many import Make
from aiopeertube.cli.missing_fields import Noted, tell
from aiopeertube.cli.nouns import VIDEO, Noun, check
from aiopeertube.cli.options import Settings
from aiopeertube.cli.options_list import Columns, ExtentOptions, FormatOptions
from aiopeertube.cli.running import run

if TYPE_CHECKING:
    from aiopeertube import Outcome, Paginator, PeerTube

_FEW: Final = 1000


@dataclass(frozen=True, slots=True)
class View:
    """How rows of a noun are written."""

    columns: Columns
    written: FormatOptions
    noun: Noun = VIDEO

    def writer(self, settings: Settings) -> Noted:
        """Make the writer of a list."""
        fields, chosen = self.written.parsed(), output.chosen(self.written.format)
        plain = output.writer(chosen, fields, columns=self.columns.of(chosen), no_color=settings.no_color)
        return Noted(plain, fields)


@dataclass(frozen=True, slots=True)
class Listing:
    """What is listed: where rows come from, whether for users alone, and which to keep.

    Servers of some versions ignore some filters instead of refusing them, so they are sifted here as well.
    """

    source: "Callable[[PeerTube], Paginator[Any] | Awaitable[Paginator[Any]]]"
    user: bool = False
    keep: Callable[[Row], bool] | None = None

    async def pages(self, pt: "PeerTube", limit: int | None) -> AsyncIterator[list[Row]]:
        """Yield pages of rows, up to a limit."""
        found = self.source(pt)
        rows = await found if isawaitable(found) else found
        async for page in pages(rows, None if self.keep else limit):
            kept = [row for row in map(answers.row, page) if self.keep is None or self.keep(row)][:limit]
            yield kept
            limit = None if limit is None else limit - len(kept)
            if limit is not None and limit <= 0:
                return


def show_list(settings: Settings, view: View, extent: ExtentOptions, listing: Listing) -> None:
    """Write a list, page by page."""
    view.written.parsed()  # complains before anything is sent
    run(_show_list(connect(settings, user=listing.user), settings, view, extent, listing))


async def _show_list(
    connection: Connection, settings: Settings, view: View, extent: ExtentOptions, listing: Listing
) -> None:
    async with connection.opened() as pt:
        writer = view.writer(settings)
        async for page in listing.pages(pt, None if extent.all else extent.limit):
            for row in page:
                writer.add(row)
        writer.end()


async def pages(rows: "Paginator[Any]", limit: int | None) -> AsyncIterator[list[Any]]:
    """Yield pages; a small limit makes no request ahead."""
    if limit is not None and limit <= _FEW:
        yield await rows.collect(limit=limit)
        return
    async for page in rows.pages():
        yield page


def show_rows(settings: Settings, view: View, source: "Callable[[PeerTube], Awaitable[Sequence[Row]]]") -> None:
    """Write rows that come in one answer."""
    view.written.parsed()  # complains before anything is sent
    connection = connect(settings)

    async def main() -> None:
        async with connection.opened() as pt:
            rows = await source(pt)
            writer = view.writer(settings)
            for row in rows:
                writer.add(row)
            writer.end()

    run(main())


def show(settings: Settings, view: View, names: Sequence[str], get: "Callable[[PeerTube], Make]") -> int:
    """Write what is named: one alone in full, several fetched in parallel; return the exit code."""
    check(names, view.noun)
    view.written.parsed()  # complains before anything is sent
    connection = connect(settings)
    if len(names) == 1 and not stdin_ids.from_stdin(names):
        return run(_show_one(connection, settings, view, names[0], get))
    return run(_show_many(connection, settings, view, names, get))


async def _show_one(
    connection: Connection, settings: Settings, view: View, name: str, get: "Callable[[PeerTube], Any]"
) -> int:
    async with connection.opened() as pt:
        row = answers.row(await get(pt)(name))
    show_row(settings, view, row)
    return Exit.DONE


async def _show_many(
    connection: Connection, settings: Settings, view: View, names: Sequence[str], get: "Callable[[PeerTube], Make]"
) -> int:
    writer = view.writer(settings)
    fetched = many.Run(settings, "get", noun=view.noun, take=InOrder(writer, names).take)
    async with connection.opened(many=True) as pt:
        try:
            return await fetched.over(pt, names, get(pt))
        finally:
            writer.end()


def show_row(settings: Settings, view: View, row: Row) -> None:
    """Write one row: a card for people, an object as JSON."""
    fields, chosen = view.written.parsed(), output.chosen(view.written.format)
    tell(fields, row)
    if chosen == "table":
        output.draw_card(row, fields or view.columns.card or view.columns.csv, no_color=settings.no_color)
    elif chosen == "json":
        output.put(output.to_json(projected(row, fields), pretty=True) + "\n")
    else:
        writer = output.writer(chosen, fields, columns=view.columns.csv)
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
            self._writer.add(answers.row(row))
