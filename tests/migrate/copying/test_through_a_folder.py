"""Files that go through a folder: each is kept until its video is made, and is read once."""

from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from mortal import made_mortal

from aiopeertube import migrate
from aiopeertube.emulator.faults import Fault
from aiopeertube.errors import ConfigurationError, PeerTubeError
from aiopeertube.migrate import JobOptions
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.kinds.copying import video_steps
from aiopeertube.migrate.kinds.copying.kept_files import KeptFile, kept_at
from aiopeertube.migrate.kinds.copying.video_steps import PARALLEL
from aiopeertube.resumable import machine

from .conftest import SIZE, Two

pytestmark = pytest.mark.anyio


@pytest.fixture
def options() -> dict[str, Any]:
    return {"videos": 2}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_PAUSES", (0.0, 0.0))  # the dead need no rest


@pytest.fixture
def folder(two: Two) -> Path:
    made = two.folder / "files"
    made.mkdir()
    return made


def read(two: Two) -> int:
    return sum(number for route, number in two.source.statistics().by_route.items() if "/static/" in route)


async def test_all_is_copied_and_the_folder_is_empty_again(two: Two, folder: Path) -> None:
    done = await two.copy(through=folder)
    assert done.run.counts == {"changed": 2, "unchanged": 1}
    assert not list(folder.iterdir())
    assert (await two.verify(files=True)).ok
    assert read(two) == 2


async def test_what_was_saved_is_not_read_again(two: Two, folder: Path) -> None:
    two.target.faults.add(Fault("5xx", method="POST", path="/videos/upload-resumable", status=403))
    done = await two.copy(through=folder)
    assert done.run.failed == 2
    assert sorted(path.stat().st_size for path in folder.iterdir()) == [SIZE, SIZE]
    two.target.faults.clear()
    two.source.faults.add(Fault("5xx", path="/static/web-videos/*", status=404))
    job = JobOptions(journal=two.folder / "copy.journal", resume_failed=True, failed="")
    assert (await two.copy(through=folder, job=job)).run.counts["changed"] == 2
    assert not list(folder.iterdir())
    assert (await two.verify()).ok


async def killed_copy(two: Two, folder: Path, monkeypatch: pytest.MonkeyPatch) -> JobOptions:
    """Copy through a folder until a kill in mid-file; return with what to go on."""
    state = two.folder / "life"
    state.mkdir()
    job = JobOptions(journal=state / "copy.journal", failed="")
    async with two.clients() as (one, other):
        mortal = made_mortal(other, state, monkeypatch)
        with mortal.killed(3, after=True):
            await migrate.copy(one, other, job=job, through=folder)
        assert mortal.died
    return JobOptions(journal=job.journal, resume=True, failed="")


async def test_a_file_that_was_sent_in_part_is_not_mixed_with_another(
    two: Two, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = await killed_copy(two, folder, monkeypatch)
    for path in folder.iterdir():
        path.write_bytes(bytes(SIZE))
    async with two.clients() as (one, other):
        done = await migrate.copy(one, other, job=options, through=folder)
    assert any("was changed where it is read from" in left.why for left in done.plan.cannot)


async def test_without_the_folder_a_file_is_begun_anew(
    two: Two, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = await killed_copy(two, folder, monkeypatch)
    async with two.clients() as (one, other):
        done = await migrate.copy(one, other, job=options)
        assert done.run.counts["changed"] == 2
        assert (await migrate.verify(other, options.journal or "", files=True)).ok


async def test_what_is_wrong_with_the_folder_is_said_before(
    two: Two, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for through, via in ((folder / "none", "upload"), (folder, "import")):
        with pytest.raises(ConfigurationError) as raised:
            await two.copy(through=through, via=via)
        assert raised.value.option == "through"
    usage: Any = namedtuple("usage", "free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(2 * SIZE - 1))
    with pytest.raises(ConfigurationError, match="2 largest files take"):
        await two.copy(through=folder)


async def test_what_is_there_of_a_file_needs_no_room(two: Two, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two.target.faults.add(Fault("5xx", method="POST", path="/videos/upload-resumable", status=403))
    await two.copy(through=folder)
    two.target.faults.clear()
    usage: Any = namedtuple("usage", "free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(0))
    job = JobOptions(journal=two.folder / "copy.journal", resume_failed=True, failed="")
    assert not (await two.copy(through=folder, job=job)).run.failed


@pytest.mark.parametrize("options", [{"videos": 8}])
async def test_there_are_never_more_files_than_have_room(
    two: Two, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    plain = KeptFile.save

    async def counting(file: KeptFile) -> None:
        seen.append(len(list(folder.glob("*.mp4"))))
        await plain(file)

    monkeypatch.setattr(KeptFile, "save", counting)
    await two.copy(through=folder)
    assert len(seen) == 8
    assert max(seen) < PARALLEL


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    item = Item("video:x", {"video": "../../etc/passwd", "file": {"name": "a.mp4/../../b.m\\p4"}})
    path = kept_at(tmp_path, "https://videos.example:8080", item)
    assert path.parent == tmp_path
    assert path.name == "..-..-etc-passwd-to-videos.example-8080.m-p4"


async def test_a_file_whose_removal_was_killed_is_removed_by_the_next_run(
    two: Two, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(path: Path) -> None:
        raise PeerTubeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(video_steps, "remove", dies)
        done = await two.copy(through=folder)
    assert any(folder.iterdir())
    job = JobOptions(journal=done.run.journal, resume_failed=True, failed="")
    again = await two.copy(through=folder, job=job)
    assert not again.run.failed
    assert not any(folder.iterdir())
