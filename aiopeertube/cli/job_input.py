"""What `plan`, `apply` and `set` have in common: from the input to a filled journal, and the diff."""

import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aiopeertube.cli import journals as places
from aiopeertube.cli import options_table as tables
from aiopeertube.cli import progress
from aiopeertube.cli.connection import Connection
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.options import Settings
from aiopeertube.cli.terminal import note, one_line
from aiopeertube.migrate import planning as plan
from aiopeertube.migrate import rules as ruling
from aiopeertube.migrate import vocabulary
from aiopeertube.migrate.compare import Who
from aiopeertube.migrate.fields import FIELDS
from aiopeertube.migrate.journal import Job, Journal
from aiopeertube.migrate.planfile import PlanFile, is_plan
from aiopeertube.migrate.problems import BadSource
from aiopeertube.migrate.report import Diff
from aiopeertube.migrate.rows import LABELS

if TYPE_CHECKING:
    from aiopeertube import PeerTube
    from aiopeertube.migrate.tables.source import Source

ALL_WORDS = ("category", "licence", "language", "privacy", "channel")


@dataclass(slots=True)
class Ready:
    """What a command has in hand once it is connected and its journal is open."""

    pt: "PeerTube"
    who: Who
    me: Mapping[str, Any]
    journal: Journal
    words: vocabulary.Vocabulary


@asynccontextmanager
async def opened(
    connection: Connection, kind: str, given: "Input", options: Mapping[str, Any]
) -> AsyncIterator[Ready]:
    """Connect, find out who we are, and open the job's journal."""
    async with connection.opened(many=True) as pt:
        who, me = await plan.who_am_i(pt)
        job = Job(kind, pt.origin, who.name, given.source, given.columns)
        with ExitStack() as stack:
            journal = stack.enter_context(journal_for(job, options, stack))
            journal.check(kind=kind, origin=pt.origin, user=who.name)
            try:
                yield Ready(pt, who, me, journal, vocabulary.Vocabulary())
            except BadSource as exc:
                raise _all_of(exc) from exc
            finally:
                if not journal.was_used:
                    journal.remove_when_closed()


def _all_of(exc: BadSource) -> Failure:
    """Say everything that is wrong with an input, a line each."""
    for problem in exc.problems:
        note(problem)
    if exc.total > len(exc.problems):
        note(f"... and {exc.total - len(exc.problems):,} more")
    what = "1 problem" if exc.total == 1 else f"{exc.total:,} problems"
    return Failure(f"{what} in the input; nothing was sent", code=Exit.USAGE, hint="correct the lines named above")


def journal_for(job: Job, options: Mapping[str, Any], stack: ExitStack) -> Journal:
    """Open the journal of a run: a new one, the one to resume, or for a dry run one to throw away."""
    if options.get("dry_run", True):
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="aiopeertube-"))
        return Journal.create(Path(folder) / "plan.journal", job)
    resume = options["resume"] or options["resume_failed"]
    path, exists = places.chosen(job, path=options["journal"], resume=resume)
    return Journal.open(path) if exists else Journal.create(path, job)


@dataclass(frozen=True, slots=True)
class Input:
    """What a job is made from: its name, by which a later run knows it again, and its columns."""

    source: str
    columns: tuple[str, ...] = ()
    table: "PlanFile | Source | None" = None


def open_input(path: str, options: Mapping[str, Any]) -> Input:
    """Open a plan or a table, before anything is sent."""
    source = "stdin" if path == "-" else str(Path(path).absolute())
    if is_plan(path):
        plan = PlanFile(path)
        return Input(source, plan.job.columns, plan)
    table = tables.source_of(path, options)
    return Input(source, tuple(table.columns), table)


async def from_input(
    ready: Ready, table: "PlanFile | Source | None", settings: Settings, options: Mapping[str, Any]
) -> None:
    """Fill the journal from a table or a plan."""
    if isinstance(table, PlanFile):
        plan.check_plan(table, kind="update", origin=ready.pt.origin, user=ready.who.name)
        await plan.plan_file(ready.journal, table)
        return
    assert table is not None  # noqa: S101 - `set` has none, and does not come here
    layout = tables.layout_of(options)
    asked = [LABELS.get(column, column) for column in (*table.columns, *layout.composed)]
    ready.words = await vocabulary.fetch(ready.pt, dict.fromkeys(asked if table.columns else ALL_WORDS), ready.me)
    with progress.showing("compare", None, settings) as reporter:
        await plan.plan_table(
            ready.pt,
            ready.journal,
            table,
            who=ready.who,
            reading=tables.reading_of(options, ready.words),
            layout=layout,
            progress=progress.looked_at(reporter),
        )


async def from_rules(ready: Ready, edits: Sequence[str], settings: Settings, options: Mapping[str, Any]) -> plan.Seen:
    """Fill the journal by rules, for all videos of a scope."""
    ready.words = await vocabulary.fetch(ready.pt, ALL_WORDS, ready.me)
    rules = _transform(ready, edits, options)
    scope = {name: options[name] for name in ("channel", "account") if options[name]}
    with progress.showing("compare", None, settings) as reporter:
        job = plan.Rules(
            ready.pt,
            ready.journal,
            _own(ready.who, mine=options["mine"]),
            rules,
            scope,
            progress=progress.looked_at(reporter),
        )
        await job.plan()
    return job.seen


def _own(who: Who, *, mine: bool) -> Who:
    """Let staff be as anybody where only what is their own counts."""
    return Who(who.name, who.account, staff=False, modern=who.modern) if mine else who


def _transform(ready: Ready, edits: Sequence[str], options: Mapping[str, Any]) -> ruling.Transform:
    reading = tables.reading_of(options, ready.words)
    try:
        rules = [ruling.setting(text, reading) for text in edits]
        rules += [ruling.replacing(text) for text in options["replace"]]
        rules += [ruling.replacing(text, regex=True) for text in options["replace_regex"]]
        if options["add_tag"] or options["remove_tag"]:
            rules.append(ruling.tagging(options["add_tag"], options["remove_tag"]))
        if options["function"]:
            rules.append(ruling.calling(options["function"], reading))
        conditions = [ruling.condition(text, reading) for text in options["where"]]
    except ValueError as exc:
        raise Failure(str(exc), code=Exit.USAGE) from exc
    if not rules:
        raise click.UsageError(f"Nothing to do: give FIELD=VALUE, with one of {', '.join(FIELDS)}, or --replace etc.")
    return ruling.Transform(rules, conditions)


async def show_diff(ready: Ready, settings: Settings, *, expect: bool = False, on_stdout: bool = False) -> int:
    """Show what would change, old and new, grouped and counted; return how many videos would."""
    from aiopeertube.cli import output  # noqa: PLC0415 - see `aiopeertube.cli.app`

    diff = Diff(ready.words)
    async for item in ready.journal.items("planned"):
        diff.add(item)
    if settings.quiet:
        return diff.videos
    say = (lambda line: output.put(one_line(line) + "\n")) if on_stdout else note
    for name, count, old, new, example in diff.lines():
        about = f"   ({_short(example)})" if example else ""
        say(f"  {count:>7,} x  {name}: {_short(old)} -> {_short(new)}{about}")
    if diff.videos:
        say(_cost(plan.estimate(ready.pt, ready.who, diff.videos, expect=expect)))
    return diff.videos


def _cost(estimate: plan.Estimate) -> str:
    takes = "as long as the server takes" if estimate.seconds is None else f"about {_time(estimate.seconds)}"
    return f"{estimate.requests:,} requests, {takes}; rate limit: {estimate.limit}"


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= 60 else line[:57] + "..."
