"""Mutated journals: whatever is in the file, everything that reads one says what is wrong, or goes on with the rest.

Nothing is sent but what the job wanted or found, no traceback, no hang; and what `verify` says is so.
"""

import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click.testing
import fuzzing
import pytest
from job_server import Server, Values, uuid_of
from journal_fuzzing import Kept, changed_journal
from simulation.clocks import InlineExecutor
from virtual_clock import VirtualClockLoop

from aiopeertube import PeerTube, _client, errors, migrate
from aiopeertube.cli.app import app
from aiopeertube.migrate.journal import journal
from aiopeertube.testing import MockTransport

ORIGIN: Final = "https://videos.example"
WANTED: Final[dict[int, Values]] = {
    1: {"name": "One", "support": "Ours"},
    2: {"name": "Two"},
    3: {"description": "Three, and more", "support": "Ours"},
    4: {"name": "Four"},
}


def _table(path: Path, wanted: dict[int, Values]) -> None:
    cells = ("".join(f",{values.get(name, '')}" for name in ("name", "support")) for values in wanted.values())
    more = (f',"{values.get("description", "")}"' for values in wanted.values())
    rows = [f"{uuid_of(v)}{a}{b}\n" for v, a, b in zip(wanted, cells, more, strict=True)]
    path.write_text("uuid,name,support,description\n" + "".join(rows), encoding="utf-8")


