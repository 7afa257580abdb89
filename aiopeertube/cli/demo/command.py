"""`demo`: the client beside a plain loop, measured on embedded servers."""

import time
from dataclasses import asdict, dataclass
from typing import Any, Final

import click

from aiopeertube.cli import output
from aiopeertube.cli.errors import Exit
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Command, Settings, output_options
from aiopeertube.cli.running import run

_VIDEOS: Final = 2000


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How much is shown, and how."""

    videos: int | None = option(
        "--videos", type=click.IntRange(min=1), help="How many videos. Default: 2,000, or 40 with --copy."
    )
    copy: bool = option(
        "--copy", is_flag=True, help="Show a copy from one server to another, killed twice, in place of the edits."
    )
    seed: int = option(
        "--seed", type=int, default=0, show_default=True, help="Seed of the data and of everything random."
    )
    format: str = option(
        "--format", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to write."
    )


@click.command(cls=Command)
@with_options(asked=DemoOptions)
@output_options()
@click.pass_obj
def demo(settings: Settings, /, asked: DemoOptions) -> int:
    """Compare this client with a plain loop on embedded servers; takes half a minute and no network.

    Lists 2,000 videos, edits all of them in parallel on a server that fails parallel edits as a real one does, and
    reads every one back. Then a plain aiohttp loop makes the same edits on an identical server, and both edit again
    as a normal user within a rate limit. With --copy it copies all that a user has from one server to another.
    """
    if asked.copy:
        return _copy(settings, asked)
    from aiopeertube.cli.demo import scenes  # noqa: PLC0415 - imports aiohttp

    began, videos = time.monotonic(), asked.videos or _VIDEOS
    results = run(scenes.play(settings, videos, asked.seed))
    seconds = time.monotonic() - began
    if asked.format == "json":
        _write_json(results, videos, seconds)
    else:
        _write_table(settings, results, seconds)
    return Exit.SOME_FAILED if any(scene.ours.lost for scene in results) else Exit.DONE


def _copy(settings: Settings, asked: DemoOptions) -> int:
    from aiopeertube.cli.demo import copy_scene  # noqa: PLC0415 - imports aiohttp

    scene = run(copy_scene.play(settings, asked.videos or copy_scene.VIDEOS, asked.seed))
    if asked.format == "json":
        output.put(output.to_json(asdict(scene) | {"meaning": scene.meaning()}, pretty=True) + "\n")
    else:
        output.put(scene.meaning() + "\n")
    return Exit.DONE if scene.good else Exit.SOME_FAILED


def _write_json(results: Any, videos: int, seconds: float) -> None:
    told = [asdict(scene) | {"meaning": scene.meaning()} for scene in results]
    summary = {"videos": videos, "seconds": round(seconds, 3), "scenes": told}
    output.put(output.to_json(summary, pretty=True) + "\n")


def _write_table(settings: Settings, results: Any, seconds: float) -> None:
    headings = ("", "", "applied", "lost", "seconds", "requests", "429s", "5xx")
    rows = []
    for scene in results:
        for title, way, score in ((scene.title, "aiopeertube", scene.ours), ("", "plain loop", scene.plain)):
            counts = (score.applied, score.lost, f"{score.seconds:.1f}", score.requests, score.refused, score.errors)
            rows.append([title, way, *(f"{count:,}" if isinstance(count, int) else count for count in counts)])
    output.draw_table(headings, rows, no_color=settings.no_color, cut=False)
    for scene in results:
        output.put(scene.meaning() + "\n")
    output.put(f"All of it took {seconds:.0f} s.\n")
