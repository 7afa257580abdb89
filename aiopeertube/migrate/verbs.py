"""The verbs of a migration: each is one function, with typed arguments and a typed result.

All of them take an open client first, raise the errors of `aiopeertube.errors`, and tell a `watcher` what goes on.
Those that change something keep a journal, from which a later run, `verify` and `rollback` go on.
"""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiopeertube._counting import counted
from aiopeertube.bulk import Halt
from aiopeertube.errors import ConfigurationError

from .exporting import DEFAULT, Export, columns_for, default_for
from .inputs import Given, Input, open_input
from .job import Desk, Run, carry_out, described, escaped, fill, looking_back, opened, rolled_back, temporary
from .job_options import CellOptions, JobOptions, TableOptions
from .journal.item import LATE
from .journal.schema import Job
from .kinds import Copy, Kind, Update, of
from .kinds.whole import Whole
from .metadata.fields import Reading
from .metadata.vocabulary import WORDS, fetch_words
from .outputs import unwritten
from .plans.estimates import Looking
from .plans.planned import Plan, plan_of
from .rules.rules import Rules
from .scope import Details, Scope, check_details, who_am_i
from .scope_check import Editor, check_scope
from .steps.picturing import fetch_pictures
from .steps.planning import RulesOverScope
from .steps.proving import Difference, Verified, Verifier, as_before, derive
from .tables import Source, open_sink
from .tables.opening import format_of
from .watching import UNWATCHED, Watcher

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

Table = str | Path | Source | Input

_TABLE, _CELLS, _JOB, _SCOPE = TableOptions(), CellOptions(), JobOptions(), Scope()
# What a job made is there, and may have been watched: to delete it is another decision.
_STAYS: Final = dict.fromkeys(("upload", "import", "copy"), ": what it made stays until somebody deletes it")


@dataclass(frozen=True, slots=True)
class Exported:
    """A table that was written: how many videos it has, how many vanished meanwhile, how many could not be read."""

    path: str
    written: int
    vanished: int
    failed: int = 0

    @property
    def whole(self) -> bool:
        """Whether it has all videos that there were."""
        return not self.vanished and not self.failed


async def export(
    pt: "PeerTube",
    output: str | Path,
    *,
    scope: Scope = _SCOPE,
    fields: Sequence[str] | None = None,
    format: str | None = None,
    delimiter: str | None = None,
    bom: bool = False,
    overwrite: bool = False,
    remember: bool = True,
    details: Details = "auto",
    watcher: Watcher = UNWATCHED,
) -> Exported:
    """Write videos and their metadata into a table that can be edited and given to `plan` and `apply`.

    Without a `scope` it has the instance's own videos: the public ones, or for staff those of every privacy, as of a
    channel or account; of the user's own it has all. `fields`
    are its columns, by default all that can be edited and what names a video; `output` "-" is stdout. `bom` puts a
    byte order mark before CSV, without which Excel takes it for Windows-1252. The column `exported` remembers what
    was exported, so that `plan` and `apply` know your edits from other people's; without `remember` it is left out.
    `details` is how videos are read in full, as in `JobOptions`.

    Raises:
        ConfigurationError: there is no such field or format, or a file of that name.
        FileUnwritable: there is no room, or no permission.
    """
    check_details(details)
    columns = columns_for(fields or DEFAULT, remember=remember)
    who, me = (None, {}) if pt.anonymous else await who_am_i(pt, details)
    if who is not None and not fields:
        columns = columns_for(default_for(who.version), remember=remember)
    reader = None if who is None else Editor(who, me["account"].get("host", ""))
    scope = await check_scope(pt, scope, reader=reader)
    job = Export(pt, who, scope, watcher=watcher)
    try:
        sink = open_sink(str(output), columns, format=format, delimiter=delimiter, overwrite=overwrite, bom=bom)
        with sink, watcher.step("export"):
            await job.run(sink, columns, as_json=format_of(str(output), format) == "jsonl")
    except BrokenPipeError:
        raise
    except OSError as exc:
        raise unwritten(output, exc) from exc
    return Exported(str(output), job.written, job.vanished, job.failed)


