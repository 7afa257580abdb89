"""The life of jobs against a server in memory (`job_server`), and a model of what it must come to (`job_model`).

`Life` runs the library's verbs and holds everything against the model. A verb may be killed at any step: before a
request, after an edit, before a transaction of the journal. What the journals say then must be what the model says of
some moment of that run, and no edit may be unmarked.
"""

import asyncio
import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import pytest
from job_model import Job, Key, Wish
from job_server import Edit, Server, Values, uuid_of
from simulation.clocks import InlineExecutor
from virtual_clock import VirtualClockLoop

from aiopeertube import PeerTube, _client, migrate
from aiopeertube.errors import PeerTubeError
from aiopeertube.migrate.journal import journal, journal_file
from aiopeertube.testing import MockTransport

T = TypeVar("T")

_MEMORY = Path("/dev/shm")  # a disk would make each run slow
_ORIGIN = "https://videos.example"
_SIDES = ("", "-wal")
_BESIDE = (*_SIDES, "-shm")
# How a wish stands in a journal.
_WRITTEN: Final = {"new": "read", "doubt": "sending"}


class Entry(NamedTuple):
    """What a journal says of a wish."""

    state: str
    before: Values | None


class Life:
    """Jobs, a server, and the model of both; every method does one thing and checks what came of it."""

    def __init__(self, videos: int = 5) -> None:
        self.server = Server(videos)
        self.jobs: list[Job] = []
        self._loop = VirtualClockLoop()
        self._folder = Path(tempfile.mkdtemp(dir=_MEMORY if _MEMORY.is_dir() else None))
        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(journal, "ThreadPoolExecutor", InlineExecutor)
        self._patch.setattr(journal_file, "_writing", self._watched(journal_file._writing))
        self._patch.setattr(_client, "_WORKERS", 3)  # many would do nothing but come and go
        self._patch.setattr(tempfile, "tempdir", str(self._folder))
        self._patch.setenv("XDG_STATE_HOME", str(self._folder))
        self._steps = self._kill = 0
        self._paths: list[Path] = []

    def close(self) -> None:
        """Remove everything."""
        self._patch.undo()
        self._loop.close()
        shutil.rmtree(self._folder)

    # -- what others do --------------------------------------------------------------------------

    def edit(self, video: int, name: str, value: str) -> None:
        """Let somebody else edit a video."""
        if video in self.server.videos:
            self.server.videos[video][name] = value

    def delete(self, video: int) -> None:
        """Let somebody else delete a video."""
        self.server.videos.pop(video, None)

    # -- what the user does ----------------------------------------------------------------------

    def apply(
        self, wanted: dict[int, Values], kill: int = 0, *, overwrite: bool = False, first: int | None = None
    ) -> None:
        """Begin a job."""
        number = len(self.jobs)
        job = Job(self._folder / f"{number}.journal", self._folder / f"{number}.csv")
        self.jobs.append(job)
        self._carry_out(job, wanted, kill, migrate.JobOptions(journal=job.path, first=first, failed=""), overwrite)

    def resume(
        self,
        job: Job,
        wanted: dict[int, Values] | None = None,
        kill: int = 0,
        *,
        overwrite: bool = False,
        first: int | None = None,
        failed: bool = False,
    ) -> None:
        """Go on with a job, with its table or a corrected one; and with what `failed`, if that is wanted."""
        options = migrate.JobOptions(journal=job.path, resume=True, resume_failed=failed, first=first, failed="")
        self._carry_out(job, job.wanted if wanted is None else wanted, kill, options, overwrite)

    def _carry_out(
        self, job: Job, wanted: dict[int, Values], kill: int, options: migrate.JobOptions, overwrite: bool
    ) -> None:
        table, old = job.table, job.copy()
        assert table is not None
        _write(table, wanted)
        if job.undone:
            self._refused(lambda pt: migrate.apply(pt, table, job=options), job)
            return
        job.settle(self.server)
        settled = job.copy()
        job.wanted = wanted
        job.skip_others(wanted)
        due = {
            video: found
            for video, values in wanted.items()
            if (found := job.compare(self.server, video, values, overwrite=overwrite, again=options.resume_failed))
        }
        run = self._run(lambda pt: migrate.apply(pt, table, overwrite=overwrite, job=options), [job], kill)
        self._check(job, due, run, [settled, old], options.first)

    def rollback(self, job: Job, kill: int = 0, *, first: int | None = None) -> None:
        """Undo a job."""
        back = Job(self._folder / f"{len(self.jobs)}.journal", parent=job)
        self.jobs.append(back)
        self._undo(job, back, kill, migrate.JobOptions(journal=back.path, first=first, failed=""))

    def go_on(self, back: Job, kill: int = 0, *, failed: bool = False) -> None:
        """Go on with a rollback; and with what `failed`, if that is wanted."""
        assert back.parent is not None
        options = migrate.JobOptions(journal=back.path, resume=True, resume_failed=failed, failed="")
        self._undo(back.parent, back, kill, options)

    def _undo(self, job: Job, back: Job, kill: int, options: migrate.JobOptions) -> None:
        if back.undone:
            job.settle(self.server)
            self._refused(lambda pt: migrate.rollback(pt, job.path, job=options), job, back)
            self._agree(job)
            return
        old_job, old = job.copy(), back.copy()
        job.settle(self.server)
        back.settle(self.server)
        settled_job, settled = job.copy(), back.copy()
        wanted = job.firsts()
        back.skip_others(wanted)
        due = {
            video: found
            for video, values in wanted.items()
            if (found := job.undo(self.server, back, video, values, again=options.resume_failed))
        }
        run = self._run(lambda pt: migrate.rollback(pt, job.path, job=options), [job, back], kill)
        if run is None:
            self._learn(job, [job, settled_job, old_job])
        self._check(back, due, run, [settled, old], options.first)
        if run is not None:
            did = any(wish.state in {"changed", "open", "doubt"} for wish in back.wishes.values())
            by_another = job.undone if job.undone != str(back.path) else ""
            job.undone = by_another or (str(back.path) if did else "")
        self._agree(job)

    def _refused(self, verb: Callable[[PeerTube], Coroutine[Any, Any, Any]], *jobs: Job) -> None:
        with pytest.raises(migrate.JournalError, match="was rolled back"):
            self._run(verb, [*jobs], 0)
        assert not self.server.edits

    def verify(self, job: Job, kill: int = 0) -> None:
        """Hear what is as a job left it, and what it has not done."""
        old = job.copy()
        job.settle(self.server)
        found = self._run(lambda pt: migrate.verify(pt, job.path), [job], kill)
        if found is None:
            self._learn(job, [job, old])
            return
        self._agree(job)
        self._check_verified(job, found)

    def _check_verified(self, job: Job, found: migrate.Verified) -> None:
        looked = job.chains.keys() - {video for video, _ in job.doubts()}
        stand = [video for video in looked if job.stands(video, self.server.look(video))]
        assert (found.stand, found.differ) == (len(stand), len(looked) - len(stand))
        assert found.not_done == len(found.undone) == job.not_done()
        assert found.ok == (not found.differ and not found.not_done)

    # -- what came of it -------------------------------------------------------------------------

    def _check(
        self, job: Job, due: Mapping[int, Values], run: Any, earlier: Sequence[Job], first: int | None
    ) -> None:
        """See that what was written is what was due, and learn what became of it."""
        edits, refusals = self.server.edits, self.server.refusals
        assert all(edit.after == due.get(edit.video) for edit in edits), (edits, due)
        tried = {edit.video for edit in edits} | refusals
        assert len({edit.video for edit in edits}) == len(edits)
        if run is None:
            self._learn(job, [job, *earlier], edits)
            return
        number = len(due) if first is None else min(first, len(due))
        assert tried <= due.keys()
        if first is not None and job.parent is not None:  # of those that it looks at only then, some are in conflict
            assert len(tried) <= number, (tried, due)
            self._learn(job, [job, *earlier], edits)
        else:
            assert len(tried) == number, (tried, due)
            self._take_in(job)
        self._agree(job)
        if first is not None:
            self._check_verified(job, run.verified)

    def _take_in(self, job: Job) -> None:
        """Let the model know what was carried out."""
        for edit in self.server.edits:
            job.wrote(job.wishes[job.last[edit.video]], edit)
        for video in self.server.refusals:
            job.wishes[job.last[video]].state = "failed"

    def _learn(self, job: Job, moments: Sequence[Job], edits: Sequence[Edit] = ()) -> None:
        """Learn how far a killed run came: each wish stands as at one of these moments, the latest first.

        `edits` are those that the run made for this job.
        """
        if not job.path.exists():
            assert not edits
            self.jobs.remove(job)
            return
        entries, latest, job.undone = _read(job.path)
        written = _writes(job.path)
        moments = [moments[0].copy(), *moments[1:]]
        for key in {*moments[0].wishes, *moments[-1].wishes}:
            named = _named(key)
            found = [replace(moment.wishes[key]) for moment in moments if key in moment.wishes]
            made = [edit for edit in edits if edit.video == key[0] and latest.get(key[0]) == named]
            self._learn_one(job, key, found, entries.pop(named, []), made)
        assert not entries, f"wishes that nobody had: {entries}"
        job.last = {key[0]: key for key in job.wishes if latest[key[0]] == _named(key)}
        for video, _ in job.doubts():  # what was not settled is not in its chain
            chains = (moment.chains.get(video, []) for moment in moments[1:])
            job.chains[video] = next(chain for chain in chains if len(chain) == written[video])
        job.chains = {video: chain for video, chain in job.chains.items() if chain}

    def _learn_one(self, job: Job, key: Key, found: list[Wish], entries: list[Entry], made: list[Edit]) -> None:
        if not entries:
            assert len(found) == 1, f"a wish is forgotten: {key}"
            del job.wishes[key]
            return
        states = {entry.state for entry in entries}
        assert not made or states & {"sending", "changed"}, f"sent without a mark: {made}"
        unseen = [wish.unseen(dict(key[1])) for wish in found if wish.expected]
        unlooked = [one.unlooked() for one in found[1:]] or [Wish()]
        wishes = [*found, *unseen, *self._while_sent(key[0], [*found, *unseen]), *unlooked]
        job.wishes[key] = next((wish for wish in wishes if _fits(wish, entries)), Wish("?"))
        if made and "changed" in states:
            job.wishes[key] = found[0]
            job.wrote(found[0], made[0])
        assert job.wishes[key].state != "?", f"{key}: {entries} is none of {wishes}"

    def _while_sent(self, video: int, found: list[Wish]) -> list[Wish]:
        """Return what wishes are that were planned and begun."""
        begun = [wish for wish in found if wish.state == "open" and wish.planned]
        refused = [replace(wish, state="failed") for wish in begun if video in self.server.refusals]
        return [
            replace(wish, state="doubt", seen={name: wish.seen[name] for name in wish.planned}) for wish in begun
        ] + refused

    @staticmethod
    def _agree(job: Job) -> None:
        """See that a journal says what the model says."""
        if not job.path.exists():
            return
        entries, _, undone = _read(job.path)
        for key, wish in job.wishes.items():
            found = entries.get(_named(key), [])
            assert _fits(wish, found), f"{key}: {found} is not {wish}"
        assert undone == job.undone

    # -- inside ----------------------------------------------------------------------------------

    def _run(self, verb: Callable[[PeerTube], Coroutine[Any, Any, T]], jobs: Sequence[Job], kill: int) -> T | None:
        """Run a verb to its end, or to the step at which it is killed: then the journals are as they were there."""
        self.server.edits, self.server.refusals = [], set()
        self._steps, self._kill, self._paths = 0, kill, [job.path for job in jobs]
        task = self._loop.create_task(self._with_client(verb))
        self.server.at_step = lambda: self._step(task)
        try:
            return self._loop.run_until_complete(task)
        except (asyncio.CancelledError, PeerTubeError):
            if not self.server.dead:
                raise
            return None
        finally:
            self.server.at_step = lambda: None
            if self.server.dead:
                self._put_back()
            self.server.dead = False

    async def _with_client(self, verb: Callable[[PeerTube], Coroutine[Any, Any, T]]) -> T:
        transport: Any = MockTransport(self.server.answer)
        async with PeerTube(_ORIGIN, token="t", transport=transport, concurrency=3, max_concurrency=3) as pt:
            return await verb(pt)

    def _step(self, task: "asyncio.Task[Any]") -> None:
        """Count a step; at the last one keep the journals as they are, and let nothing through any more."""
        self._steps += 1
        if self._steps != self._kill or self.server.dead:
            return
        for path in self._paths:
            for suffix in _SIDES:
                if (there := Path(f"{path}{suffix}")).exists():
                    shutil.copyfile(there, f"{path}.kept{suffix}")
        self.server.dead = True
        task.cancel()

    def _watched(self, writing: Callable[..., sqlite3.Connection]) -> Callable[..., sqlite3.Connection]:
        def watched(*arguments: Any) -> sqlite3.Connection:
            connection = writing(*arguments)
            connection.set_trace_callback(lambda what: self.server.at_step() if what == "COMMIT" else None)
            return connection

        return watched

    def _put_back(self) -> None:
        for path in self._paths:
            for suffix in _BESIDE:
                Path(f"{path}{suffix}").unlink(missing_ok=True)
                if (kept := Path(f"{path}.kept{suffix}")).exists():
                    kept.rename(f"{path}{suffix}")


