"""From a filled journal to the end of its run: limits, the run itself, failed rows, the summary, the exit code."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aiopeertube import errors
from aiopeertube.cli import many, output
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.migrate import view
from aiopeertube.cli.options import Settings
from aiopeertube.cli.terminal import note
from aiopeertube.migrate.apply import Apply, Limits
from aiopeertube.migrate.journal import JournalFull
from aiopeertube.migrate.report import write_failed

if TYPE_CHECKING:
    from aiopeertube import PeerTube
    from aiopeertube.migrate.journal import Journal
    from aiopeertube.migrate.kinds import Kind

F = TypeVar("F", bound=Callable[..., Any])

_UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_ORDER = ("changed", "unchanged", "planned", "skipped", "conflict", "failed")


class Duration(click.ParamType[float]):
    """Seconds, written like 90, 90s, 15m or 2h."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read one."""
        if isinstance(value, float):
            return value
        number = str(value).rstrip("hmins")
        try:
            seconds = float(number) * _UNITS[str(value)[len(number) :] or "s"]
        except (ValueError, KeyError):
            seconds = 0.0
        if not 0 < seconds < math.inf:
            raise click.BadParameter(f"{value!r} is not a duration like 90s, 15m or 2h", ctx, param)
        return seconds


_OPTIONS = (
    click.option("--dry-run", is_flag=True, help="Do all but the changes: every outcome is `planned`."),
    click.option(
        "--resume", is_flag=True, help="Go on with the last job of this input that did not come to its end."
    ),
    click.option("--resume-failed", is_flag=True, help="The same, and try again what failed."),
    click.option("--journal", metavar="FILE", help="Where to keep the journal, instead of among `aiopeertube jobs`."),
    click.option("--max-changes", type=click.IntRange(min=0), help="Refuse to begin if more would change."),
    click.option("--halt", metavar="N|N%", help="Stop after so many failures (5), or so large a share (fail=2%)."),
    click.option("--max-duration", type=Duration(), help="Stop after this time, like 90s, 15m or 2h; resume later."),
    click.option(
        "--failed", metavar="FILE", help="Where failed rows go; INPUT.failed.csv by default, if there are any."
    ),
    click.option("--format", type=click.Choice(["text", "jsonl"]), help="jsonl: a line for each outcome on stdout."),
)


def job_options(function: F) -> F:
    """Give a command the options of a run over a journal."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def check(options: Mapping[str, Any]) -> None:
    """Refuse options that contradict each other, before anything is sent."""
    if options["dry_run"] and (options["resume"] or options["resume_failed"] or options["journal"]):
        raise click.UsageError("--dry-run keeps no journal: leave out --resume, --resume-failed and --journal.")
    if options["halt"] is not None:
        from aiopeertube.bulk import Halt  # noqa: PLC0415 - few need it

        Halt.parse(options["halt"])


class Session:
    """One command's run over one journal."""

    def __init__(
        self, pt: "PeerTube", settings: Settings, journal: "Journal", kind: "Kind", options: Mapping[str, Any]
    ) -> None:
        self._pt = pt
        self._settings = settings
        self._journal = journal
        self._kind = kind
        self._options = options
        self._lines = many.chosen(options["format"]) == "jsonl"

    async def run(self, title: str) -> int:
        """Carry out what is planned; return the exit code."""
        if self._options["resume_failed"]:
            await self._journal.reopen_failed()
        counts = await self._journal.counts()
        self._check_size(counts.get("planned", 0))
        if self._options["dry_run"]:
            return await self._only_say()
        return await self._carry_out(title, counts.get("planned", 0) + counts.get("sending", 0))

    def _check_size(self, planned: int) -> None:
        most = self._options["max_changes"]
        if most is not None and planned > most:
            hint = "look at it with `aiopeertube plan`, or raise --max-changes"
            raise Failure(f"{planned:,} videos would change, more than {most:,}", code=Exit.USAGE, hint=hint)

    async def _only_say(self) -> int:
        if self._lines:
            async for item in self._journal.items("planned", "failed", "conflict"):
                output.put(output.to_json(view.outcome(item)) + "\n")
        return await self._end(stopped="")

    async def _carry_out(self, title: str, total: int) -> int:
        limits = Limits(self._options["halt"], self._options["max_duration"])
        stopped, fatal = "", None
        with view.showing(self._pt, self._settings, title, total, lines=self._lines) as screen:
            run = Apply(
                self._pt,
                self._journal,
                self._kind,
                limits=limits,
                on_settled=screen.settled,
                on_open=None if self._settings.quiet else lambda: many.on_ctrl_c(lambda: screen.say(many.HEARD)),
            )
            try:
                await run.run()
            except KeyboardInterrupt:
                stopped = "interrupted"
            except errors.BulkHalted as exc:
                stopped = str(exc)
            except JournalFull as exc:
                raise Failure(str(exc), code=Exit.AGAIN, hint="make room, and go on with --resume") from exc
            except (errors.AuthenticationError, errors.ServerUnreachable) as exc:
                stopped, fatal = str(exc), exc
        if run.bulk is not None and run.bulk.statistics().stopped_by == "time is up":
            stopped = "the time is up"
        code = await self._end(stopped)
        if fatal is not None:
            raise fatal
        return code

    async def _end(self, stopped: str) -> int:
        counts = await self._journal.counts()
        await self._write_failed(counts)
        left = counts.get("planned", 0) + counts.get("sending", 0) + counts.get("read", 0)
        if not self._settings.quiet:
            known = {**counts, "planned": left} if left else counts
            note(", ".join(f"{known[state]:,} {state}" for state in _ORDER if known.get(state)) or "nothing to do")
            if self._journal.was_used and not self._options["dry_run"]:
                note(f"journal: {self._journal.path}")
        if stopped == "interrupted":
            raise Failure("interrupted; --resume goes on", code=Exit.INTERRUPTED)
        if stopped or (left and not self._options["dry_run"]):
            raise Failure(
                f"stopped: {stopped or 'not all was done'}", code=Exit.AGAIN, hint="--resume goes on with it"
            )
        return Exit.SOME_FAILED if counts.get("failed") or counts.get("conflict") else Exit.DONE

    async def _write_failed(self, counts: Mapping[str, int]) -> None:
        if not counts.get("failed") and not counts.get("conflict"):
            return
        path = self._options["failed"] or _beside(self._journal.job.source)
        count = await write_failed(self._journal, path)
        if not self._settings.quiet:
            note(f"{count:,} rows and their reasons are in {path}; correct them and feed them back")


def _beside(source: str) -> str:
    """Name the file of failed rows: beside the input, or here for one that is none."""
    path = Path(source)
    if not path.is_file():
        return "failed.csv"
    suffix = path.suffix.lower() if path.suffix.lower() in {".tsv", ".jsonl", ".xlsx"} else ".csv"
    return str(path.with_name(f"{path.stem}.failed{suffix}"))
