"""Tables that ask for something else than edits: captions, images, deletes and new videos."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from aiopeertube.migrate.item import Item
from aiopeertube.migrate.journal import Journal
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.references import reference
from aiopeertube.migrate.rows import Layout, RowReader, key_of, read_all
from aiopeertube.migrate.tables.source import Row, Source

from .creations import file_of

Wanted = Callable[[Mapping[str, Any], Path], dict[str, Any]]  # a row's cells and the table's folder


class Reader(Protocol):
    """Makes items of the rows of one table."""

    layout: Layout
    problems: Problems

    def read(self, row: Row) -> Item | None:
        """Make an item that is ready to be carried out; None where there was something to complain about."""
        ...


@dataclass(slots=True)
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
            complain(self.problems, row.line, exc)
            return None
        name = f"{ref}/{wanted[self.distinct]}" if self.distinct else ref
        return Item(name, wanted, row.line, dict(row.cells), 0, "planned", uuid=ref, after={}, note=key_of(cells))

    def _reference(self, cells: Mapping[str, Any]) -> str:
        try:
            return reference(cells, self.origin)[1]
        except LookupError:
            raise ValueError("it names no video; give a column uuid, shortUUID, id, url or video") from None


@dataclass(slots=True)
class Creations:
    """Reads rows that make new videos: of a `file`, or of what the server finds at a `targetUrl`."""

    fields: RowReader
    folder: Path
    problems: Problems
    layout: Layout
    source: str  # the column: "file" or "targetUrl"
    channel: int | None = None  # for rows that name none

    def read(self, row: Row) -> Item | None:
        """Make an item that is ready to be carried out; None where there was something to complain about."""
        before = self.problems.total
        cells = self.fields.cells(row)
        values = self.fields.wanted(row.line, cells)
        wanted: dict[str, Any] = {"fields": values}
        self._complete(row.line, values)
        try:
            wanted |= self._where_from(cells)
            wanted["images"] = self._images(cells)
        except ValueError as exc:
            complain(self.problems, row.line, exc)
        if self.problems.total > before:
            return None
        note = key_of(cells)
        ref = f"key:{note['key']}" if note else f"{self.source}:{wanted[self.source]}"
        return Item(
            ref, wanted, row.line, dict(row.cells), 0, "planned", "", values.get("name", ""), after={}, note=note
        )

    def _complete(self, line: int, values: dict[str, Any]) -> None:
        if self.channel is not None:
            values.setdefault("channel", self.channel)
        needed = ("name", "channel") if self.source == "file" else ("channel",)
        for name in needed:
            if name not in values:
                self.problems.add(line, name, "a new video needs one")

    def _where_from(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        if self.source == "file":
            path = file_of(cells, self.folder)
            return {"file": str(path), "size": path.stat().st_size}
        address = str(cells.get("targetUrl") or "").strip()
        if not address.startswith(("http://", "https://")):
            raise ValueError("targetUrl", f"{address!r} is not an address")
        return {"targetUrl": address}

    def _images(self, cells: Mapping[str, Any]) -> dict[str, str]:
        columns = [column for column in ("thumbnailfile", "previewfile") if cells.get(column)]
        return {column: str(file_of(cells, self.folder, column)) for column in columns}


def complain(problems: Problems, line: int, exc: ValueError) -> None:
    """Note a complaint that may have its column first."""
    column, why = exc.args if len(exc.args) == 2 else (None, exc.args[0])
    problems.add(line, column, str(why))


async def plan_requests(journal: Journal, source: Source, reader: Reader) -> None:
    """Read a whole table into the journal.

    Raises:
        BadSource: with every complaint about it; nothing of it is carried out.
    """
    reader.layout.check(source.columns, reader.problems)
    reader.problems.raise_if_any()
    await journal.begin_pass()
    await read_all(source, reader.read, journal, reader.problems)
    await journal.end_pass()
