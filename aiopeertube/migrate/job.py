"""What verbs are made of: open a job's journal, fill it, and carry out what it plans."""

import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiopeertube._counting import counted
from aiopeertube.errors import ConfigurationError, PeerTubeError

from .inputs import Input
from .job_options import CellOptions, JobOptions, TableOptions
from .journal.item import OPEN
from .journal.journal import Journal
from .journal.journal_errors import JournalError
from .journal.journals import LAST, find_journal, journal_of
from .journal.schema import Job
from .kinds import Kind, Update, of
from .kinds.creations import Upload
from .kinds.whole import Whole
from .metadata.fields import Reading
from .metadata.objects import HIDDEN
from .metadata.vocabulary import WORDS, Vocabulary, fetch_words
from .outputs import free_name
from .plans.planfile import PlanFile
from .plans.planned import Plan, plan_of
from .plans.report import failed_table, write_failed
from .rows.layout import Layout
from .rules.functions import cells_of, loaded
from .scope import Details, Who, who_am_i
from .steps.applying import Apply, settle_open
from .steps.compare import Lookup
from .steps.planning import check_plan, compare_again, plan_file, plan_object, plan_table
from .steps.proving import Verified, Verifier
from .steps.recording import Recorder
from .watching import Sayer, Watcher

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Run:
    """What became of a job.

    Attributes:
        journal: Its journal, for `verify`, `rollback` or another run; that of a dry run, and of a run that sent
            nothing, is gone.
        counts: Items by state.
        stopped: Why it ended before its end, like "the time is up"; "" when it did not.
        error: What ended it, where that is an error that all items would have met.
        failed_file: The table of failed rows, with the reason beside each; None: no row failed, or it could not be
            written.
        unwritten: Why it could not be written, "" where it could.
        declined: Whether somebody was asked and said no; nothing was sent.
        verified: What a look at all that the job has changed found, after the first items of it (`JobOptions.first`).
    """

    journal: Path
    counts: Mapping[str, int]
    stopped: str = ""
    error: PeerTubeError | None = None
    failed_file: Path | None = None
    declined: bool = False
    unwritten: str = ""
    verified: Verified | None = None

    @property
    def left(self) -> int:
        """How many items another run has still to do."""
        return sum(self.counts.get(state, 0) for state in OPEN)

    @property
    def failed(self) -> int:
        """How many items failed, or met a conflict."""
        return self.counts.get("failed", 0) + self.counts.get("conflict", 0)


@dataclass(slots=True)
class Desk:
    """What a verb has in hand once its journal is open."""

    pt: "PeerTube"
    who: Who
    me: Mapping[str, Any]
    journal: Journal
    watcher: Watcher
    words: Vocabulary = field(default_factory=Vocabulary)
    failed: Path | None = None  # where rows that fail will go


@asynccontextmanager
async def opened(
    pt: "PeerTube",
    kind: Kind,
    name: str,
    *,
    columns: tuple[str, ...] = (),
    options: JobOptions,
    watcher: Watcher,
    parent: str = "",
) -> AsyncIterator[Desk]:
    """Find out who we are, open the job's journal, and settle what an earlier run left in flight."""
    failed = failed_table(options, name, (name, parent, str(options.journal or "")))
    recorder = Recorder(pt)
    who, me = await who_am_i(pt, options.details)
    job = Job(kind.name, pt.origin, who.name, name, columns, parent=parent)
    with ExitStack() as stack:
        journal = stack.enter_context(_journal(job, options, stack))
        try:
            journal.check(kind=kind.name, origin=pt.origin, user=who.name)
            _check_not_undone(journal)
            if not options.dry_run:
                stack.enter_context(recorder.recording(await journal.timeline()))
            await settle_open(pt, journal, kind, Sayer(watcher))
            yield Desk(pt, who, me, journal, watcher, failed=failed)
        finally:
            if not journal.was_used:
                journal.remove_when_closed()


def _check_not_undone(journal: Journal) -> None:
    if journal.undone_by:
        what = f"the job of {journal.path} was rolled back by {journal.undone_by}; run it anew, not as a resumed one"
        raise JournalError(what, option="resume")


def _journal(job: Job, options: JobOptions, stack: ExitStack) -> Journal:
    if options.dry_run:
        return temporary(job, stack.enter_context(tempfile.TemporaryDirectory(prefix="aiopeertube-")))
    return journal_of(job, path=options.journal, resume=options.resumes)


def temporary(job: Job, folder: str) -> Journal:
    """Make a journal that goes with its folder."""
    return Journal.create(Path(folder) / "plan.journal", job)


