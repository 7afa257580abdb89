"""What another run of a job goes on with, and what `verify` and `rollback` make of a job that ran several times."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aiopeertube import PeerTube, errors, migrate
from aiopeertube.emulator import Emulator, Fault
from aiopeertube.migrate.watching import Stoppable

pytestmark = pytest.mark.anyio  # of coroutines alone


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for journals, and an empty directory to be in."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return tmp_path


@pytest.fixture
async def server() -> AsyncIterator[Emulator]:
    async with Emulator(videos=12, rate_limit=None, login_limit=None) as started:
        yield started


@pytest.fixture
async def pt(server: Emulator) -> AsyncIterator[PeerTube]:
    async with PeerTube(server.url, username="nisv", password="secret123") as client:
        yield client


def write(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")


def table(*numbers: int, name: str = "films.csv", prefix: str = "Film") -> str:
    lines = "".join(f"{number},{prefix} {number}\n" for number in numbers)
    write(name, f"id,name\n{lines}")
    return name


def names(server: Emulator) -> list[str]:
    return [video.name for video in server.store.videos.values()]


def puts(server: Emulator) -> int:
    return server.statistics().by_route.get("PUT /videos/{id}", 0)


def edits(server: Emulator) -> int:
    """How many edits were carried out; the server fails some of those that run in parallel, and they are repeated."""
    return sum(server.statistics().edits.values())


def kept(home: Path) -> list[Path]:
    return sorted((home / "state").rglob("*.journal"))


class Stopper(migrate.Unwatched):
    """Stops the run after so many items."""

    def __init__(self, *, stop_after: int) -> None:
        self.left = stop_after
        self.run: Stoppable | None = None

    def settled(self, item: migrate.Item) -> None:
        self.left -= 1
        if self.run is not None and self.left == 0:
            self.run.stop("enough")

    def opened(self, run: Stoppable) -> None:
        self.run = run


async def test_a_rule_is_never_applied_to_what_it_made(pt: PeerTube, server: Emulator) -> None:
    before = names(server)
    rules = migrate.Rules(function=lambda video: {"name": f"P {video['name']}"})
    server.faults.add(Fault("stall", method="PUT", seconds=0.02))
    first = await migrate.set_(pt, rules, watcher=Stopper(stop_after=2))
    assert first.counts["changed"] < 12
    for _ in range(2):
        run = await migrate.set_(pt, rules, job=migrate.JobOptions(resume=True))
        assert (run.counts, names(server)) == ({"changed": 12}, [f"P {name}" for name in before])
    await migrate.rollback(pt, run.journal)
    assert names(server) == before


async def test_what_a_job_overwrote_itself_is_compared_again(pt: PeerTube, server: Emulator) -> None:
    before, resume = names(server), migrate.JobOptions(resume=True)
    for prefix in ("Yes1", "Yes2", "Yes1", "Yes1", "Yes2"):
        table(1, prefix=prefix)
        run = await migrate.apply(
            pt, "films.csv", job=resume if prefix != "Yes1" or edits(server) else migrate.JobOptions()
        )
        assert names(server)[0] == f"{prefix} 1"
    assert (run.counts, edits(server)) == ({"changed": 4}, 4)
    assert await migrate.verify(pt, run.journal) == migrate.Verified(1, 0, ())
    back = await migrate.rollback(pt, run.journal)
    assert (back.counts, names(server)) == ({"changed": 1}, before)


async def test_a_column_that_came_later_is_verified_and_rolled_back(pt: PeerTube, server: Emulator) -> None:
    before = [(video.name, list(video.tags)) for video in server.store.videos.values()]
    await migrate.apply(pt, table(1, 2))
    write("films.csv", "id,name,tags\n1,Film 1,one\n2,Film 2,two\n")
    run = await migrate.apply(pt, "films.csv", job=migrate.JobOptions(resume=True))
    assert await migrate.verify(pt, run.journal) == migrate.Verified(2, 0, ())
    assert (await migrate.rollback(pt, "last")).counts == {"changed": 2}
    assert [(video.name, list(video.tags)) for video in server.store.videos.values()] == before


async def test_a_job_that_was_rolled_back_is_not_resumed(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.apply(pt, table(1, 2))
    back = await migrate.rollback(pt, "last", job=migrate.JobOptions(dry_run=True))
    assert back.counts == {"planned": 2}
    assert (await migrate.apply(pt, "films.csv", job=migrate.JobOptions(resume=True))).counts == {"changed": 2}
    back = await migrate.rollback(pt, "last")
    with pytest.raises(migrate.JournalError, match="was rolled back by") as caught:
        await migrate.apply(pt, "films.csv", job=migrate.JobOptions(resume=True))
    assert caught.value.option == "resume"
    assert migrate.find_journal("last") == back.journal != run.journal
    assert (await migrate.apply(pt, "films.csv")).counts == {"changed": 2}


async def test_the_last_rollback_is_resumed_and_not_undone_by_accident(pt: PeerTube, server: Emulator) -> None:
    before = names(server)
    await migrate.apply(pt, table(*range(1, 13)))
    server.faults.add(Fault("stall", method="PUT", seconds=0.02))
    back = await migrate.rollback(pt, "last", watcher=Stopper(stop_after=1))
    assert back.left > 0
    with pytest.raises(migrate.JournalError, match="has not come to its end") as caught:
        await migrate.rollback(pt, "last")
    assert caught.value.option == "resume"
    done = await migrate.rollback(pt, "last", job=migrate.JobOptions(resume=True))
    assert (done.journal, done.counts, names(server)) == (back.journal, {"changed": 12}, before)


async def test_verify_tells_what_was_not_done(pt: PeerTube, server: Emulator) -> None:
    server.faults.add(Fault("stall", method="PUT", seconds=0.02))
    run = await migrate.apply(pt, table(*range(1, 13), 99), watcher=Stopper(stop_after=1))
    found = await migrate.verify(pt, run.journal)
    assert (found.stand, found.differ, found.not_done) == (run.counts["changed"], 0, run.left + 1)


async def test_rows_that_call_one_video_differently_must_agree(pt: PeerTube, server: Emulator, home: Path) -> None:
    uuid = server.store.videos[1].uuid
    write("films.csv", f"id,uuid,name,language\n1,,Film,\n,{uuid},Another,\n")
    with pytest.raises(migrate.BadSource) as caught:
        await migrate.apply(pt, "films.csv")
    assert [(p.line, p.reason) for p in caught.value.problems] == [
        (3, "contradicts line 2, which names the same video")
    ]
    assert (puts(server), kept(home)) == (0, [])
    write("films.csv", f"id,uuid,name,language\n1,,Film,\n,{uuid},,nl\n")
    assert (await migrate.apply(pt, "films.csv")).counts == {"changed": 1, "unchanged": 1}
    assert puts(server) == 1


@pytest.mark.parametrize(("why", "told"), [("declined", "declined"), ("", "stop")])
async def test_to_stop_a_run_is_not_to_decline_it(pt: PeerTube, why: str, told: str) -> None:
    class Stopping(migrate.Unwatched):
        def opened(self, run: Stoppable) -> None:
            run.stop(why)

    run = await migrate.apply(pt, table(1, 2), watcher=Stopping())
    assert (run.stopped, run.declined, run.left) == (told, False, 2)


@pytest.mark.parametrize("option", ["max_duration", "max_changes"])
@pytest.mark.parametrize("value", ["5", -1, float("nan"), True])
def test_amounts_are_checked(option: str, value: object) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        migrate.JobOptions(**{option: value}).checked()  # type: ignore[arg-type]
    assert caught.value.option == option


async def test_the_first_are_tried_verified_and_gone_on_with(pt: PeerTube, server: Emulator) -> None:
    before = names(server)
    first = migrate.JobOptions(first=3)
    run = await migrate.apply(pt, table(*range(1, 13)), job=first)
    assert (run.counts, run.left, run.stopped) == ({"changed": 3, "planned": 9}, 9, "")
    assert run.verified is not None
    assert (run.verified.stand, run.verified.differ) == (3, 0)
    assert names(server) == [*(f"Film {number}" for number in range(1, 4)), *before[3:]]
    run = await migrate.apply(pt, "films.csv", job=migrate.JobOptions(first=10, resume=True))
    assert (run.counts, edits(server)) == ({"changed": 12}, 12)
    assert (await migrate.rollback(pt, run.journal, job=migrate.JobOptions(first=12))).counts == {"changed": 12}
    assert names(server) == before
    with pytest.raises(errors.ConfigurationError, match="first: 0"):
        await migrate.apply(pt, "films.csv", job=migrate.JobOptions(first=0))


async def test_what_the_first_lack_is_told(pt: PeerTube, server: Emulator) -> None:
    class Meddler(migrate.Unwatched):
        def settled(self, item: migrate.Item) -> None:
            server.store.videos[1].name = "Meanwhile"

    run = await migrate.apply(pt, table(1, 2), job=migrate.JobOptions(first=1), watcher=Meddler())
    assert run.verified is not None
    assert (run.verified.stand, run.verified.differ) == (0, 1)


async def test_a_job_is_named_and_asked_about_before_it_is_undone(pt: PeerTube, server: Emulator) -> None:
    class Reluctant(migrate.Unwatched):
        heard: list[str] = []  # noqa: RUF012 - of one test

        def say(self, line: str) -> None:
            self.heard.append(line)

        async def confirm(self, question: str) -> bool:
            self.heard.append(question)
            return False

    run = await migrate.apply(pt, table(1, 2, name="f{i}lms.csv"))
    back = await migrate.rollback(pt, "last", watcher=Reluctant())
    assert (back.declined, names(server)[:2], back.journal.exists()) == (True, ["Film 1", "Film 2"], False)
    assert Reluctant.heard[0].startswith(
        f"rollback of the job {run.journal.stem}: update, {Path.cwd()}/f{{i}}lms.csv"
    )
    assert Reluctant.heard[-1].startswith(f"Roll back 2 videos at {server.url}, of the job {run.journal.stem}")


async def test_the_last_job_is_the_last_that_changed_something(pt: PeerTube, server: Emulator) -> None:
    before = names(server)
    await migrate.apply(pt, table(1))
    run = await migrate.apply(pt, table(2))
    await migrate.apply(pt, table(2))  # as it should be
    assert (await migrate.apply(pt, table(99))).counts == {"failed": 1}
    assert (await migrate.verify(pt, "last")).not_done == 1
    back = await migrate.rollback(pt, "last")
    assert (back.counts, names(server)) == ({"changed": 1}, ["Film 1", *before[1:]])
    assert (await migrate.rollback(pt, "last")).counts == {"changed": 1}
    assert names(server)[1] == "Film 2"
    assert await migrate.verify(pt, run.journal) == migrate.Verified(1, 0, ())


async def test_a_colleagues_edit_between_two_steps_is_given_back(pt: PeerTube, server: Emulator) -> None:
    run = await migrate.apply(pt, table(1, prefix="One"))
    server.store.videos[1].name = "Meanwhile"
    await migrate.apply(pt, table(1, prefix="Two"), overwrite=True, job=migrate.JobOptions(resume=True))
    assert names(server)[0] == "Two 1"
    await migrate.rollback(pt, run.journal)
    assert names(server)[0] == "Meanwhile"


async def test_what_failed_is_looked_at_before_it_is_tried_again(pt: PeerTube, server: Emulator) -> None:
    server.faults.add(Fault("5xx", method="PUT", status=400))
    assert (await migrate.apply(pt, table(1, 2))).counts == {"failed": 2}
    server.faults.clear()
    server.store.videos[1].name = "Meanwhile"
    again = migrate.JobOptions(resume_failed=True)
    assert (await migrate.apply(pt, "films.csv", job=again)).counts == {"changed": 1, "conflict": 1}
    assert names(server)[:2] == ["Meanwhile", "Film 2"]
    server.faults.add(Fault("5xx", method="PUT", status=400))
    assert (await migrate.apply(pt, "films.csv", overwrite=True, job=again)).counts == {"changed": 1, "failed": 1}
    server.faults.clear()
    server.store.videos[1].name = "Once more"
    assert (await migrate.apply(pt, "films.csv", overwrite=True, job=again)).counts == {"changed": 2}
    assert names(server)[:2] == ["Film 1", "Film 2"]


async def test_what_a_job_wrote_beside_a_conflict_is_known_to_its_next_look(pt: PeerTube, server: Emulator) -> None:
    write("films.csv", "id,name,support\n2,Film 2,\n1,Ours,Ours too\n")
    video, resume = server.store.videos[1], migrate.JobOptions(resume=True)
    await migrate.apply(pt, "films.csv", job=migrate.JobOptions(first=1))
    video.support = "Theirs"
    run = await migrate.apply(pt, "films.csv", job=resume)
    assert (run.counts, video.name) == ({"changed": 2, "conflict": 1}, "Ours")
    video.name = "Renamed"
    run = await migrate.apply(pt, "films.csv", job=resume)
    assert (run.counts, video.name, video.support) == ({"changed": 2, "conflict": 1}, "Renamed", "Theirs")


async def test_captions_of_a_file_that_is_as_it_was_again_are_sent_again(pt: PeerTube, server: Emulator) -> None:
    write("t.csv", "id,file,language\n1,nl.srt,nl\n")
    for word, resume in (("Hallo", False), ("Dag", True), ("Hallo", True)):
        write("nl.srt", f"1\n00:00:01,000 --> 00:00:02,000\n{word}\n")
        run = await migrate.captions(pt, "t.csv", job=migrate.JobOptions(resume=resume))
        found = await migrate.verify(pt, run.journal)
        assert (found.stand, found.differ, found.not_done) == (1, 0, 0)


async def test_a_picture_that_is_what_it_was_again_is_sent_again(pt: PeerTube, server: Emulator) -> None:
    write("t.csv", "id,file\n1,one.png\n")
    for content, resume in ((b"1", False), (b"2", True), (b"1", True)):
        Path("one.png").write_bytes(b"\x89PNG\r\n\x1a\n" + content * 50)
        await migrate.thumbnails(pt, "t.csv", job=migrate.JobOptions(resume=resume))
    assert puts(server) == 3


async def test_a_row_that_was_corrected_has_failed_no_more(pt: PeerTube, server: Emulator) -> None:
    fault = Fault("5xx", method="PUT", path=f"/videos/{server.store.videos[1].uuid}", status=403)
    server.faults.add(fault)
    first = await migrate.apply(pt, table(1, 2))
    assert (first.counts, first.failed) == ({"changed": 1, "failed": 1}, 1)
    server.faults.clear()
    server.store.videos[2].name = "Theirs"
    table(1, 2, prefix="Corrected")
    run = await migrate.apply(pt, "films.csv", overwrite=True, job=migrate.JobOptions(resume=True))
    assert (run.counts, run.failed, run.failed_file) == ({"changed": 3, "skipped": 1}, 0, None)
    assert names(server)[:2] == ["Corrected 1", "Corrected 2"]
    assert (await migrate.verify(pt, run.journal)).ok


class _Killed(Exception):
    pass


class Killed(migrate.Unwatched):
    """Ends a verb before anything is sent, and leaves the journal as a kill would."""

    def __init__(self, journal: str, kept: str) -> None:
        self.journal, self.kept = journal, kept

    async def planned(self, plan: migrate.Plan) -> None:
        for suffix in ("", "-wal"):
            shutil.copyfile(self.journal + suffix, self.kept + suffix)
        raise _Killed


async def test_a_rollback_that_was_killed_learns_what_its_job_wrote_since(pt: PeerTube, server: Emulator) -> None:
    before = names(server)
    run = await migrate.apply(pt, table(3, prefix="One"), job=migrate.JobOptions(journal=Path("a.journal")))
    with pytest.raises(_Killed):
        back = migrate.JobOptions(journal=Path("b.journal"))
        await migrate.rollback(pt, run.journal, job=back, watcher=Killed("b.journal", "c.journal"))
    more = migrate.JobOptions(journal=run.journal, resume=True)
    await migrate.apply(pt, table(1, 3, prefix="Two"), job=more)
    assert names(server) != before
    goes_on = migrate.JobOptions(journal=Path("c.journal"), resume=True)
    assert (await migrate.rollback(pt, run.journal, job=goes_on)).counts == {"changed": 2}
    assert names(server) == before
