"""Fetches and writes the videos of `videos list`."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from aiopeertube.cli.commands import videos_fields
from aiopeertube.cli.commands.videos_columns import VIDEOS
from aiopeertube.cli.connection import Connection
from aiopeertube.cli.option_sets import option
from aiopeertube.cli.options import Settings
from aiopeertube.cli.options_list import ExtentOptions, FormatOptions
from aiopeertube.cli.showing import View, pages
from aiopeertube.errors import NotFound, UnexpectedResponse

if TYPE_CHECKING:
    from aiopeertube import Paginator, PeerTube

# Rows of a list lack these, and cut the description at 250 characters.
_DETAILS_ONLY: Final = frozenset({"tags", "support", "commentsPolicy", "downloadEnabled", "trackerUrls"})
_ONE_OF: Final = ("category", "licence", "language", "privacy")


def _one_of(name: str) -> Any:
    """Declare a filter by id or label."""
    meaning = f"Videos with this {name}: id or label; repeatable, one must match."
    return option(f"--{name}", multiple=True, help=meaning)


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """Which videos are listed, and in which order."""

    channel: str | None = option("--channel", help="Videos of this channel: name or name@host.")
    account: str | None = option("--account", help="Videos of this account: name or name@host.")
    mine: bool = option("--mine", is_flag=True, help="The logged-in user's own videos, of every privacy.")
    search: str | None = option("--search", help="Videos with this text.")
    sort: str | None = option("--sort", help="A field, like name or -publishedAt (the server's default).")
    tag: tuple[str, ...] = option("--tag", multiple=True, help="Videos with this tag; repeatable, all must match.")
    category: tuple[str, ...] = _one_of("category")
    licence: tuple[str, ...] = _one_of("licence")
    language: tuple[str, ...] = _one_of("language")
    privacy: tuple[str, ...] = _one_of("privacy")
    nsfw: str | None = option(
        "--nsfw", type=click.Choice(["true", "false", "both"]), help="Sensitive videos: only, none or both."
    )


@dataclass(frozen=True, slots=True)
class VideoExtent(ExtentOptions):
    """How many videos are listed, and how much of each."""

    details: bool = option(
        "--details", is_flag=True, help="Fetch each video in full: lists cut descriptions and lack tags."
    )


@dataclass(frozen=True, slots=True)
class Listing:
    """What `videos list` was asked for."""

    filters: FilterOptions
    extent: VideoExtent
    written: FormatOptions

    def check(self) -> None:
        """Reject options that contradict each other, or fields that a list does not have."""
        asked = self.filters
        if bool(asked.channel) + bool(asked.account) + asked.mine > 1:
            raise click.UsageError("--channel, --account and --mine exclude each other.")
        if asked.mine and (asked.tag or asked.nsfw):
            raise click.UsageError("--tag and --nsfw cannot be used with --mine: the server ignores them there.")
        missing = sorted(_DETAILS_ONLY & {field.partition(".")[0] for field in self.written.parsed() or ()})
        if missing and not self.extent.details:
            raise click.UsageError(
                f"Lists come without {', '.join(missing)}: add --details to fetch each video in full."
            )


async def show_list(connection: Connection, settings: Settings, listing: Listing) -> None:
    """Write the videos asked for, page by page."""
    async with connection.opened() as pt:
        rows = _rows(pt, listing, await _ids(pt, listing.filters))
        writer = View(VIDEOS, listing.written).writer(settings)
        async for row in rows:
            writer.add(row)
        writer.end()


async def _ids(pt: "PeerTube", filters: FilterOptions) -> dict[str, list[Any]]:
    """Look up the ids of the filters that were given by id or label."""
    asked: dict[str, tuple[str, ...]] = {name: getattr(filters, name) for name in videos_fields.LABELLED}
    return await videos_fields.ids_of(pt, {name: texts for name, texts in asked.items() if texts})


async def _rows(pt: "PeerTube", listing: Listing, ids: Mapping[str, list[Any]]) -> AsyncIterator[Mapping[str, Any]]:
    left = sys.maxsize if listing.extent.all else listing.extent.limit
    # The server cannot filter the user's own videos by these.
    sieve = ids if listing.filters.mine else {}
    async for page in pages(_paginator(pt, listing.filters, ids), None if sieve else left):
        kept = [row for row in page if all(_id_of(row, name) in wanted for name, wanted in sieve.items())][:left]
        left -= len(kept)
        for row in await _in_full(pt, kept) if listing.extent.details else kept:
            yield row
        if left <= 0:
            return


def _id_of(row: Mapping[str, Any], name: str) -> Any:
    try:
        return row[name]["id"]
    except (KeyError, TypeError):
        raise UnexpectedResponse(f"a video in the server's list has no {name} with an id", status=200) from None


def _paginator(pt: "PeerTube", asked: FilterOptions, ids: Mapping[str, list[Any]]) -> "Paginator[Any]":
    filters: dict[str, Any] = {"sort": asked.sort, "search": asked.search}
    if asked.mine:
        return pt.me.videos(**filters)
    filters |= {f"{name}OneOf": wanted for name, wanted in ids.items()}
    filters |= {"tagsAllOf": asked.tag or None, "nsfw": asked.nsfw}
    if asked.channel:
        return pt.channels.videos(asked.channel, **filters)
    if asked.account:
        return pt.accounts.videos(asked.account, **filters)
    return pt.videos.list(**filters)


async def _in_full(pt: "PeerTube", rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Fetch one page's videos in full, in order."""

    async def one(row: Mapping[str, Any]) -> Any:
        try:
            return await pt.videos.get(str(row.get("uuid") or row["id"]))
        except NotFound:  # deleted since the list was made
            return None

    return [row for row in await asyncio.gather(*map(one, rows)) if row is not None]
