"""Rows that ask for something else than edits: captions, images, deletes and new videos."""

import os
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.problems import CellError
from aiopeertube.migrate.rows.layout import kept, key_of
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.tables.source import Row

Wanted = Callable[[Mapping[str, Any]], dict[str, Any]]  # of a row's cells; raises CellError


def requested(row: Row, rows: RowReader, wanted: Wanted, *, apart: str = "") -> Item | None:
    """Make an item of a row that names a video and asks for something; None where anything is wrong with it.

    `apart` names what may be asked for several times of one video, like a language.
    """
    before = rows.problems.total
    cells = rows.cells(row)
    ref = rows.names.video(row.line, cells, rows.edits.was(row.line, cells))
    asked: dict[str, Any] = {}
    try:
        asked = wanted(cells)
    except CellError as exc:
        rows.problems.add_cell(row.line, exc)
    if ref is None or rows.problems.total > before:
        return None
    name = f"{ref}/{asked[apart]}" if apart else ref
    return Item(
        name,
        asked,
        row.line,
        kept(row.cells),
        state="planned",
        uuid=ref,
        after={},
        note=key_of(cells) | rows.names.others(ref, cells),
        ready=True,
    )


def file_in(cells: Mapping[str, Any], folder: Path, column: str = "file") -> Path:
    """Return the file that a cell names, which is there and can be read.

    Raises:
        CellError: there is no name, or no such file.
    """
    name = str(cells.get(column) or "").strip()
    if not name:
        raise CellError(column, "no file is named")
    path = _there(folder.absolute(), name)
    try:
        path.open("rb").close()
    except OSError as exc:
        raise CellError(column, f"cannot read {path}: {exc.strerror or exc}") from None
    return path


def _there(folder: Path, name: str) -> Path:
    """Return the path of a file as its disk spells it: an old one has no UTF-8, a Mac's takes letters apart."""
    path = folder / name
    if name.isascii() or path.exists():
        return path
    return next((other for other in map(folder.joinpath, _spellings(name)) if other.exists()), path)


def _spellings(name: str) -> Iterator[str]:
    for form in ("NFC", "NFD"):
        yield unicodedata.normalize(form, name)
    for encoding in ("cp1252", "latin-1", "cp850"):
        with suppress(UnicodeEncodeError):
            yield os.fsdecode(name.encode(encoding))
