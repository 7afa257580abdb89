"""A migration that is killed and goes on: the journal is a real file, and a kill is a copy of it at any step.

A step is a piece of work of the journal's, or a request that is about to leave. At the steps that the seed names, the
database and its log are copied as they stand, nothing that the client still wants reaches the network, and a new
client opens the copy.
"""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from aiopeertube import migrate
from aiopeertube.errors import PeerTubeError

from .client_side import client_of, listen
from .clocks import SimulationLoop
from .network import Pool

if TYPE_CHECKING:
    from .history import History

_MEMORY = Path("/dev/shm")  # a disk would make each seed slow
_PLACE = _MEMORY if _MEMORY.is_dir() else None
_MORE_THAN_ANY = 8  # lives


@dataclass(slots=True)
class MigrationRecord:
    """What became of a migration: its lives, its last counts, and marks that were missing at a kill."""

    wanted: dict[str, int] = field(default_factory=dict)  # new names by video
    kills: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    error: BaseException | None = None
    unmarked: list[str] = field(default_factory=list)


class Migration:
    """Everything that a seed's migration goes through."""

    def __init__(self, history: "History", *, verbose: bool) -> None:
        self._history = history
        self._verbose = verbose
        edits, *kills = history.world.migration or (0,)
        self._kills = list(kills)
        self._steps = 0
        self.record = MigrationRecord({f"film-edit-{number}": number + 1 for number in range(edits)})
        self._task: asyncio.Task[dict[str, int]] | None = None
        self._pool = history.pools[-1]
        self._network = self._pool.network
        self._lives = 0

    async def run(self) -> None:
        """Live and be killed until the migration is through."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulationLoop)
        with tempfile.TemporaryDirectory(dir=_PLACE) as folder:
            self._folder = Path(folder)
            self._write_table()
            loop.before_work = self._step
            try:
                while not await self._life():
                    assert self._lives < _MORE_THAN_ANY
            finally:
                loop.before_work = lambda what: None

    async def _life(self) -> bool:
        """Live once; return whether the migration came to its end."""
        history = self._history
        self._lives += 1
        if self._lives > 1:
            history.pools.append(Pool(self._network, history.server, history.trace, self._lives))
        self._pool = history.pools[-1]
        self._pool.before_sending = lambda: self._step("send")
        self._task = asyncio.get_running_loop().create_task(self._work(self._pool))
        await asyncio.wait([self._task])
        if self._pool.dead:
            self._task.cancelled() or self._task.exception()
            return False
        try:
            self.record.counts = self._task.result()
        except (Exception, asyncio.CancelledError) as exc:  # noqa: BLE001 - judged later
            self.record.error = exc
        return True

    # -- one life --------------------------------------------------------------------------------

    @property
    def _journal(self) -> Path:
        return self._folder / f"life-{self._lives}.journal"

    def _write_table(self) -> None:
        rows = "".join(f"{video},{name}\n" for name, video in self.record.wanted.items())
        (self._folder / "films.csv").write_text("id,name\n" + rows)

    async def _work(self, pool: Pool) -> dict[str, int]:
        history = self._history
        client = client_of(history.world, history.server, pool)
        if self._verbose:
            listen(client, history.trace)
        async with client as pt:
            history.client = client
            job = migrate.JobOptions(journal=self._journal, resume=self._journal.exists(), failed="")
            run = await migrate.apply(pt, str(self._folder / "films.csv"), job=job)
            if run.error is not None:
                raise run.error
            return dict(run.counts)

    # -- its end ---------------------------------------------------------------------------------

    def _step(self, what: str) -> None:
        if self._pool.dead:
            if what == "send":
                raise PeerTubeError("this process is dead")
            return
        self._steps += 1
        self._history.trace.note("step", self._steps, what)
        if self._kills and self._steps >= self._kills[0]:
            self._kills.pop(0)
            self._kill(what)

    def _kill(self, what: str) -> None:
        self.record.kills += 1
        self._history.trace.note("killed", what)
        after = self._folder / f"life-{self._lives + 1}.journal"
        for suffix in ("", "-wal"):
            if (before := Path(f"{self._journal}{suffix}")).exists():
                shutil.copyfile(before, f"{after}{suffix}")
        self.record.unmarked += self._unmarked(after)
        self._pool.dead = True
        assert self._task is not None
        self._task.cancel()
        if what == "send":
            raise PeerTubeError("this process is dead")

    def _unmarked(self, journal: Path) -> Iterator[str]:
        """Go through the edits under way that the journal does not know to be sent."""
        flying = {exchange.key for exchange in self._pool.open.values() if "-edit-" in exchange.key}
        if not flying:
            return
        look = Path(f"{journal}.look")  # a copy: looking would fold the log into the database
        for suffix in ("", "-wal"):
            if (there := Path(f"{journal}{suffix}")).exists():
                shutil.copyfile(there, f"{look}{suffix}")
        with closing(sqlite3.connect(look)) as database:
            rows = database.execute("SELECT wanted, state FROM item").fetchall()
        states = {orjson.loads(wanted)["name"]: state for wanted, state in rows}
        for key in sorted(flying):
            if states.get(key) != "sending":
                yield f"{key} is on its way, and {states.get(key)} in the journal"


async def migrate_all(history: "History", *, verbose: bool) -> None:
    """Carry out the migration of a history's world."""
    migration = Migration(history, verbose=verbose)
    history.migration = migration.record
    await migration.run()
