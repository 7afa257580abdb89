"""The verb `copy`: from one instance to another, over one journal, which is of the instance that is copied to."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

from aiopeertube._counting import counted, plural
from aiopeertube.bulk import Halt
from aiopeertube.errors import ConfigurationError, InputError
from aiopeertube.migrate.inputs import Input, open_table
from aiopeertube.migrate.job import Desk, Run, check_size, ended, opened, verified
from aiopeertube.migrate.job_options import JobOptions, TableOptions
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.kinds.copies import Copy
from aiopeertube.migrate.kinds.copying.channel_steps import look_at_channels
from aiopeertube.migrate.kinds.copying.ends import Origin, check_two, origin_of
from aiopeertube.migrate.kinds.copying.fetching import look_at_imports
from aiopeertube.migrate.kinds.copying.fitting import Target
from aiopeertube.migrate.kinds.copying.video_steps import Work, weight
from aiopeertube.migrate.kinds.copying.wishes import CHANNEL, PLAYLIST, VIDEO
from aiopeertube.migrate.metadata.vocabulary import FILES, fetch_words
from aiopeertube.migrate.plans.planfile import PlanFile
from aiopeertube.migrate.plans.planned import Plan, plan_of
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.rows.names import Names
from aiopeertube.migrate.scope import Scope
from aiopeertube.migrate.steps.applying import Apply
from aiopeertube.migrate.suggestions import no_such
from aiopeertube.migrate.verbs import Table
from aiopeertube.migrate.watching import UNWATCHED, Watcher

from .copied_playlists import reopen_short_ones, settle_playlists
from .copy_plan import CopyPlan, check_room, plan_of_copy, room_of
from .resumed import check_same
from .rooms import check_space, checked_folder
from .settling import Settling, one_at_a_time
from .survey import Survey

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

Via = Literal["upload", "import"]

_TABLE, _JOB, _MINE = TableOptions(), JobOptions(), Scope()
_PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 8.0)  # seconds between two looks at what the instance is to fetch
_STEPS: Final = ((CHANNEL, "channels"), (VIDEO, "videos"), (PLAYLIST, "playlists"))


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of a copy: the run, and the plan as it stands after it, with what was left behind."""

    run: Run
    plan: CopyPlan


async def copy(
    source: "PeerTube",
    target: "PeerTube",
    *,
    scope: Scope = _MINE,
    videos: Table | None = None,
    via: Via = "upload",
    through: str | Path | None = None,
    channel_names: Mapping[str, str] | None = None,
    playlists: bool = True,
    dates: bool = True,
    table: TableOptions = _TABLE,
    job: JobOptions = _JOB,
    halt: str | int | Halt | None = None,
    watcher: Watcher = UNWATCHED,
) -> Copied:
    """Copy channels, videos and playlists from one instance to another.

    `scope` is a channel or an account there, by default all that is the user's own; `videos` is a table that names
    videos there, in its place. Videos come with all metadata that both servers know, their picture, captions,
    chapters and file: the one that was uploaded, where its owner may have it, else the best one. It is read and sent
    part by part, and is never on disk, unless it is to go `through` a folder, in which it is kept until its video is
    made. With `via` "import" the target fetches it itself. Playlists keep their order.

    Channels keep their names, or get those of `channel_names`; one of the user's that is there already gets what it
    lacks. With `dates`, videos without an original date get that of their publication.

    Nothing is copied twice: what this user's jobs have copied is known by their journals, and what looks like a copy
    of which no journal tells is a conflict. A job that was killed goes on where it was, within a file as well; what
    came to the source since is for another job.

    Raises:
        ConfigurationError: both are one instance, there is no room, the target imports nothing, or the job that goes
            on began otherwise.
        InputError: there is no such channel or account, or names of channels are taken.
        BadSource: with every error of the table.
        JournalError: there is nothing to resume, it is of something else, or another run is copying some of it.
    """
    options = job.checked(halt)
    _check_via(via)
    folder = checked_folder(through, via)
    origin = await origin_of(source, scope)
    given = None if videos is None else open_table(videos, table)
    refs = None if given is None else _refs(given, source.origin)
    name = _named(origin) if given is None else given.name
    async with opened(target, Copy(), name, options=options, watcher=watcher) as desk:
        check_two(origin, target, desk.me)
        if options.resumes:
            names = channel_names or {}
            await check_same(desk.journal, origin, name, names, via=via, playlists=playlists, dates=dates)
        with watcher.step("compare"):
            if options.resume_failed or refs is not None or not desk.journal.has_all:
                await _check_imports(target, via)
                desk.words = await fetch_words(target, ("category", "licence", FILES), desk.me)
                wish = Target(desk.who.version, desk.words, channel_names or {}, dates=dates, via=via)
                await Survey(origin, wish, desk.journal, watcher, refs, with_playlists=playlists).run()
                await _check_renamed(desk.journal, channel_names or {})
            if options.resume_failed:
                await look_at_imports(desk.pt, desk.journal)  # which failed since
                await desk.journal.reopen_failed()
            await _settle(desk, looks_only=options.dry_run)
        await desk.journal.mark_all()
        return await _carry_out(desk, origin, options, folder)


def _check_via(via: str) -> None:
    if via not in get_args(Via):
        raise ConfigurationError(f"via: {via!r} is none of {', '.join(get_args(Via))}", option="via")


