"""A look at the videos that rows name, for a dry run: which are there, and which of them the user may change."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING

from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Batch, Journal
from aiopeertube.migrate.metadata.references import names_another
from aiopeertube.migrate.scope import Found, Seen, Who, in_full, owner_of
from aiopeertube.migrate.watching import Watcher

from .compare import is_about_one_video, reason

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube


async def look_at_all(pt: "PeerTube", journal: Journal, who: Who, watcher: Watcher) -> None:
    """Look at the video of each planned item: what could not be done has failed, and the others have their names."""

    async def planned() -> AsyncIterator[Seen]:
        async for item in journal.items("planned"):
            yield Seen(item.uuid, None, (), item)

    watcher.expect((await journal.counts()).get("planned", 0))
    async with Batch(journal.save) as batch, aclosing(in_full(pt, planned())) as videos:
        async for found in videos:
            _settle(found.tag, found, who)
            watcher.advance()
            await batch.put(found.tag)


def _settle(item: Item, found: Found, who: Who) -> None:
    video, error = found.video, found.error
    if error is not None and not is_about_one_video(error):
        raise error
    if video is None:
        item.settle("failed", reason(error) if error is not None else "")
        return
    item.name = video["name"]
    wrong = [column for column, name in item.note.get("names", {}).items() if names_another(name, video)]
    if wrong:
        item.settle("failed", f"{wrong[0]} names another video than {item.uuid}")
    elif not who.may_edit(video):
        item.settle("failed", f"not yours to change: it belongs to {owner_of(video)}")
