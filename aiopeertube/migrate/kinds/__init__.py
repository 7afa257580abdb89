"""What a job does with one item: the parts in which edits, captions, deletes and uploads differ."""

from collections.abc import Callable

from aiopeertube.migrate.journal import JournalError

from .base import Kind
from .captions import Captions
from .delete import Delete
from .thumbnails import Thumbnails
from .update import Update

__all__ = ["Captions", "Delete", "Kind", "Thumbnails", "Update", "of"]

_ALL: dict[str, Callable[[], Kind]] = {
    Update.name: Update,
    Captions.name: Captions,
    Delete.name: Delete,
    Thumbnails.name: Thumbnails,
}


def of(name: str) -> Kind:
    """Return the kind of job that a journal names.

    Raises:
        JournalError: this version knows none of that name.
    """
    if name not in _ALL:
        raise JournalError(f"this version knows no job of the kind {name!r}")
    return _ALL[name]()
