"""Fill a journal with what has to change: from a table, from a plan, or by rules over a scope."""

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import InputError
from aiopeertube.migrate.journal.item import Item, State
from aiopeertube.migrate.journal.journal import Batch, Journal
from aiopeertube.migrate.journal.journal_errors import JournalError
from aiopeertube.migrate.journal.schema import Job
from aiopeertube.migrate.kinds import Kind
from aiopeertube.migrate.kinds.whole import Whole
from aiopeertube.migrate.metadata.fields import Reading
from aiopeertube.migrate.metadata.fitting import Cuts
from aiopeertube.migrate.metadata.vocabulary import Vocabulary
from aiopeertube.migrate.plans.merging import planned, reopened
from aiopeertube.migrate.plans.planfile import PlanFile
from aiopeertube.migrate.plans.planned import Plan
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.rows import exported
from aiopeertube.migrate.rows.keys import Keys
from aiopeertube.migrate.rows.layout import Layout
from aiopeertube.migrate.rows.own_writes import own_writes
from aiopeertube.migrate.rows.parts import contradiction
from aiopeertube.migrate.rows.rows import RowReader
from aiopeertube.migrate.rows.whole_table import read_all
from aiopeertube.migrate.rules.rules import Transform
from aiopeertube.migrate.scope import Found, Scope, Seen, Who, has_total, in_full, listing
from aiopeertube.migrate.tables.source import Source
from aiopeertube.migrate.watching import UNWATCHED, Watcher

from .compare import Lookup, compare, is_about_one_video, reason
from .naming import settle_names
from .sighting import Sighting

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

Adding = Callable[[Sequence[Item]], Awaitable[object]]


async def plan_table(
    pt: "PeerTube",
    journal: Journal,
    source: Source,
    kind: Kind,
    *,
    who: Who,
    reading: Reading,
    layout: Layout | None = None,
    overwrite: bool = False,
    watcher: Watcher = UNWATCHED,
) -> None:
    """Read a table, and compare what it asks for with the server where the kind of job needs that.

    `overwrite` changes what somebody else changed since the table was exported, too.

    Raises:
        BadSource: with every error of the table; nothing of it is carried out.
    """
    problems, layout = Problems(source.name), layout or Layout()
    layout.check(source.columns, problems)
    problems.raise_if_any()
    is_edit, resumed = kind.compares and not isinstance(kind, Whole), journal.was_used
    own = await own_writes(journal) if is_edit and _knows(source.columns) else None
    rows = RowReader(
        pt.origin,
        reading,
        layout,
        problems,
        typed=not source.columns,
        compared=is_edit,
        keys=Keys(pt.origin, who.name),
        cuts=Cuts(watcher.say),
        own=own,
    )
    await journal.begin_pass()
    try:
        read = partial(kind.read_row, rows=rows)
        await read_all(source, read, journal, problems, noun=kind.noun, at_end=rows.check_columns)
    finally:
        for line in problems.notes:
            watcher.say(line)
    await journal.end_pass(edits=kind.compares, again=AGAIN if kind.compares else ())
    for remark in rows.remarks():
        watcher.say(remark)
    if isinstance(kind, Whole):
        # What became wrong since the job began is for its items to tell: the others are gone on with.
        told = None if resumed else problems
        sighting = Sighting(pt, journal, who, kind, problems=told, watcher=watcher)
        await _compare(sighting, journal, problems, watcher, kind.noun)
    elif kind.compares:
        lookup = Lookup(
            pt, journal, who, problems=problems, overwrite=overwrite, words=reading.words, watcher=watcher
        )
        await _compare(lookup, journal, problems, watcher, kind.noun)
    else:
        await settle_names(pt, journal, problems)


async def _compare(
    lookup: Lookup | Sighting, journal: Journal, problems: Problems, watcher: Watcher, noun: str
) -> None:
    with watcher.step("compare"):
        await lookup.run()
        if await _meet(journal, problems, noun):
            await lookup.run()
            problems.raise_if_any()


async def compare_again(
    pt: "PeerTube",
    journal: Journal,
    who: Who,
    kind: Kind,
    *,
    overwrite: bool = False,
    late: bool = False,
    words: Vocabulary | None = None,
    watcher: Watcher = UNWATCHED,
) -> None:
    """Compare what a journal has read with the server, as the kind of job does."""
    if isinstance(kind, Whole):
        await Sighting(pt, journal, who, kind, watcher=watcher).run()
    else:
        await Lookup(pt, journal, who, overwrite=overwrite, late=late, words=words, watcher=watcher).run()


AGAIN: Final = ("planned", "conflict")  # what another look at the server may settle otherwise, when a job goes on


def _knows(columns: Sequence[str]) -> bool:
    """Tell whether rows may know what they were; rows of JSON have columns of their own."""
    return not columns or bool({exported.COLUMN, "updatedAt"} & set(columns))


async def _meet(journal: Journal, problems: Problems, noun: str) -> int:
    """Join rows that turned out to be about one `noun`, whatever they call it; return how many are to be compared.

    Raises:
        BadSource: some of them contradict each other, or the look at the videos showed other errors.
    """
    contradictions, joined = await journal.meet()
    for earlier, item in contradictions:
        problems.add(item.line, None, contradiction(earlier, item, noun))
    problems.raise_if_any()
    return joined


