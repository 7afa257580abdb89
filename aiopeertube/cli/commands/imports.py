"""`imports list|cancel|retry|delete`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import click

from aiopeertube.cli import acting, showing
from aiopeertube.cli.acting import Action, AskOptions
from aiopeertube.cli.arguments import api_fields
from aiopeertube.cli.cells import pick
from aiopeertube.cli.many import RunOptions
from aiopeertube.cli.nouns import IMPORT
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Group, Settings, shared_options
from aiopeertube.cli.options_list import Columns, ExtentOptions, FormatOptions
from aiopeertube.cli.showing import Listing, View

_IMPORTS: Final = Columns(
    table=("id", "state", "targetUrl", "video.name", "createdAt", "error"),
    csv=("id", "state.label", "targetUrl", "video.uuid", "video.name", "createdAt", "updatedAt", "error"),
)
_imports = click.argument("imports", metavar="ID...", nargs=-1, required=True)


@click.group(cls=Group)
@shared_options()
def imports() -> None:
    """List, cancel, repeat and forget imports of videos; `aiopeertube import` makes them.

    ID is a number, or - for lines of stdin: ids, or the jsonl of `list`.
    """


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """Which imports are listed, and in which order."""

    target_url: str | None = option("--target-url", help="Imports from this address.")
    search: str | None = option("--search", help="Imports of videos with this in their names.")
    video_channel_sync_id: int | None = option(
        "--video-channel-sync-id", type=int, metavar="ID", help="Imports of this sync."
    )
    video_id: int | None = option("--video-id", type=int, metavar="ID", help="The import of this video.")
    include_collaborations: bool = option(
        "--include-collaborations", is_flag=True, help="Also those of channels one collaborates on; only 8.x."
    )
    sort: str | None = option("--sort", help="A field, like createdAt or -createdAt (the server's default).")


@imports.command("list")
@with_options(filters=FilterOptions, extent=ExtentOptions, written=FormatOptions)
@shared_options()
@click.pass_obj
def list_(settings: Settings, /, filters: FilterOptions, extent: ExtentOptions, written: FormatOptions) -> None:
    """List the logged-in user's imports, the latest first."""
    view = View(_IMPORTS, written, IMPORT)
    keep = None if filters.video_id is None else lambda row: pick(row, "video.id") == filters.video_id
    listing = Listing(lambda pt: pt.imports.list(**api_fields(filters)), user=True, keep=keep)
    showing.show_list(settings, view, extent, listing)


@imports.command()
@_imports
@with_options(outcomes=RunOptions)
@shared_options()
@click.pass_obj
def cancel(settings: Settings, imports: Sequence[str], outcomes: RunOptions) -> int:
    """Stop imports that are pending."""
    action = Action("cancel", IMPORT, lambda pt: lambda number: pt.imports.cancel(int(number)))
    return acting.change(settings, action, imports, outcomes)


@imports.command()
@_imports
@with_options(outcomes=RunOptions)
@shared_options()
@click.pass_obj
def retry(settings: Settings, imports: Sequence[str], outcomes: RunOptions) -> int:
    """Try imports again that failed; only 8.x."""
    action = Action("retry", IMPORT, lambda pt: lambda number: pt.imports.retry(int(number)))
    return acting.change(settings, action, imports, outcomes)


@imports.command()
@_imports
@with_options(ask=AskOptions, outcomes=RunOptions)
@shared_options()
@click.pass_obj
def delete(settings: Settings, imports: Sequence[str], ask: AskOptions, outcomes: RunOptions) -> int:
    """Remove imports from the list; the videos that they made stay."""
    action = Action("delete", IMPORT, lambda pt: lambda number: pt.imports.delete(int(number)))
    return acting.remove(settings, action, imports, outcomes, yes=ask.yes)
