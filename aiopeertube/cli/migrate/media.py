"""`captions`, `thumbnails` and `delete`: tables that ask for something else than fields."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.migrate import planning, session, tables
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.running import run
from aiopeertube.cli.text import is_terminal
from aiopeertube.migrate import kinds
from aiopeertube.migrate.apply import settle_open
from aiopeertube.migrate.kinds import captions as caption_rows
from aiopeertube.migrate.kinds import thumbnails as image_rows
from aiopeertube.migrate.planfile import PlanFile
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.tables import Requests, Wanted, plan_requests


@click.command(cls=Command)
@click.argument("table")
@click.option("--language", help="The language of rows that name none, like nl.")
@click.option("--folder", metavar="DIR", help="Where the files are; beside TABLE by default.")
@session.job_options
@tables.table_options
@shared_options()
@click.pass_obj
def captions(settings: Settings, /, table: str, language: str | None, **options: Any) -> int:
    """Put captions from files.

    TABLE has a video a row (column uuid, shortUUID, id, url or video), the columns `file` (.srt or .vtt) and
    `language`. Every file is checked to hold captions before the first is sent: PeerTube takes anything.
    """

    def wanted(cells: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        return caption_rows.wanted(cells, folder, language)

    return _start(settings, _Ask(kinds.Captions(), wanted, caption_rows.COLUMNS, "language"), table, options)


@click.command(cls=Command)
@click.argument("table")
@click.option("--folder", metavar="DIR", help="Where the files are; beside TABLE by default.")
@session.job_options
@tables.table_options
@shared_options()
@click.pass_obj
def thumbnails(settings: Settings, /, table: str, **options: Any) -> int:
    """Put thumbnails and previews from files.

    TABLE has a video a row, and the columns `thumbnailfile` and `previewfile`, or `file` for both.
    """
    return _start(settings, _Ask(kinds.Thumbnails(), image_rows.wanted, image_rows.COLUMNS), table, options)


@click.command(cls=Command)
@click.argument("table")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@session.job_options
@tables.table_options
@shared_options()
@click.pass_obj
def delete(settings: Settings, /, table: str, **options: Any) -> int:
    """Delete the videos that a table names, with their files and comments. There is no way back.

    What is kept is their metadata, in the journal.
    """
    if not options["yes"] and not options["dry_run"] and not is_terminal(sys.stdin):
        raise Failure("nobody can be asked whether to delete", code=Exit.USAGE, hint="add --yes if you are sure")
    return _start(settings, _Ask(kinds.Delete(), lambda cells, folder: {"delete": True}), table, options)


@dataclass(frozen=True, slots=True)
class _Ask:
    """What one of these commands asks for: the columns that it knows, and how to read a row."""

    kind: kinds.Kind
    wanted: Wanted
    columns: tuple[str, ...] = ()
    distinct: str = ""  # what one video may be asked for several times


def _start(settings: Settings, ask: _Ask, table: str, options: dict[str, Any]) -> int:
    session.check(options)
    source = tables.source_of(table, options)
    options["folder"] = Path(options.get("folder") or (Path(table).parent if table != "-" else "."))
    name = "stdin" if table == "-" else str(Path(table).absolute())
    connection = connect(settings, user=True)
    return run(_run(connection, settings, ask, planning.Input(name, tuple(source.columns), source), options))


async def _run(
    connection: Connection, settings: Settings, ask: _Ask, given: planning.Input, options: dict[str, Any]
) -> int:
    kind, source = ask.kind, given.table
    assert not isinstance(source, PlanFile | None)  # noqa: S101 - see `_start`
    async with planning.opened(connection, kind.name, given, options) as ready:
        await settle_open(ready.pt, ready.journal, kind)
        problems, layout = Problems(source.name), tables.layout_of(options, ask.columns)
        requests = Requests(ready.pt.origin, ask.wanted, options["folder"], problems, layout, ask.distinct)
        await plan_requests(ready.journal, source, requests)
        if isinstance(kind, kinds.Delete) and not options["yes"] and not options["dry_run"]:
            await _confirm(ready)
        return await session.Session(ready.pt, settings, ready.journal, kind, options).run(kind.name)


async def _confirm(ready: planning.Ready) -> None:
    count = (await ready.journal.counts()).get("planned", 0)
    if count and not click.confirm(f"Delete {count:,} videos at {ready.pt.origin}? There is no way back.", err=True):
        raise Failure("nothing was deleted", code=Exit.INTERRUPTED)
