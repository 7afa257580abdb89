"""What a job does with one item: the parts in which edits, captions, deletes and uploads differ."""

from collections.abc import Callable

from aiopeertube.migrate.journal import Journal, JournalError

from .base import Kind
from .captions import Captions
from .creations import Import, Upload
from .delete import Delete
from .thumbnails import Thumbnails
from .update import Update

__all__ = ["Captions", "Delete", "Import", "Kind", "Thumbnails", "Update", "Upload", "of"]

_ALL: dict[str, Callable[[Journal], Kind]] = {
    Update.name: lambda journal: Update(),
    Captions.name: lambda journal: Captions(),
    Delete.name: lambda journal: Delete(),
    Thumbnails.name: lambda journal: Thumbnails(),
    Upload.name: Upload,
    Import.name: Import,
}


def of(name: str, journal: Journal) -> Kind:
    """Return the kind of job that a journal names.

    Raises:
        JournalError: this version knows none of that name.
    """
    if name not in _ALL:
        raise JournalError(f"this version knows no job of the kind {name!r}")
    return _ALL[name](journal)
