"""Journals at places of their own, registered where other jobs of the user look: what one has made is not made again.

Each is a small file, named after the journal's path, which is what it says. So any number of jobs may register at
once, and a kill leaves nothing that could be mistaken for a place.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from .journal_errors import JournalError
from .journal_file import put

_FOLDER: Final = "elsewhere"
_SUFFIX: Final = ".place"


def register(directory: Path, journal: Path) -> None:
    """Note where a journal is, on the disk, unless it is in the directory of journals.

    Raises:
        JournalError: it cannot be noted.
    """
    path = journal.resolve()
    if path.parent == directory.resolve():
        return
    said = os.fsencode(path)
    place = directory / _FOLDER / f"{hashlib.sha256(said).hexdigest()[:32]}{_SUFFIX}"
    try:
        if not place.is_file() or place.read_bytes() != said:
            place.parent.mkdir(parents=True, exist_ok=True)
            put(place, said)
    except OSError as exc:
        raise JournalError(f"{journal} cannot be noted in {place.parent}: {exc.strerror or exc}") from None


def registered(directory: Path) -> Iterator[Path]:
    """Give the journals that were registered, as far as they are there; one that was removed is forgotten.

    A folder that is not there may be on a disk that comes back.
    """
    for place in sorted((directory / _FOLDER).glob(f"*{_SUFFIX}")):
        with suppress(OSError):
            path = Path(os.fsdecode(place.read_bytes()))
            if path.is_file():
                yield path
            elif path.parent.is_dir():
                place.unlink(missing_ok=True)
