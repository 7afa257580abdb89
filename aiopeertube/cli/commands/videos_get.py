"""Fetches and writes the videos of `videos get`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aiopeertube.cli import many, output, stdin_ids
from aiopeertube.cli.cells import projected
from aiopeertube.cli.commands.videos_columns import CARD, FormatOptions, columns_of
from aiopeertube.cli.connection import Connection
from aiopeertube.cli.missing_fields import Noted, tell
from aiopeertube.cli.options import Settings

if TYPE_CHECKING:
    from aiopeertube import Outcome


async def show_one(connection: Connection, settings: Settings, video: str, written: FormatOptions) -> None:
    """Write one video: a card for people, an object as JSON."""
    fields, chosen = written.parsed(), output.chosen(written.format)
    async with connection.opened() as pt:
        row: Any = await pt.videos.get(video)
    tell(fields, row)
    if chosen == "table":
        output.draw_card(row, fields or CARD, no_color=settings.no_color)
    elif chosen == "json":
        output.put(output.to_json(projected(row, fields), pretty=True) + "\n")
    else:
        writer = output.writer(chosen, fields, columns=columns_of("csv"))
        writer.add(row)
        writer.end()


async def show_many(connection: Connection, settings: Settings, videos: Sequence[str], written: FormatOptions) -> int:
    """Write several videos, fetched in parallel; return the exit code."""
    chosen = output.chosen(written.format)
    fields = written.parsed()
    writer = Noted(output.writer(chosen, fields, columns=columns_of(chosen), no_color=settings.no_color), fields)
    run = many.Run(settings, "get", take=InOrder(writer, videos).take)
    async with connection.opened(many=True) as pt:
        try:
            return await run.over(pt, videos, pt.videos.get)
        finally:
            writer.end()


class InOrder:
    """Writes videos in the order of the command line, whichever arrives first; those of stdin as they arrive."""

    def __init__(self, writer: output.Writer, videos: Sequence[str]) -> None:
        self._writer = writer
        self._due = [] if stdin_ids.from_stdin(videos) else list(videos)
        self._came: dict[str, Any] = {}
        self._next = 0

    def take(self, outcome: "Outcome[Any]", video: str) -> None:
        """Take a video, and write those whose turn has come."""
        if not self._due:
            if outcome.result is not None:
                self._writer.add(outcome.result)
            return
        self._came[video] = outcome.result
        while self._next < len(self._due) and self._due[self._next] in self._came:
            row = self._came[self._due[self._next]]
            self._next += 1
            if row is not None:
                self._writer.add(row)
