"""Tables that ask for something else than fields: captions, images and deletes, a video a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .item import Item
from .journal import Journal
from .problems import Problems
from .references import reference
from .rows import Layout, read_all
from .sources.table import Row, Source

Wanted = Callable[[Mapping[str, Any], Path], dict[str, Any]]  # a row's cells and the table's folder


@dataclass(frozen=True, slots=True)
class Requests:
    """Reads rows that name a video and ask for something; `distinct` names what may be asked for several times."""

    origin: str
    wanted: Wanted
    folder: Path
    problems: Problems
    layout: Layout
    distinct: str = ""

    def read(self, row: Row) -> Item | None:
        """Make an item that is ready to be carried out; None where there was something to complain about."""
        try:
            cells = self.layout.compose(row.cells)
            ref = self._reference(cells)
            wanted = self.wanted(cells, self.folder)
        except ValueError as exc:
            column, why = exc.args if len(exc.args) == 2 else (None, exc.args[0])
            self.problems.add(row.line, column, str(why))
            return None
        name = f"{ref}/{wanted[self.distinct]}" if self.distinct else ref
        return Item(name, wanted, row.line, dict(row.cells), 0, "planned", uuid=ref, after={})

    def _reference(self, cells: Mapping[str, Any]) -> str:
        try:
            return reference(cells, self.origin)[1]
        except LookupError:
            raise ValueError("it names no video; give a column uuid, shortUUID, id, url or video") from None


async def plan_requests(journal: Journal, source: Source, requests: Requests) -> None:
    """Read a whole table into the journal.

    Raises:
        BadSource: with every complaint about it; nothing of it is carried out.
    """
    requests.layout.check(source.columns, requests.problems)
    requests.problems.raise_if_any()
    await journal.begin_pass()
    await read_all(source, requests.read, journal, requests.problems)
    await journal.end_pass()
