"""`jobs map`: which old key became which video."""

from pathlib import Path

import click

from aiopeertube import migrate
from aiopeertube.cli import completing, job_output, output
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.options import Settings, output_options
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import note
from aiopeertube.migrate import Item, Journal


@click.command("map")
@click.argument("journal", shell_complete=completing.journals)
@click.option("--format", type=click.Choice(["csv", *migrate.MAP_FORMATS]), default="csv", show_default=True)
@click.option("--prefix", default="", help="Put before each old key in a rewrite map, like /media/.")
@output_options()
@click.pass_obj
def map_(settings: Settings, journal: str, format: str, prefix: str) -> None:
    """Write which old key became which video: a table, or a map for a web server's redirects.

    Keys are what rows have in the column `key`; with --prefix they are to be paths. Those of a copy are the paths of
    pages at the other instance. For nginx: `map $uri $new {
    default ""; include FILE; }`, and in a server `if ($new) { return 301 $new; }`. For Apache: `RewriteMap old
    txt:FILE`, `RewriteMap escape int:escape`, `RewriteCond ${old:${escape:%{REQUEST_URI}}} (.+)` and
    `RewriteRule ^ %1 [R=301,L,NE]`. What a server cannot hold, or has a key twice, is told on stderr.
    """
    run(_map(job_output.journal_named(journal), format, prefix))


async def _map(path: Path, format: str, prefix: str) -> None:
    with Journal.open(path, read_only=True) as journal:
        origin = journal.job.origin
        keyed = [(key, item, _place(item)) async for item in journal.items() if _is_done(item) for key in _keys(item)]
    if not keyed:
        raise Failure(
            "no item of this job has an old key", code=Exit.SOME_FAILED, hint="rows have it in a column `key`"
        )
    if format == "csv":
        writer = output.writer("csv", None, columns=("key", "uuid", "url"))
        for key, item, place in keyed:
            writer.add({"key": key, "uuid": item.uuid, "url": origin + place})
        return
    for line in migrate.map_lines(format, ((prefix + key, origin + place) for key, _, place in keyed), note):
        output.put(line)


def _keys(item: Item) -> list[str]:
    """Return what an item was called in its old place: its key, or of a copy the paths of its pages."""
    key = item.note.get("key")
    return [str(key)] if key else [str(path) for path in item.note.get("keys", ())]


def _place(item: Item) -> str:
    return f"{item.note.get('place', '/w/')}{item.uuid}"


def _is_done(item: Item) -> bool:
    return bool(item.uuid) and item.state in {"changed", "unchanged"}
