"""Where journals are: one file for each job, under a name that says when and of what."""

import errno
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aiopeertube._folders import state_folder
from aiopeertube.errors import PeerTubeError

from .database import Job, JournalError
from .journal import Journal

_SUFFIX: Final = ".journal"
_NOWHERE: Final = Path(os.devnull)  # nothing is in it, and nothing can be made in it
LAST: Final = "last"


def directory() -> Path:
    """Return the directory of journals that were given no other place; for a user without a home there is none."""
    return (state_folder() or _NOWHERE) / "jobs"


def prepared(path: Path) -> Path:
    """See that a journal can be made in the directory, before anything else is done.

    Raises:
        JournalError: it cannot.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as exc:
        why = f"{path.parent}: {exc.strerror}" if state_folder() else "this user has no home to enter"
        what = f"no journal can be kept: {why}; choose a place for it, or set XDG_STATE_HOME"
        raise JournalError(what, option="journal") from None
    return path


def fresh(source: str) -> Path:
    """Name a new journal."""
    stem = re.sub(r"[^A-Za-z0-9.-]+", "-", Path(source).stem)[:40].strip("-.") or "job"
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{stem}"
    path = directory() / f"{name}{_SUFFIX}"
    number = 2
    while path.exists():
        path = directory() / f"{name}-{number}{_SUFFIX}"
        number += 1
    return path


def find_journal(name: str | Path) -> Path:
    """Find a journal by its path, by its name in their directory, or as the "last" one.

    Raises:
        JournalError: there is none.
    """
    if name == LAST and (kept := next(all_journals(), None)):
        return kept
    for path in (Path(name), directory() / name, directory() / f"{name}{_SUFFIX}"):
        if path.is_file():
            return path.absolute()
    raise JournalError(f"there is no journal {str(name)!r}")


def all_journals() -> Iterator[Path]:
    """Give all journals in their directory, the newest first."""
    found = [path for path in _named() if path.is_file()]
    yield from sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def strangers() -> list[Path]:
    """Return what has the name of a journal in their directory, and is no file."""
    return sorted(path for path in _named() if not path.is_file())


def _named() -> Iterator[Path]:
    return directory().glob(f"*{_SUFFIX}")


def unfinished(job: Job) -> Path | None:
    """Find the newest journal of the same kind of job, input, instance and user."""
    return next(earlier_journals(job), None)


def earlier_journals(job: Job) -> Iterator[Path]:
    """Give the journals of the same kind of job, input, instance and user, the newest first."""
    for path in all_journals():
        try:
            with Journal.open(path, read_only=True) as journal:
                other = journal.job
        except PeerTubeError:
            continue
        if (other.kind, other.origin, other.user, other.source) == (job.kind, job.origin, job.user, job.source):
            yield path


def journal_of(job: Job, *, path: str | Path | None, resume: bool) -> Journal:
    """Open the journal of a run: a new one, or the one to resume.

    Raises:
        JournalError: there is nothing to resume, or something that would be overwritten.
    """
    if path is not None:
        return _given(job, Path(path), resume=resume)
    if not resume:
        return Journal.create(prepared(fresh(job.source)), job)
    found = unfinished(job)
    if found is None:
        raise JournalError(f"this user has no job of {job.source} to resume", option="journal")
    return Journal.open(found)


def _given(job: Job, path: Path, *, resume: bool) -> Journal:
    exists = path.exists()
    if exists and not resume:
        raise JournalError(
            f"there is a journal at {path} already: resume it, or choose another place", option="resume"
        )
    if resume and not exists:
        raise JournalError(f"there is no journal at {path} to resume", option="journal")
    return Journal.open(path) if exists else Journal.create(path, job)
