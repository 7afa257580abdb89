"""Journals at places of their own, as other jobs find them."""

from pathlib import Path

import pytest

from aiopeertube.migrate.journal.journal_errors import JournalError
from aiopeertube.migrate.journal.places import register, registered


def made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    return path.resolve()


def test_places_are_found_once_and_forgotten_when_removed(tmp_path: Path) -> None:
    jobs = tmp_path / "jobs"
    away, gone = made(tmp_path / "disk" / "a.journal"), made(tmp_path / "b\n\udcff.journal")
    within = made(jobs / "c.journal")
    for path in (away, gone, within, tmp_path / "disk" / ".." / "disk" / "a.journal"):
        register(jobs, path)
    assert set(registered(jobs)) == {away, gone}
    gone.unlink()
    (tmp_path / "disk").rename(tmp_path / "unmounted")
    assert not [*registered(jobs)]
    (tmp_path / "unmounted").rename(tmp_path / "disk")
    assert [*registered(jobs)] == [away]
    assert len([*(jobs / "elsewhere").iterdir()]) == 1


def test_a_place_that_was_cut_short_is_none_until_it_is_noted_again(tmp_path: Path) -> None:
    path = made(tmp_path / "a.journal")
    register(tmp_path / "jobs", path)
    (place,) = (tmp_path / "jobs" / "elsewhere").iterdir()
    place.write_bytes(b"")
    assert not [*registered(tmp_path / "jobs")]
    register(tmp_path / "jobs", path)
    assert [*registered(tmp_path / "jobs")] == [path]


def test_a_place_that_cannot_be_noted_is_said(tmp_path: Path) -> None:
    made(tmp_path / "jobs" / "elsewhere")
    with pytest.raises(JournalError, match="cannot be noted"):
        register(tmp_path / "jobs", made(tmp_path / "a.journal"))
