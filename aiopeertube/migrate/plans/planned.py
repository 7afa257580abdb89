"""What is going to change: counts, differences and cost of a journal that was filled, before anything is sent."""

import shutil
import weakref
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from aiopeertube._counting import counted
from aiopeertube.migrate.journal.item import Item, State
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.journal.schema import Job
from aiopeertube.migrate.kinds import Channels, of
from aiopeertube.migrate.kinds.channel_sight import pictures_lost
from aiopeertube.migrate.metadata.changes import for_ever
from aiopeertube.migrate.metadata.vocabulary import Vocabulary
from aiopeertube.migrate.outputs import check_output, written
from aiopeertube.migrate.problems import Problem
from aiopeertube.migrate.scope import Who

from . import page, planfile
from .estimates import Estimate, Looking, estimate
from .merging import Conflict, told
from .report import Change, Diff

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_PROBLEMS: Final = 1000
UPDATE: Final = "update"  # the kind of job whose changes can be rolled back


class Plan:
    """What a verb is going to do.

    `migrate.plan` returns one that owns a temporary journal: it is removed by `close`, at the end of a `with` block,
    or with the object. Nothing here asks the server.

    Attributes:
        job: What it was made for: kind of job, instance, user, input.
        counts: Items by state: "planned" will change, "unchanged" are as they should be, "failed" and "conflict"
            cannot be done.
        looked_at: How many videos were compared.
        problems: The first thousand rows that cannot be done, and why.
        conflicts: The first thousand fields that somebody else changed since the table was exported.
        replaced: How many values would be replaced of which the input does not know what they were, and how many of
            them are not empty now.
        estimate: What it costs to carry it out.
        for_ever: What a rollback could not bring back, by field, each with the number of videos.
    """

    def __init__(
        self,
        path: Path,
        job: Job,
        words: Vocabulary,
        *,
        counts: Mapping[str, int],
        problems: tuple[Problem, ...],
        estimate: Estimate,
        looked_at: int,
        conflicts: tuple[Conflict, ...] = (),
        replaced: tuple[int, int] = (0, 0),
        folder: str | None = None,
        for_ever: Mapping[str, int] | None = None,
    ) -> None:
        self._path = path
        self.for_ever = for_ever or {}
        self.words = words
        self.job = job
        self.counts = counts
        self.problems = problems
        self.estimate = estimate
        self.looked_at = looked_at
        self.conflicts = conflicts
        self.replaced = replaced
        self._diff: tuple[Change, ...] | None = None
        # No open file is kept, so that nothing but the folder has to be removed, whenever that is.
        self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True) if folder else None

    @property
    def noun(self) -> str:
        """What it is about: "video", "playlist" or "channel"."""
        return of(self.job.kind).noun

    @property
    def changes(self) -> int:
        """How many of these will change."""
        return self.counts.get("planned", 0)

    @property
    def cannot(self) -> int:
        """How many rows cannot be done."""
        return self.counts.get("failed", 0) + self.counts.get("conflict", 0)

    async def items(self, *states: State) -> AsyncGenerator[Item, None]:
        """Go through the items in these states (none: all), in the order of the input.

        Raises:
            JournalError: the plan was closed.
        """
        with Journal.open(self._path, read_only=True) as journal:
            async for item in journal.items(*states):
                yield item

    async def undone(self, *states: State) -> AsyncGenerator[Item, None]:
        """Go through what cannot be done, in these states; not what rows asked for that were corrected since.

        Raises:
            JournalError: the plan was closed.
        """
        with Journal.open(self._path, read_only=True) as journal:
            async for item in journal.undone(*states):
                yield item

    async def diff(self) -> tuple[Change, ...]:
        """Return what changes, old and new, grouped and counted by field, the most common first."""
        if self._diff is None:
            diff = Diff(self.words)
            async for item in self.items("planned"):
                diff.add(item)
            self._diff = tuple(diff.lines())
        return self._diff

    async def each(self) -> AsyncGenerator[tuple[Item, tuple[Change, ...]], None]:
        """Go through all that changes, one item after the other, each with its changes.

        Raises:
            JournalError: the plan was closed.
        """
        diff = Diff(self.words)
        async for item in self.items("planned"):
            yield item, tuple(diff.of(item))

    async def write(self, path: str | Path, *, overwrite: bool = False) -> int:
        """Write the plan into a file for `apply`, on this machine or another; return how many changes it has.

        A file that is there is replaced with `overwrite` alone; "-" is stdout.

        Raises:
            InputError: it is the table that the plan was made of, a directory, or there already.
            FileUnwritable: there is no room, or no permission.
        """
        check_output(path, (self.job.source,), option="output", overwrite=overwrite, to_overwrite="overwrite")
        with written(path, overwrite=overwrite) as stream:
            return await planfile.write(stream, self.job, self.items("planned"))

    async def write_html(
        self, path: str | Path, *, plan_file: str | Path | None = None, overwrite: bool = False
    ) -> int:
        """Write the plan as one page of HTML to read, to print and to sign; return how many rows it lists.

        It lists what cannot be done, then what changes, and needs a browser alone: nothing is loaded from anywhere.
        Thumbnails are in it where the plan was made with them. `plan_file` is what `write` made of this plan: the
        page then tells its SHA-256, so that what is signed is known to be what is applied. A file that is there is
        replaced with `overwrite` alone; "-" is stdout.

        Raises:
            InputError: it is the table that the plan was made of, the plan's file, a directory, or there already.
            FileUnwritable: there is no room, or no permission.
            FileUnreadable: the plan's file cannot be read.
        """
        inputs = (self.job.source, *([] if plan_file is None else [str(plan_file)]))
        check_output(path, inputs, option="html", overwrite=overwrite, to_overwrite="overwrite")
        summary = await self._summary(plan_file)
        with written(path, overwrite=overwrite) as stream:
            pictures = page.Pictures(self._path)
            return await page.write(stream, summary, self._problems_first(), Diff(self.words), pictures)

    async def _summary(self, plan_file: str | Path | None) -> page.Summary:
        return page.Summary(
            self.job,
            self.counts,
            changes=await self.diff(),
            cost=str(self.estimate),
            for_ever=self.for_ever,
            replaced=self.replaced,
            plan_file=None if plan_file is None else page.PlanSum.of(plan_file),
            noun=self.noun,
        )

    async def _problems_first(self) -> AsyncGenerator[Item, None]:
        async with aclosing(self.undone("failed", "conflict")) as bad, aclosing(self.items("planned")) as good:
            async for item in bad:
                yield item
            async for item in good:
                yield item

    def close(self) -> None:
        """Remove the temporary journal; a second time does nothing."""
        if self._remove is not None:
            self._remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Plan of {self.job.source}: {counted(self.changes, 'change')}, {self.cannot:,} cannot be done>"


