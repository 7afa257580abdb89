"""Look back at a job: verify that its changes stand, and plan the way back.

Both are plans over what the journal says was changed: verifying wants what was written, and what differs is what did
not stand; going back wants what was there before, and leaves what somebody has changed since.
"""

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.migrate.journal.columns import DAMAGED
from aiopeertube.migrate.journal.item import EXPECTED, Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.kinds import Kind, Update
from aiopeertube.migrate.kinds.whole import Whole
from aiopeertube.migrate.kinds.whole import differences as of_whole
from aiopeertube.migrate.metadata import fields
from aiopeertube.migrate.rows.own_writes import EXPORT
from aiopeertube.migrate.scope import Who
from aiopeertube.migrate.watching import UNWATCHED, Watcher

from .checking import checked
from .planning import compare_again, plan_again

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube


_KEPT: Final = 1000
_NOT_DONE: Final = "the run ended before it"


@dataclass(frozen=True, slots=True)
class Difference:
    """A video that is not as a job was to leave it: it was changed since, or the job has not done it.

    `video` is its UUID, or what the row called it; `state` is that of an item that was not done, "" for others.
    """

    video: str
    name: str
    why: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """How many videos stand as a job left them, how many differ, and the first thousand of those.

    `not_done` is how many of the job's items it has not done: open, failed, in conflict, or with a damaged entry in
    the journal; `undone` are the first thousand of those.
    """

    stand: int
    differ: int
    differences: tuple[Difference, ...]
    not_done: int = 0
    undone: tuple[Difference, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything that the job was to do is as it was wanted."""
        return not self.differ and not self.not_done


def as_written(item: Item) -> Item | None:
    """Want what a job wrote; None where nobody knows whether it did."""
    if item.state == "sending":
        return None
    return Item(item.uuid or item.ref, dict(item.after or {}), item.line, item.row)


def as_before(item: Item) -> Item:
    """Want what was there before a job, where what it wrote is still there."""
    note: dict[str, Any] = {name: item.note[name] for name in (EXPORT, "perhaps") if name in item.note}
    note[EXPECTED] = item.after
    return Item(item.uuid, dict(item.before or {}), item.line, item.row, name=item.name, note=note)


async def derive(
    pt: "PeerTube",
    job: Journal,
    into: Journal,
    who: Who,
    make: Callable[[Item], Item | None],
    *,
    kind: Kind | None = None,
    late: bool = False,
    watcher: Watcher = UNWATCHED,
) -> None:
    """Plan in the journal `into` what `make` wants for each video that `job` changed; None: nothing.

    `kind` is that of the job, where it is no edit; `late` as for `Lookup`.
    """

    async def wanted() -> AsyncIterator[Item]:
        async for item in job.changed():
            if item.state == "damaged":
                ref = item.ref or f"item {item.id}"
                yield Item(ref, {}, uuid=item.uuid).settle("failed", DAMAGED)
            elif (made := make(item)) is not None:
                yield made

    await plan_again(into, wanted())
    await compare_again(pt, into, who, kind or Update(), late=late, watcher=watcher)


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
            await self._by_comparing(kind)
        else:
            self._watcher.expect((await self._job.counts()).get("changed", 0))
            async with aclosing(checked(self._pt, kind, self._job.standing())) as found:
                async for item, why in found:
                    self._take(item, why)
                    self._watcher.advance()
        return Verified(
            self._stand, self._differ, tuple(self._kept), await self._job.not_done(), await self._not_done()
        )

    async def _not_done(self) -> tuple[Difference, ...]:
        """Tell what the job has not done."""
        kept: list[Difference] = []
        async for item in self._job.undone():
            why = item.reason or _NOT_DONE
            found = Difference(item.uuid or item.ref, item.name, why, item.state)
            if len(kept) < _KEPT:
                kept.append(found)
            if self._tell is not None:
                self._tell(found)
        return tuple(kept)

    async def _by_comparing(self, kind: Kind) -> None:
        differences = of_whole if isinstance(kind, Whole) else fields.differences
        with (
            tempfile.TemporaryDirectory(prefix="aiopeertube-") as folder,
            Journal.create(Path(folder) / "verify.journal", self._job.job) as proof,
        ):
            await derive(self._pt, self._job, proof, self._who, as_written, kind=kind, watcher=self._watcher)
            self._stand = (await proof.counts()).get("unchanged", 0)
            async for item in proof.items("planned", "failed", "conflict"):
                planned = item.state == "planned"
                self._take(item, differences(item.before or {}, item.after or {}) if planned else item.reason)

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