@asynccontextmanager
async def looking_back(
    pt: "PeerTube", journal: str | Path, watcher: Watcher, details: Details = "auto"
) -> AsyncIterator[Desk]:
    """Open the journal of a job that ran, as whoever ran it; what it left in flight is settled first.

    One that cannot be written is copied into memory.
    """
    with Journal.open(find_journal(journal), or_copy=True) as job:
        who, me = await who_am_i(pt, details)
        job.check(kind=job.job.kind, origin=pt.origin, user=who.name)
        await settle_open(pt, job, of(job.job.kind), Sayer(watcher))
        yield Desk(pt, who, me, job, watcher)


def described(journal: Journal) -> str:
    """Say which job a journal is of, for people."""
    job = journal.job
    began = time.strftime("%Y-%m-%d %H:%M", time.localtime(job.began))
    return f"the job {journal.path.stem}: {job.kind}, {job.source}, begun {began}"


def escaped(text: str) -> str:
    """Write a text into a question as it is."""
    return text.replace("{", "{{").replace("}", "}}")


async def rolled_back(name: str | Path, *, resume: bool) -> str | Path:
    """Say which journal a rollback is of: to resume the last rollback is not to roll that one back.

    Raises:
        JournalError: the last job is a rollback that has not come to its end, and is not to be resumed.
    """
    if name != LAST:
        return name
    path = find_journal(LAST, changed=True)
    with Journal.open(path, read_only=True) as last:
        parent, counts = last.job.parent, await last.counts()
    if not parent:
        return path
    if resume:
        return parent
    if any(counts.get(state) for state in OPEN):
        what = "the last job is a rollback that has not come to its end: resume it, or give a journal by its name"
        raise JournalError(what, option="resume")
    return path


async def fill(
    desk: Desk,
    given: Input,
    kind: Kind,
    table: TableOptions,
    cells: CellOptions,
    *,
    overwrite: bool = False,
    looks: bool = False,
) -> None:
    """Fill the journal from an input, compared with the server where the kind of job needs that.

    `overwrite` changes what somebody else changed since the table was exported, or the plan was made, too. A plan
    need not be compared by a job that `looks` at each video just before it is changed.

    Raises:
        BadSource: with every error of the input; nothing of it is carried out.
    """
    content, pt = given.content, desk.pt
    if isinstance(content, (Plan, PlanFile)):
        if table.function:
            raise ConfigurationError("function: it is for tables, and this is a plan", option="function")
        await _fill_from_plan(desk, content, kind, overwrite=overwrite, looks=looks)
        return
    function = loaded(table.function, arguments=("row",)) if table.function else None
    columns = (*given.columns, *table.compose) if given.columns and function is None else ()
    desk.words = await fetch_words(pt, kind.words(columns), desk.me)
    layout = Layout(
        frozenset(table.ignore),
        table.compose,
        frozenset(kind.columns),
        fields=kind.fields if isinstance(kind, Whole) else None,
        function=partial(cells_of, function) if function else None,
    )
    reading = Reading(
        desk.words, cells.clear_marker, cells.tag_separator, cells.fit, cells.date_order, desk.who.version
    )
    await plan_table(
        pt,
        desk.journal,
        content,
        kind,
        who=desk.who,
        reading=reading,
        layout=layout,
        overwrite=overwrite,
        watcher=desk.watcher,
    )


async def _fill_from_plan(desk: Desk, content: Plan | PlanFile, kind: Kind, *, overwrite: bool, looks: bool) -> None:
    pt = desk.pt
    named = repr(content) if isinstance(content, Plan) else content.path
    check_plan(content.job, named=named, kind=kind.name, origin=pt.origin, user=desk.who.name)
    if isinstance(content, Plan):
        desk.words = content.words
        await plan_object(desk.journal, content, looks=looks and not overwrite)
    else:
        desk.words = await fetch_words(pt, content.fields() & {*WORDS}, desk.me)
        await plan_file(desk.journal, content, desk.words, looks=looks and not overwrite)
    lookup = Lookup(
        pt, desk.journal, desk.who, overwrite=overwrite, proofs=True, words=desk.words, watcher=desk.watcher
    )
    with desk.watcher.step("compare"):
        await lookup.run()