async def plan_again(
    journal: Journal, items: AsyncIterable[Item], add: Adding | None = None, *, again: Sequence[State] = ()
) -> None:
    """Take in the items of another plan, with all that is known of them."""
    await journal.begin_pass()
    async with Batch(add or journal.add) as batch:
        async for item in items:
            await batch.put(item)
    await journal.end_pass(again=again)


async def plan_object(journal: Journal, plan: Plan, *, looks: bool = False) -> None:
    """Take in a plan that was made here; what it changes is still to be compared, unless the job `looks` itself."""

    async def items() -> AsyncIterator[Item]:
        async for item in plan.items():
            if item.state == "planned" and not looks:
                yield planned(item)
            else:
                yield reopened(item) if item.state == "conflict" else item

    await plan_again(journal, items(), again=AGAIN)


async def plan_file(
    journal: Journal, plan: PlanFile, words: Vocabulary | None = None, *, looks: bool = False
) -> None:
    """Take in a plan that was written earlier; what it changes is still to be compared, as for `plan_object`.

    Raises:
        BadSource: it was cut off or damaged; nothing of it is carried out.
    """
    problems = Problems(plan.name)
    lines: dict[str, int] = {}  # of the items that wait to be added

    async def items() -> AsyncIterator[Item]:
        for item in plan.items(problems, words):
            if lines.setdefault(item.uuid, plan.line) != plan.line:
                problems.add(plan.line, "uuid", "an earlier line changes this video")
                continue
            yield item if looks else planned(item)
        problems.raise_if_any()  # before the pass ends, so that nothing of it counts

    async def add(batch: Sequence[Item]) -> None:
        for _, item in await journal.add(batch):
            problems.add(lines[item.uuid], "uuid", "an earlier line changes this video")
        lines.clear()

    await plan_again(journal, items(), add, again=AGAIN)


def check_plan(job: Job, *, named: str, kind: str, origin: str, user: str) -> None:
    """See that a plan was made for this kind of job, instance and user.

    Raises:
        JournalError: it was not.
    """
    theirs = (job.kind, job.origin, job.user)
    for what, ours, other in zip(("kind of job", "instance", "user"), (kind, origin, user), theirs, strict=True):
        if ours != other:
            raise JournalError(f"the plan {named} was made for another {what}: {other}, not {ours}")


class RulesOverScope:
    """Applies a transform to every video of a scope, page after page; `looked_at` counts them."""

    def __init__(
        self,
        pt: "PeerTube",
        journal: Journal,
        who: Who,
        transform: Transform,
        scope: Scope,
        *,
        watcher: Watcher = UNWATCHED,
    ) -> None:
        self._pt = pt
        self._journal = journal
        self._who = who.within(scope)
        self._transform = transform
        self._scope = scope
        self._watcher = watcher
        self.looked_at = 0

    async def plan(self) -> None:
        """Look at all videos of the scope; what changes is planned in the journal."""
        await self._journal.begin_pass(distinct=True)  # a listing gives no video twice
        if self._watcher.wants_totals and has_total(self._who, self._scope):
            self._watcher.expect(await listing(self._pt, self._who, self._scope).total())
        async with Batch(self._journal.add) as batch, aclosing(self._in_full()) as videos:
            async for found in videos:
                item = self._look_at(found)
                if item is not None and item.state != "unchanged":
                    await batch.put(item)
        await self._journal.end_pass()

    def _in_full(self) -> AsyncGenerator[Found, None]:
        return in_full(self._pt, self._rows(), self._who.reader(self._pt))

    async def _rows(self) -> AsyncIterator[Seen]:
        needs, whole = self._transform.needs, self._transform.whole
        async for page in listing(self._pt, self._who, self._scope).pages():
            told = map(self._who.told, page)
            rows = {str(row.get("uuid") or row["id"]): row for row in told if self._scope.has(row)}
            done = await self._done(list(rows))
            for ref, row in rows.items():
                if ref not in done and not self._is_passed_over(row):
                    yield Seen(ref, row, needs, ref, whole)

    def _is_passed_over(self, row: Mapping[str, Any]) -> bool:
        """Tell whether a row says already that its video does not meet the conditions; it is counted then."""
        if not self._transform.passes_over(row):
            return False
        self.looked_at += 1
        self._watcher.advance()
        return True

    async def _done(self, uuids: Sequence[str]) -> set[str]:
        """Tell which videos this job has changed before: a rule that is applied to its own result may change more."""
        done = await self._journal.keep(uuids) if self._journal.was_used else set()
        self.looked_at += len(done)
        self._watcher.advance(len(done))
        return done

    def _look_at(self, found: Found) -> Item | None:
        self.looked_at += 1
        self._watcher.advance()
        error = found.error
        if error is not None and is_about_one_video(error):
            return Item(found.tag, {}, row={"uuid": found.tag}).settle("failed", reason(error))
        if error is not None:
            raise error
        video = found.video or {}
        if not self._scope.has(video):
            return None  # its row did not tell
        item = Item(video["uuid"], {}, row={"uuid": video["uuid"]}, uuid=video["uuid"], name=video["name"])
        try:
            item.wanted = self._transform.wanted(video)
            return compare(item, video)
        except InputError:  # a rule is to blame, and not this video
            raise
        except ValueError as exc:
            return item.settle("failed", str(exc))
