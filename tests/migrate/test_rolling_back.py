"""A rollback reads each video once, just before it puts it back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator, Fault
from aiopeertube.migrate import JobOptions
from aiopeertube.migrate.journal.journal import Journal

pytestmark = pytest.mark.anyio

VIDEOS = 12
LONG = "What was filmed at the harbour and what became of it. " * 6  # a list cuts it


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def server() -> AsyncIterator[Emulator]:
    async with Emulator(videos=VIDEOS, rate_limit=None, login_limit=None) as started:
        yield started


@pytest.fixture
async def pt(server: Emulator) -> AsyncIterator[PeerTube]:
    async with PeerTube(server.url, username="root", password="test-root") as client:
        yield client


def table(*fields: str) -> str:
    rows = "".join(f"{number}{''.join(f',{LONG}{number}' for _ in fields)}\n" for number in range(1, VIDEOS + 1))
    Path("films.csv").write_text(f"id,{','.join(fields)}\n{rows}", encoding="utf-8")
    return "films.csv"


def looks(server: Emulator) -> int:
    return server.statistics().by_route.get("GET /videos/{id}", 0)


def objects(server: Emulator) -> int:
    return server.statistics().by_route.get("GET /videos/watch/{id}", 0)


def puts(server: Emulator) -> int:
    return server.statistics().by_route.get("PUT /videos/{id}", 0)


async def test_each_video_is_read_once(pt: PeerTube, server: Emulator) -> None:
    before = [video.description for video in server.store.videos.values()]
    run = await migrate.apply(pt, table("description"))
    looked = looks(server)
    back = await migrate.rollback(pt, run.journal)
    assert (back.counts, looks(server) - looked) == ({"changed": VIDEOS}, VIDEOS)
    assert [video.description for video in server.store.videos.values()] == before


async def test_what_rows_tell_is_told_before_anybody_is_asked(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.apply(pt, table("description"))
    server.store.videos[3].description = "Somebody else's"  # short: a row has all of it
    back = await migrate.rollback(pt, run.journal, watcher=Refusing())
    assert back.counts == {"planned": VIDEOS - 1, "conflict": 1}


class Refusing(migrate.Unwatched):
    """Says no."""

    async def confirm(self, question: str) -> bool:
        return False


async def test_what_somebody_has_put_back_already_is_not_sent(pt: PeerTube, server: Emulator) -> None:
    one = server.store.videos[5]
    first = one.description, one.support
    run = await migrate.apply(pt, table("description", "support"))
    one.support = first[1]
    back = await migrate.rollback(pt, run.journal)
    assert (back.counts, (one.description, one.support)) == ({"changed": VIDEOS}, first)
    with Journal.open(back.journal, read_only=True) as journal:
        written = {write.uuid: set(write.before or ()) for write in await journal.writes()}
    assert written[one.uuid] == {"description"}
    assert written[server.store.videos[6].uuid] == {"description", "support"}


async def test_what_could_not_be_undone_is_not_noted_as_undone(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.apply(pt, table("description"))
    for video in server.store.videos.values():
        video.description = f"{LONG}, says somebody else"
    sent = puts(server)
    back = await migrate.rollback(pt, run.journal)
    assert (back.counts, puts(server)) == ({"conflict": VIDEOS}, sent)
    resumed = await migrate.apply(pt, "films.csv", job=JobOptions(journal=run.journal, resume=True))
    assert resumed.counts == {"changed": VIDEOS}
    for video in server.store.videos.values():
        video.description = f"{LONG}{video.id}"
    again = await migrate.rollback(pt, back.journal.parent / run.journal.name)
    assert again.counts == {"changed": VIDEOS}
    with pytest.raises(migrate.JournalError, match="was rolled back"):
        await migrate.apply(pt, "films.csv", job=JobOptions(journal=run.journal, resume=True))


async def test_the_job_that_undid_another_one_stays_known(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.apply(pt, table("description"))
    back = await migrate.rollback(pt, run.journal)
    for video in server.store.videos.values():
        video.description = f"{LONG}, says somebody else"
    assert (await migrate.rollback(pt, run.journal)).counts == {"conflict": VIDEOS}
    with Journal.open(run.journal, read_only=True) as journal:
        assert journal.undone_by == str(back.journal)


async def test_a_video_that_is_gone_has_failed(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.apply(pt, table("description"))
    await pt.videos.delete(4)
    back = await migrate.rollback(pt, run.journal)
    assert back.counts == {"changed": VIDEOS - 1, "failed": 1}
    assert back.failed_file is not None
    assert "there is no such video" in back.failed_file.read_text(encoding="utf-8")


async def test_a_dry_run_looks_at_once(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.apply(pt, table("description"))
    server.store.videos[3].description = f"{LONG}, says somebody else"
    dry = await migrate.rollback(pt, run.journal, job=JobOptions(dry_run=True))
    assert dry.counts == {"planned": VIDEOS - 1, "conflict": 1}


async def test_a_rollback_that_goes_on_knows_which_have_objects() -> None:
    with Emulator.in_thread(videos=VIDEOS, rate_limit=(400, 10.0)) as server:
        async with PeerTube(server.url, username="nisv", password="secret123") as pt:
            run = await migrate.apply(pt, table("description"))
            begun = await migrate.rollback(pt, run.journal, job=JobOptions(first=5))
            assert begun.counts == {"changed": 5, "planned": VIDEOS - 5}
            before = looks(server), objects(server)
            options = JobOptions(journal=begun.journal, resume=True)
            assert (await migrate.rollback(pt, run.journal, job=options)).counts == {"changed": VIDEOS}
        assert (looks(server) - before[0], objects(server) - before[1]) == (0, VIDEOS - 5)


async def test_what_could_not_be_read_is_compared_as_a_whole_when_it_is_tried_again(
    pt: PeerTube, server: Emulator
) -> None:
    """Nothing was seen of it, so a colleague's edit of one field is no reason to put back the other."""
    one = server.store.videos[5]
    run = await migrate.apply(pt, table("description", "support"))
    one.support = "Somebody else's"
    server.faults.add(Fault("5xx", path=f"/videos/{one.uuid}", method="GET"))
    back = await migrate.rollback(pt, run.journal)
    assert back.counts == {"changed": VIDEOS - 1, "failed": 1}
    server.faults.clear()
    options = JobOptions(journal=back.journal, resume=True, resume_failed=True)
    again = await migrate.rollback(pt, run.journal, job=options)
    assert again.counts == {"changed": VIDEOS - 1, "conflict": 1}
    assert one.description == f"{LONG}5"