async def carry_out(
    desk: Desk,
    kind: Kind,
    options: JobOptions,
    *,
    title: str,
    question: str = "",
    looked_at: int | None = None,
    undoes: Journal | None = None,
    overwrite: bool = False,
) -> Run:
    """Carry out what the journal plans, once the watcher was told and, with a `question`, agreed.

    With `undoes`, that job is noted as undone before anything is sent, unless nothing of it was. `overwrite` is for
    what failed and is tried again: it changes what somebody else changed meanwhile, too.

    Raises:
        ConfigurationError: more would change than `max_changes`.
        JournalError: the journal cannot be written; it `began` where anything may have been sent.
    """
    journal, watcher = desk.journal, desk.watcher
    if options.resume_failed:
        await _reopen(desk, kind, overwrite=overwrite)
    if isinstance(kind, Update):
        kind = kind.looking_by(desk.who.reader(desk.pt))
    requests, objects = await _cost(journal, kind)
    plan = await plan_of(
        desk.pt,
        journal,
        desk.who,
        desk.words,
        requests=requests,
        objects=objects,
        looked_at=looked_at,
    )
    await watcher.planned(plan)
    check_size(plan.changes, options.max_changes, kind.noun)
    if options.dry_run:
        return await ended(desk, options)
    asked = question.format(videos=counted(plan.changes, kind.noun), origin=desk.pt.origin)
    if asked and plan.changes and not await watcher.confirm(asked):
        return Run(journal.path, plan.counts, DECLINED, declined=True)
    if undoes is not None and plan.changes and not undoes.undone_by:
        await undoes.mark_undone(str(journal.path))
    if options.resumes and not plan.changes:
        watcher.say("nothing was left to do, and nothing is sent; whether it still stands is what verify tells")
    apply = Apply(
        desk.pt,
        journal,
        kind,
        halt=options.halt,
        max_duration=options.max_duration,
        first=options.first,
        watcher=watcher,
    )
    try:
        with watcher.step(title, min(plan.changes, options.first or plan.changes) + plan.counts.get("sending", 0)):
            if isinstance(kind, Upload):
                watcher.weigh(sum([int(item.wanted["size"]) async for item in journal.items("planned", "sending")]))
            await apply.run()
        run = await ended(desk, options, stopped=apply.stopped_by, error=apply.error)
        if undoes is not None and not run.left and not run.counts.get("changed"):
            await undoes.unmark_undone(str(journal.path))
    except JournalError as exc:
        exc.began = exc.began or journal.was_used
        raise
    return run if options.first is None or run.stopped else replace(run, verified=await verified(desk, kind))


async def _cost(journal: Journal, kind: Kind) -> tuple[int, int]:
    """Estimate how many requests a job takes of the API, and how many objects it looks at."""
    planned = (await journal.counts()).get("planned", 0)
    if isinstance(kind, Whole):
        return sum((await journal.count_planned(kind.requests)).values()), 0
    if isinstance(kind, Upload):
        more = [kind.more_chunks(item) async for item in journal.items("planned")]
        return planned * kind.requests_each + sum(more), 0
    if not isinstance(kind, Update) or not kind.expect:
        return planned * kind.requests_each, 0
    objects = 0 if kind.objects is None else planned - await journal.count_noted(HIDDEN)
    return 2 * planned - objects, objects


async def verified(desk: Desk, kind: Kind) -> Verified | None:
    """Look at all that the job has changed; None where the server does not tell enough."""
    if not kind.can_be_checked:
        return None
    with desk.watcher.step("verify"):
        return await Verifier(desk.pt, desk.journal, desk.who, watcher=desk.watcher).run(kind)


async def _reopen(desk: Desk, kind: Kind, *, overwrite: bool) -> None:
    await desk.journal.reopen_failed(edits=kind.compares)
    if kind.compares:
        with desk.watcher.step("compare"):
            await compare_again(
                desk.pt,
                desk.journal,
                desk.who,
                kind,
                overwrite=overwrite,
                words=desk.words,
                watcher=desk.watcher,
            )


def check_size(changes: int, most: int | None, noun: str) -> None:
    """See that no more changes than `most`.

    Raises:
        ConfigurationError: more would.
    """
    if most is not None and changes > most:
        raise ConfigurationError(f"{counted(changes, noun)} would change, more than {most:,}", option="max_changes")


async def ended(desk: Desk, options: JobOptions, *, stopped: str = "", error: PeerTubeError | None = None) -> Run:
    """Say what became of a job, and write the table of what failed."""
    journal, path, unwritten = desk.journal, desk.failed, ""
    counts = await journal.counts()
    if path is None or not (counts.get("failed") or counts.get("conflict")):
        return Run(journal.path, counts, stopped, error)
    if path.is_file() and not options.overwrite_output and str(path) != "-":
        path = free_name(path)  # somebody may have taken it meanwhile
    try:
        await write_failed(journal, path, overwrite=options.overwrite_output)
    except JournalError:
        raise
    except (OSError, ConfigurationError, ValueError) as exc:  # what was done is worth more than this table
        unwritten = str(exc)
    return Run(journal.path, counts, stopped, error, None if unwritten else path, unwritten=unwritten)
