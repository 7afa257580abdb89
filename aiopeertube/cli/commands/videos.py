"""`videos list|get|update|delete`."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aiopeertube.cli import many, output, stdin_ids
from aiopeertube.cli.commands import videos_fields, videos_show
from aiopeertube.cli.connection import Connection, connect
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.options import Group, Settings, shared_options
from aiopeertube.cli.running import run
from aiopeertube.cli.terminal import is_terminal, note

if TYPE_CHECKING:
    from aiopeertube import PeerTube

F = TypeVar("F", bound=Callable[..., Any])

_format = click.option(
    "--format",
    type=click.Choice(output.FORMATS),
    help="How to write; by default a table on a terminal, jsonl elsewhere.",
)
_fields = click.option("--fields", help="Fields to write, like id,uuid,name,channel.name; dots reach into a field.")
_outcomes = click.option(
    "--format",
    type=click.Choice(["text", "jsonl"]),
    help="What to write on stdout: nothing (text, on a terminal) or a line of JSON for each video.",
)
_halt = click.option("--halt", metavar="N|N%", help="Stop after so many failures (5), or so large a share (2%).")
_videos = click.argument("videos", metavar="ID...", nargs=-1, required=True)


def _constants(help: str) -> Callable[[F], F]:
    """Give a command the options that take an id or a label, several of them."""

    def decorate(function: F) -> F:
        for name in ("privacy", "language", "licence", "category"):
            function = click.option(f"--{name}", multiple=True, help=help.format(name))(function)
        return function

    return decorate


@click.group(cls=Group)
@shared_options()
def videos() -> None:
    """List, show, edit and delete videos."""


@videos.command("list")
@click.option("--channel", help="Videos of this channel: name or name@host.")
@click.option("--account", help="Videos of this account: name or name@host.")
@click.option("--mine", is_flag=True, help="The logged-in user's own videos, of every privacy.")
@click.option("--search", help="Videos with this text.")
@click.option("--sort", help="A field, like name or -publishedAt (the server's default).")
@click.option("--tag", multiple=True, help="Videos with this tag; with all of them when given several times.")
@_constants("Videos with this {}: id or label; with one of them when given several times.")
@click.option("--nsfw", type=click.Choice(["true", "false", "both"]), help="Sensitive videos: only, none or both.")
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True, help="The most videos to write.")
@click.option("--all", is_flag=True, help="Write all videos, without a limit.")
@click.option("--details", is_flag=True, help="Fetch each video in full: a list cuts descriptions and has no tags.")
@_format
@_fields
@shared_options()
@click.pass_obj
def list_(settings: Settings, /, **options: Any) -> None:
    """List videos.

    jsonl, json and csv are written as the pages come, however many there are; a table is kept until its end.
    """
    fields = videos_show.parse_fields(options["fields"])
    videos_show.check(options, fields)
    connection = connect(settings, user=options["mine"])
    run(videos_show.show_list(connection, settings, options, fields))


@videos.command()
@_videos
@_format
@_fields
@shared_options()
@click.pass_obj
def get(settings: Settings, videos: Sequence[str], format: str | None, fields: str | None) -> int:
    """Show videos in full.

    ID is an id, a UUID or a short UUID, or - for lines of stdin: IDs, or what `list` and `update` write as jsonl.
    Several are fetched in parallel, and written in the order in which they were given.
    """
    stdin_ids.check(videos)
    wanted, written = videos_show.parse_fields(fields), output.chosen(format)
    connection = connect(settings)
    if len(videos) == 1 and not stdin_ids.from_stdin(videos):
        run(videos_show.show_one(connection, settings, videos[0], written, wanted))
        return Exit.DONE
    return run(videos_show.show_many(connection, settings, videos, written, wanted))


@videos.command()
@_videos
@click.option("--name")
@click.option("--description")
@click.option("--support", help="How to support the makers.")
@click.option("--tag", multiple=True, help="Replace the tags; give it once for each of them, five at most.")
@click.option("--category", help="Id or label.")
@click.option("--licence", help="Id or label.")
@click.option("--language", help="Code or label.")
@click.option("--privacy", help="Id or label.")
@click.option("--nsfw/--no-nsfw", default=None, help="Whether it is sensitive.")
@click.option("--download/--no-download", default=None, help="Whether it may be downloaded.")
@click.option("--comments-policy", type=click.Choice(list(videos_fields.COMMENTS)))
@click.option("--originally-published-at", metavar="DATE", help="Like 1960-01-01 or 1960-01-01T12:00:00Z.")
@click.option("--thumbnail", metavar="FILE", help="A .jpg, .png or .webp of at most 4 MiB.")
@click.option("--preview", metavar="FILE", help="The same.")
@click.option("--clear", multiple=True, type=click.Choice(videos_fields.CLEARABLE), help="Empty a field; repeatable.")
@click.option("--set", "set_", metavar="FIELD=JSON", multiple=True, help="Any field of the API; repeatable.")
@click.option("--dry-run", is_flag=True, help="Write what would be sent, and send no edit.")
@_halt
@_outcomes
@shared_options()
@click.pass_obj
def update(settings: Settings, /, videos: Sequence[str], **options: Any) -> int:
    """Edit videos: the fields given change, and no other.

    ID is an id, a UUID or a short UUID, or - for lines of stdin: IDs, or what `list` and `update` write as jsonl, so
    `aiopeertube videos list --all | aiopeertube videos update - --language nl` edits all. Edits run in parallel,
    as many as the server takes, within its rate limit, and are repeated when it fails.
    """
    stdin_ids.check(videos)
    fields = videos_fields.collect(options)
    for name in videos_fields.unknown(fields):
        note(f"aiopeertube: warning: this version knows no field {name!r}; it is sent as it is")
    connection = connect(settings, user=not options["dry_run"])
    return run(_update(connection, settings, videos, fields, options))


async def _update(
    connection: Connection, settings: Settings, videos: Sequence[str], fields: dict[str, Any], options: dict[str, Any]
) -> int:
    async with connection.opened(many=True) as pt:
        fields = await videos_fields.resolved(pt, fields)
        if options["dry_run"]:
            return await _show_edits(pt, videos, fields)
        outcomes = many.Run(settings, "update", halt=options["halt"], take=many.outcome_lines(options["format"]))
        return await outcomes.over(pt, videos, lambda video: pt.videos.update(video, **fields))


async def _show_edits(pt: "PeerTube", videos: Sequence[str], fields: dict[str, Any]) -> int:
    async for video in stdin_ids.all_of(videos):
        output.put(output.to_json(pt.videos.update(video, **fields).as_dict()) + "\n")
    return Exit.DONE


@videos.command()
@_videos
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@_halt
@_outcomes
@shared_options()
@click.pass_obj
def delete(settings: Settings, videos: Sequence[str], yes: bool, halt: str | None, format: str | None) -> int:
    """Delete videos, with their files and comments. There is no way back.

    ID is an id, a UUID or a short UUID, or - for lines of stdin.
    """
    stdin_ids.check(videos)
    connection = connect(settings, user=True)
    if not yes:
        _confirm(connection, videos)
    return run(_delete(connection, settings, videos, halt, format))


def _confirm(connection: Connection, videos: Sequence[str]) -> None:
    if stdin_ids.from_stdin(videos) or not is_terminal(sys.stdin):
        raise Failure("nobody can be asked whether to delete", code=Exit.USAGE, hint="add --yes if you are sure")
    what = f"video {videos[0]}" if len(videos) == 1 else f"{len(videos)} videos"
    if not click.confirm(f"Delete {what} at {connection.origin}? There is no way back.", err=True):
        raise Failure("nothing was deleted", code=Exit.INTERRUPTED)


async def _delete(
    connection: Connection, settings: Settings, videos: Sequence[str], halt: str | None, format: str | None
) -> int:
    async with connection.opened(many=True) as pt:
        outcomes = many.Run(settings, "delete", halt=halt, take=many.outcome_lines(format))
        return await outcomes.over(pt, videos, pt.videos.delete)
