"""All rows of a table into the journal, and all of its errors at once."""

from collections.abc import Callable, Sequence

from aiopeertube._counting import counted
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Batch, Journal
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.tables import decoded_twice
from aiopeertube.migrate.tables.source import Row, Source

from .parts import LINES, contradiction, united


async def read_all(
    source: Source,
    read: Callable[[Row], Item | None],
    journal: Journal,
    problems: Problems,
    *,
    noun: str = "video",
    at_end: Callable[[], None] = lambda: None,
) -> None:
    """Read the whole table into the journal, and tell all of its errors at once, those found `at_end` among them.

    `noun` is what its rows are about.

    Raises:
        BadSource: there is something wrong in it; nothing of it is carried out.
    """

    async def add(items: Sequence[Item]) -> None:
        pairs: list[tuple[Item, Item]] = []
        if items and LINES in items[0].note:
            items, pairs = united(items)
        for earlier, item in (*pairs, *await journal.add(items)):
            problems.add(item.line, None, contradiction(earlier, item, noun))

    twice = _Twice()
    async with Batch(add) as batch:
        for row in source.rows(problems):
            twice.look(row)
            item = read(row)
            if item is not None:
                await batch.put(item)
    twice.tell(problems)
    at_end()
    problems.raise_if_any()


class _Twice:
    """Counts cells that look like UTF-8 read as Windows-1252, which are no errors: somebody may write so."""

    def __init__(self) -> None:
        self._count = 0
        self._first = ""

    def look(self, row: Row) -> None:
        """Look at a row's cells."""
        for column, cell in row.cells.items():
            if isinstance(cell, str) and decoded_twice(cell):
                self._count += 1
                self._first = self._first or f"line {row.line:,}, column {column}: {cell[:40]!r}"

    def tell(self, problems: Problems) -> None:
        """Note what was found."""
        if self._count:
            cells = counted(self._count, "cell looks", "cells look")
            problems.note(f"{cells} as if UTF-8 had been read as Windows-1252, first {self._first}")
