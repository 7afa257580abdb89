"""Look back at a job: verify that its changes stand, and plan the way back.

Both are plans over what the journal says was changed: verifying wants what was written, and what differs is what did
not stand; going back wants what was there before, and leaves what somebody has changed since.
"""

import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from . import fields
from .compare import Lookup
from .item import Item
from .journal import Journal
from .kinds import Kind
from .own_writes import EXPORT
from .planning import plan_again
from .scope import Who
from .watching import UNWATCHED, Watcher

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube


_KEPT: Final = 1000


@dataclass(frozen=True, slots=True)
class Difference:
    """A video that is not as a job left it."""

    video: str  # its UUID, or what the row called it
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How many videos stand as a job left them, how many differ, and the first thousand of those.

    `not_done` is how many of the job's items it has not done: open, failed, or in conflict.
    """

    stand: int
    differ: int
    differences: tuple[Difference, ...]
    not_done: int = 0


def as_written(item: Item) -> Item:
    """Want what a job wrote."""
    return Item(item.uuid or item.ref, dict(item.after or {}), item.line, item.row)


def as_before(item: Item) -> Item:
    """Want what was there before a job, where what it wrote is still there."""
    note = {name: item.note[name] for name in (EXPORT,) if name in item.note}
    return Item(item.uuid, dict(item.before or {}), item.line, item.row, note=note | {"expected": item.after})


async def derive(
    pt: "PeerTube",
    job: Journal,
    into: Journal,
    who: Who,
    make: Callable[[Item], Item],
    *,
    watcher: Watcher = UNWATCHED,
) -> None:
    """Plan in the journal `into` what `make` wants for each video that `job` changed."""

    async def wanted() -> AsyncIterator[Item]:
        async for item in job.changed():
            yield make(item)

    await plan_again(into, wanted())
    await Lookup(pt, into, who, watcher=watcher).run()


class Verifier:
    """Compares what a job changed with what the server has; `tell` hears each difference."""

    def __init__(
        self,
        pt: "PeerTube",
        job: Journal,
        who: Who,
        tell: Callable[[Difference], None] | None = None,
        *,
        watcher: Watcher = UNWATCHED,
    ) -> None:
        self._pt = pt
        self._job = job
        self._who = who
        self._tell = tell
        self._watcher = watcher
        self._stand = self._differ = 0
        self._kept: list[Difference] = []

    async def run(self, kind: Kind) -> Verified:
        """Look at every item that was changed."""
        if kind.compares:
            await self._by_comparing()
        else:
            async for item in self._job.items("changed"):
                self._take(item, await kind.check(self._pt, item))
        return Verified(self._stand, self._differ, tuple(self._kept), await self._job.not_done())

    async def _by_comparing(self) -> None:
        with (
            tempfile.TemporaryDirectory(prefix="aiopeertube-") as folder,
            Journal.create(Path(folder) / "verify.journal", self._job.job) as proof,
        ):
            await derive(self._pt, self._job, proof, self._who, as_written, watcher=self._watcher)
            self._stand = (await proof.counts()).get("unchanged", 0)
            async for item in proof.items("planned", "failed", "conflict"):
                planned = item.state == "planned"
                self._take(item, fields.differences(item.before or {}, item.after or {}) if planned else item.reason)

    def _take(self, item: Item, why: str) -> None:
        if not why:
            self._stand += 1
            return
        self._differ += 1
        difference = Difference(item.uuid or item.ref, item.name, why)
        if len(self._kept) < _KEPT:
            self._kept.append(difference)
        if self._tell is not None:
            self._tell(difference)
