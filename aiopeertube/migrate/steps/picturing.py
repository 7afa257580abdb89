"""Fetches the pictures of videos for the page of a plan."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

import anyio

from aiopeertube.errors import PeerTubeError, ends_run
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.plans.page.pictures import PICTURE, Pictures
from aiopeertube.migrate.watching import Watcher
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Response

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_MOST: Final = 256 * 1024  # bytes; thumbnails have a tenth of it


async def fetch_pictures(pt: "PeerTube", journal: Journal, watcher: Watcher) -> None:
    """Fetch the pictures that a journal's items name into a folder beside it; what cannot be had is left out.

    Raises:
        PeerTubeError: nothing more can be had.
    """
    pictures = Pictures(journal.path)
    pictures.folder.mkdir()

    async def calls() -> AsyncGenerator[Call[bytes], None]:
        async for item in journal.items("planned", "conflict"):
            if PICTURE in item.note:
                yield Call("GET", item.note[PICTURE], _body, sender=pt, tag=item.uuid)

    with watcher.step("thumbnails", (await journal.counts()).get("planned", 0)):
        async with aclosing(calls()) as wanted, pt.bulk(wanted, handle_sigint=False) as outcomes:
            async for outcome in outcomes:
                watcher.advance()
                if isinstance(outcome.error, PeerTubeError) and ends_run(outcome.error):
                    raise outcome.error
                if outcome.result and len(outcome.result) <= _MOST:
                    await anyio.Path(pictures.file(outcome.call.tag)).write_bytes(outcome.result)


def _body(response: Response) -> bytes:
    return response.body
