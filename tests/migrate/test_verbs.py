"""The verbs, as a program calls them: no command line."""

import asyncio
import gc
import re
import textwrap
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import PeerTube, errors, migrate
from aiopeertube.emulator import Emulator, Fault
from aiopeertube.migrate.watching import Stoppable, Unwatched

pytestmark = pytest.mark.anyio

README = Path(__file__).parents[2] / "README.md"
VERBS = [
    "export",
    "plan",
    "apply",
    "set_",
    "verify",
    "rollback",
    "captions",
    "thumbnails",
    "delete",
    "upload",
    "import_",
]


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


def read(path: str | Path) -> str:
    return Path(path).read_text(encoding="utf-8")


def image(name: str) -> None:
    Path(name).write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)


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


class Recorder(migrate.Unwatched):
    """Writes down what it hears."""

    wants_totals = True

    def __init__(self, *, answer: bool = True, stop_after: int = 0) -> None:
        self.answer = answer
        self.stop_after = stop_after
        self.heard: list[str] = []
        self.settled_as: list[str] = []
        self.plans: list[int] = []
        self.run: Stoppable | None = None

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[None]:
        self.heard.append(f"begin {name} {total}")
        yield
        self.heard.append(f"end {name}")

    def expect(self, total: int) -> None:
        self.heard.append(f"expect {total}")

    def advance(self, number: int = 1) -> None:
        self.heard.append("advance")

    def settled(self, item: migrate.Item) -> None:
        self.settled_as.append(item.state)
        if self.run is not None and len(self.settled_as) == self.stop_after:
            self.run.stop("enough")

    async def planned(self, plan: migrate.Plan) -> None:
        self.plans.append(plan.changes)

    async def confirm(self, question: str) -> bool:
        self.heard.append(question)
        return self.answer

    def opened(self, run: Stoppable) -> None:
        self.run = run


def example_of(text: str) -> str:
    """Find the lines that begin with the client and end with the rollback."""
    found = re.search(
        r"^ *async with PeerTube.from_env\(\) as pt:\n.*?rollback\(pt, run.journal\)$", text, re.DOTALL | re.MULTILINE
    )
    assert found is not None
    return textwrap.dedent(found[0])


