"""What comes after the file of a video: its captions and chapters. What cannot come along is noted."""

import re
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import NotFound, PeerTubeError
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.kinds.captions import NOT_KEPT, by_language
from aiopeertube.migrate.kinds.chapters import chapters_in
from aiopeertube.migrate.kinds.subtitles import said

from .ends import Origin
from .small_files import LOST, Missing, lose, refusal, subtitles

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_TRIES: Final = 5  # captions that the server does not keep are sent again
_TIMES: Final = re.compile(r"\d:\d\d")  # of which the server makes chapters by itself


async def bring_captions(origin: Origin, pt: "PeerTube", journal: Journal, item: Item) -> None:
    """Bring the captions of all languages; those that cannot be had, or that this server does not take, are noted."""
    if "captions" in item.note:
        return
    found = await _captions_there(origin, item)
    any_there, left = bool(found), dict(found)
    for _ in range(_TRIES):
        for language, data in list(left.items()):
            if why := await _put(pt, item, language, data):
                lose(item, f"captions in {language}", why)
                del left[language], found[language]
        if not left:
            break
        kept = by_language(await pt.captions.list(item.uuid))
        left = {language: data for language, data in left.items() if language not in kept}
    for language in left:
        lose(item, f"captions in {language}", NOT_KEPT)
        del found[language]
    item.note["captions"] = {language: said(data) for language, data in found.items()}
    if any_there:
        await journal.save([item])


async def _captions_there(origin: Origin, item: Item) -> dict[str, bytes]:
    try:
        rows = by_language(await origin.pt.captions.list(item.wanted["video"]))
    except PeerTubeError as exc:
        if not (why := refusal(exc)):
            raise
        lose(item, "captions", f"they cannot be read there: {why}")
        return {}
    found: dict[str, bytes] = {}
    for language, row in rows.items():
        address = origin.address(row.get("captionPath")) or origin.address(row.get("fileUrl"))
        try:
            found[language] = await subtitles(origin.pt, address)
        except Missing as exc:
            lose(item, f"captions in {language}", str(exc))
    return found


async def _put(pt: "PeerTube", item: Item, language: str, data: bytes) -> str:
    """Send captions; say why where the server does not take them."""
    try:
        await pt.captions.put(item.uuid, language, data)
    except PeerTubeError as exc:
        if not (why := await _refused(pt, item, exc)):
            raise
        return f"the server does not take them: {why}"
    return ""


async def _refused(pt: "PeerTube", item: Item, error: PeerTubeError) -> str:
    """Say how a server refused a part of a video; "" where another try may do.

    Raises:
        NotFound: the video itself is gone.
    """
    if isinstance(error, NotFound):
        await pt.videos.get(item.uuid)
    return refusal(error)


async def bring_chapters(origin: Origin, pt: "PeerTube", item: Item) -> None:
    """Bring the chapters; also that there are none, where the server would take some from the description."""
    if "chapters" in item.note or "chapters" in item.note.get(LOST, {}):
        return
    try:
        chapters: Any = chapters_in(await origin.pt.videos.chapters.get(item.wanted["video"]))
    except PeerTubeError as exc:
        if not (why := refusal(exc)):
            raise
        lose(item, "chapters", f"they cannot be read there: {why}")
        return
    if chapters or _TIMES.search(item.wanted["fields"].get("description") or ""):
        try:
            await pt.videos.chapters.update(item.uuid, chapters=chapters)
        except PeerTubeError as exc:
            if not (why := await _refused(pt, item, exc)):
                raise
            lose(item, "chapters", f"the server does not take them: {why}")
            return
    item.note["chapters"] = chapters
