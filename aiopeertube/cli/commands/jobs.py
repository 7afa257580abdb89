"""`jobs list|show|export|map`."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import click

from aiopeertube import migrate
from aiopeertube.cli import job_output, output
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.options import Group, Settings, output_options
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import note
from aiopeertube.errors import PeerTubeError
from aiopeertube.migrate import OPEN, Item, Journal

_COLUMNS: Final = ("job", "kind", "url", "user", "began", "source", "changed", "unchanged", "open", "failed")
_OUTCOME: Final = ("video", "name", "key", "line", "state", "fields", "attempts", "reason")
_format = click.option(
    "--format", type=click.Choice(output.FORMATS), help="Default: a table on a terminal, else jsonl."
)


@click.group(cls=Group)
@output_options()
def jobs() -> None:
    """List jobs, and show what became of their items.

    JOURNAL is a file, a name that `aiopeertube jobs list` shows, or `last`.
    """


@jobs.command("list")
@_format
@output_options()
@click.pass_obj
def list_(settings: Settings, format: str | None) -> None:
    """List the jobs whose journals were given no other place, the newest first."""
    writer = output.writer(output.chosen(format), None, columns=_COLUMNS, no_color=settings.no_color)
    for path in migrate.all_journals():
        try:
            writer.add(run(_summary(path)))
        except PeerTubeError as exc:
            note(f"{path.name}: {exc}")
    for path in migrate.strangers():
        note(f"{path.name}: not a file, so no journal")
    writer.end()


@jobs.command()
@click.argument("journal")
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@output_options()
@click.pass_obj
def show(settings: Settings, journal: str, format: str) -> None:
    """Show one job: what it is about, and how many items came to what."""
    summary = run(_summary(job_output.journal_named(journal)))
    if format == "json":
        output.put(output.to_json(summary, pretty=True) + "\n")
    else:
        output.draw_card(summary, [*_COLUMNS, "conflict", "skipped", "path"], no_color=settings.no_color)


@jobs.command()
@click.argument("journal")
@click.option("--state", multiple=True, help="Only items that came to this, like failed; repeatable.")
@_format
@output_options()
@click.pass_obj
def export(settings: Settings, journal: str, state: tuple[str, ...], format: str | None) -> None:
    """Write what became of each item of a job."""
    writer = output.writer(output.chosen(format), None, columns=_OUTCOME, no_color=settings.no_color)
    run(_export(job_output.journal_named(journal), state, writer))


@jobs.command("map")
@click.argument("journal")
@click.option("--format", type=click.Choice(["csv", *migrate.MAP_FORMATS]), default="csv", show_default=True)
@click.option("--prefix", default="", help="Put before each old key in a rewrite map, like /media/.")
@output_options()
@click.pass_obj
def map_(settings: Settings, journal: str, format: str, prefix: str) -> None:
    """Write which old key became which video: a table, or a map for a web server's redirects.

    Keys are what rows have in the column `key`; with --prefix they are to be paths. For nginx: `map $uri $new {
    default ""; include FILE; }`, and in a server `if ($new) { return 301 $new; }`. For Apache: `RewriteMap old
    txt:FILE`, `RewriteMap escape int:escape`, `RewriteCond ${old:${escape:%{REQUEST_URI}}} (.+)` and
    `RewriteRule ^ %1 [R=301,L,NE]`. What a server cannot hold, or has a key twice, is told on stderr.
    """
    run(_map(job_output.journal_named(journal), format, prefix))


async def _summary(path: Path) -> dict[str, Any]:
    with Journal.open(path, read_only=True) as journal:
        counts, job = await journal.counts(), journal.job
    return {
        "job": path.stem,
        "kind": job.kind,
        "url": job.origin,
        "user": job.user,
        "began": time.strftime("%Y-%m-%d %H:%M", time.localtime(job.began)),
        "source": job.source,
        "open": sum(counts.pop(state, 0) for state in OPEN),
        "path": str(path),
        **{state: counts.get(state, 0) for state in ("changed", "unchanged", "skipped", "conflict", "failed")},
    }


async def _export(path: Path, states: tuple[str, ...], writer: output.Writer) -> None:
    async for item in _items(path):
        if not states or item.state in states:
            writer.add(job_output.outcome(item))
    writer.end()


async def _items(path: Path) -> AsyncIterator[Item]:
    with Journal.open(path, read_only=True) as journal:
        async for item in journal.items():
            yield item


async def _map(path: Path, format: str, prefix: str) -> None:
    with Journal.open(path, read_only=True) as journal:
        origin = journal.job.origin
    keyed = [(str(item.note["key"]), item.uuid) async for item in _items(path) if _has_key(item)]
    if not keyed:
        raise Failure(
            "no item of this job has an old key", code=Exit.SOME_FAILED, hint="rows have it in a column `key`"
        )
    if format == "csv":
        writer = output.writer("csv", None, columns=("key", "uuid", "url"))
        for key, uuid in keyed:
            writer.add({"key": key, "uuid": uuid, "url": f"{origin}/w/{uuid}"})
        return
    for line in migrate.map_lines(format, ((prefix + key, f"{origin}/w/{uuid}") for key, uuid in keyed), note):
        output.put(line)


def _has_key(item: Item) -> bool:
    return bool(item.note.get("key") and item.uuid) and item.state in {"changed", "unchanged"}
