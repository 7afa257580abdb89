"""The life of jobs against a server in memory, and a model of what it must come to.

`Server` answers the client's requests and writes down every edit. `Life` runs the library's verbs over it, kills some
of them at an edit, and holds everything against `Job`, which knows nothing of how a journal is kept: only what was
wanted of which video, what a look at it found, and what was written.
"""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Coroutine, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs

import orjson
import pytest
from simulation.clocks import InlineExecutor
from virtual_clock import VirtualClockLoop

from aiopeertube import PeerTube, migrate
from aiopeertube.errors import PeerTubeError
from aiopeertube.migrate.journal import journal
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import JsonBody, Request, Response

T = TypeVar("T")
Values = dict[str, str]

_MEMORY = Path("/dev/shm")  # a disk would make each run slow
_ORIGIN = "https://videos.example"
FIELDS = ("name", "support")
BESIDE = ("", "-wal", "-shm")


def uuid_of(video: int) -> str:
    """Name a video."""
    return f"00000000-0000-4000-8000-{video:012}"


@dataclass(slots=True)
class Edit:
    """An edit that was carried out."""

    video: int
    before: Values
    after: Values


class Server:
    """Videos in memory. `edits` are those since the list was emptied; `at_edit` is called before and after each."""

    def __init__(self, videos: int) -> None:
        self.videos: dict[int, Values] = {
            number: {"name": f"Video {number}", "support": "Nobody"} for number in range(1, videos + 1)
        }
        self.edits: list[Edit] = []
        self.at_edit: Callable[[str], None] = lambda when: None
        self.dead = False  # nothing comes through any more

    def answer(self, request: Request) -> Response:
        """Answer as a server would."""
        if self.dead:
            raise PeerTubeError("this process is dead")
        path, _, query = request.target.removeprefix("/api/v1").partition("?")
        if path == "/users/me":
            return reply(json={"username": "nisv", "account": {"name": "nisv", "id": 1}, "role": {"id": 2}})
        if path == "/config":
            return reply(json={"serverVersion": "6.3.0"})
        if path == "/users/me/videos":
            return self._page(parse_qs(query))
        number = int(path.rpartition("/")[2][-12:]) if path.startswith("/videos/") else 0
        if number not in self.videos:
            return reply(404, {"detail": "Video not found"}, content_type="application/problem+json")
        return self._put(number, request) if request.method == "PUT" else reply(json=self._video(number))

    def _page(self, query: Mapping[str, list[str]]) -> Response:
        start, count = int(query["start"][0]), int(query["count"][0])
        rows = [self._video(number) for number in sorted(self.videos)]
        for row in rows:
            del row["support"]  # as a list has it
        return reply(json={"total": len(rows), "data": rows[start : start + count]})

    def _video(self, number: int) -> dict[str, Any]:
        owner = {"name": "nisv", "id": 1}
        known = {"id": number, "uuid": uuid_of(number), "account": owner, "channel": owner, "isLocal": True}
        return known | {**self.videos[number]}

    def _put(self, number: int, request: Request) -> Response:
        self.at_edit("before")
        assert isinstance(request.body, JsonBody)
        after = orjson.loads(request.body.data)
        before = {name: self.videos[number][name] for name in after}
        self.videos[number] |= after
        self.edits.append(Edit(number, before, after))
        self.at_edit("after")
        return reply(204)


@dataclass(slots=True)
class Wish:
    """What was wanted of a video, and how that stands.

    `seen` are fields as the last look found them, of those that were to be changed or are in conflict, or as the job
    left them; `wrote` is how many writes to the video the job had made when it was settled.
    """

    state: str = "new"
    seen: Values = field(default_factory=dict)
    planned: Values = field(default_factory=dict)  # what is to be written
    apart: Values = field(default_factory=dict)  # what is in conflict beside that
    wrote: int = 0


