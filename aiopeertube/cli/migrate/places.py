"""Where journals are: one file for each job, under a name that says when and of what."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.errors import PeerTubeError
from aiopeertube.migrate.journal import Job, Journal

_SUFFIX = ".journal"
LAST = "last"


def directory() -> Path:
    """Return the directory of journals that were given no other place."""
    from platformdirs import user_state_dir  # noqa: PLC0415 - `--help` starts without

    return Path(user_state_dir("aiopeertube")) / "jobs"


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


def named(text: str) -> Path:
    """Find a journal by its path, its name, or as the last one.

    Raises:
        Failure: there is none.
    """
    if text == LAST:
        kept = list(all_of())
        if kept:
            return kept[0]
    for path in (Path(text), directory() / text, directory() / f"{text}{_SUFFIX}"):
        if path.is_file():
            return path
    raise Failure(f"there is no journal {text!r}", code=Exit.USAGE, hint="`aiopeertube jobs list` shows them")


def all_of() -> Iterator[Path]:
    """Give all journals in their directory, the newest first."""
    found = directory().glob(f"*{_SUFFIX}") if directory().is_dir() else ()
    yield from sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def unfinished(job: Job) -> Path | None:
    """Find the newest journal of the same input, instance and user."""
    return next(earlier(job), None)


def earlier(job: Job) -> Iterator[Path]:
    """Give the journals of the same input, instance and user, the newest first."""
    for path in all_of():
        try:
            with Journal.open(path, read_only=True) as journal:
                other = journal.job
        except PeerTubeError:
            continue
        if (other.kind, other.origin, other.user, other.source) == (job.kind, job.origin, job.user, job.source):
            yield path


def chosen(job: Job, *, path: str | None, resume: bool) -> tuple[Path, bool]:
    """Return the journal of a run, and whether it is there already.

    Raises:
        Failure: there is nothing to resume, or something that would be overwritten.
    """
    if path is not None:
        exists = Path(path).exists()
        if exists and not resume:
            hint = "go on with it with --resume or --resume-failed, or give another --journal"
            raise Failure(f"there is a journal at {path} already", code=Exit.USAGE, hint=hint)
        if resume and not exists:
            raise Failure(f"there is no journal at {path} to resume", code=Exit.USAGE)
        return Path(path), exists
    if not resume:
        return fresh(job.source), False
    found = unfinished(job)
    if found is None:
        hint = "leave out --resume, or name the journal with --journal"
        raise Failure(f"there is no job of {job.source} to resume for this user", code=Exit.USAGE, hint=hint)
    return found, True
