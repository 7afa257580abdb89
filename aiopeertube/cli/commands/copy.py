"""`copy`."""

from typing import Final

import click

from aiopeertube import migrate
from aiopeertube.cli import job_output, job_screen
from aiopeertube.cli.option_sets import with_options
from aiopeertube.cli.options import Command, Settings, shared_options
from aiopeertube.cli.options_copy import CopyFlags, Ends
from aiopeertube.cli.options_job import JobFlags
from aiopeertube.cli.running import run
from aiopeertube.errors import PeerTubeError

# Options that are called otherwise than the arguments of the verb.
_CALLED: Final = {"channel_names": "channel_name", "playlists": "no_playlists", "dates": "no_dates"}


@click.command(cls=Command)
@with_options(ends=Ends, flags=CopyFlags, job=JobFlags)
@shared_options()
@click.pass_obj
def copy(settings: Settings, /, *, ends: Ends, flags: CopyFlags, job: JobFlags) -> int:
    """Copy channels, videos and playlists from one instance to another.

    Videos come with their metadata, picture, captions, chapters and file: the one that was uploaded where its owner
    may have it, else the best. Files are sent part by part as they are read, and are never on disk without --through.
    Views, likes and comments cannot be brought. --dry-run says how much there is, and what cannot come along; after a
    crash --resume goes on, within a file as well; `aiopeertube verify` compares what was made, and `aiopeertube jobs
    map` has the redirects from old addresses to new ones. What was copied before is not copied again.
    """
    options, scope = job.checked(), flags.scope
    there, here = ends.connections(settings)

    async def main() -> int:
        async with there.opened(many=True) as source, job_output.client(here) as target:
            copied = await migrate.copy(
                source,
                target,
                scope=scope,
                videos=flags.videos,
                via=flags.via,
                through=flags.through,
                channel_names=flags.channel_names,
                playlists=not flags.no_playlists,
                dates=not flags.no_dates,
                job=options,
                watcher=job_screen.JobScreen(target, settings, job),
            )
        return job_output.ended(copied.run, settings, job)

    try:
        return run(main())
    except PeerTubeError as exc:
        exc.option = _CALLED.get(exc.option, exc.option)
        raise