@pytest.mark.parametrize(
    "text", [README.read_text(encoding="utf-8"), str(migrate.__doc__)], ids=["readme", "docstring"]
)
async def test_the_example_runs_as_it_is_written(
    server: Emulator, home: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    for name, value in {"URL": server.url, "USERNAME": "nisv", "PASSWORD": "secret123"}.items():
        monkeypatch.setenv(f"PEERTUBE_{name}", value)
    before = names(server)
    table(*range(1, 13))
    scope: dict[str, Any] = {"PeerTube": PeerTube, "migrate": migrate}
    exec("async def example():\n" + textwrap.indent(example_of(text) + "\nreturn plan, run\n", "    "), scope)
    plan, run = await scope["example"]()
    assert (plan.changes, run.counts, edits(server)) == (12, {"changed": 12}, 24)
    assert names(server) == before
    assert (run.journal in kept(home), len(kept(home))) == (True, 2)
    plan.close()


async def test_a_plan_sends_nothing_and_says_what_would_change(pt: PeerTube, server: Emulator, home: Path) -> None:
    write("films.csv", "id,language,name\n1,nl,\n2,nl,\n3,,Film\n99,nl,\n")
    server.store.videos[1].language = server.store.videos[2].language = "en"
    with await migrate.plan(pt, "films.csv") as plan:
        assert (plan.changes, plan.cannot, plan.looked_at) == (3, 1, 4)
        assert [(p.line, "no such video" in p.reason) for p in plan.problems] == [(5, True)]
        group, single = await plan.diff()
        assert (group.field, group.count, group.old, group.new) == ("language", 2, "English", "Dutch")
        assert (single.field, single.count, single.new) == ("name", 1, "Film")
        assert plan.estimate.requests == 3
        assert [item.line async for item in plan.items("planned")] == [2, 3, 4]
        assert await plan.write("plan.jsonl") == 3
    assert (puts(server), kept(home)) == (0, [])
    done = await migrate.apply(pt, "plan.jsonl")
    assert (done.counts, edits(server)) == ({"changed": 3}, 3)


async def test_a_plan_is_removed_with_the_object_and_after_closing(pt: PeerTube) -> None:
    folder: list[Path] = []
    for closing in (True, False):
        plan = await migrate.plan(pt, table(1))
        folder.append(plan._path.parent)
        assert folder[-1].is_dir()
        if closing:
            plan.close()
            plan.close()
            with pytest.raises(migrate.JournalError):
                await plan.write("plan.jsonl")
        del plan
        gc.collect()
        assert not folder[-1].exists()


async def test_what_a_plan_knows_of_bad_rows_comes_with_its_run(pt: PeerTube) -> None:
    with await migrate.plan(pt, table(1, 99)) as plan:
        run = await migrate.apply(pt, plan)
    assert (run.counts, run.failed, run.left) == ({"changed": 1, "failed": 1}, 1, 0)
    assert run.failed_file is not None
    assert '99,Film 99,"there is no such video' in read(run.failed_file)


async def test_an_open_source_is_an_input(pt: PeerTube, server: Emulator) -> None:
    source = migrate.open_source(table(1, 2))
    run = await migrate.apply(pt, source, job=migrate.JobOptions(failed=""))
    assert (run.counts, names(server)[:2]) == ({"changed": 2}, ["Film 1", "Film 2"])


async def test_a_bad_table_is_refused_whole_and_leaves_nothing(pt: PeerTube, server: Emulator, home: Path) -> None:
    write("films.csv", "id,nmae\n1,Film\n")
    with pytest.raises(migrate.BadSource) as caught:
        await migrate.apply(pt, "films.csv")
    (problem,) = caught.value.problems
    assert (problem.line, problem.column, problem.option) == (1, "nmae", "ignore")
    assert "--" not in str(problem)
    run = await migrate.apply(pt, "films.csv", table=migrate.TableOptions(ignore=("nmae",)))
    assert (run.counts, puts(server)) == ({"unchanged": 1}, 0)
    with pytest.raises(migrate.BadSource, match="nmae"):
        await migrate.plan(pt, "films.csv")


@pytest.mark.parametrize(
    ("make", "option"),
    [
        (lambda pt: migrate.apply(pt, table(1), job=migrate.JobOptions(resume=True)), "journal"),
        (lambda pt: migrate.apply(pt, table(1, 2), job=migrate.JobOptions(max_changes=1)), "max_changes"),
        (lambda pt: migrate.apply(pt, table(1), job=migrate.JobOptions(dry_run=True, resume=True)), "dry_run"),
        (lambda pt: migrate.plan(pt, table(1), table=migrate.TableOptions(format="xml")), "format"),
        (lambda pt: migrate.plan(pt, table(1), table=migrate.TableOptions(delimiter="||")), "delimiter"),
        (lambda pt: migrate.plan(pt, table(1), table=migrate.TableOptions(encoding="klingon")), "encoding"),
        (lambda pt: migrate.plan(pt, table(1), table=migrate.TableOptions(columns=["", "-"])), "columns"),
        (lambda pt: migrate.plan(pt, table(1), table=migrate.TableOptions(sheet="Films")), "sheet"),
        (lambda pt: migrate.export(pt, "out.csv", fields=["nmae"]), "fields"),
        (lambda pt: migrate.export(pt, table(1)), "overwrite"),
        (lambda pt: migrate.set_(pt, migrate.Rules(function="no_such_module:f")), "function"),
        (lambda pt: migrate.upload(pt, film(), channel="nope"), "channel"),
    ],
)
async def test_errors_name_the_option_that_helps(
    pt: PeerTube, server: Emulator, make: Callable[[PeerTube], Any], option: str
) -> None:
    with pytest.raises(errors.PeerTubeError) as caught:
        await make(pt)
    assert caught.value.option == option
    assert "--" not in str(caught.value)
    assert puts(server) == 0


def film() -> str:
    Path("film.mp4").write_bytes(b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + b"x" * 1000)
    write("new.csv", "key,file,name\nold/1,film.mp4,A new film\n")
    return "new.csv"


async def test_a_watcher_hears_each_step(pt: PeerTube, server: Emulator) -> None:
    watcher = Recorder()
    await migrate.apply(pt, table(1, 2, 3), watcher=watcher)
    assert watcher.heard == [
        "begin compare None", "expect 3", *["advance"] * 3, "end compare", f"Change 3 videos at {server.url}?",
        "begin apply 3", "end apply",
    ]  # fmt: skip
    assert (watcher.settled_as, watcher.plans) == (["changed"] * 3, [3])


async def test_a_run_can_be_stopped_and_goes_on(pt: PeerTube, server: Emulator) -> None:
    watcher = Recorder(stop_after=1)
    server.faults.add(Fault("stall", method="PUT", seconds=0.02))
    run = await migrate.apply(pt, table(*range(1, 13)), watcher=watcher)
    assert (run.stopped, run.error) == ("enough", None)
    assert run.counts["changed"] + run.left == 12
    again = await migrate.apply(pt, "films.csv", job=migrate.JobOptions(resume=True))
    assert (again.journal, again.counts, edits(server)) == (run.journal, {"changed": 12}, 12)


async def test_what_failed_when_it_was_compared_is_compared_again(pt: PeerTube, server: Emulator) -> None:
    hidden = server.store.videos.pop(3)
    first = await migrate.apply(pt, table(1, 3, 99))
    assert first.counts == {"changed": 1, "failed": 2}
    server.store.videos[3] = hidden
    again = await migrate.apply(pt, "films.csv", job=migrate.JobOptions(resume_failed=True))
    assert (again.counts, again.left, again.stopped) == ({"changed": 2, "failed": 1}, 0, "")
    assert hidden.name == "Film 3"


async def test_rules_that_give_nothing_valid_fail_again(pt: PeerTube, server: Emulator) -> None:
    rules = migrate.Rules(function=lambda video: {"name": "x" * 200})
    for options in (migrate.JobOptions(), migrate.JobOptions(resume_failed=True)):
        run = await migrate.set_(pt, rules, job=options)
        assert (run.counts, run.left, puts(server)) == ({"failed": 12}, 0, 0)


async def test_halt_and_the_time_end_a_run(pt: PeerTube, server: Emulator) -> None:
    server.faults.add(Fault("5xx", method="PUT", status=501))
    halted = await migrate.apply(pt, table(*range(1, 13)), halt=1)
    assert "1 of 1 call failed" in halted.stopped
    server.faults.clear()
    server.faults.add(Fault("stall", method="PUT", seconds=0.05))
    options = migrate.JobOptions(resume_failed=True, max_duration=0.01)
    timed = await migrate.apply(pt, "films.csv", job=options)
    assert timed.stopped == "the time is up"
    server.faults.clear()
    done = await migrate.apply(pt, "films.csv", job=migrate.JobOptions(resume_failed=True))
    assert (done.stopped, done.counts) == ("", {"changed": 12})


async def test_an_error_that_all_would_meet_is_in_the_result(pt: PeerTube, server: Emulator) -> None:
    class Revoking(migrate.Unwatched):
        async def planned(self, plan: migrate.Plan) -> None:
            server.store.users["nisv"].password = "another"
            for token in list(server.store.tokens.values()):
                server.store.revoke(token)

    run = await migrate.apply(pt, table(*range(1, 13)), watcher=Revoking())
    assert isinstance(run.error, errors.AuthenticationError)
    assert (run.stopped, run.left) == (str(run.error), 12)


@pytest.mark.parametrize("moment", ["comparing", "asking"])
async def test_a_cancelled_verb_sends_nothing(pt: PeerTube, server: Emulator, home: Path, moment: str) -> None:
    class Cancelling(migrate.Unwatched):
        def advance(self, number: int = 1) -> None:
            if moment == "comparing":
                task.cancel()

        async def confirm(self, question: str) -> bool:
            task.cancel()
            await asyncio.sleep(0)
            return True

    rules = migrate.Rules(("nsfw=true",))
    task = asyncio.ensure_future(migrate.set_(pt, rules, scope=migrate.Scope(mine=True), watcher=Cancelling()))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (puts(server), kept(home)) == (0, [])


async def test_who_says_no_sends_nothing(pt: PeerTube, server: Emulator, home: Path) -> None:
    watcher = Recorder(answer=False)
    run = await migrate.set_(pt, migrate.Rules(("nsfw=true",)), watcher=watcher)
    assert (run.declined, run.counts["planned"]) == (True, watcher.plans[0])
    assert f"Change 12 videos at {server.url}?" in watcher.heard
    gone = await migrate.delete(pt, table(1, 2), watcher=watcher)
    assert (gone.declined, len(server.store.videos)) == (True, 12)
    assert f"Delete 2 videos at {server.url}? This cannot be undone." in watcher.heard
    assert (puts(server), kept(home)) == (0, [])


async def test_a_dry_run_does_everything_but_send(pt: PeerTube, server: Emulator, home: Path) -> None:
    watcher, options = Recorder(answer=False), migrate.JobOptions(dry_run=True)
    run = await migrate.delete(pt, table(1, 2), job=options, watcher=watcher)
    assert (run.counts, run.stopped, watcher.plans) == ({"planned": 2}, "", [2])
    assert (await migrate.apply(pt, table(1), job=options)).counts == {"planned": 1}
    assert (len(server.store.videos), puts(server), kept(home)) == (12, 0, [])


async def test_rules_over_a_scope(pt: PeerTube, server: Emulator) -> None:
    for number, video in server.store.videos.items():
        video.language = "nl" if number in {3, 4} else "en"
    seen: list[str] = []

    def shout(video: Any) -> dict[str, str]:
        seen.append(video["name"])
        return {"support": video["name"].upper()}

    rules = migrate.Rules(where=("language=nl",), add_tag=("nieuw",), function=shout)
    run = await migrate.set_(pt, rules, scope=migrate.Scope(mine=True))
    assert (run.counts, len(seen)) == ({"changed": 2}, 2)
    assert all("nieuw" in server.store.videos[n].tags for n in (3, 4))
    for wrong in (
        migrate.Rules(),
        migrate.Rules(("colour=red",)),
        migrate.Rules(("nsfw=true",), where=("nonsense",)),
    ):
        with pytest.raises(errors.InputError):
            await migrate.set_(pt, wrong)


async def test_verify_tells_what_differs_and_rollback_leaves_it(pt: PeerTube, server: Emulator) -> None:
    before = names(server)
    run = await migrate.apply(pt, table(1, 2, 3))
    server.store.videos[2].name = "Somebody else's"
    told: list[migrate.Difference] = []
    found = await migrate.verify(pt, run.journal, on_difference=told.append)
    assert (found.stand, found.differ, list(found.differences)) == (2, 1, told)
    assert (told[0].video, told[0].why) == (server.store.videos[2].uuid, "name is \"Somebody else's\", not 'Film 2'")
    back = await migrate.rollback(pt, "last")
    assert back.counts == {"changed": 2, "conflict": 1}
    assert names(server) == [before[0], "Somebody else's", *before[2:]]
    assert (await migrate.verify(pt, back.journal)).differ == 0


async def test_jobs_of_other_kinds(pt: PeerTube, server: Emulator) -> None:
    write("nl.srt", "1\n00:00:01,000 --> 00:00:02,000\nHallo\n")
    image("one.png")
    write("files.csv", "id,file\n1,nl.srt\n")
    captions = await migrate.captions(pt, "files.csv", language="nl")
    assert captions.counts == {"changed": 1}
    assert (await migrate.verify(pt, captions.journal)).stand == 1
    with pytest.raises(errors.ConfigurationError, match="cannot be undone"):
        await migrate.rollback(pt, captions.journal)
    write("images.csv", "id,file\n1,one.png\n")
    images = await migrate.thumbnails(pt, "images.csv")
    assert server.store.videos[1].thumbnail is not None
    with pytest.raises(errors.ConfigurationError, match="cannot be read back"):
        await migrate.verify(pt, images.journal)
    deleted = await migrate.delete(pt, table(1))
    assert (1 in server.store.videos, (await migrate.verify(pt, deleted.journal)).stand) == (False, 1)
    made = await migrate.upload(pt, film(), channel="nisv_channel")
    assert (made.counts, names(server)[-1]) == ({"changed": 1}, "A new film")
    assert (await migrate.verify(pt, made.journal)).differ == 0


async def test_rows_of_other_kinds_tell_all_that_is_wrong(pt: PeerTube, server: Emulator) -> None:
    write("files.jsonl", '{"id": "x", "file": "none.srt", "langauge": "nl"}\n')
    with pytest.raises(migrate.BadSource) as caught:
        await migrate.captions(pt, "files.jsonl")
    assert [(problem.column, problem.option) for problem in caught.value.problems] == [
        ("langauge", "ignore"), ("id", ""), ("language", "language"),
    ]  # fmt: skip


async def test_an_export_comes_back_unchanged(pt: PeerTube, server: Emulator) -> None:
    watcher = Recorder()
    done = await migrate.export(pt, "out.csv", scope=migrate.Scope(mine=True), watcher=watcher)
    assert (done.written, done.vanished, watcher.heard.count("advance")) == (12, 0, 12)
    assert watcher.heard[:2] == ["begin export None", "expect 12"]
    with await migrate.plan(pt, "out.csv") as plan:
        assert plan.counts == {"unchanged": 12}
    few = await migrate.export(pt, "out.jsonl", scope=migrate.Scope(mine=True), fields=["name"], delimiter=None)
    assert (few.written, read("out.jsonl").count("\n")) == (12, 12)


async def test_an_export_without_a_user_has_what_is_public(server: Emulator) -> None:
    server.store.videos[3].privacy = 3
    async with PeerTube(server.url) as nobody:
        assert nobody.anonymous
        assert (await migrate.export(nobody, "out.csv")).written == 11


async def test_journals_are_found_by_path_name_and_as_the_last(pt: PeerTube, home: Path) -> None:
    with pytest.raises(migrate.JournalError, match="no job that changed something"):
        migrate.find_journal("last")
    first = await migrate.apply(pt, table(1))
    given = await migrate.apply(pt, table(2), job=migrate.JobOptions(journal="own.journal"))
    assert given.journal == Path("own.journal")
    assert list(migrate.all_journals()) == [first.journal]
    for name in ("last", first.journal.stem, first.journal.name, str(first.journal)):
        assert migrate.find_journal(name) == first.journal
    with pytest.raises(migrate.JournalError) as caught:
        await migrate.apply(pt, "films.csv", job=migrate.JobOptions(journal="own.journal"))
    assert caught.value.option == "resume"


async def test_a_clock_that_was_set_back_makes_no_other_job_the_last(
    pt: PeerTube, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.time
    with monkeypatch.context() as clock:
        clock.setattr(time, "time", lambda: real() + 86_400)
        first = await migrate.apply(pt, table(1))
    await migrate.apply(pt, table(2))
    with pytest.raises(migrate.JournalError, match=f"the clock was set back since {first.journal.stem}"):
        migrate.find_journal("last")
    assert migrate.find_journal(first.journal.stem) == first.journal


@pytest.mark.parametrize("said", ["film", "{name}.journl", "lst", "nothing like it"])
async def test_a_misspelt_journal_gets_a_suggestion(pt: PeerTube, said: str) -> None:
    name = (await migrate.apply(pt, table(1))).journal.stem
    with pytest.raises(migrate.JournalError) as caught:
        await migrate.verify(pt, said.format(name=name))
    meant = {"lst": ": did you mean last?", "nothing like it": ""}.get(said, f": did you mean {name}?")
    assert str(caught.value) == f"there is no journal {said.format(name=name)!r}{meant}"


async def test_a_plan_is_of_one_instance_and_user(pt: PeerTube, server: Emulator) -> None:
    with await migrate.plan(pt, table(1)) as plan:
        async with PeerTube(server.url, username="root", password="test-root") as other:
            with pytest.raises(migrate.JournalError, match="made for another user"):
                await migrate.apply(other, plan)
    assert puts(server) == 0


def test_what_is_public_is_there_and_documented() -> None:
    for name in migrate.__all__:
        public = getattr(migrate, name)
        assert name in {"FIELDS", "OPEN", "State", "Details", "Via"} or public.__doc__, name
    for verb in VERBS:
        assert asyncio.iscoroutinefunction(getattr(migrate, verb))


@pytest.mark.parametrize("verb", ["captions", "thumbnails", "delete", "upload"])
async def test_a_job_takes_as_many_requests_as_it_said(pt: PeerTube, verb: str) -> None:
    said: list[tuple[int, int]] = []

    class Listening(Unwatched):
        async def planned(self, plan: migrate.Plan) -> None:
            said.append((plan.estimate.requests, pt.statistics().requests))

    write("a.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nSo\n")
    image("a.png")
    film()
    rows = {
        "captions": "id,language,file\n1,nl,a.vtt\n2,nl,a.vtt\n3,fr,a.vtt\n",
        "thumbnails": "id,thumbnailfile\n1,a.png\n2,a.png\n3,a.png\n",
        "delete": "id\n1\n2\n3\n",
        "upload": "file,name,channel\nfilm.mp4,One,nisv_channel\n",
    }
    write("t.csv", rows[verb])
    run = await getattr(migrate, verb)(pt, "t.csv", watcher=Listening())
    ((estimate, before),) = said
    assert set(run.counts) == {"changed"}
    assert pt.statistics().requests - before == estimate


async def test_each_step_says_how_many_there_are_and_comes_to_its_end(pt: PeerTube) -> None:
    seen: dict[str, list[int]] = {}

    class Counting(Unwatched):
        wants_totals = True

        @contextmanager
        def step(self, name: str, total: int | None = None) -> Iterator[None]:
            self.now = seen.setdefault(name, [0, 0])
            self.now[1] += total or 0
            yield

        def expect(self, total: int) -> None:
            self.now[1] = total

        def advance(self, number: int = 1) -> None:
            self.now[0] += number

        def settled(self, item: migrate.Item) -> None:
            self.now[0] += 1

    watcher = Counting()
    gone = await migrate.delete(pt, table(1, 2, 3), watcher=watcher)
    await migrate.verify(pt, gone.journal, watcher=watcher)
    await migrate.export_chapters(pt, "chapters.csv", watcher=watcher)
    assert seen == {"delete": [3, 3], "verify": [3, 3], "export": [9, 9]}
    seen.clear()
    for name in ("One", "Two"):
        await pt.playlists.create(displayName=name, privacy=3)
    await migrate.export_playlists(pt, "playlists.csv", watcher=watcher)
    await migrate.export(pt, "all.csv", scope=migrate.Scope(mine=True), watcher=watcher)
    assert seen == {"export": [2 + 9, 9]}


async def test_uploads_tell_of_their_bytes(pt: PeerTube, server: Emulator) -> None:
    heard: list[tuple[str, int]] = []

    class Weighing(Unwatched):
        def weigh(self, number: int) -> None:
            heard.append(("weigh", number))

        def sent(self, number: int) -> None:
            heard.append(("sent", number))

    film()
    size = Path("film.mp4").stat().st_size
    Path("bad.mp4").write_bytes(Path("film.mp4").read_bytes() * 2)
    write("t.csv", "file,name,channel\nfilm.mp4,One,nisv_channel\nbad.mp4,Two,nisv_channel\n")
    server.faults.add(Fault("5xx", method="PUT", path="/videos/upload-resumable*", status=422, times=1))
    run = await migrate.upload(pt, "t.csv", watcher=Weighing())
    assert sorted(run.counts.items()) == [("changed", 1), ("failed", 1)]
    assert heard[0] == ("weigh", 3 * size)
    bytes_of = {what: sum(number for each, number in heard if each == what) for what in ("weigh", "sent")}
    assert bytes_of["weigh"] == bytes_of["sent"]
    assert bytes_of["sent"] in {size, 2 * size}


async def test_a_plan_with_thumbnails(pt: PeerTube, server: Emulator) -> None:
    server.faults.add(Fault("5xx", path="/lazy-static/*", status=404, times=1))
    with await migrate.plan(pt, table(1, 2, 3), thumbnails=True) as plan:
        await plan.write_html("with.html")
        await plan.write("films.plan")
    assert sum(count for route, count in server.statistics().by_route.items() if "lazy-static" in route) == 3
    assert read("with.html").count('"data:image/jpeg;base64,') == 2
    assert "lazy-static" not in read("films.plan")
    with await migrate.plan(pt, table(1, 2, 3)) as plan:
        await plan.write_html("without.html")
    assert "data:image" not in read("without.html")


async def test_a_video_whose_answer_never_comes_whole_holds_up_no_other(pt: PeerTube, server: Emulator) -> None:
    """A proxy may break off one answer each time; a server that is away is another thing."""
    path = f"/videos/{server.store.videos[2].uuid}"
    server.faults.add(Fault("reset", method="GET", path=path), Fault("reset", method="GET", path="/videos/2"))
    with await migrate.plan(pt, table(1, 2)) as plan:
        assert plan.counts == {"planned": 1, "failed": 1}
        assert "lost during GET /api/v1/videos/2" in str(plan.problems[0])