async def _check_imports(target: "PeerTube", via: Via) -> None:
    if via == "import" and not (await target.config.get())["import"]["videos"]["http"]["enabled"]:
        raise ConfigurationError(f"via: {target.origin} does not let users import videos", option="via")


def _named(origin: Origin) -> str:
    what = [f"channel {origin.scope.channel}" if origin.scope.channel else "", origin.account]
    return f"{' of '.join(filter(None, what))} at {origin.host}"


def _refs(given: Input, origin: str) -> list[str]:
    """Return the videos that a table names, each once."""
    problems, found = Problems(given.name), dict[str, None]()
    names = Names(origin, problems, None)
    content = given.content
    assert not isinstance(content, Plan | PlanFile)  # noqa: S101 - it was opened as a table
    for row in content.rows(problems):
        if (ref := names.video(row.line, row.cells)) is not None:
            found[ref] = None
    problems.raise_if_any()
    return list(found)


async def _check_renamed(journal: Journal, names: Mapping[str, str]) -> None:
    if not names:
        return
    there = [item.ref.removeprefix(CHANNEL) async for item in journal.items() if item.ref.startswith(CHANNEL)]
    if unknown := sorted(set(names) - set(there)):
        raise _of_names(no_such("channel", unknown[0], there))


def _of_names(what: str) -> InputError:
    error = InputError(what)
    error.option = "channel_names"
    return error


async def _settle(desk: Desk, *, looks_only: bool) -> None:
    """Plan what is new, and see that the channels can be made.

    Raises:
        InputError: names of channels are taken. JournalError: another run is copying some of it.
    """
    settling = Settling(desk.pt, desk.journal, desk.who.account, looks_only=looks_only)
    async with nullcontext() if looks_only else one_at_a_time(desk.journal):
        made = await settling.run()
        await reopen_short_ones(desk.journal)
    if made:
        them = plural(made, "an earlier job copied it", "earlier jobs copied them")
        desk.watcher.say(f"{counted(made, 'thing is', 'things are')} there already: {them}")
    wrong = [why async for why in look_at_channels(desk.pt, desk.who, desk.journal)]
    if wrong:
        raise _of_names("; ".join(wrong))


async def _carry_out(desk: Desk, origin: Origin, options: JobOptions, folder: Path | None) -> Copied:
    journal, watcher, target = desk.journal, desk.watcher, desk.pt.origin
    room = await room_of(desk.pt, desk.me)
    copied = await plan_of_copy(origin, target, journal, room)
    plan = await plan_of(desk.pt, journal, desk.who, desk.words, requests=copied.requests)
    await watcher.planned(plan)
    before = list(copied.left_behind())
    for line in (*copied.lines(), *before):
        watcher.say(line)
    check_size(plan.changes, options.max_changes, "thing")
    check_room(copied)
    await check_space(journal, folder)
    if options.dry_run:
        return Copied(await ended(desk, options), copied)
    if options.resumes and not plan.changes and not copied.cannot:
        watcher.say("nothing was left to do; whether it still stands is what verify tells")
    run = await _Steps(desk, origin, options, folder).run(copied.todo)
    after = await plan_of_copy(origin, target, journal, room)
    for line in after.problems():
        if line not in before:
            watcher.say(line)
    return Copied(run, after)


class _Steps:
    """Makes channels, then videos, then playlists."""

    def __init__(self, desk: Desk, origin: Origin, options: JobOptions, folder: Path | None) -> None:
        own = {channel["name"]: channel["id"] for channel in desk.me["videoChannels"]}
        self._work = Work(origin, own, folder, desk.watcher.weigh, desk.watcher.sent)
        self._desk = desk
        self._options = options
        self._ends = None if options.max_duration is None else time.monotonic() + options.max_duration

    async def run(self, todo: Mapping[str, int]) -> Run:
        apply: Apply | None = None
        for only, title in _STEPS:
            if only == PLAYLIST and self._options.first is not None:
                break  # they want all videos
            if only == PLAYLIST:
                await settle_playlists(self._work, self._desk.pt, self._desk.who, self._desk.journal)
            apply = self._apply(only)
            with self._desk.watcher.step(title, todo.get(title.removesuffix("s"), 0)):
                if only == VIDEO:
                    items = self._desk.journal.items("planned", "sending")
                    self._desk.watcher.weigh(sum([weight(item) async for item in items]))
                await apply.run()
            if apply.stopped_by:
                break
        assert apply is not None  # noqa: S101 - there are steps
        if apply.error is None:
            await self._wait_for_imports()
        run = await ended(self._desk, self._options, stopped=apply.stopped_by, error=apply.error)
        if self._options.first is None or run.stopped:
            return run
        return replace(run, verified=await verified(self._desk, Copy()))

    async def _wait_for_imports(self) -> None:
        """See what became of the files that the instance fetches itself; it is not waited for long."""
        desk, pauses = self._desk, iter(_PAUSES)
        while left := await look_at_imports(desk.pt, desk.journal):
            if (pause := next(pauses, None)) is None:
                what = counted(left, "file is", "files are")
                desk.watcher.say(f"{what} still to be fetched by {desk.pt.origin}: verify tells when all are there")
                return
            await asyncio.sleep(pause)

    def _apply(self, only: str) -> Apply:
        options = self._options
        return Apply(
            self._desk.pt,
            self._desk.journal,
            Copy(self._work),
            halt=options.halt,
            max_duration=None if self._ends is None else max(0.0, self._ends - time.monotonic()),
            first=options.first if only == VIDEO else None,
            only=only,
            watcher=self._desk.watcher,
        )