async def plan_of(
    pt: "PeerTube",
    journal: Journal,
    who: Who,
    words: Vocabulary,
    *,
    requests: int | None = None,
    objects: int = 0,
    looking: Looking | None = None,
    looked_at: int | None = None,
    folder: str | None = None,
) -> Plan:
    """Say what a journal plans; `folder` is removed with the plan.

    `requests` is what all changes cost, None: one each; `objects` of videos are looked at besides. `looking` is what
    finding out took, and will take again.
    """
    counts = await journal.counts()
    problems, conflicts = await _cannot(journal, words, counts)
    return Plan(
        journal.path,
        journal.job,
        words,
        counts=counts,
        problems=problems,
        conflicts=conflicts,
        replaced=await journal.replaced(),
        estimate=estimate(
            pt, who, counts.get("planned", 0) if requests is None else requests, objects=objects, looking=looking
        ),
        looked_at=sum(counts.values()) if looked_at is None else looked_at,
        folder=folder,
        for_ever=await _for_ever(journal, counts, who),
    )


# What other kinds of jobs destroy, or cannot take back.
_LOST: Final = {
    "captions": "earlier captions",
    "thumbnails": "earlier pictures",
    "delete": "files and comments",
}


async def _for_ever(journal: Journal, counts: Mapping[str, int], who: Who) -> Mapping[str, int]:
    if journal.job.kind == UPDATE:
        return await journal.count_planned(partial(for_ever, version=who.version))
    if journal.job.kind == Channels.name:
        return await journal.count_planned(pictures_lost)
    lost, count = _LOST.get(journal.job.kind), counts.get("planned", 0)
    return {lost: count} if lost and count else {}


async def _cannot(
    journal: Journal, words: Vocabulary, counts: Mapping[str, int]
) -> tuple[tuple[Problem, ...], tuple[Conflict, ...]]:
    """Return the first rows that cannot be done, and the first fields in conflict."""
    problems: list[Problem] = []
    conflicts: list[Conflict] = []
    if counts.get("failed") or counts.get("conflict"):
        async for item in journal.undone("failed", "conflict"):
            problems.append(Problem(journal.job.source, item.line, None, f"{item.name or item.ref}: {item.reason}"))
            conflicts += told(item, words)
            if len(problems) >= _PROBLEMS:
                break
    return tuple(problems), tuple(conflicts[:_PROBLEMS])
