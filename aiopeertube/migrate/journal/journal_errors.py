"""What can be wrong with a journal, and how SQLite and the disk say it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from aiopeertube.errors import ConfigurationError

from .columns import Unreadable


class JournalError(ConfigurationError):
    """A journal cannot be used: damaged, in use, or of another instance or user.

    `began` tells whether anything may have been sent.
    """

    began = False


class NothingToResume(JournalError):
    """There is no journal to go on with."""


class JournalFull(JournalError):
    """The journal cannot be written any more: no room, a disk that fails, or that became read-only.

    What is in it is safe; where it `began` a later run goes on from there.
    """

    def __init__(self, message: str, *, began: bool = False) -> None:
        super().__init__(message)
        self.began = began


# How SQLite says that the disk takes nothing more, and that a file is not what it made.
_UNWRITABLE: Final = ("full", "disk I/O", "readonly")
_DAMAGED: Final = ("not a database", "malformed", "no such table", "no such column", "decode to UTF-8", "unsupported")


@contextmanager
def explained(path: Path, *, began: bool = False) -> Iterator[None]:
    """Turn errors of SQLite, the disk and damaged cells into a JournalError of one line.

    `began` tells whether anything may have been sent.
    """
    try:
        yield
    except Unreadable as exc:
        raise JournalError(f"the journal {path} is damaged: {exc}") from None
    except (sqlite3.Error, OverflowError) as exc:
        raise _why(path, exc, began=began) from None
    except UnicodeDecodeError:  # SQLite cites what it found where names of tables should be
        raise JournalError(f"the journal {path} is damaged, or no journal at all: its tables have no names") from None
    except OSError as exc:
        raise JournalError(f"cannot use the journal {path}: {exc.strerror or exc}") from None


def _why(path: Path, error: Exception, *, began: bool) -> JournalError:
    text = " ".join("".join(c if c.isprintable() else " " for c in str(error)).split())  # it cites what it found
    if any(word in text for word in _DAMAGED):
        return JournalError(f"the journal {path} is damaged, or no journal at all: {text}")
    unwritable = began or any(word in text for word in _UNWRITABLE)
    if isinstance(error, sqlite3.OperationalError) and unwritable:
        what = "no room for" if "full" in text else "cannot write"
        return JournalFull(f"{what} the journal {path}: {text}; what is in it is safe", began=began)
    return JournalError(f"cannot use the journal {path}: {text}")
