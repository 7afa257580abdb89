"""Where journals are: one file for each job, under a name that says when and of what."""

import errno
import os
import re
import time
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Final

from aiopeertube._folders import state_folder
from aiopeertube.errors import PeerTubeError
from aiopeertube.migrate.suggestions import nearest

from .database import Database
from .journal import Journal
from .journal_errors import JournalError, NothingToResume, explained
from .journal_file import there_already
from .places import registered
from .schema import Job

_SUFFIX: Final = ".journal"
_NOWHERE: Final = Path(os.devnull)  # nothing is in it, and nothing can be made in it
LAST: Final = "last"
_COARSE: Final = 1.0  # seconds by which times of files may lag behind


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
    """Name a new journal; the name of its input is cut, so that lists have room, and that of a job has one time."""
    stem = re.sub(r"[^A-Za-z0-9.-]+", "-", Path(source).stem)
    stem = re.sub(r"^(\d{8}-\d{6}-)+", "back-", stem)[:28].strip("-.") or "job"
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{stem}"
    path = directory() / f"{name}{_SUFFIX}"
    number = 2
    while path.exists():
        path = directory() / f"{name}-{number}{_SUFFIX}"
        number += 1
    return path


def find_journal(name: str | Path, *, changed: bool = False) -> Path:
    """Find a journal by its path, by its name in their directory, or as the "last" one.

    That is the last job of those in their directory that changed something or left something undone, a rollback
    among them; `changed`: the last that changed something, or may have.

    Raises:
        JournalError: there is none, a later one is damaged, or one is from times to come.
    """
    if name == LAST and (kept := _last(changed=changed)):
        return kept
    for path in (Path(name), directory() / name, directory() / f"{name}{_SUFFIX}"):
        if path.is_file():
            return path.absolute()
    raise JournalError(_none_called(str(name)))


def _none_called(name: str) -> str:
    """Say that there is no such journal, and which may have been meant, also by a name without its time."""
    if name == LAST:
        return "there is no job that changed something, or left something undone"
    stems = sorted(path.stem for path in _named())
    called = {re.sub(r"^\d{8}-\d{6}-", "", stem): stem for stem in stems} | {stem: stem for stem in (*stems, LAST)}
    near = dict.fromkeys(called[word] for word in nearest(name.removesuffix(_SUFFIX), called))
    return f"there is no journal {name!r}" + (f": did you mean {' or '.join(near)}?" if near else "")


def all_journals() -> Iterator[Path]:
    """Give all journals in their directory, written last first; a rollback writes to that of its job, too."""
    found = [(at, path) for path in _named() if (at := _written_at(path)) is not None]
    yield from (path for _, path in sorted(found, reverse=True))


def _written_at(path: Path) -> float | None:
    """Return when a file was written last (seconds since the epoch); None: it is none, or was just removed."""
    try:
        return path.stat().st_mtime if path.is_file() else None
    except OSError:
        return None


def _last(*, changed: bool) -> Path | None:
    found: list[tuple[float, Path]] = []
    damaged: list[tuple[float, JournalError]] = []
    for path in all_journals():
        try:
            at = _moment(path, changed=changed)
        except JournalError as exc:
            damaged.append((_written_at(path) or 0.0, exc))
            continue
        if at is not None:
            found.append((at, path))
    at, last = max(found, default=(0.0, None))
    if damaged and max(damaged, key=itemgetter(0))[0] > at - _COARSE:
        raise max(damaged, key=itemgetter(0))[1]
    if last is not None and at > time.time() + _COARSE:
        ahead = time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
        what = f"nobody can tell which job was the last: the clock was set back since {last.stem} ({ahead}); name one"
        raise JournalError(what)
    return last


def _moment(path: Path, *, changed: bool) -> float | None:
    """Tell when a job did something last (seconds since the epoch); None: it did nothing that counts."""
    database = Database.open(path, read_only=True, looks=False)
    try:
        with explained(path):
            at = database.log.last_at()
            return database.job.began if at is None and not changed and database.not_done() else at
    finally:
        database.release(remove=False)


def strangers() -> list[Path]:
    """Return what has the name of a journal in their directory, and is no file."""
    return sorted(path for path in _named() if not path.is_file())


def _named() -> Iterator[Path]:
    return directory().glob(f"*{_SUFFIX}")


def unfinished(job: Job) -> Path | None:
    """Find the newest journal of the same kind of job, input, instance and user."""
    return next(earlier_journals(job), None)


def earlier_journals(job: Job, *, same_source: bool = True) -> Iterator[Path]:
    """Give the journals of the same kind of job, instance and user, and of the same input; begun last, first.

    Without `same_source` those of any input, also where they are at places of their own that are registered.
    """
    found = sorted(_alike(job, same_source=same_source), key=itemgetter(0), reverse=True)
    return (path for _, path in found)


def _alike(job: Job, *, same_source: bool) -> Iterator[tuple[float, Path]]:
    elsewhere = () if same_source else registered(directory())
    for path in (*all_journals(), *elsewhere):
        try:
            database = Database.open(path, read_only=True, looks=False)
            database.release(remove=False)
            other = database.job
        except PeerTubeError:
            continue
        alike = (other.kind, other.origin, other.user) == (job.kind, job.origin, job.user)
        if alike and (other.source == job.source or not same_source):
            yield other.began, path


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
        raise NothingToResume(f"this user has no job of {job.source} to resume", option="journal")
    return Journal.open(found)


def _given(job: Job, path: Path, *, resume: bool) -> Journal:
    exists = path.exists()
    if exists and not resume:
        raise JournalError(there_already(path), option="journal" if path.is_dir() else "resume")
    if resume and not exists:
        raise JournalError(f"there is no journal at {path} to resume", option="journal")
    return Journal.open(path) if exists else Journal.create(path, job)
