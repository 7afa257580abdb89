"""`server-jobs list|pause|resume|cancel`: what the server does in the background."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, get_args

import click

from aiopeertube.cli import acting, completing, showing
from aiopeertube.cli.acting import Action
from aiopeertube.cli.many import Make, RunOptions
from aiopeertube.cli.nouns import JOB
from aiopeertube.cli.option_sets import with_options
from aiopeertube.cli.options import Group, Settings, shared_options
from aiopeertube.cli.options_list import Columns, ExtentOptions, FormatOptions
from aiopeertube.cli.showing import Listing, View
from aiopeertube.types.jobs import JobState

if TYPE_CHECKING:
    from aiopeertube import PeerTube

_JOBS: Final = Columns(
    table=("type", "id", "state", "progress", "createdAt", "error"),
    csv=("type", "id", "state", "progress", "priority", "createdAt", "processedOn", "finishedOn", "error", "data"),
)
# Those of 6.3 and 8.2, to complete; a server says which it has.
_TYPES: Final = (
    "activitypub-cleaner", "activitypub-follow", "activitypub-http-broadcast",
    "activitypub-http-broadcast-parallel", "activitypub-http-fetcher", "activitypub-http-unicast",
    "activitypub-refresher", "actor-keys", "after-video-channel-import", "build-automatic-tags",
    "create-user-export", "email", "federate-video", "generate-video-storyboard", "import-user-archive",
    "manage-video-torrent", "move-to-file-system", "move-to-object-storage", "notify", "transcoding-job-builder",
    "video-channel-import", "video-file-import", "video-import", "video-live-ending", "video-redundancy",
    "video-studio-edition", "video-transcoding", "video-transcription", "videos-stats", "videos-views-stats",
)  # fmt: skip


@click.group(cls=Group)
@shared_options()
def server_jobs() -> None:
    """List, pause, resume and cancel what the server does in the background; for administrators.

    Those of this program, with journals, are `aiopeertube jobs`.
    """


@server_jobs.command("list")
@click.option("--state", type=click.Choice(get_args(JobState)), help="Only jobs in this state.")
@click.option(
    "--job-type", shell_complete=completing.words(*_TYPES), help="Only jobs of this type, like video-transcoding."
)
@click.option("--sort", help="createdAt or -createdAt (the server's default).")
@with_options(extent=ExtentOptions, written=FormatOptions)
@shared_options()
@click.pass_obj
def list_(
    settings: Settings,
    /,
    *,
    state: JobState | None,
    job_type: str | None,
    sort: str | None,
    extent: ExtentOptions,
    written: FormatOptions,
) -> None:
    """List jobs, the latest first."""
    given = {"jobType": job_type, "sort": sort}
    filters: Any = {name: value for name, value in given.items() if value is not None}
    view = View(_JOBS, written, JOB)
    showing.show_list(settings, view, extent, Listing(lambda pt: pt.jobs.list(state, **filters), user=True))


@server_jobs.command()
@shared_options()
@click.pass_obj
def pause(settings: Settings) -> None:
    """Let the server begin no more jobs."""
    acting.once(settings, lambda pt: pt.jobs.pause())


@server_jobs.command()
@shared_options()
@click.pass_obj
def resume(settings: Settings) -> None:
    """Let the server begin jobs again."""
    acting.once(settings, lambda pt: pt.jobs.resume())


@server_jobs.command()
@click.argument("jobs", metavar="TYPE/ID...", nargs=-1, required=True)
@with_options(outcomes=RunOptions)
@shared_options()
@click.pass_obj
def cancel(settings: Settings, jobs: Sequence[str], outcomes: RunOptions) -> int:
    """Cancel jobs of which `canCancel` says that they can be; only 8.x.

    TYPE/ID is like video-transcoding/42, or - for lines of stdin: such names, or the jsonl of `list`.
    """

    def maker(pt: "PeerTube") -> Make:
        def call(job: str) -> Any:
            kind, _, number = job.partition("/")
            return pt.jobs.cancel(kind, number)

        return call

    return acting.change(settings, Action("cancel", JOB, maker), jobs, outcomes)
