"""A look at channels: what they have, what a table wants of them, and whether they can be made or deleted."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import NotFound, PeerTubeError
from aiopeertube.migrate.journal.database import Database
from aiopeertube.migrate.journal.item import EXPECTED, Item
from aiopeertube.migrate.journal.journal_errors import explained
from aiopeertube.migrate.journal.journals import earlier_journals
from aiopeertube.migrate.journal.schema import Job
from aiopeertube.migrate.metadata.shapes import taken
from aiopeertube.migrate.rows.parts import line_of
from aiopeertube.migrate.scope import Who

from .whole import EXISTS, GONE, Complaint, Looked

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

KIND: Final = "channels"
NAME: Final = "displayName"
TEXTS: Final = (NAME, "description", "support")
PICTURES: Final[Mapping[str, str]] = {"avatar": "avatars", "banner": "banners"}  # column -> the list in an answer
CALLED: Final = "channel"  # a part: the channel's name
_HANDLE: Final = re.compile(r"[a-z0-9_.:-]{1,50}")
_ALL: Final[Mapping[str, Any]] = {"include": 1 | 2 | 4, "privacyOneOf": (1, 2, 3, 4, 5), "nsfw": "both"}
_WHAT: Final = "a channel"


class ChannelSight:
    """Looks at channels; what is known of the user is asked for once."""

    def __init__(self, pt: "PeerTube", who: Who) -> None:
        self._pt = pt
        self._who = who
        self._sent: asyncio.Task[Mapping[str, str]] | None = None
        self._room: asyncio.Task[tuple[int, int]] | None = None
        self._new = 0

    async def now(self, item: Item) -> Mapping[str, Any]:
        """Return what there is of an item's channel."""
        found = await self._found(item)
        return GONE if found is None else _read(item, found)

    async def _found(self, item: Item) -> Mapping[str, Any] | None:
        try:
            found: Mapping[str, Any] = await self._pt.channels.get(item.uuid or item.ref)
        except NotFound:
            return None
        for name in ("name", NAME):
            taken(found, name, kind=str, what=_WHAT)
        return found

    async def look(self, item: Item) -> Looked:
        """Return what there is of a channel, what is wanted of it, and what is wrong with its row."""
        found = await self._found(item)
        if found is None:
            return await self._look_at_new(item)
        owner = taken(found, "ownerAccount", "name", kind=str, what=_WHAT)
        if owner != self._who.account and not self._who.staff:
            return _wrong(item, f"{item.ref}: the name is taken: it is a channel of {owner}")
        now, wanted = _read(item, found), dict(item.wanted)
        remarks = list[str]()
        if wanted.pop(CALLED, None) is not None:
            await self._leave_out_what_was_sent(wanted, now)
            wanted[EXISTS] = True
        elif wanted.get(EXISTS) is False:
            if why := await self.is_used(item.uuid, found):
                return _wrong(item, why)
        elif EXPECTED in item.note:
            remarks = list(_left(item, wanted, now))
        return Looked(now, wanted, remarks=remarks)

    async def _look_at_new(self, item: Item) -> Looked:
        wanted = dict(item.wanted)
        if CALLED in wanted:
            name = wanted.pop(CALLED)
            if why := await self._not_to_be_made(name):
                return _wrong(item, f"{name}: {why}")
            none = dict.fromkeys((*TEXTS, *PICTURES))
            return Looked(GONE, {**none, NAME: name, **wanted, EXISTS: True})
        return Looked(GONE, {name: value for name, value in wanted.items() if name not in PICTURES})

    async def _not_to_be_made(self, name: str) -> str:
        """Say why there can be no channel of a name; "" where there can, as far as the server tells."""
        if _HANDLE.fullmatch(name) is None:
            return "a channel's name has 1 to 50 of the characters a-z, 0-9, _, ., : and -"
        with suppress(NotFound):
            await self._pt.accounts.get(name)
            return "the name is taken: it is that of an account"
        number = self._new = self._new + 1
        if self._room is None:
            self._room = asyncio.create_task(self._rooms())
        there, most = await asyncio.shield(self._room)
        if there + number > most:
            return f"these would be {there + number} channels, and the instance allows a user {most}"
        return ""

    async def _rooms(self) -> tuple[int, int]:
        """Return how many channels the user has, and how many they may have."""
        config = await self._pt.config.get()
        most = taken(config, "videoChannels", "maxPerUser", kind=int, what="the instance's configuration")
        return await self._pt.accounts.channels(self._who.account).total(), most

    async def is_used(self, name: str, channel: Mapping[str, Any]) -> str:
        """Say what would be lost with a channel; "" where nothing would."""
        number = taken(channel, "id", kind=int, what=_WHAT)
        counts = [await self._pt.me.videos(channelId=number).total()]
        if self._who.staff:
            counts.append(await self._pt.channels.videos(name, **_ALL).total())
        else:
            counts.append(await self._pt.channels.videos(name, nsfw="both").total())
        if max(counts):
            return f"{name} has videos, which would be deleted with it: {max(counts):,}"
        own = [
            row async for row in self._pt.accounts.playlists(self._who.account) if _is_in(row, number)
        ]  # private, too
        if lists := max(len(own), await self._pt.channels.playlists(name).total()):
            return f"{name} has playlists, which would lose it: {lists:,}"
        return ""

    async def _leave_out_what_was_sent(self, wanted: dict[str, Any], now: Mapping[str, Any]) -> None:
        """Leave out pictures that an earlier job of the user made of the same file, and that are there still."""
        for kind in [kind for kind in PICTURES if wanted.get(kind) and now[kind]]:
            if self._sent is None:
                self._sent = asyncio.create_task(asyncio.to_thread(_sent_by, self._pt.origin, self._who.name))
            sent = await asyncio.shield(self._sent)
            if sent.get(now[kind]["path"]) == wanted[kind]["sha256"]:
                del wanted[kind]


