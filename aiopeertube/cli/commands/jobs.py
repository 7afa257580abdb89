"""`jobs list|show|export|report|map`."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, get_args

import click

from aiopeertube import migrate
from aiopeertube.cli import completing, job_output, output
from aiopeertube.cli.commands.jobs_map import map_
from aiopeertube.cli.commands.jobs_report import report
from aiopeertube.cli.options import Group, Settings, output_options
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import note
from aiopeertube.errors import PeerTubeError
from aiopeertube.migrate import OPEN, Journal

_COLUMNS: Final = (
    "job", "kind", "state", "url", "user", "began", "source", "changed", "unchanged", "open", "failed",
)  # fmt: skip
_BRIEF: Final = ("job", "kind", "changed", "state")  # what 80 columns have room for
_OUTCOME: Final = ("video", "name", "key", "line", "state", "fields", "attempts", "reason")
_VALUES: Final = ("before", "after")
_WRITE: Final = ("at", "video", "outcome", "before", "after")
_STATES: Final = (*get_args(migrate.State), "not sent")
_format = click.option(
    "--format", type=click.Choice(output.FORMATS), help="Default: a table on a terminal, else jsonl."
)


@click.group(cls=Group)
@output_options()
def jobs() -> None:
    """List jobs, and show what became of their items.

    JOURNAL is a file, a name that `aiopeertube jobs list` shows, or `last`.
    """


jobs.add_command(report)
jobs.add_command(map_)


@jobs.command("list")
@_format
@output_options()
@click.pass_obj
def list_(settings: Settings, format: str | None) -> None:
    """List the jobs whose journals were given no other place, the newest first."""
    shape = output.chosen(format)
    columns = _BRIEF if shape == "table" else _COLUMNS
    writer = output.writer(shape, None, columns=columns, no_color=settings.no_color)
    for summary in run(_summaries()):
        writer.add(summary)
    for path in migrate.strangers():
        note(f"{path.name}: not a file, so no journal")
    writer.end()


@jobs.command()
@click.argument("journal", shell_complete=completing.journals)
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@output_options()
@click.pass_obj
def show(settings: Settings, journal: str, format: str) -> None:
    """Show one job: what it is about, and how many items came to what."""
    summary = run(_summary(job_output.journal_named(journal)))
    if format == "json":
        output.put(output.to_json(summary, pretty=True) + "\n")
    else:
        more = ("conflict", "skipped", "damaged", "rolled back by", "path")
        output.draw_card(summary, [*_COLUMNS, *more], no_color=settings.no_color)


@jobs.command()
@click.argument("journal", shell_complete=completing.journals)
@click.option(
    "--state",
    multiple=True,
    type=click.Choice(_STATES),
    help="Only items that came to this, like failed; repeatable.",
)
@click.option("--writes", is_flag=True, help="Every change that was sent, with its time and outcome, in their order.")
@_format
@output_options()
@click.pass_obj
def export(settings: Settings, journal: str, state: tuple[str, ...], writes: bool, format: str | None) -> None:
    """Write what became of each item of a job, with the values before and after; a table has no room for these."""
    shape, path = output.chosen(format), job_output.journal_named(journal)
    columns = _WRITE if writes else _OUTCOME if shape == "table" else (*_OUTCOME, *_VALUES)
    writer = output.writer(shape, None, columns=columns, no_color=settings.no_color)
    run(_export_writes(path, state, writer) if writes else _export(path, state, writer))


async def _summaries() -> list[dict[str, Any]]:
    """Sum up all jobs, begun last first; tell of the journals that cannot be read."""
    found: list[tuple[float, dict[str, Any]]] = []
    for path in migrate.all_journals():
        try:
            found.append(await _summed_up(path))
        except PeerTubeError as exc:
            note(f"{path.name}: {exc}")
    return [summary for _, summary in sorted(found, key=itemgetter(0), reverse=True)]


async def _summary(path: Path) -> dict[str, Any]:
    return (await _summed_up(path))[1]


async def _summed_up(path: Path) -> tuple[float, dict[str, Any]]:
    """Sum up a job, with the time at which it was begun."""
    with Journal.open(path, read_only=True) as journal:
        counts, job, undone_by = await journal.counts(), journal.job, journal.undone_by
    return job.began, {
        "job": path.stem,
        "kind": job.kind,
        "state": _state(counts, undone_by),
        "url": job.origin,
        "user": job.user,
        "began": time.strftime("%Y-%m-%d %H:%M", time.localtime(job.began)),
        "source": job.source,
        "open": sum(counts.pop(state, 0) for state in OPEN),
        "path": str(path),
        **{state: counts.get(state, 0) for state in ("changed", "unchanged", "skipped", "conflict", "failed")},
        **({"damaged": counts["damaged"]} if counts.get("damaged") else {}),
        **({"rolled back by": Path(undone_by).stem} if undone_by else {}),
    }


def _state(counts: Mapping[str, int], undone_by: str) -> str:
    """Say in two words how a job stands."""
    if undone_by:
        return "rolled back"
    left = sum(counts.get(state, 0) for state in (*OPEN, "failed", "conflict", "damaged"))
    if left:
        return f"{left:,} not done"
    return "done" if any(counts.values()) else "empty"  # nothing was to be done, or it ended before that was known


async def _export(path: Path, states: tuple[str, ...], writer: output.Writer) -> None:
    with Journal.open(path, read_only=True) as journal:
        async for item in journal.items():
            if not states or item.state in states:
                values = {"before": job_output.told(item.before), "after": job_output.told(item.after)}
                writer.add(job_output.outcome(item) | values)
    writer.end()


async def _export_writes(path: Path, states: tuple[str, ...], writer: output.Writer) -> None:
    with Journal.open(path, read_only=True) as journal:
        for write in await journal.writes():
            if not states or write.outcome in states:
                at = datetime.fromtimestamp(write.at, UTC).isoformat(timespec="milliseconds")
                values = {"before": job_output.told(write.before), "after": job_output.told(write.after)}
                writer.add({"at": at, "video": write.uuid, "outcome": write.outcome, **values})
    writer.end()
