"""`videos list|get|update|delete`."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from aiopeertube._counting import counted
from aiopeertube.cli import many, output, stdin_ids
from aiopeertube.cli.commands import videos_fields
from aiopeertube.cli.commands.videos_columns import FormatOptions
from aiopeertube.cli.commands.videos_fields import EditOptions
from aiopeertube.cli.commands.videos_get import show_many, show_one
from aiopeertube.cli.commands.videos_list import ExtentOptions, FilterOptions, Listing, show_list
from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.many import RunOptions
from aiopeertube.cli.option_sets import with_options
from aiopeertube.cli.options import Group, Settings, shared_options
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import is_terminal, note

_videos = click.argument("videos", metavar="ID...", nargs=-1, required=True)


@click.group(cls=Group)
@shared_options()
def videos() -> None:
    """List, show, edit and delete videos."""


@videos.command("list")
@with_options(filters=FilterOptions, extent=ExtentOptions, written=FormatOptions)
@shared_options()
@click.pass_obj
def list_(settings: Settings, /, filters: FilterOptions, extent: ExtentOptions, written: FormatOptions) -> None:
    """List videos.

    jsonl, json and csv are written page by page, so memory does not grow; a table is drawn at the end.
    """
    listing = Listing(filters, extent, written)
    listing.check()
    connection = connect(settings, user=filters.mine)
    run(show_list(connection, settings, listing))


@videos.command()
@_videos
@with_options(written=FormatOptions)
@shared_options()
@click.pass_obj
def get(settings: Settings, videos: Sequence[str], written: FormatOptions) -> int:
    """Show videos in full.

    ID is an id, a UUID or a short UUID, or - for lines of stdin: IDs, or the jsonl of `list` and `update`.
    Several are fetched in parallel, and written in the given order.
    """
    stdin_ids.check(videos)
    written.parsed()  # complains before anything is sent
    connection = connect(settings)
    if len(videos) == 1 and not stdin_ids.from_stdin(videos):
        run(show_one(connection, settings, videos[0], written))
        return Exit.DONE
    return run(show_many(connection, settings, videos, written))


@videos.command()
@_videos
@with_options(edit=EditOptions)
@click.option("--dry-run", is_flag=True, help="Write what would be sent, and send no edit.")
@with_options(outcomes=RunOptions)
@shared_options()
@click.pass_obj
def update(
    settings: Settings, /, videos: Sequence[str], edit: EditOptions, dry_run: bool, outcomes: RunOptions
) -> int:
    """Edit videos: only the given fields change.

    ID is an id, a UUID or a short UUID, or - for lines of stdin: IDs, or the jsonl of `list` and `update`, so
    `aiopeertube videos list --all | aiopeertube videos update - --language nl` edits all of them. Edits run in
    parallel, as fast as the server and its rate limit allow, and are retried when the server fails.
    """
    stdin_ids.check(videos)
    fields = videos_fields.collect(edit)
    for name in videos_fields.unknown(fields):
        note(f"aiopeertube: warning: this version knows no field {name!r}; it is sent as it is")
    connection = connect(settings, user=not dry_run)
    if dry_run:
        return run(_show_edits(connection, videos, fields))
    return run(_update(connection, videos, fields, many.Run.of(settings, "update", outcomes)))


async def _show_edits(connection: Connection, videos: Sequence[str], fields: dict[str, Any]) -> int:
    async with connection.opened(many=True) as pt:
        fields = await videos_fields.resolved(pt, fields)
        async for video in stdin_ids.all_of(videos):
            output.put(output.to_json(pt.videos.update(video, **fields).as_dict()) + "\n")
    return Exit.DONE


async def _update(connection: Connection, videos: Sequence[str], fields: dict[str, Any], edits: many.Run) -> int:
    async with connection.opened(many=True) as pt:
        fields = await videos_fields.resolved(pt, fields)
        return await edits.over(pt, videos, lambda video: pt.videos.update(video, **fields))


@videos.command()
@_videos
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@with_options(outcomes=RunOptions)
@shared_options()
@click.pass_obj
def delete(settings: Settings, videos: Sequence[str], yes: bool, outcomes: RunOptions) -> int:
    """Delete videos, with their files and comments. This cannot be undone.

    ID is an id, a UUID or a short UUID, or - for lines of stdin.
    """
    stdin_ids.check(videos)
    connection = connect(settings, user=True)
    if not yes:
        _confirm(connection, videos)
    return run(_delete(connection, videos, many.Run.of(settings, "delete", outcomes)))


def _confirm(connection: Connection, videos: Sequence[str]) -> None:
    if stdin_ids.from_stdin(videos) or not is_terminal(sys.stdin):
        raise Failure("cannot ask for confirmation", code=Exit.USAGE, hint="add --yes if you are sure")
    what = f"video {videos[0]}" if len(videos) == 1 else counted(len(videos), "video")
    if not click.confirm(f"Delete {what} at {connection.origin}? This cannot be undone.", err=True):
        raise Failure("nothing was deleted", code=Exit.INTERRUPTED)


async def _delete(connection: Connection, videos: Sequence[str], deletes: many.Run) -> int:
    async with connection.opened(many=True) as pt:
        return await deletes.over(pt, videos, pt.videos.delete)
