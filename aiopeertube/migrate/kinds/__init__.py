"""What a job does with one item: the parts in which edits, captions, deletes and uploads differ."""

from typing import Final

from aiopeertube.migrate.journal.journal_errors import JournalError

from .base import Kind
from .captions import Captions
from .channels import Channels
from .chapters import Chapters
from .copies import Copy
from .creations import Upload
from .delete import Delete
from .imports import Import
from .playlists import Playlists
from .thumbnails import Thumbnails
from .update import Update

__all__ = [
    "Captions",
    "Channels",
    "Chapters",
    "Copy",
    "Delete",
    "Import",
    "Kind",
    "Playlists",
    "Thumbnails",
    "Update",
    "Upload",
    "of",
]

_ALL: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Update(),
        Captions(),
        Delete(),
        Thumbnails(),
        Upload(),
        Import(),
        Chapters(),
        Playlists(),
        Channels(),
        Copy(),
    )
}


def of(name: str) -> Kind:
    """Return the kind of job that a journal names.

    Raises:
        JournalError: this version knows none of that name.
    """
    if name not in _ALL:
        raise JournalError(f"this version knows no job of the kind {name!r}")
    return _ALL[name]
