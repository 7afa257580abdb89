"""Fill a journal with what has to change: from a table, from rules over a scope, or from a plan that was written."""

import math
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.wire.call import Call

from . import fields
from .compare import Lookup, Progress, Who, compare, listing, none_to_tell
from .fields import Reading
from .item import Item
from .journal import Journal, JournalError
from .planfile import PlanFile
from .problems import Problems
from .rows import Layout, RowReader, read_all
from .rules import Transform
from .tables.source import Source

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_BATCH: Final = 200


async def who_am_i(pt: "PeerTube") -> tuple[Who, Mapping[str, Any]]:
    """Ask who the user is, and which version the server has."""
    me = await pt.me.get()
    config = await pt.config.get()
    major = str(config["serverVersion"]).partition(".")[0]
    staff = me["role"]["id"] < 2
    return Who(me["username"], me["account"]["name"], staff, modern=major.isdigit() and int(major) >= 8), me


async def plan_table(
    pt: "PeerTube",
    journal: Journal,
    source: Source,
    *,
    who: Who,
    reading: Reading,
    layout: Layout | None = None,
    progress: Progress = none_to_tell,
) -> None:
    """Read a table and compare what it asks for with the server.

    Raises:
        BadSource: with every complaint about the table; nothing of it is carried out.
    """
    problems, layout = Problems(source.name), layout or Layout()
    layout.check(source.columns, problems)
    problems.raise_if_any()
    reader = RowReader(pt.origin, reading, layout, problems, typed=not source.columns)
    await journal.begin_pass()
    await read_all(source, reader.read, journal, problems)
    await journal.end_pass()
    await Lookup(pt, journal, who, progress=progress).run()


async def plan_file(journal: Journal, plan: PlanFile) -> None:
    """Take in a plan that was written earlier.

    Raises:
        BadSource: it was cut off or damaged; nothing of it is carried out.
    """
    problems = Problems(plan.name)
    await journal.begin_pass()
    batch: list[Item] = []
    for item in plan.items(problems):
        batch.append(item)
        if len(batch) >= _BATCH:
            await journal.add(batch)
            batch = []
    await journal.add(batch)
    problems.raise_if_any()
    await journal.end_pass()


def check_plan(plan: PlanFile, *, kind: str, origin: str, user: str) -> None:
    """See that a plan was made for this instance and user.

    Raises:
        JournalError: it was not.
    """
    theirs = (plan.job.kind, plan.job.origin, plan.job.user)
    for what, ours, other in zip(("kind of job", "instance", "user"), (kind, origin, user), theirs, strict=True):
        if ours != other:
            raise JournalError(f"the plan {plan.path} was made for another {what}: {other}, not {ours}")


@dataclass(slots=True)
class Seen:
    """What a transform came by: videos looked at, and those to which no rule applied or changed anything."""

    looked_at: int = 0
    unchanged: int = 0


class Rules:
    """Applies a transform to every video of a scope, page after page."""

    def __init__(
        self,
        pt: "PeerTube",
        journal: Journal,
        who: Who,
        transform: Transform,
        scope: Mapping[str, str],
        *,
        progress: Progress = none_to_tell,
    ) -> None:
        self._pt = pt
        self._journal = journal
        self._who = who
        self._transform = transform
        self._scope = scope
        self._progress = progress
        self._batch: list[Item] = []
        self._total: int | None = None
        self.seen = Seen()

    async def plan(self) -> None:
        """Look at all videos of the scope; what changes is planned in the journal."""
        await self._journal.begin_pass(distinct=True)  # a listing gives no video twice
        if self._progress is not none_to_tell and (self._who.staff or not self._scope):
            self._total = await listing(self._pt, self._who, self._scope).total()
        async with self._pt.bulk(self._incomplete()) as outcomes:
            async for outcome in outcomes:
                if outcome.result is not None:
                    await self._look_at(outcome.result)
                elif outcome.error is not None:
                    raise outcome.error
        await self._journal.add(self._batch)
        await self._journal.end_pass()

    async def _incomplete(self) -> AsyncIterator[Call[Any]]:
        """Look at rows that tell enough, and give the calls for the rest."""
        needs = self._transform.needs
        async for row in listing(self._pt, self._who, self._scope):
            if not in_scope(row, self._scope):
                continue
            if fields.lacks(row, needs):
                yield self._pt.videos.get(row["uuid"])
            else:
                await self._look_at(row)

    async def _look_at(self, video: Mapping[str, Any]) -> None:
        self.seen.looked_at += 1
        self._progress(1, self._total)
        item = Item(video["uuid"], {}, row={"uuid": video["uuid"]}, uuid=video["uuid"], name=video["name"])
        try:
            item.wanted = self._transform.wanted(video)
            item = compare(item, video)
        except ValueError as exc:
            item.settle("failed", str(exc))
        if item.state == "unchanged":
            self.seen.unchanged += 1
            return
        self._batch.append(item)
        if len(self._batch) >= _BATCH:
            batch, self._batch = self._batch, []
            await self._journal.add(batch)


def in_scope(row: Mapping[str, Any], scope: Mapping[str, str]) -> bool:
    """Tell whether a listed video belongs to the channel and the account asked for."""
    return all(wanted.partition("@")[0] == row[what]["name"] for what, wanted in scope.items())


@dataclass(frozen=True, slots=True)
class Estimate:
    """What carrying a plan out takes: requests, and seconds under the server's limit (None: nobody can know)."""

    requests: int
    seconds: float | None
    limit: str


def estimate(pt: "PeerTube", who: Who, changes: int, *, expect: bool = False) -> Estimate:
    """Estimate what `changes` updates cost; the windows' figures come from the answers so far."""
    requests = changes * (2 if expect else 1)
    window = next((window for window in pt.statistics().windows if window.bucket == "api"), None)
    if who.staff:
        return Estimate(requests, None, "none for this user")
    if window is None or window.limit is None or window.length is None:
        return Estimate(requests, None, "not known yet")
    waits = max(0, math.ceil((requests - (window.remaining or 0)) / window.limit))
    return Estimate(requests, waits * window.length, f"{window.limit} requests in {window.length:g} s")
