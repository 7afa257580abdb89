"""Whether what a job writes on stdout can be written: seen before the first change, and told where it ends a job."""

import errno
import os
import select
import stat
import sys

from aiopeertube.cli.errors import Exit, Failure


def check() -> None:
    """See that somebody reads stdout, or that its disk has room, as far as that can be known beforehand.

    Raises:
        BrokenPipeError: nobody reads it. Failure: there is no room.
    """
    try:
        number = sys.stdout.fileno()
        mode = os.fstat(number).st_mode
    except (OSError, ValueError):  # not a stream of the system's
        return
    if stat.S_ISFIFO(mode) and _is_unread(number):
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
    if stat.S_ISREG(mode) and hasattr(os, "fstatvfs") and not os.fstatvfs(number).f_bavail:
        what = f"stdout cannot be written: {os.strerror(errno.ENOSPC)}"
        raise Failure(what, code=Exit.FILE, hint="nothing was sent; make room, and run it again")


def _is_unread(number: int) -> bool:
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(number, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))


def lost(error: OSError) -> Failure:
    """Say that a job ended because stdout could not be written any more."""
    what = f"stdout cannot be written: {error.strerror or error}"
    return Failure(what, code=Exit.FILE, hint="what was done is in the journal; make room, and go on with --resume")
