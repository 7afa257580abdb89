"""The journal: what a run wants, has begun and has done, in a file that survives being killed.

Items are known by the video and the change, never by row number, so that an input may be reordered or grow between
two runs. An item is marked "sending" and that mark is on the disk before its request leaves; its outcome is written
later, together with the next marks. So after a kill only items marked "sending" are in doubt, and one look at each of
their videos tells.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from .database import PAGE, Database
from .item import Item, State
from .journal_errors import JournalError, explained
from .schema import Job
from .spans import Span, Timeline
from .write_log import Write, WriteTimes, outcome_of

T = TypeVar("T")

_BATCH: Final = 500  # items in one transaction


class Journal:
    """One job's journal; `open` and `create` lock it until `close`.

    All work happens in one thread of its own, in transactions that are on the disk when they return.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._done: list[Item] = []  # outcomes that go to the disk with the next marks
        self._timeline: Timeline | None = None
        self._unwanted = self._broken = False
        self.was_used = database.last_pass > 0  # by an earlier run, or for sending something

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._database.path

    @property
    def job(self) -> Job:
        """What it is about."""
        return self._database.job

    @property
    def undone_by(self) -> str:
        """The journal of a rollback that undid this one, "" where none did."""
        return self._database.undone_by

    @property
    def has_all(self) -> bool:
        """Whether all that is to be done is in it, as far as that was noted."""
        return self._database.has_all

    # -- life ------------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: Path, job: Job) -> Self:
        """Make a new journal.

        Raises:
            JournalError: there is something at `path` already, or it cannot be written there.
        """
        return cls(Database.create(path, job))

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, or_copy: bool = False) -> Self:
        """Open a journal; `read_only` needs no lock, and sees a run that is under way.

        With `or_copy`, one that cannot be written is copied into memory, and what is written is lost.

        Raises:
            JournalError: there is none, it is damaged, or another run uses it.
        """
        return cls(Database.open(path, read_only=read_only, or_copy=or_copy))

    def close(self) -> None:
        """Write what is left and release the lock."""
        try:
            self._thread.submit(self._shut).result()
        finally:
            self._thread.shutdown()
            self._database.release(remove=self._unwanted)

    def _shut(self) -> None:
        with explained(self.path, began=self.was_used):
            try:
                if not self._broken:
                    self._flush()
            finally:
                self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def remove_when_closed(self) -> None:
        """Leave nothing behind: nothing was sent, so there is nothing to remember."""
        self._unwanted = True

    def check(self, *, kind: str, origin: str, user: str) -> None:
        """See that the journal belongs to this kind of job, instance and user.

        Raises:
            JournalError: it does not.
        """
        for what, ours, theirs in (
            ("kind of job", kind, self.job.kind),
            ("instance", origin, self.job.origin),
            ("user", user, self.job.user),
        ):
            if ours != theirs:
                raise JournalError(f"the journal {self.path} is of another {what}: {theirs}, not {ours}")

    # -- filling ---------------------------------------------------------------------------------

    async def begin_pass(self, *, distinct: bool = False) -> None:
        """Begin to read the input (again): items that do not come up in this pass are not carried out.

        `distinct` promises that no video comes up twice in it.
        """
        await self._run(lambda: self._database.begin_pass(distinct=distinct))

    async def add(self, items: Sequence[Item]) -> list[tuple[Item, Item]]:
        """Take in what rows want; return pairs of rows that contradict each other, the earlier one first.

        What the journal knows already keeps its state, and rows of one pass that name the same video are put
        together.
        """
        return await self._run(self._database.add, items)

    async def keep(self, refs: Sequence[str]) -> set[str]:
        """Take into this pass what was done to these videos, or may have been; return which they are."""
        return await self._run_flushed(self._database.keep, refs)

    async def still_wanted(self, refs: Sequence[str]) -> set[str]:
        """Take into this pass all that is known of these and was found good; return which they are."""
        return await self._run_flushed(self._database.still_wanted, refs)

    async def end_pass(self, *, edits: bool = True, again: Sequence[State] = ()) -> None:
        """Leave out what this pass did not ask for any more.

        `edits` of one video overwrite each other: those that another one overwrote are to be compared again. So is
        what an earlier pass left in the states `again`.
        """
        await self._run_flushed(lambda: self._database.end_pass(edits=edits, again=again))

    async def hold_back(self) -> int:
        """Leave for later what is planned for videos of which nobody knows what this job did to them."""
        return await self._run_flushed(self._database.hold_back)

    # -- looking ---------------------------------------------------------------------------------

    async def counts(self) -> dict[str, int]:
        """Count items by state."""
        return await self._run_flushed(self._database.counts)

    async def count_planned(self, counted: Callable[[Any, Any], Iterable[str]]) -> dict[str, int]:
        """Count what `counted` names of the values before and after of each planned change."""
        return await self._run_flushed(self._database.count_planned, counted)

    async def count_noted(self, name: str) -> int:
        """Count the planned items with something of this name in their notes."""
        return await self._run_flushed(self._database.count_noted, name)

    async def meet(self) -> tuple[list[tuple[Item, Item]], int]:
        """Join items of this pass that are about one video, whatever they call it.

        Return pairs that contradict each other, the earlier one first, and how many items have to be compared again.
        """
        return await self._run(self._database.meet)

    async def replaced(self) -> tuple[int, int]:
        """Count the values that are planned to be replaced unseen, and those of them that are not empty now."""
        return await self._run(self._database.replaced)

    async def not_done(self) -> int:
        """Count the items that are open or could not be done, and whose video got no other wish since."""
        return await self._run_flushed(self._database.not_done)

    async def undone(self, *states: State) -> AsyncIterator[Item]:
        """Go through the items that `not_done` counts, those in these states (none: all)."""
        await self._run_flushed(self._database.find_undone)
        last: int | None = 0
        while last is not None:
            page, last = await self._run_flushed(self._database.undone, last)
            for item in page:
                if not states or item.state in states:
                    yield item

    async def changed(self) -> AsyncIterator[Item]:
        """Go through the videos that were changed, each once: several changes of one come as one.

        Those of which nobody knows whether they were come as "sending", with what they would be otherwise noted as
        `perhaps`; where the journal's own entry is damaged they come as "damaged".
        """
        await self._run_flushed(self._database.log.find_steps)
        last: int | None = 0
        while last is not None:
            page, last = await self._run_flushed(self._database.changed, last)
            for item in page:
                yield item

    async def writes(self) -> list[Write]:
        """Return all writes in their order."""
        return await self._run_flushed(lambda: list(self._database.log.all()))

    async def spans(self) -> tuple[list[Span], int]:
        """Return what was done in each span of time, and how many entries about that are damaged."""
        return await self._run_flushed(self._database.spans)

    async def write_times(self) -> WriteTimes:
        """Count the writes by outcome, and tell when they were."""
        return await self._run_flushed(self._database.log.times)

    async def last_write(self) -> float | None:
        """Return when something was changed last, or may have been, in seconds since the epoch; None: nothing was."""
        return await self._run_flushed(self._database.log.last_at)

    async def count_read(self, accepted: Callable[[Iterable[str]], bool]) -> int:
        """Count the items read whose wanted fields are `accepted`."""
        return await self._run(self._database.count_read, accepted)

    async def knows(self, uuid: str) -> bool:
        """Tell whether an item became this video."""
        return any(item.uuid == uuid for item in self._done) or await self._run(self._database.knows, uuid)

    async def find(self, refs: Iterable[str], state: State) -> list[Item]:
        """Return the items in `state` that name one of these videos."""
        return await self._run(self._database.find, list(refs), state)

    async def items(self, *states: State) -> AsyncIterator[Item]:
        """Go through the items in these states (none: all), in the order in which they were read."""
        async for item in self._paged(partial(self._database.page, states)):
            yield item

    async def standing(self) -> AsyncIterator[Item]:
        """Go through the items that were changed, and by no later row of the job in another way."""
        async for item in self._paged(self._database.standing):
            yield item

    async def _paged(self, give: Callable[[int], list[Item]]) -> AsyncIterator[Item]:
        last = 0
        while True:
            page = await self._run_flushed(give, last)
            for item in page:
                yield item
            if len(page) < PAGE:
                return
            last = page[-1].id

    # -- doing -----------------------------------------------------------------------------------

    async def save(self, items: Sequence[Item], apart: Sequence[Item] = ()) -> None:
        """Write items with all that is known of them, and what was set `apart` of them as items of their own.

        That is one step: a kill between the two would lose what was set apart.
        """
        await self._run(self._database.save, items, apart)

    async def take(self, number: int, after: int = 0, only: str = "") -> list[Item]:
        """Mark the next planned items as about to be sent; that is on the disk before this returns.

        With `only`, those whose refs begin so.
        """
        self.was_used = True
        items = await self._run_flushed(self._database.take, number, after, only)
        if items and self._timeline is not None:
            self._timeline.matters = True
        return items

    async def correct(self, item: Item) -> None:
        """Mark an item as about to be sent otherwise than it was taken; that is on the disk before this returns."""
        await self._run(self._database.correct, item)

    def note(self, item: Item) -> None:
        """Keep an outcome, to be written with the next marks."""
        self._done.append(item)
        if self._timeline is not None and item.state != "sending":
            self._timeline.count(outcome_of(item))

    async def timeline(self) -> Timeline:
        """Return the time line of the run that begins; what is added to it is written with the next marks."""
        spans, _ = await self.spans()
        self._timeline = Timeline(spans)
        return self._timeline

    async def flush(self) -> None:
        """Write the outcomes kept."""
        await self._run(self._flush)

    async def mark_all(self) -> None:
        """Note that all that is to be done is in it."""
        await self._run_flushed(self._database.mark_all)

    async def mark_undone(self, by: str) -> None:
        """Note that another journal's job is about to undo this one: it is not resumed after that."""
        await self._run_flushed(self._database.mark_undone, by)

    async def unmark_undone(self, by: str) -> None:
        """Note that another journal's job has undone nothing of this one."""
        if self.undone_by == by:
            await self._run_flushed(self._database.mark_undone, "")

    async def reopen_failed(self, *, edits: bool = False) -> None:
        """Plan again what failed; `edits` are to be compared again before."""
        await self._run(lambda: self._database.reopen_failed(edits=edits))

    # -- inside ----------------------------------------------------------------------------------

    def _flush(self) -> None:
        done, self._done = self._done, []
        if done:
            try:
                self._database.settle(done)
            except sqlite3.Error:
                self._broken = True  # what they were about stays in doubt, and the next run asks
                raise
        if self._timeline is not None:
            number, spans = self._timeline.unwritten()
            if spans:
                self._database.record(number, spans)

    async def _run_flushed(self, work: Callable[..., T], *arguments: Any) -> T:
        def flushed() -> T:
            self._flush()
            return work(*arguments)

        return await self._run(flushed)

    async def _run(self, work: Callable[..., T], *arguments: Any) -> T:
        with explained(self.path, began=self.was_used):
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    def __repr__(self) -> str:
        return f"<Journal {self.path}>"


class Batch:
    """Collects items, and hands them to a journal many at a time; what is left goes when the block ends well."""

    def __init__(self, write: Callable[[Sequence[Item]], Awaitable[object]], *, most: int = _BATCH) -> None:
        self._write = write
        self._most = most
        self._items: list[Item] = []

    async def put(self, item: Item) -> None:
        """Take an item in; with the last of a batch all are written."""
        self._items.append(item)
        if len(self._items) >= self._most:
            await self.flush()

    async def flush(self) -> None:
        """Write what is left."""
        items, self._items = self._items, []
        if items:
            await self._write(items)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            await self.flush()
