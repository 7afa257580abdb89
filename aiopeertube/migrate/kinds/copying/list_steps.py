"""One playlist of a copy: made and filled as any other, then its picture.

No server tells a picture that somebody chose from one that it made of the first video: both come along.
"""

from typing import TYPE_CHECKING, Any, Final

from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.kinds.playlists import Playlists
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

from .small_files import LOST, bring_image
from .video_steps import Work

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_LISTS: Final = Playlists()
_PICTURE: Final = "picture"


def call(pt: "PeerTube", item: Item) -> Call[Any]:
    """Make the first request."""
    return _LISTS.call(pt, item)


async def carry_out(work: Work, pt: "PeerTube", journal: Journal, item: Item, request: Request) -> None:
    """Make a playlist as far as it is not made yet."""
    await _LISTS.send(pt, journal, item, request)
    if item.state != "sending" or not _lacks_picture(item):
        return

    async def send(data: bytes) -> None:
        await pt.playlists.update(item.uuid, thumbnailfile=data)

    if await bring_image(work.origin.pt, item.wanted[_PICTURE], item, _PICTURE, send):
        item.note[_PICTURE] = True


def done(item: Item, answer: Any) -> None:
    """Settle one that was made."""
    _LISTS.done(item, answer)


async def ask(pt: "PeerTube", journal: Journal, item: Item) -> None:
    """Settle one by what the server has; the picture of one that is filled may still be missing."""
    await _LISTS.ask(pt, journal, item)
    if item.state == "changed" and _lacks_picture(item):
        item.settle("planned")


async def differs(pt: "PeerTube", item: Item) -> str:
    """Say what is not as it was to be."""
    return await _LISTS.check(pt, item)


def _lacks_picture(item: Item) -> bool:
    wanted = item.wanted.get(_PICTURE) is not None
    return wanted and _PICTURE not in item.note and _PICTURE not in item.note.get(LOST, {})
