"""Files that an instance fetches itself: whether they came.

The answer to an import says no more than that it will be tried.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import NotFound
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal

from .wishes import VIDEO

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

BY_IMPORT: Final = "import"  # how a video is copied whose file is fetched
UNFETCHED: Final = "unfetched"  # in an item's note: its video is there, and will never have a file
_FETCHED: Final = "fetched"
_SUCCESS: Final = 2
_ENDED: Final = frozenset({3, 4, 5})  # failed, rejected, cancelled
# States of a video that is to be imported, or could not be: 6.x has the first for both.
_WITHOUT: Final = frozenset({3, 12})
_LONGEST: Final = 300  # characters of what a server says about it
NOT_YET: Final = "its file has not been fetched yet"


def is_without(video: Mapping[str, Any]) -> bool:
    """Tell by its state whether a video, or a row of a list, has no file by now that is to be imported."""
    return (video.get("state") or {}).get("id") in _WITHOUT


async def why_without(pt: "PeerTube", item: Item) -> str:
    """Say why the video of an item, which is without a file, has none."""
    one: Any
    async for one in pt.imports.list(targetUrl=item.wanted["file"]["url"], sort="-createdAt"):
        if (one.get("video") or {}).get("uuid") == item.uuid:
            return _why(one) or NOT_YET
    return "its file was not fetched, and the instance knows no import of it"


def _why(one: Mapping[str, Any]) -> str:
    """Say why an import brought nothing; "" where it may still, or has."""
    state = one.get("state") or {}
    if state.get("id") not in _ENDED:
        return ""
    said = " ".join(str(one.get("error") or state.get("label") or "").split())
    return f"the instance could not fetch its file: {said[:_LONGEST]}"


async def look_at_imports(pt: "PeerTube", journal: Journal) -> int:
    """Settle as failed the videos whose files the instance could not fetch; return how many it is still to fetch."""
    waiting = {
        item.uuid: item
        async for item in journal.items("changed")
        if item.ref.startswith(VIDEO) and item.wanted["via"] == BY_IMPORT and _FETCHED not in item.note
    }
    ended = list[Item]()
    oldest = min((item.note.get("newest", 0) for item in waiting.values()), default=0)
    if waiting:
        one: Any
        async for one in pt.imports.list(sort="-createdAt"):
            if one["id"] <= oldest:
                break
            item = waiting.get((one.get("video") or {}).get("uuid", ""))
            if item is not None and _settled(item, one):
                ended.append(item)
    await journal.save(ended)
    return len(waiting) - len(ended)


def _settled(item: Item, one: Mapping[str, Any]) -> bool:
    """Settle an item by its import; tell whether that is at its end."""
    if (one.get("state") or {}).get("id") == _SUCCESS:
        item.note[_FETCHED] = True
        return True
    if why := _why(one):
        item.note[UNFETCHED] = True
        item.settle("failed", why)
    return bool(why)


async def make_room(pt: "PeerTube", item: Item) -> bool:
    """Remove the video of an import that failed, so that it can be imported again; tell whether there is none now.

    It is not touched where it has a file by now, or may get one.
    """
    try:
        video = await pt.videos.get(item.uuid)
    except NotFound:
        return True
    if not is_without(video) or await why_without(pt, item) == NOT_YET:
        return False
    await pt.videos.delete(item.uuid)
    return True
