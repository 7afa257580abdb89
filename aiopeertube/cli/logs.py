"""`-v`: the package's log on stderr, clean and without secrets."""

import logging
import sys
from typing import TYPE_CHECKING

from aiopeertube.cli.terminal import one_line

if TYPE_CHECKING:
    from aiopeertube import PeerTube

log = logging.getLogger("aiopeertube.cli")


class _Formatter(logging.Formatter):
    """Cleans each line, since errors quote servers."""

    def format(self, record: logging.LogRecord) -> str:
        return one_line(super().format(record))


def install() -> None:
    """Start to write the log."""
    remove()
    handler = logging.StreamHandler(sys.stderr)
    handler.set_name("aiopeertube.cli")
    handler.setFormatter(_Formatter("%(relativeCreated)6d ms %(name)s: %(message)s"))
    root = logging.getLogger("aiopeertube")
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)


def remove() -> None:
    """Stop writing the log."""
    root = logging.getLogger("aiopeertube")
    for handler in [handler for handler in root.handlers if handler.name == "aiopeertube.cli"]:
        root.removeHandler(handler)
        root.setLevel(logging.NOTSET)


def follow(pt: "PeerTube") -> None:
    """Log each attempt and wait of a client, without queries and bodies; do nothing without -v."""
    if not log.isEnabledFor(logging.DEBUG):
        return
    from aiopeertube import events  # noqa: PLC0415 - see the package

    def attempt(event: events.AttemptFinished) -> None:
        log.debug("%s %s: %s in %.3f s", event.method, event.path, event.status or event.error, event.seconds)

    def wait(event: events.RateLimitWaiting) -> None:
        log.debug("waiting for the server's rate limit (%s), %s s", event.bucket, event.seconds)

    pt.on(events.AttemptFinished, attempt)
    pt.on(events.RateLimitWaiting, wait)
