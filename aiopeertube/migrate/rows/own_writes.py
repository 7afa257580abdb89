"""What earlier jobs of the same table wrote: nobody else's edits, though the table was exported before them."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from aiopeertube.errors import PeerTubeError
from aiopeertube.migrate.journal.database import Database
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.journal.journal_errors import explained
from aiopeertube.migrate.journal.journals import all_journals
from aiopeertube.migrate.journal.schema import Job
from aiopeertube.migrate.metadata.changes import written

from .exported import digest

EXPORT: Final = "export"  # in an item's note: which row of which export it is of


class OwnWrites:
    """Digests of what the user's own jobs wrote last into fields of rows; memory grows with those jobs.

    A row is known by what was exported in it, whatever its table is called now; without that by its table's name, and
    by when its video was edited last, where it says so.
    """

    def __init__(self) -> None:
        self._written: dict[int, int] = {}

    def add(self, row: str, wanted: Mapping[str, Any]) -> None:
        """Take in what was written into the fields of a row."""
        for name, value in wanted.items():
            self._written[_key(row, name)] = int(digest(value), 16)

    def last(self, row: str, name: str) -> str | None:
        """Return the digest of what was written last into a field of a row; None: nothing was."""
        found = self._written.get(_key(row, name))
        return None if found is None else f"{found:032x}"


def row_of(ref: str, cells: Mapping[str, Any]) -> str:
    """Name a row that knows no more than when its video was edited; spreadsheets write that in their own ways."""
    digits = [*filter(str.isdecimal, str(cells.get("updatedAt", "")))]
    return f"{ref} {''.join(digits[:14])}"


def _key(row: str, name: str) -> int:
    return hash((row, name))


async def own_writes(journal: Journal) -> OwnWrites:
    """Find what earlier jobs wrote for the table of a job that begins or goes on."""
    return await asyncio.to_thread(_collect, journal.path, journal.job)


def _collect(path: Path, job: Job) -> OwnWrites:
    own, included = OwnWrites(), set[str]()
    for earlier, other in sorted(_of_this_user({*all_journals(), path}, job), key=lambda pair: pair[1].began):
        same = other.source == job.source or other.parent in included
        if same:
            included.add(str(earlier))
        with suppress(PeerTubeError), explained(earlier), _closing(earlier) as database:
            for item in database.written():
                if row := item.note.get(EXPORT, row_of(item.ref, item.row) if same else ""):
                    own.add(row, {**item.wanted, **written(item.after or {})})
    return own


def _of_this_user(paths: Iterable[Path], job: Job) -> Iterator[tuple[Path, Job]]:
    for path in paths:
        with suppress(PeerTubeError), _closing(path, looks=False) as database:
            other = database.job
            if (other.kind, other.origin, other.user) == (job.kind, job.origin, job.user):
                yield path, other


@contextmanager
def _closing(path: Path, *, looks: bool = True) -> Iterator[Database]:
    database = Database.open(path, read_only=True, looks=looks)
    try:
        yield database
    finally:
        database.release(remove=False)