def _write(table: Path, wanted: Mapping[int, Values]) -> None:
    rows = (
        f"{uuid_of(v)},{w.get('name', '')},{w.get('description', '')},{w.get('support', '')}\n"
        for v, w in wanted.items()
    )
    table.write_text("uuid,name,description,support\n" + "".join(rows))


@lru_cache(maxsize=10_000)
def _named(key: Key) -> tuple[int, str]:
    """Name a wish as a journal does: a video, and a hash of what is wanted."""
    return key[0], migrate.Item("", dict(key[1])).change


def _fits(wish: Wish, entries: Sequence[Entry]) -> bool:
    """Tell whether a journal's entries of a wish say what the model says."""
    state = _WRITTEN.get(wish.state, wish.state)
    state = state if state != "open" else "planned" if wish.planned else "read"
    apart = ["conflict"] if wish.apart else []
    if Counter(entry.state for entry in entries) != Counter([state, *apart]):
        return False
    planned = {name: wish.seen[name] for name in wish.planned} if state in {"planned", "sending"} else None
    return planned is None or any(entry == Entry(state, planned) for entry in entries)


@contextmanager
def _looking(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a copy of a journal, so that itself stays as a kill left it."""
    look = path.with_name("look")
    for suffix in _SIDES:
        if (there := Path(f"{path}{suffix}")).exists():
            shutil.copyfile(there, f"{look}{suffix}")
    with closing(sqlite3.connect(look)) as database:
        yield database
    for suffix in _BESIDE:
        Path(f"{look}{suffix}").unlink(missing_ok=True)


def _writes(path: Path) -> Counter[int]:
    """Count what a journal says was written to each video."""
    with _looking(path) as database:
        return Counter(
            int(uuid[-12:]) for (uuid,) in database.execute("SELECT uuid FROM write WHERE outcome = 'changed'")
        )


def _read(path: Path) -> tuple[dict[tuple[int, str], list[Entry]], dict[int, tuple[int, str]], str]:
    """Read a journal: what it says of wishes now, which is the latest of each video, and what undid it."""
    with _looking(path) as database:
        rows = database.execute("SELECT ref, change, pass, state, before FROM item ORDER BY pass, id").fetchall()
        ((undone,),) = database.execute("SELECT coalesce(max(value), '\"\"') FROM job WHERE key = 'undone'")
    passes = {(int(ref[-12:]), change): number for ref, change, number, _, _ in rows}
    entries: dict[tuple[int, str], list[Entry]] = {}
    for ref, change, number, state, before in rows:
        if number == passes[named := (int(ref[-12:]), change)]:
            entries.setdefault(named, []).append(Entry(state, json.loads(before) if before else None))
    return entries, {video: (video, change) for video, change in passes}, json.loads(undone)