def _read(item: Item, channel: Mapping[str, Any]) -> Mapping[str, Any]:
    item.uuid, item.name = channel["name"], channel[NAME]
    texts = {name: channel.get(name) or None for name in TEXTS}
    return {EXISTS: True, **texts, **{kind: picture_of(channel, kind) for kind in PICTURES}}


def _is_in(playlist: Mapping[str, Any], channel: int) -> bool:
    return (playlist.get("videoChannel") or {}).get("id") == channel


def picture_of(answer: Mapping[str, Any], kind: str) -> dict[str, Any] | None:
    """Return the picture that an answer has, known by the path of the largest of its sizes."""
    sizes = answer.get(PICTURES[kind]) or []
    largest = max(sizes, key=lambda size: size.get("width") or 0, default=None)
    return None if largest is None else {"path": taken(largest, "path", kind=str, what=f"the {kind} of a channel")}


def pictures_lost(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterable[str]:
    """Name the pictures that a change replaces for ever: the server throws them away."""
    return (kind for kind in PICTURES if kind in (after or {}) and (before or {}).get(kind))


def _left(item: Item, wanted: dict[str, Any], now: Mapping[str, Any]) -> Iterable[str]:
    """Leave out pictures that cannot come back, since the server has thrown them away, and say so."""
    for kind in [kind for kind in PICTURES if wanted.get(kind)]:
        if wanted[kind] != now[kind]:
            yield f"{item.uuid}: the {kind} that was there before cannot come back"
        del wanted[kind]


def _wrong(item: Item, why: str) -> Looked:
    return Looked({}, {}, [Complaint(line_of(item, CALLED), "name", why)])


def _sent_by(origin: str, user: str) -> dict[str, str]:
    """Return the pictures that earlier jobs of a user made, by their paths, with what names the file of each."""
    found: dict[str, str] = {}
    for path in earlier_journals(Job(KIND, origin, user, ""), same_source=False):
        with suppress(PeerTubeError), explained(path):
            database = Database.open(path, read_only=True)
            try:
                for item in database.written():
                    found |= dict(_pictures_of(item))
            finally:
                database.release(remove=False)
    return found


def _pictures_of(item: Item) -> Iterable[tuple[str, str]]:
    for kind in PICTURES:
        made, file = (item.after or {}).get(kind) or {}, item.wanted.get(kind) or {}
        if "path" in made and "sha256" in file:
            yield made["path"], file["sha256"]
