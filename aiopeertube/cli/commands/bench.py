"""`bench`: how much an instance of one's own takes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aiopeertube._counting import counted
from aiopeertube.cli import output, stdin_ids
from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.param_types import File, Finite
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import is_terminal, note
from aiopeertube.errors import FileUnwritable

if TYPE_CHECKING:
    from aiopeertube.bench import Level, Measurement

_COLUMNS = ("kind", "in_flight", "per_second", "p50_ms", "p90_ms", "p99_ms", "errors", "best")


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """How long is measured, how much at once, and how it is shown."""

    seconds: float = option(
        "--seconds", type=Finite(min=0.1), default=3.0, show_default=True, help="How long for each number."
    )
    most: int = option(
        "--most", type=click.IntRange(min=1, max=256), default=64, show_default=True, help="The most in flight."
    )
    chart: str | None = option("--chart", type=File(), metavar="FILE", help="Draw it here, as SVG.")
    overwrite_output: bool = option("--overwrite-output", is_flag=True, help="Replace the chart, if it is there.")
    format: str | None = option(
        "--format", type=click.Choice(["table", "json"]), help="Default: a table on a terminal, else json."
    )
    yes: bool = option("--yes", "-y", is_flag=True, help="Do not ask.")


@click.command(cls=Command)
@click.argument("videos", nargs=-1, metavar="[VIDEO]...")
@with_options(asked=BenchOptions)
@shared_options()
@click.pass_obj
def bench(settings: Settings, /, videos: Sequence[str], asked: BenchOptions) -> int:
    """Measure how much an instance of your own takes.

    Lists of videos are read with 1, 2, 4 ... requests in flight until more of them bring nothing, and the
    smallest number is found that does as well as the best. Where each VIDEO (an id, a UUID, a short UUID, or -
    for names on stdin) is named for it, edits are measured, too: titles get " (measured)", and are put back,
    after a kill by the next run. As many can be edited at once as are named: 32 are a good number; name such as
    nobody else edits meanwhile. Only administrators may: everybody on the instance waits for it.
    """
    connection = connect(settings, user=True)
    if asked.chart is not None:
        from aiopeertube.migrate import check_output  # noqa: PLC0415 - few draw one

        again = asked.overwrite_output
        check_output(asked.chart, (), option="chart", overwrite=again, to_overwrite="overwrite_output")
    _announce(connection, videos, asked)
    if not asked.yes:
        _ask(connection)
    try:
        found = run(_measure(connection, videos, asked))
    finally:
        _tell_what_is_left(connection, videos)
    if not settings.quiet:
        note(f"{counted(found.requests, 'request')} sent to measure")
    _show(settings, found, asked.format or ("table" if is_terminal_stdout() else "json"))
    for video, name in found.others.items():
        note(f"{video} {f'was renamed by somebody else, and keeps its title: {name}' if name else 'is gone'}")
    if asked.chart is not None:
        _draw(found, asked.chart)
    return Exit.SOME_FAILED if found.left else Exit.DONE


def _tell_what_is_left(connection: Connection, videos: Sequence[str]) -> None:
    """Tell which titles are not as they were, however it ended."""
    from aiopeertube.bench import Titles  # noqa: PLC0415 - `--help` starts without

    left = Titles(connection.origin).left() if videos else {}
    for video, name in left.items():
        note(f"the title of {video} could not be put back; it was: {name}")
    if left:
        note("the same command puts them back before it measures")


def _draw(found: "Measurement", path: str) -> None:
    from aiopeertube.bench import chart  # noqa: PLC0415 - few draw one

    try:
        Path(path).write_text(chart(found), encoding="utf-8")
    except OSError as exc:
        raise FileUnwritable(path, exc.strerror or str(exc)) from None


def is_terminal_stdout() -> bool:
    """Tell whether a person reads stdout."""
    return output.chosen(None) == "table"


def _announce(connection: Connection, videos: Sequence[str], asked: BenchOptions) -> None:
    """Say what will be sent, before anything is."""
    if connection.settings.quiet:
        return
    edits = f" and edits of {counted(len(videos), 'title')}" if videos and "-" not in videos else ""
    edits = " and edits of titles" if "-" in videos else edits
    how = f"for {asked.seconds:g} s with each number in flight that is tried, up to {asked.most}"
    note(f"{connection.origin} gets as many requests for lists{edits} as it answers, {how}")


def _ask(connection: Connection) -> None:
    import sys  # noqa: PLC0415

    if not is_terminal(sys.stdin):
        raise Failure("nobody can be asked", code=Exit.USAGE, hint="add --yes if everybody on it may wait")
    question = f"Load {connection.origin} as far as it goes? Everybody on it waits for it."
    if not click.confirm(question, err=True):
        raise Failure("nothing was sent", code=Exit.INTERRUPTED)


async def _measure(connection: Connection, videos: Sequence[str], asked: BenchOptions) -> "Measurement":
    from aiopeertube.bench import bench as measure  # noqa: PLC0415 - see the package

    settings = connection.settings
    hot = replace(connection, settings=replace(settings, concurrency=asked.most))
    names = [name async for name in stdin_ids.all_of(videos)]

    def tell(kind: str, level: "Level") -> None:
        if not settings.quiet:
            note(
                f"{kind}: {level.in_flight} in flight, {level.rate:.1f} a second, {sum(level.errors.values())} failed"
            )

    async with connection.opened() as pt, hot.client(many=True, attempts=1) as loaded:
        return await measure(pt, loaded, names, seconds=asked.seconds, most=asked.most, tell=tell)


def _show(settings: Settings, found: "Measurement", format: str) -> None:
    if format == "json":
        output.put(output.to_json(found.as_dict(), pretty=True) + "\n")
        return
    writer = output.writer("table", None, columns=_COLUMNS, no_color=settings.no_color)
    for kind, levels in found.levels.items():
        for level in levels:
            writer.add(_row(kind, level, is_best=level == found.best(kind)))
    writer.end()


def _row(kind: str, level: "Level", *, is_best: bool) -> dict[str, object]:
    latency = {f"{name}_ms": round(seconds * 1000, 1) for name, seconds in level.latency.items()}
    errors = ", ".join(f"{count} of {what}" for what, count in level.errors.items())
    row = {"kind": kind, "in_flight": level.in_flight, "per_second": round(level.rate, 1), **latency}
    return row | {"errors": errors, "best": "best" if is_best else ""}