@dataclass(slots=True)
class Job:
    """What a job has done, as far as anybody need know.

    `chains` are its writes by video, `wishes` what it wanted by video and values, `last` the latest wish of a video.
    """

    path: Path
    table: Path | None = None
    parent: "Job | None" = None
    undone: bool = False
    chains: dict[int, list[Edit]] = field(default_factory=dict)
    wishes: dict[tuple[int, tuple[tuple[str, str], ...]], Wish] = field(default_factory=dict)
    last: dict[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    wanted: dict[int, Values] = field(default_factory=dict)  # by its last table

    def wish(self, video: int, values: Values) -> Wish:
        """Return what is known of a wish."""
        self.last[video] = tuple(sorted(values.items()))
        return self.wishes.setdefault((video, self.last[video]), Wish())

    def left(self, video: int) -> Values:
        """Return what it wrote last."""
        return {name: value for edit in self.chains[video] for name, value in edit.after.items()}

    def first(self, video: int) -> Values:
        """Return what was there before it, or what others left between two of its writes."""
        first: Values = {}
        after: Values = {}
        for edit in self.chains[video]:
            first |= {name: value for name, value in edit.before.items() if after.get(name) != value}
            after |= edit.after
        return first

    def not_done(self) -> int:
        """Count what it has not done."""
        latest = [self.wishes[video, values] for video, values in self.last.items()]
        return sum((wish.state in {"failed", "open", "doubt", "conflict"}) + bool(wish.apart) for wish in latest)


class Life:
    """Jobs, a server, and the model of both; every method does one thing and checks what came of it."""

    def __init__(self, videos: int = 5) -> None:
        self.server = Server(videos)
        self.jobs: list[Job] = []
        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(journal, "ThreadPoolExecutor", InlineExecutor)
        self._loop = VirtualClockLoop()
        self._folder = Path(tempfile.mkdtemp(dir=_MEMORY if _MEMORY.is_dir() else None))
        self._patch.setenv("XDG_STATE_HOME", str(self._folder))
        self._copied = False

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

    def apply(self, wanted: dict[int, Values], kill: tuple[int, str] | None = None) -> None:
        """Begin a job."""
        number = len(self.jobs)
        job = Job(self._folder / f"{number}.journal", self._folder / f"{number}.csv")
        self.jobs.append(job)
        self._carry_out(job, wanted, kill, resume=False)
        if not job.path.exists():
            self.jobs.remove(job)

    def resume(self, job: Job, wanted: dict[int, Values] | None = None, kill: tuple[int, str] | None = None) -> None:
        """Go on with a job, with its table or a corrected one."""
        self._carry_out(job, job.wanted if wanted is None else wanted, kill, resume=True)

    def _carry_out(self, job: Job, wanted: dict[int, Values], kill: tuple[int, str] | None, *, resume: bool) -> None:
        table = job.table
        assert table is not None
        rows = "".join(f"{uuid_of(v)},{w.get('name', '')},{w.get('support', '')}\n" for v, w in wanted.items())
        table.write_text("uuid,name,support\n" + rows)
        options = migrate.JobOptions(journal=job.path, resume=resume, failed="")
        if job.undone:
            with pytest.raises(migrate.JournalError, match="was rolled back"):
                self._run(lambda pt: migrate.apply(pt, table, job=options), [job], None)
            assert not self.server.edits
            return
        self._settle(job)
        job.wanted = wanted
        self._skip_open(job, wanted)
        due = {video: found for video, values in wanted.items() if (found := self._compare(job, video, values))}
        run = self._run(lambda pt: migrate.apply(pt, table, job=options), [job], kill)
        self._check_edits(job, due, run)

    def _skip_open(self, job: Job, wanted: Mapping[int, Values]) -> None:
        """Leave out what the table does not ask for any more."""
        kept = {(video, tuple(sorted(values.items()))) for video, values in wanted.items()}
        for key, wish in job.wishes.items():
            if key not in kept and wish.state == "open":
                wish.state = "skipped"

    def _compare(self, job: Job, video: int, values: Values) -> Values:
        """Look at a video as the job must; return what is to be written."""
        wish, wrote = job.wish(video, values), len(job.chains.get(video, ()))
        if wish.state in {"changed", "unchanged", "failed"} and wrote == wish.wrote and not wish.apart:
            return {}
        if wrote != wish.wrote and wish.state != "new":
            wish.seen = wish.seen | {name: v for e in job.chains[video][wish.wrote :] for name, v in e.after.items()}
        wish.apart, wish.planned, wish.wrote = {}, {}, wrote
        now = self.server.videos.get(video)
        if now is None:
            wish.state = "failed"
            return {}
        differ = {name: value for name, value in values.items() if now[name] != value}
        foreign = {name for name in differ if name in wish.seen and wish.seen[name] != now[name]}
        wish.planned = {name: value for name, value in differ.items() if name not in foreign}
        wish.seen = {name: wish.seen[name] if name in foreign else now[name] for name in differ}
        if foreign and wish.planned:
            wish.apart = {name: differ[name] for name in foreign}
        wish.state = "open" if wish.planned else "conflict" if foreign else "unchanged"
        if wish.apart:
            wish.seen = {name: wish.seen[name] for name in foreign}
        return wish.planned

    def rollback(self, job: Job, kill: tuple[int, str] | None = None, *, resume: Job | None = None) -> None:
        """Undo a job, or go on undoing it."""
        back = resume or Job(self._folder / f"{len(self.jobs)}.journal", parent=job)
        options = migrate.JobOptions(journal=back.path, resume=resume is not None, failed="")
        self._settle(job)
        if back.undone:
            with pytest.raises(migrate.JournalError, match="was rolled back"):
                self._run(lambda pt: migrate.rollback(pt, job.path, job=options), [job, back], None)
            assert not self.server.edits
            return
        self._settle(back)
        if resume is None:
            self.jobs.append(back)
        wanted = {video: job.first(video) for video in job.chains}
        self._skip_open(back, wanted)
        due = {video: found for video, values in wanted.items() if (found := self._undo(job, back, video, values))}
        job.undone |= any(wish.state == "open" for wish in back.wishes.values())
        run = self._run(lambda pt: migrate.rollback(pt, job.path, job=options), [job, back], kill)
        self._check_edits(back, due, run)

    def _undo(self, job: Job, back: Job, video: int, values: Values) -> Values:
        """Look at a video as a rollback must; return what is to be written."""
        wish, wrote = back.wish(video, values), len(back.chains.get(video, ()))
        if wish.state in {"changed", "unchanged", "failed", "conflict"} and wrote == wish.wrote:
            return {}
        now = self.server.videos.get(video)
        if wish.state == "open" and wrote == wish.wrote:
            return self._planned_undo(wish, now)
        wish.wrote = wrote
        if now is None:
            wish.state = "failed"
            return {}
        differ = {name: value for name, value in values.items() if now[name] != value}
        if any(now[name] != job.left(video)[name] for name in differ):
            wish.state = "conflict"
            return {}
        wish.state, wish.planned = "open" if differ else "unchanged", differ
        wish.seen = {name: now[name] for name in differ}
        return differ

    @staticmethod
    def _planned_undo(wish: Wish, now: Values | None) -> Values:
        """Look once more at what an earlier run of a rollback has planned."""
        if now is None:
            wish.state = "gone"
            return {}
        found = {name: now[name] for name in wish.planned}
        if found == wish.seen:
            return wish.planned
        wish.state = "unchanged" if found == wish.planned else "conflict"
        return {}

    def verify(self, job: Job) -> None:
        """Hear what is as a job left it, and what it has not done."""
        self._settle(job)
        found = self._run(lambda pt: migrate.verify(pt, job.path), [job], None)
        assert found is not None
        stand = [video for video in job.chains if self._stands(job, video)]
        assert (found.stand, found.differ) == (len(stand), len(job.chains) - len(stand))
        assert found.not_done == len(found.undone) == job.not_done()
        assert found.ok == (not found.differ and not found.not_done)

    def _stands(self, job: Job, video: int) -> bool:
        now = self.server.videos.get(video)
        return now is not None and all(now[name] == value for name, value in job.left(video).items())

    # -- inside ----------------------------------------------------------------------------------

    def _settle(self, job: Job) -> None:
        """Find out what became of what was in flight at a kill, as the next verb must."""
        for (video, _), wish in job.wishes.items():
            if wish.state == "doubt":
                self._settle_one(job, video, wish)

    def _settle_one(self, job: Job, video: int, wish: Wish) -> None:
        before, after, now = wish.seen, wish.planned, self.server.videos.get(video)
        if now is None:
            wish.state = "failed"
            return
        known = [name for name in after if now[name] in (before[name], after[name])]
        if known and all(now[name] == after[name] for name in known):
            self._wrote(job, video, wish, Edit(video, dict(before), dict(after)))
        elif all(now[name] == before[name] for name in after):
            wish.state = "open"
        else:
            wish.state = "conflict"

    @staticmethod
    def _wrote(job: Job, video: int, wish: Wish, edit: Edit) -> None:
        job.chains.setdefault(video, []).append(edit)
        wish.state, wish.wrote = "changed", len(job.chains[video])
        wish.seen = wish.seen | edit.after

    def _check_edits(self, job: Job, due: Mapping[int, Values], run: Any) -> None:
        """See that what was written is what was due, and learn what became of it."""
        edits, in_doubt = self.server.edits, self._in_doubt(job.path) if run is None else set()
        assert all(edit.after == due.get(edit.video) for edit in edits), (edits, due)
        assert len({edit.video for edit in edits}) == len(edits)
        if run is not None:
            assert {edit.video for edit in edits} == {*due}, (edits, due)
            changed = sum(len(chain) for chain in job.chains.values()) + len(edits)
            assert run.counts.get("changed", 0) <= changed, "more is claimed to be changed than was"
        done = {edit.video: edit for edit in edits}
        for (video, values), wish in job.wishes.items():
            if wish.state == "gone":
                wish.state = "failed"
            if wish.state != "open" or job.last[video] != values:
                continue
            if video in in_doubt:
                wish.state = "doubt"
                wish.seen = {name: self._before(video, name, done) for name in wish.planned}
            elif video in done:
                self._wrote(job, video, wish, done[video])

    def _before(self, video: int, name: str, done: Mapping[int, Edit]) -> str:
        return done[video].before[name] if video in done else self.server.videos[video][name]

    def _in_doubt(self, path: Path) -> set[int]:
        """Read of which videos a killed run does not know what became of them; each edit is marked or settled."""
        look = path.with_name("look")
        for suffix in BESIDE[:2]:
            if (there := Path(f"{path}{suffix}")).exists():
                shutil.copyfile(there, f"{look}{suffix}")
        with closing(sqlite3.connect(look)) as database:
            rows = database.execute("SELECT uuid, state FROM item WHERE uuid != ''").fetchall()
        for suffix in BESIDE:
            Path(f"{look}{suffix}").unlink(missing_ok=True)
        states = [(int(uuid[-12:]), state) for uuid, state in rows]
        marked = {video for video, state in states if state == "sending"}
        known = marked | {video for video, state in states if state == "changed"}
        assert {edit.video for edit in self.server.edits} <= known, "sent without a mark"
        return marked

    def _run(
        self,
        verb: Callable[[PeerTube], Coroutine[Any, Any, T]],
        jobs: list[Job],
        kill: tuple[int, str] | None,
    ) -> T | None:
        """Run a verb to its end, or to the edit at which it is killed: then the journals are as they were there."""
        self.server.edits, self._copied = [], False
        task = self._loop.create_task(self._with_client(verb))
        self.server.at_edit = self._killer(task, [job.path for job in jobs], kill)
        try:
            return self._loop.run_until_complete(task)
        except (asyncio.CancelledError, PeerTubeError):
            if not self._copied:
                raise
            self._put_back([job.path for job in jobs])
            return None
        finally:
            self.server.dead = False

    async def _with_client(self, verb: Callable[[PeerTube], Coroutine[Any, Any, T]]) -> T:
        transport: Any = MockTransport(self.server.answer)
        async with PeerTube(_ORIGIN, token="t", transport=transport, concurrency=3, max_concurrency=3) as pt:
            return await verb(pt)

    def _killer(
        self, task: "asyncio.Task[Any]", paths: list[Path], kill: tuple[int, str] | None
    ) -> Callable[[str], None]:
        number, moment = kill or (0, "")

        def at_edit(when: str) -> None:
            if self._copied or when != moment or len(self.server.edits) + (when == "before") != number:
                return
            for path in paths:
                for suffix in BESIDE[:2]:
                    if (there := Path(f"{path}{suffix}")).exists():
                        shutil.copyfile(there, f"{path}.kept{suffix}")
            self._copied = self.server.dead = True
            task.cancel()
            if when == "before":
                raise PeerTubeError("this process is dead")

        return at_edit

    @staticmethod
    def _put_back(paths: list[Path]) -> None:
        for path in paths:
            for suffix in BESIDE:
                Path(f"{path}{suffix}").unlink(missing_ok=True)
                if (kept := Path(f"{path}.kept{suffix}")).exists():
                    kept.rename(f"{path}{suffix}")
