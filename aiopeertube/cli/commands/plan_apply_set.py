"""`plan`, `apply` and `set`."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from aiopeertube.cli import job_input as planning
from aiopeertube.cli import job_session as session
from aiopeertube.cli import job_view as view
from aiopeertube.cli import options_table as tables
from aiopeertube.cli import output as out
from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import is_terminal, note
from aiopeertube.migrate import planfile
from aiopeertube.migrate.applying import settle_open
from aiopeertube.migrate.kinds import Update

F = TypeVar("F", bound=Callable[..., Any])

_expect = click.option(
    "--expect", is_flag=True, help="Look at each video just before; leave it if somebody changed it since the plan."
)


@click.command(cls=Command)
@click.argument("source")
@click.option("-o", "--output", metavar="FILE", help="Write the plan here, for `aiopeertube apply`.")
@click.option("--format", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
@tables.table_options
@tables.cell_options
@shared_options()
@click.pass_obj
def plan(settings: Settings, /, source: str, output: str | None, **options: Any) -> int:
    """Show what a table would change, and send no change.

    SOURCE is a CSV, TSV, JSONL or XLSX file, or - for stdin. Its rows name a video in a column uuid, shortUUID, id,
    url or video; the other columns are fields. Only columns that are there are touched; an empty cell leaves a field
    as it is, <clear> empties it. `aiopeertube export` writes such a table.
    """
    given = planning.open_input(source, options)
    connection = connect(settings, user=True)
    return run(_plan(connection, settings, given, output, options))


async def _plan(
    connection: Connection, settings: Settings, given: planning.Input, output: str | None, options: dict[str, Any]
) -> int:
    async with planning.opened(connection, "update", given, {}) as ready:
        await planning.from_input(ready, given.table, settings, options)
        if options["format"] == "jsonl":
            async for item in ready.journal.items("planned", "failed", "conflict"):
                out.put(out.to_json(view.outcome(item) | {"before": item.before, "after": item.after}) + "\n")
        else:
            await planning.show_diff(ready, settings, on_stdout=True)
        if output is not None:
            await _write(ready, output)
        return await _counts(ready, settings, "would change")


async def _write(ready: planning.Ready, output: str) -> None:
    path = Path(output)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            await planfile.write(file, ready.journal)
        part.replace(path)
    except OSError as exc:
        raise Failure(f"cannot write {path}: {exc.strerror or exc}", code=Exit.USAGE) from exc
    finally:
        part.unlink(missing_ok=True)


async def _counts(ready: planning.Ready, settings: Settings, what: str) -> int:
    counts = await ready.journal.counts()
    if not settings.quiet:
        note(
            f"{counts.get('planned', 0):,} videos {what}, {counts.get('unchanged', 0):,} are as they should be, "
            f"{counts.get('failed', 0) + counts.get('conflict', 0):,} cannot be done"
        )
    async for item in ready.journal.items("failed", "conflict"):
        note(f"{item.state}: line {item.line}, {item.name or item.ref}: {item.reason}")
    return Exit.SOME_FAILED if counts.get("failed") or counts.get("conflict") else Exit.DONE


@click.command(cls=Command)
@click.argument("source", metavar="SOURCE|PLAN")
@_expect
@session.job_options
@tables.table_options
@tables.cell_options
@shared_options()
@click.pass_obj
def apply(settings: Settings, /, source: str, **options: Any) -> int:
    """Change videos as a table or a plan says.

    Unchanged fields are never sent, unchanged videos never touched. Everything is kept in a journal: after a crash,
    or any other end, the same command with --resume goes on. `aiopeertube verify last` proves that it is done,
    `aiopeertube rollback last` undoes it.
    """
    session.check(options)
    given = planning.open_input(source, options)
    connection = connect(settings, user=True)
    return run(_apply(connection, settings, given, options))


async def _apply(connection: Connection, settings: Settings, given: planning.Input, options: dict[str, Any]) -> int:
    async with planning.opened(connection, "update", given, options) as ready:
        await settle_open(ready.pt, ready.journal, Update())
        await planning.from_input(ready, given.table, settings, options)
        if options["dry_run"]:
            await planning.show_diff(ready, settings)
        job = session.Session(ready.pt, settings, ready.journal, Update(expect=options["expect"]), options)
        return await job.run("apply")


@click.command("set", cls=Command)
@click.argument("edits", metavar="FIELD=VALUE...", nargs=-1)
@click.option("--channel", help="Videos of this channel.")
@click.option("--account", help="Videos of this account.")
@click.option("--mine", is_flag=True, help="Your own videos; without it staff edit all of the instance.")
@click.option(
    "--where", multiple=True, metavar="CONDITION", help="Like language=nl, name~film, views>100; all must hold."
)
@click.option("--replace", multiple=True, metavar="FIELD/FIND/NEW", help="Replace text in a field, or in tags.")
@click.option("--replace-regex", multiple=True, metavar="FIELD/FIND/NEW", help="The same with a regular expression.")
@click.option("--add-tag", multiple=True)
@click.option("--remove-tag", multiple=True)
@click.option("--function", metavar="MODULE:FUNCTION", help="A Python function: gets a video, returns its changes.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@_expect
@session.job_options
@tables.cell_options
@shared_options()
@click.pass_obj
def set_(settings: Settings, /, edits: Sequence[str], **options: Any) -> int:
    """Change all videos of a channel, an account or an instance by rules.

    Like `aiopeertube set --channel afp downloadEnabled=true`. Shows what would change, and asks.
    """
    session.check(options)
    if not options["yes"] and not options["dry_run"] and not is_terminal(sys.stdin):
        hint = "add --yes if you are sure, or --dry-run to see it"
        raise Failure("nobody can be asked whether to change that", code=Exit.USAGE, hint=hint)
    connection = connect(settings, user=True)
    return run(_set(connection, settings, edits, options))


_RULES: Final = "set"


async def _set(connection: Connection, settings: Settings, edits: Sequence[str], options: dict[str, Any]) -> int:
    async with planning.opened(connection, "update", planning.Input(_described(edits, options)), options) as ready:
        await settle_open(ready.pt, ready.journal, Update())
        seen = await planning.from_rules(ready, edits, settings, options)
        count = await planning.show_diff(ready, settings, expect=options["expect"])
        if not settings.quiet:
            note(f"{count:,} of {seen.looked_at:,} videos would change")
        if count and not options["yes"] and not options["dry_run"]:
            _confirm(count, ready.pt.origin)
        job = session.Session(ready.pt, settings, ready.journal, Update(expect=options["expect"]), options)
        return await job.run(_RULES)


def _described(edits: Sequence[str], options: dict[str, Any]) -> str:
    """Name a job by its rules, so that --resume finds it again."""
    names = ("channel", "account", "mine", "where", "replace", "replace_regex", "add_tag", "remove_tag", "function")
    parts = [f"--{name.replace('_', '-')} {options[name]}" for name in names if options[name]]
    return " ".join((_RULES, *edits, *parts))


def _confirm(count: int, origin: str) -> None:
    if not click.confirm(f"Change {count:,} videos at {origin}?", err=True):
        raise Failure("nothing was changed", code=Exit.INTERRUPTED)
