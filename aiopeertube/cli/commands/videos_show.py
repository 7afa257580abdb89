"""What `videos list` and `videos get` send and show."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from aiopeertube.cli import many, output, stdin_ids
from aiopeertube.cli.commands import videos_fields
from aiopeertube.cli.connection import Connection
from aiopeertube.cli.options import Settings
from aiopeertube.errors import NotFound

if TYPE_CHECKING:
    from aiopeertube import Outcome, Paginator, PeerTube

COLUMNS: Final = ("id", "name", "channel.name", "privacy", "language", "publishedAt", "views")
CSV_COLUMNS: Final = (
    "id",
    "uuid",
    "shortUUID",
    "name",
    "channel.name",
    "account.name",
    "privacy.label",
    "category.label",
    "licence.label",
    "language.id",
    "nsfw",
    "duration",
    "views",
    "createdAt",
    "publishedAt",
    "updatedAt",
    "originallyPublishedAt",
    "url",
)
CARD: Final = (
    "name",
    "id",
    "uuid",
    "shortUUID",
    "url",
    "channel",
    "account",
    "privacy",
    "category",
    "licence",
    "language",
    "tags",
    "nsfw",
    "commentsPolicy",
    "downloadEnabled",
    "duration",
    "views",
    "createdAt",
    "publishedAt",
    "updatedAt",
    "originallyPublishedAt",
    "support",
    "description",
)
# Rows of a list lack these, and cut the description at 250 characters.
_DETAILS_ONLY: Final = frozenset({"tags", "support", "commentsPolicy", "downloadEnabled", "trackerUrls"})
_FEW: Final = 1000


def parse_fields(text: str | None) -> tuple[str, ...] | None:
    """Split --fields."""
    if text is None:
        return None
    fields = tuple(field.strip() for field in text.split(",") if field.strip())
    if not fields:
        raise click.UsageError("--fields names no field.")
    return fields


def check(options: Mapping[str, Any], fields: Sequence[str] | None) -> None:
    """Refuse options that contradict each other, or that would give holes in place of data."""
    if sum(bool(options[name]) for name in ("channel", "account", "mine")) > 1:
        raise click.UsageError("--channel, --account and --mine exclude each other.")
    if options["mine"] and (options["tag"] or options["nsfw"]):
        raise click.UsageError("--tag and --nsfw cannot be used with --mine: the server ignores them there.")
    missing = sorted(_DETAILS_ONLY & {field.partition(".")[0] for field in fields or ()})
    if missing and not options["details"]:
        raise click.UsageError(f"Lists come without {', '.join(missing)}: add --details to fetch each video in full.")


async def show_list(
    connection: Connection, settings: Settings, options: Mapping[str, Any], fields: tuple[str, ...] | None
) -> None:
    """Write the videos asked for, as they come."""
    written = output.chosen(options["format"])
    columns = CSV_COLUMNS if written == "csv" else COLUMNS
    async with connection.opened() as pt:
        asked = {name: options[name] for name in videos_fields.LABELLED if options[name]}
        rows = _rows(pt, options, await videos_fields.ids_of(pt, asked))
        writer = output.writer(written, fields, columns=columns, no_color=settings.no_color)
        async for row in rows:
            writer.add(row)
        writer.end()


async def _rows(
    pt: "PeerTube", options: Mapping[str, Any], wanted: Mapping[str, list[Any]]
) -> AsyncIterator[Mapping[str, Any]]:
    left = sys.maxsize if options["all"] else options["limit"]
    # The server cannot filter the user's own videos by these.
    sieve = wanted if options["mine"] else {}
    async for page in _pages(_paginator(pt, options, wanted), None if sieve else left):
        kept = [row for row in page if all(row[name]["id"] in ids for name, ids in sieve.items())][:left]
        left -= len(kept)
        for row in await _in_full(pt, kept) if options["details"] else kept:
            yield row
        if left <= 0:
            return


async def _pages(videos: "Paginator[Any]", limit: int | None) -> AsyncIterator[list[Any]]:
    """Give pages; few videos come without any that is asked for ahead and in vain."""
    if limit is not None and limit <= _FEW:
        yield await videos.collect(limit=limit)
        return
    async for page in videos.pages():
        yield page


def _paginator(pt: "PeerTube", options: Mapping[str, Any], wanted: Mapping[str, list[Any]]) -> "Paginator[Any]":
    filters: dict[str, Any] = {"sort": options["sort"], "search": options["search"]}
    if options["mine"]:
        return pt.me.videos(**filters)
    filters |= {f"{name}OneOf": ids for name, ids in wanted.items()}
    filters |= {"tagsAllOf": options["tag"] or None, "nsfw": options["nsfw"]}
    if options["channel"]:
        return pt.channels.videos(options["channel"], **filters)
    if options["account"]:
        return pt.accounts.videos(options["account"], **filters)
    return pt.videos.list(**filters)


async def _in_full(pt: "PeerTube", rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Fetch one page's videos in full, in order."""

    async def one(video: str) -> Any:
        try:
            return await pt.videos.get(video)
        except NotFound:  # deleted since the list was made
            return None

    return [row for row in await asyncio.gather(*(one(row["uuid"]) for row in rows)) if row is not None]


class Shelf:
    """Writes videos in the order of the command line, though they come in any; stdin's as they come."""

    def __init__(self, writer: output.Writer, videos: Sequence[str]) -> None:
        self._writer = writer
        self._due = [] if stdin_ids.from_stdin(videos) else list(videos)
        self._came: dict[str, Any] = {}
        self._next = 0

    def take(self, outcome: "Outcome[Any]", video: str) -> None:
        """Take in a video, and write those whose turn it is."""
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


async def show_one(
    connection: Connection, settings: Settings, video: str, format: str, fields: tuple[str, ...] | None
) -> None:
    """Write one video: a card for people, an object as JSON."""
    async with connection.opened() as pt:
        row: Any = await pt.videos.get(video)
    if format == "table":
        output.draw_card(row, fields or CARD, no_color=settings.no_color)
    elif format == "json":
        output.put(output.to_json(output.projected(row, fields), pretty=True) + "\n")
    else:
        writer = output.writer(format, fields, columns=CSV_COLUMNS)
        writer.add(row)
        writer.end()


async def show_many(
    connection: Connection, settings: Settings, videos: Sequence[str], format: str, fields: tuple[str, ...] | None
) -> int:
    """Write several videos, fetched in parallel; return the exit code."""
    columns = CSV_COLUMNS if format == "csv" else COLUMNS
    writer = output.writer(format, fields, columns=columns, no_color=settings.no_color)
    run = many.Run(settings, "get", take=Shelf(writer, videos).take)
    async with connection.opened(many=True) as pt:
        try:
            return await run.over(pt, videos, pt.videos.get)
        finally:
            writer.end()