async def plan(
    pt: "PeerTube",
    source: Given,
    *,
    table: TableOptions = _TABLE,
    cells: CellOptions = _CELLS,
    overwrite: bool = False,
    details: Details = "auto",
    thumbnails: bool = False,
    watcher: Watcher = UNWATCHED,
) -> Plan:
    """Compare what a table asks for with the server, and send no change.

    Of a table that `export` wrote only the cells that were edited count. What somebody else changed meanwhile as well
    is a conflict, and not planned; with `overwrite` it is. `details` is how videos are read in full, as in
    `JobOptions`. With `thumbnails` the videos' pictures are fetched, for the page of `write_html`.

    Raises:
        BadSource: with every error of the table.
    """
    check_details(details)
    given, kind, looking = open_input(source, table), Update(), Looking(pt)
    who, me = await who_am_i(pt, details)
    who = replace(who, pictures=thumbnails)
    job = Job(kind.name, pt.origin, who.name, given.name, given.columns)
    folder = tempfile.mkdtemp(prefix="aiopeertube-")
    try:
        with temporary(job, folder) as journal:
            desk = Desk(pt, who, me, journal, watcher)
            await fill(desk, given, kind, table, cells, overwrite=overwrite)
            made = await plan_of(pt, journal, who, desk.words, looking=looking, folder=folder)
            if thumbnails:
                await fetch_pictures(pt, journal, watcher)
            return made
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


async def apply(
    pt: "PeerTube",
    source: Given,
    *,
    expect: bool = False,
    overwrite: bool = False,
    table: TableOptions = _TABLE,
    cells: CellOptions = _CELLS,
    job: JobOptions = _JOB,
    halt: str | int | Halt | None = None,
    watcher: Watcher = UNWATCHED,
) -> Run:
    """Change videos as a table or a plan says; unchanged fields are never sent, unchanged videos never touched.

    `source` is a table or a plan that was written, by its path; a `Plan`; or an open table. With `expect` each video
    is looked at just before, and left if somebody changed it since it was compared. `halt` is short for
    `JobOptions(halt=...)`. Fields that somebody else changed since the table was exported, or the plan was made, are
    conflicts, and are left; with `overwrite` they are changed all the same. The watcher is asked before the first
    change.

    Raises:
        BadSource: with every error of the input; nothing was sent.
        JournalError: there is nothing to resume, or the plan is of another instance or user.
    """
    options, given, kind = job.checked(halt), open_input(source, table), Update(expect=expect)
    async with opened(pt, kind, given.name, columns=given.columns, options=options, watcher=watcher) as desk:
        await fill(desk, given, kind, table, cells, overwrite=overwrite, looks=expect)
        question = "Change {videos} at {origin}?"
        return await carry_out(desk, kind, options, title="apply", question=question, overwrite=overwrite)


async def set_(
    pt: "PeerTube",
    rules: Rules,
    *,
    scope: Scope = _SCOPE,
    expect: bool = False,
    cells: CellOptions = _CELLS,
    job: JobOptions = _JOB,
    halt: str | int | Halt | None = None,
    watcher: Watcher = UNWATCHED,
) -> Run:
    """Change all videos of a scope by rules; the watcher is asked before the first is sent. Else as `apply`.

    Raises:
        InputError: a rule makes no sense, or there is none.
    """
    options, kind = job.checked(halt), Update(expect=expect)
    async with opened(pt, kind, rules.described(scope), options=options, watcher=watcher) as desk:
        desk.words = await fetch_words(pt, WORDS, desk.me)
        reading = Reading(
            desk.words, cells.clear_marker, cells.tag_separator, cells.fit, cells.date_order, desk.who.version
        )
        transform = rules.transform(reading, say=watcher.say)
        within = await check_scope(pt, scope, editor=Editor(desk.who, desk.me["account"]["host"]))
        over = RulesOverScope(pt, desk.journal, desk.who, transform, within, watcher=watcher)
        with watcher.step("compare"):
            await over.plan()
        question = "Change {videos} at {origin}?"
        return await carry_out(
            desk,
            kind,
            options,
            title="set",
            question=question,
            looked_at=over.looked_at,
        )


