"""Which video came of an upload whose last answer nobody saw.

The server forgets an upload with its end, so this is asked of the list of the user's videos. It is told by what no
clock of ours has a say in: the video's id is higher than the highest there was before the upload was announced (the
server counts up), its name, channel, file name and size are the upload's, and it belongs to nothing else. Uploads of
one client that are alike in all of that end one after the other, so that none takes the video of another.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary, WeakValueDictionary

from aiopeertube.errors import NotFound, UnexpectedResponse
from aiopeertube.types import VideoId, VideoRow

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

IsKnown = Callable[[str], Awaitable[bool]]
_KEPT: Final = 10_000  # videos that are remembered: only those made since the oldest open upload began matter
# What the server trims of a name, as JavaScript does: not all that Python strips, and U+FEFF as well.
_TRIMMED: Final = (
    "\t\n\v\f\r \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
)


class Undecided(Exception):
    """Nobody can tell; the message says why."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the video of an upload has in common with its announcement."""

    channel: int
    name: str
    filename: str
    size: int

    def fits(self, row: VideoRow) -> bool:
        """Tell whether a row of a list may be of this upload's video."""
        return row["name"] == self.name.strip(_TRIMMED) and row["channel"]["id"] == self.channel

    def fits_source(self, source: dict[str, Any]) -> bool:
        """Tell whether what is known of a video's file is true of this one."""
        name = source.get("inputFilename", source.get("filename"))
        return name in {None, self.filename} and source.get("size") in {None, self.size}


class Ends:
    """The videos that came of one client's uploads, and which uploads are at their end just now."""

    def __init__(self) -> None:
        self._made: dict[str, str] = {}  # a video's UUID -> the upload that it came of
        self._turns: WeakValueDictionary[Identity, asyncio.Lock] = WeakValueDictionary()

    def turn(self, identity: Identity) -> asyncio.Lock:
        """Return what is to be held from before the last byte until it is known what came of it."""
        return self._turns.setdefault(identity, asyncio.Lock())

    def came_of(self, upload_id: str, video: VideoId) -> None:
        """Remember whose a video is."""
        self._made[video["uuid"]] = upload_id
        if len(self._made) > _KEPT:
            del self._made[next(iter(self._made))]

    def is_of_another(self, upload_id: str, uuid: str) -> bool:
        """Tell whether a video came of another upload of this client."""
        return self._made.get(uuid, upload_id) != upload_id


_ENDS: Final[WeakKeyDictionary["PeerTube", Ends]] = WeakKeyDictionary()


def ends_of(pt: "PeerTube") -> Ends:
    """Return what is known of the ends of a client's uploads."""
    return _ENDS.setdefault(pt, Ends())


async def newest_of(pt: "PeerTube") -> int:
    """Ask for the id of the newest of the user's videos; 0 when there is none."""
    rows = await pt.me.videos(sort="-createdAt", includeCollaborations=True).collect(limit=1)
    return _id(rows[0]) if rows else 0


async def find(
    pt: "PeerTube", identity: Identity, upload_id: str, *, newest: int | None, is_known: IsKnown | None
) -> VideoId | None:
    """Look for the video that came of an upload; None when there is none.

    Raises:
        Undecided: it is not known since when to look, or several fit.
    """
    if newest is None:
        raise Undecided("nobody knows which videos were there before")
    found = []
    for row in await _since(pt, newest):
        mine = identity.fits(row) and not ends_of(pt).is_of_another(upload_id, row["uuid"])
        if mine and not (is_known is not None and await is_known(row["uuid"])) and await _has_file(pt, identity, row):
            found.append(row)
    if len(found) > 1:
        raise Undecided(f"several videos may be it: {', '.join(row['uuid'] for row in found)}")
    return {"id": found[0]["id"], "uuid": found[0]["uuid"], "shortUUID": found[0]["shortUUID"]} if found else None


async def _since(pt: "PeerTube", newest: int) -> list[VideoRow]:
    """List the user's videos with a higher id than `newest`."""
    rows: list[VideoRow] = []
    async for page in pt.me.videos(sort="-createdAt", includeCollaborations=True).pages():
        later = [row for row in page if _id(row) > newest]
        rows.extend(later)
        if len(later) < len(page):
            break
    return rows


async def _has_file(pt: "PeerTube", identity: Identity, row: VideoRow) -> bool:
    try:
        source = await pt.request("GET", f"/videos/{row['uuid']}/source")
    except NotFound:
        return True  # nothing is known of its file
    return isinstance(source, dict) and identity.fits_source(source)


def _id(row: VideoRow) -> int:
    number = row["id"]
    if isinstance(number, int):
        return number
    raise UnexpectedResponse(f"a video's id was due, not {number!r}", status=200)
