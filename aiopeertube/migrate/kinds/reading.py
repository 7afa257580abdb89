"""Rows that ask for something else than edits: captions, images, deletes and new videos."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aiopeertube.migrate.item import Item
from aiopeertube.migrate.problems import CellError
from aiopeertube.migrate.rows import RowReader, key_of
from aiopeertube.migrate.tables.source import Row

Wanted = Callable[[Mapping[str, Any]], dict[str, Any]]  # of a row's cells; raises CellError


def requested(row: Row, rows: RowReader, wanted: Wanted, *, apart: str = "") -> Item | None:
    """Make an item of a row that names a video and asks for something; None where anything is wrong with it.

    `apart` names what may be asked for several times of one video, like a language.
    """
    before = rows.problems.total
    cells = rows.cells(row)
    ref = rows.reference(row.line, cells, rows.exported(row.line, cells))
    asked: dict[str, Any] = {}
    try:
        asked = wanted(cells)
    except CellError as exc:
        rows.problems.add_cell(row.line, exc)
    if ref is None or rows.problems.total > before:
        return None
    name = f"{ref}/{asked[apart]}" if apart else ref
    return Item(
        name, asked, row.line, dict(row.cells), state="planned", uuid=ref, after={}, note=key_of(cells), ready=True
    )


def file_in(cells: Mapping[str, Any], folder: Path, column: str = "file") -> Path:
    """Return the file that a cell names, which is there and can be read.

    Raises:
        CellError: there is no name, or no such file.
    """
    name = str(cells.get(column) or "").strip()
    if not name:
        raise CellError(column, "no file is named")
    path = (folder / name).absolute()
    try:
        path.open("rb").close()
    except OSError as exc:
        raise CellError(column, f"cannot read {path}: {exc.strerror or exc}") from None
    return path