async def verify(
    pt: "PeerTube",
    journal: str | Path,
    *,
    on_difference: Callable[[Difference], None] | None = None,
    details: Details = "auto",
    files: bool = False,
    watcher: Watcher = UNWATCHED,
) -> Verified:
    """Read back what a job changed, and compare field by field.

    `journal` is its path, its name, or "last". `on_difference` hears each difference; the result has the first
    thousand. `details` is how videos are read in full, as in `JobOptions`. With `files` those of a copy are read and
    compared by their hashes, as far as the server has one left that is the same.

    Raises:
        ConfigurationError: what a job of this kind did cannot be read back, or has no `files`.
        JournalError: there is no such journal, or it is of another instance or user.
    """
    check_details(details)
    async with looking_back(pt, journal, watcher, details) as desk:
        kind = of(desk.journal.job.kind)
        if not kind.can_be_checked:
            raise ConfigurationError(f"what a job of {kind.name} did cannot be read back")
        if files and not isinstance(kind, Copy):
            raise ConfigurationError("files: only a copy has some to compare", option="files")
        kind = Copy(files=True) if files else kind
        with watcher.step("verify"):
            found = await Verifier(pt, desk.journal, desk.who, on_difference, watcher=watcher).run(kind)
        if isinstance(kind, Copy) and kind.unread:
            watcher.say(f"{counted(len(kind.unread), 'file')} not compared: none is there as it was sent")
        return found


async def rollback(
    pt: "PeerTube",
    journal: str | Path,
    *,
    expect: bool = True,
    job: JobOptions = _JOB,
    halt: str | int | Halt | None = None,
    watcher: Watcher = UNWATCHED,
) -> Run:
    """Put back what was there before a job, where what the job wrote is still there.

    Videos that somebody changed since are left, and reported as conflicts. With `expect` each video is read once,
    just before it is put back: what the rows of a list do not tell shows only then, and not in the plan. A dry run
    looks at all of them, and any rollback at those whose passwords change, or that a killed job may have written to.

    The rollback has a journal of its own, so it can be resumed, verified and rolled back itself. "last" is the last
    job that changed something, which may be a rollback. To resume a rollback, name the same `journal`; "last" is then
    the one that the last rollback is of. The watcher is told which job it is, and asked before the first video is
    changed.

    Raises:
        ConfigurationError: a job of this kind cannot be undone. JournalError: as for `verify`;
            or "last" is a rollback that has not come to its end.
    """
    options = job.checked(halt)
    journal = await rolled_back(journal, resume=options.resumes)
    async with looking_back(pt, journal, watcher) as desk:
        done = of(desk.journal.job.kind)
        if not done.can_be_undone:
            raise ConfigurationError(f"a job of {done.name} cannot be undone{_STAYS.get(done.name, '')}")
        kind: Kind = done if isinstance(done, Whole) else Update(expect=expect)
        named, path = described(desk.journal), str(desk.journal.path)
        watcher.say(f"rollback of {named}")
        async with opened(pt, kind, f"rollback of {path}", options=options, watcher=watcher, parent=path) as back:
            with watcher.step("compare"):
                late = expect and not options.dry_run
                await derive(
                    pt, desk.journal, back.journal, back.who, as_before, kind=kind, late=late, watcher=watcher
                )
            if put_off := await back.journal.count_noted(LATE):
                watcher.say(
                    f"{counted(put_off, 'video')} to be looked at, each just before it is put back: "
                    "what others changed since shows then"
                )
            undoes = None if options.dry_run else desk.journal
            return await carry_out(
                back,
                kind,
                options,
                title="rollback",
                question="Roll back {videos} at {origin}, of " + escaped(named) + "?",
                undoes=undoes,
            )
