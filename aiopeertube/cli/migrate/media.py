"""`captions`, `thumbnails`, `delete`, `upload` and `import`: tables that ask for something else than edits."""

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.migrate import places, planning, session, tables
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import is_terminal, note
from aiopeertube.migrate import kinds, vocabulary
from aiopeertube.migrate.apply import settle_open
from aiopeertube.migrate.journal import Journal
from aiopeertube.migrate.kinds import captions as caption_rows
from aiopeertube.migrate.kinds import creations
from aiopeertube.migrate.kinds import thumbnails as image_rows
from aiopeertube.migrate.kinds.reading import Creations, Reader, Requests, Wanted, plan_requests
from aiopeertube.migrate.planfile import PlanFile
from aiopeertube.migrate.problems import Problems
from aiopeertube.migrate.rows import LABELS, RowReader

_folder = click.option("--folder", metavar="DIR", help="Where the files are; beside TABLE by default.")
_channel = click.option("--channel", help="The channel of rows that name none.")


@click.command(cls=Command)
@click.argument("table")
@click.option("--language", help="The language of rows that name none, like nl.")
@_folder
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

    return _start(settings, _Ask("captions", caption_rows.COLUMNS, _requests(wanted, "language")), table, options)


@click.command(cls=Command)
@click.argument("table")
@_folder
@session.job_options
@tables.table_options
@shared_options()
@click.pass_obj
def thumbnails(settings: Settings, /, table: str, **options: Any) -> int:
    """Put thumbnails and previews from files.

    TABLE has a video a row, and the columns `thumbnailfile` and `previewfile`, or `file` for both.
    """
    return _start(settings, _Ask("thumbnails", image_rows.COLUMNS, _requests(image_rows.wanted)), table, options)


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
    ask = _Ask("delete", (), _requests(lambda cells, folder: {"delete": True}), asks=not options["yes"])
    return _start(settings, ask, table, options)


@click.command(cls=Command)
@click.argument("table")
@_channel
@_folder
@session.job_options
@tables.table_options
@tables.cell_options
@shared_options()
@click.pass_obj
def upload(settings: Settings, /, table: str, **options: Any) -> int:
    """Upload files, with their metadata from a table.

    TABLE has a new video a row: `file`, `name`, `channel`, any other field, and `key` for its name in the old place
    (see `aiopeertube jobs map`). Files go in chunks; after a crash --resume goes on from where the server is.
    """
    return _start(settings, _Ask("upload", _NEW, _creations("file")), table, options)


@click.command("import", cls=Command)
@click.argument("table")
@_channel
@_folder
@session.job_options
@tables.table_options
@tables.cell_options
@shared_options()
@click.pass_obj
def import_(settings: Settings, /, table: str, **options: Any) -> int:
    """Have the instance fetch videos from addresses, with their metadata from a table.

    TABLE has a new video a row: `targetUrl`, `channel`, `name` and any other field, and `key` as for uploads.
    """
    return _start(settings, _Ask("import", ("targetUrl", *_NEW), _creations("targetUrl")), table, options)


_NEW: Final = ("file", "thumbnailfile", "previewfile")


_MakeReader = Callable[[planning.Ready, Problems, dict[str, Any]], Reader]


@dataclass(frozen=True, slots=True)
class _Ask:
    """What one of these commands asks for: its kind of job, the columns that it knows, and how to read a row."""

    kind: str
    columns: tuple[str, ...]
    reader: _MakeReader
    asks: bool = False  # whether somebody has to agree


def _requests(wanted: Wanted, distinct: str = "") -> _MakeReader:
    def make(ready: planning.Ready, problems: Problems, options: dict[str, Any]) -> Reader:
        return Requests(ready.pt.origin, wanted, options["folder"], problems, options["layout"], distinct)

    return make


def _creations(source: str) -> _MakeReader:
    def make(ready: planning.Ready, problems: Problems, options: dict[str, Any]) -> Reader:
        layout, reading = options["layout"], tables.reading_of(options, ready.words)
        fields = RowReader(ready.pt.origin, reading, layout, problems, typed=options["typed"])
        try:
            channel = ready.words.key("channel", options["channel"]) if options["channel"] else None
        except ValueError as exc:
            raise Failure(f"--channel: {exc}", code=Exit.USAGE) from exc
        return Creations(fields, options["folder"], problems, layout, source, channel)

    return make


def _start(settings: Settings, ask: _Ask, table: str, options: dict[str, Any]) -> int:
    session.check(options)
    source = tables.source_of(table, options)
    options["folder"] = Path(options.get("folder") or (Path(table).parent if table != "-" else "."))
    options["layout"], options["typed"] = tables.layout_of(options, ask.columns), not source.columns
    name = "stdin" if table == "-" else str(Path(table).absolute())
    connection = connect(settings, user=True)
    return run(_run(connection, settings, ask, planning.Input(name, tuple(source.columns), source), options))


async def _run(
    connection: Connection, settings: Settings, ask: _Ask, given: planning.Input, options: dict[str, Any]
) -> int:
    source = given.table
    assert not isinstance(source, PlanFile | None)  # noqa: S101 - see `_start`
    async with planning.opened(connection, ask.kind, given, options) as ready:
        kind, problems = kinds.of(ask.kind, ready.journal), Problems(source.name)
        await settle_open(ready.pt, ready.journal, kind)
        if ask.kind in {"upload", "import"}:
            ready.words = await vocabulary.fetch(ready.pt, _words(source.columns), ready.me)
        await plan_requests(ready.journal, source, ask.reader(ready, problems, options))
        if ask.kind in {"upload", "import"}:
            await _leave_out_what_was_made(ready, settings)
        if ask.asks and not options["dry_run"]:
            await _confirm(ready)
        return await session.Session(ready.pt, settings, ready.journal, kind, options).run(ask.kind)


async def _leave_out_what_was_made(ready: planning.Ready, settings: Settings) -> None:
    """Make nothing twice that an earlier job of the same table made, and say so."""
    with ExitStack() as stack:
        paths = [path for path in places.earlier(ready.journal.job) if path != ready.journal.path]
        earlier = [stack.enter_context(Journal.open(path, read_only=True)) for path in paths]
        count = await creations.settle_made(ready.pt, ready.journal, earlier)
    if count and not settings.quiet:
        note(f"{count:,} videos are there already: an earlier job of this table made them")


def _words(columns: tuple[str, ...]) -> dict[str, None]:
    """Name the fields whose words are needed: all where rows name their own columns."""
    return dict.fromkeys(("channel", *(LABELS.get(column, column) for column in columns or planning.ALL_WORDS)))


async def _confirm(ready: planning.Ready) -> None:
    count = (await ready.journal.counts()).get("planned", 0)
    if count and not click.confirm(f"Delete {count:,} videos at {ready.pt.origin}? There is no way back.", err=True):
        raise Failure("nothing was deleted", code=Exit.INTERRUPTED)
