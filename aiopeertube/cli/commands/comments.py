"""`comments list|get|create|reply|approve|delete`."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from aiopeertube.cli import acting, answers, showing
from aiopeertube.cli.acting import Action, AskOptions
from aiopeertube.cli.arguments import api_fields
from aiopeertube.cli.cells import Row
from aiopeertube.cli.many import Make, RunOptions
from aiopeertube.cli.nouns import COMMENT, VIDEO, check
from aiopeertube.cli.option_sets import option, with_options
from aiopeertube.cli.options import Settings, shared_options
from aiopeertube.cli.options_list import Columns, ExtentOptions, FormatOptions
from aiopeertube.cli.showing import Listing, View
from aiopeertube.cli.table_groups import TableGroup

if TYPE_CHECKING:
    from aiopeertube import Paginator, PeerTube

_COMMENTS: Final = Columns(
    table=("videoId", "id", "account.name", "createdAt", "heldForReview", "text"),
    csv=(
        "videoId", "id", "threadId", "inReplyToCommentId", "account.name", "account.host", "createdAt", "updatedAt",
        "heldForReview", "text", "url",
    ),
)  # fmt: skip
_comments = click.argument("comments", metavar="VIDEO/ID...", nargs=-1, required=True)


@click.group(cls=TableGroup)
@shared_options()
def comments() -> None:
    """List, write, approve and delete comments.

    A comment is named like 7/42, the ids of its video and its own, or by - for lines of stdin: such names, or the
    jsonl of `list`.
    """


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """Which comments are listed, and in which order."""

    mine: bool = option("--mine", is_flag=True, help="Those on the logged-in user's videos.")
    search: str | None = option("--search", help="Comments with this text.")
    search_account: str | None = option("--search-account", help="By accounts with this in their names.")
    search_video: str | None = option("--search-video", help="On videos with this in their names.")
    is_local: bool | None = option("--local/--remote", help="Written here, or elsewhere; not with --mine.")
    is_held_for_review: bool | None = option("--held/--not-held", help="Held for review, or not.")
    sort: str | None = option("--sort", help="A field, like createdAt or -createdAt (the default).")

    @property
    def keep(self) -> Callable[[Row], bool] | None:
        """Return what finds those that are held; of all videos the server gives others, too (6.3 and 8.2)."""
        held = self.is_held_for_review
        return None if held is None else lambda row: row.get("heldForReview") is held

    def check(self, video: str | None) -> None:
        """Reject what the API has not for one video, or for one's own."""
        rest = api_fields(self, without=("mine", "sort"))
        if video is not None and (self.mine or rest):
            raise click.UsageError("A video's comments can only be sorted; leave VIDEO out to filter.")
        if self.mine and self.is_local is not None:
            raise click.UsageError("--local and --remote cannot be used with --mine.")


@comments.command("list")
@click.argument("video", metavar="[VIDEO]", required=False)
@with_options(filters=FilterOptions, extent=ExtentOptions, written=FormatOptions)
@shared_options()
@click.pass_obj
def list_(
    settings: Settings, /, video: str | None, filters: FilterOptions, extent: ExtentOptions, written: FormatOptions
) -> None:
    """List comments: those that began a thread on VIDEO; else all, for moderators, or with --mine on one's own."""
    filters.check(video)
    check([] if video is None else [video], VIDEO)

    def source(pt: "PeerTube") -> "Paginator[Any]":
        asked = api_fields(filters, without=("mine",))
        if video is not None:
            return pt.videos.comments.list(video, **asked)
        return pt.me.comments(**asked) if filters.mine else pt.videos.comments.all(**asked)

    listing = Listing(source, user=video is None, keep=filters.keep)
    showing.show_list(settings, View(_COMMENTS, written, COMMENT), extent, listing)


@comments.command()
@click.argument("comment", metavar="VIDEO/ID")
@with_options(written=FormatOptions)
@shared_options()
@click.pass_obj
def get(settings: Settings, comment: str, written: FormatOptions) -> None:
    """Show a thread: the comment that began it, and all replies, each after what it answers."""
    check([comment], COMMENT)

    async def rows(pt: "PeerTube") -> Any:
        return list(_flat(await pt.videos.comments.get(*_ids(comment))))

    showing.show_rows(settings, View(_COMMENTS, written), rows)


def _flat(tree: Any) -> "list[Any]":
    """Return the comments of a thread, each before the replies to it."""
    replies = [row for child in answers.rows(tree, "children") for row in _flat(child)]
    return [answers.value(tree, "comment", kind=dict), *replies]


def _ids(comment: str) -> tuple[str, int]:
    video, _, number = comment.partition("/")
    return video, int(number)


@comments.command()
@click.argument("video", metavar="VIDEO")
@click.argument("text")
@with_options(written=FormatOptions)
@shared_options()
@click.pass_obj
def create(settings: Settings, video: str, text: str, written: FormatOptions) -> None:
    """Write a comment on a video, and show it. TEXT may be - for all of stdin."""
    words = _read(text)
    _write(settings, written, lambda pt: pt.videos.comments.create(video, text=words))


@comments.command()
@click.argument("comment", metavar="VIDEO/ID")
@click.argument("text")
@with_options(written=FormatOptions)
@shared_options()
@click.pass_obj
def reply(settings: Settings, comment: str, text: str, written: FormatOptions) -> None:
    """Answer a comment, and show the answer. TEXT may be - for all of stdin."""
    check([comment], COMMENT)
    words = _read(text)
    _write(settings, written, lambda pt: pt.videos.comments.reply(*_ids(comment), text=words))


def _read(text: str) -> str:
    return sys.stdin.buffer.read().decode("utf-8", "replace").rstrip("\n") if text == "-" else text


def _write(settings: Settings, written: FormatOptions, maker: "acting.Once") -> None:
    answer = acting.once(settings, maker)
    showing.show_row(settings, View(_COMMENTS, written), answers.value(answer, "comment", kind=dict))


@comments.command()
@_comments
@with_options(outcomes=RunOptions)
@shared_options()
@click.pass_obj
def approve(settings: Settings, comments: Sequence[str], outcomes: RunOptions) -> int:
    """Show comments that are held for review."""

    def maker(pt: "PeerTube") -> Make:
        return lambda comment: pt.videos.comments.approve(*_ids(comment))

    return acting.change(settings, Action("approve", COMMENT, maker), comments, outcomes)


@comments.command()
@_comments
@with_options(ask=AskOptions, outcomes=RunOptions)
@shared_options()
@click.pass_obj
def delete(settings: Settings, comments: Sequence[str], ask: AskOptions, outcomes: RunOptions) -> int:
    """Delete comments; what was replied to them stays. This cannot be undone."""

    def maker(pt: "PeerTube") -> Make:
        return lambda comment: pt.videos.comments.delete(*_ids(comment))

    return acting.remove(settings, Action("delete", COMMENT, maker), comments, outcomes, yes=ask.yes)
