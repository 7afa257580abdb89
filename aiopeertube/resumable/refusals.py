"""What an error of a request says about the upload that it belongs to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aiopeertube import errors
from aiopeertube.wire.answers import is_untaken
from aiopeertube.wire.turn import Stopped, acted

from .machine import Machine, Send

Failed = Callable[..., errors.UploadFailed]  # of a kind, why, and whether all of the file may have arrived


def report(machine: Machine, error: errors.PeerTubeError, sent: Send | None) -> None:
    """Tell the machine what an error means; `sent` is what it answers, None after an Ask."""
    if not isinstance(error, errors.ApiError):
        machine.failed(None if isinstance(error, errors.ServerUnreachable) else sent)
    elif error.status in {404, 410}:
        machine.unknown(sent)
    elif error.status in {423, 503}:
        machine.busy(sent, making=error.status == 503)
    elif error.status == 500:
        machine.crashed(sent)
    elif error.status > 500 or is_untaken(error):
        machine.failed(sent)
    elif error.status != 413 or not machine.too_large():
        machine.refused(sent, unreadable=error.status == 422)


def is_last(error: errors.PeerTubeError) -> bool:
    """Tell whether nothing more is to be tried."""
    return errors.ends_run(error) or isinstance(error, errors.RedirectRefused | errors.InputError)


@contextmanager
def told_of_all(machine: Machine, failed: Failed) -> Iterator[None]:
    """Let an error say whether all of the file may have arrived, and not what came of the last request."""
    try:
        yield
    except errors.UploadFailed:
        raise
    except errors.PeerTubeError as exc:
        exc.in_doubt = machine.perhaps_finished
        acted(really=exc.in_doubt)
        raise
    except Stopped:
        if not machine.perhaps_finished:
            acted(really=False)  # a part of a file changes nothing
            raise
        raise failed(errors.UploadFailed, "its run was stopped.", perhaps=True) from None