class Desk:
    """Does to a journal whatever can be done to one, and sees what comes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.jobs = folder / "state" / "aiopeertube" / "jobs"
        self.jobs.mkdir(parents=True)
        self.table = folder / "films.csv"
        _table(self.table, WANTED)
        self.server = Server(4)
        self._found = {video: {**values} for video, values in self.server.videos.items()}
        self._loop = VirtualClockLoop()
        self._number = 0

    def run(self, verb: Any) -> Any:
        """Run a verb; what is sent must be what the job wanted, or found there."""

        async def main() -> Any:
            transport: Any = MockTransport(self.server.answer)
            async with PeerTube(ORIGIN, token="t", transport=transport, concurrency=3, max_concurrency=3) as pt:
                return await verb(pt)

        self.server.edits = []
        try:
            return self._loop.run_until_complete(main())
        finally:
            for edit in self.server.edits:
                for name, value in edit.after.items():
                    known = (WANTED[edit.video].get(name), self._found[edit.video][name], "Theirs")
                    assert value in known, f"{name} of {edit.video} became {value!r}"

    # -- seeds -----------------------------------------------------------------------------------

    def seeds(self) -> list[bytes]:
        """Make journals of jobs that came to all kinds of ends."""
        path = self.jobs / "seed.journal"
        options = migrate.JobOptions(journal=path, failed="")
        self.run(lambda pt: migrate.apply(pt, self.table, job=options))
        made = [Kept.of(path)]
        back = self.jobs / "back.journal"
        self.run(lambda pt: migrate.rollback(pt, path, job=migrate.JobOptions(journal=back, failed="")))
        made += [Kept.of(path), Kept.of(back)]
        shutil.rmtree(self.jobs)
        self.jobs.mkdir()
        made += self._interrupted(path, options)
        self._reset()
        return [kept.packed() for kept in made]

    def _interrupted(self, path: Path, options: migrate.JobOptions) -> list[Kept]:
        """Make journals as they are in the midst of a run, with what is beside them; the first edit is refused."""
        self._reset()
        self.server.refused = {1}
        found: list[Kept] = []

        def look() -> None:
            if self.server.edits and len(found) < len(self.server.edits):
                found.append(Kept.of(path))

        self.server.at_step = look
        self.run(lambda pt: migrate.apply(pt, self.table, job=options))
        self.server.at_step = lambda: None
        return [*found, Kept.of(path)]

    def _reset(self) -> None:
        self.server.videos = {video: {**values} for video, values in self._found.items()}
        self.server.refused = set()

    # -- what is done to one ---------------------------------------------------------------------

    def try_one(self, data: bytes) -> None:
        """Read a journal, and do something with it; what it refuses, it refuses in its own words."""
        kept, rng = Kept.unpacked(data), random.Random(data)
        path = self.jobs / "x.journal"
        kept.put(path)
        self._reset()
        for video in rng.sample([*WANTED], rng.choice((0, 3, 4, 4))):  # what the job has done, or others
            self.server.videos[video] |= WANTED[video]
        if rng.random() < 0.3:
            self.server.videos[rng.choice([*WANTED])]["name"] = "Theirs"
        try:
            self._allowed(lambda: self._loop.run_until_complete(_read(path)))
            rng.choice((self._verify, self._resume, self._roll_back, self._command))(path, kept, rng)
        finally:
            for left in self.jobs.iterdir():
                left.unlink()

    @staticmethod
    def _allowed(what: Any) -> Any:
        try:
            return what()
        except errors.PeerTubeError as exc:
            assert "\n" not in str(exc)  # noqa: PT017 - which are allowed, in one line
            assert "x.journal" in str(exc) or "job" in str(exc), str(exc)  # noqa: PT017
            return None

    def _verify(self, path: Path, kept: Kept, rng: random.Random) -> None:
        found = self._allowed(lambda: self.run(lambda pt: migrate.verify(pt, path)))
        if found is not None and found.ok and kept.honest:
            assert found.stand == 4
            assert self._stands(WANTED) or self._stands(self._found), self.server.videos
        assert not self.server.edits

    def _stands(self, due: Mapping[int, Values]) -> bool:
        """Tell whether what the job wanted is as it is due."""
        videos = self.server.videos
        return all(videos[video][name] == due[video][name] for video, values in WANTED.items() for name in values)

    def _resume(self, path: Path, kept: Kept, rng: random.Random) -> None:
        options = migrate.JobOptions(journal=path, resume=True, resume_failed=rng.random() < 0.3, failed="")
        self._allowed(lambda: self.run(lambda pt: migrate.apply(pt, self.table, job=options)))

    def _roll_back(self, path: Path, kept: Kept, rng: random.Random) -> None:
        back = self.jobs / "new.journal"
        options = migrate.JobOptions(journal=back, failed="")
        self._allowed(lambda: self.run(lambda pt: migrate.rollback(pt, path, job=options)))

    def _command(self, path: Path, kept: Kept, rng: random.Random) -> None:
        (self.jobs / "good.journal").write_bytes(self.good)
        which = rng.choice(("list", "show", "export", "export --writes", "map", "report", "report", "show last"))
        name, _, option = which.partition(" ")
        arguments = [name, *([] if name == "list" else ["last"] if option == "last" else [str(path)])]
        result = click.testing.CliRunner().invoke(app, ["jobs", *arguments, *([option] if option[:1] == "-" else [])])
        assert result.exit_code in {0, 1, 2, 74}, result.output
        assert "Traceback" not in result.output
        assert name != "list" or (result.exit_code == 0 and '"good"' in result.stdout), result.output

    good = b""

    def close(self) -> None:
        """Close the loop."""
        self._loop.close()


async def _read(path: Path) -> None:
    """Read all that is in a journal."""
    with migrate.Journal.open(path, read_only=True) as found:
        await found.counts()
        seen = [item async for item in found.items()]
        assert all(isinstance(item, migrate.Item) for item in seen)
        await found.writes()
        await found.last_write()
        await found.not_done()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    fast = Path("/dev/shm")  # a journal is flushed to the disk, which is nothing that is looked at here
    with tempfile.TemporaryDirectory(dir=fast if fast.is_dir() else None) as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.setenv("XDG_STATE_HOME", f"{folder}/state")
        monkeypatch.setattr(journal, "ThreadPoolExecutor", InlineExecutor)
        monkeypatch.setattr(_client, "_WORKERS", 3)  # many would do nothing but come and go
        made = Desk(Path(folder))
        yield made
        made.close()


def test_mutated_journals(desk: Desk) -> None:
    good = desk.seeds()
    Desk.good = Kept.unpacked(good[0]).main
    for data in good:
        for _ in range(4):
            desk.try_one(data)
    found = [*fuzzing.hunt(desk.try_one, good, changed_journal, count=fuzzing.count(0.25))]
    assert not found, f"{len(found)} inputs did harm; the first is number {found[0].number}:\n{found[0].what}"
