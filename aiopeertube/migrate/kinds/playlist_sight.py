"""A look at playlists: which one a table means, what it has, and what it is to have."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import InputError, NotFound
from aiopeertube.migrate.journal.item import AIM, Item
from aiopeertube.migrate.metadata import answers
from aiopeertube.migrate.metadata.references import canonical, names_another
from aiopeertube.migrate.metadata.shapes import taken
from aiopeertube.migrate.rows.parts import line_of
from aiopeertube.migrate.scope import Scope, Who, listing

from .filling import VIDEO, Row, arranged, places_of
from .whole import EXISTS, GONE, Complaint, Looked, is_between

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

NAME: Final = "displayName"
DESCRIPTION: Final = "description"
PRIVACY: Final = "privacy"
CHANNEL: Final = "channel"
ELEMENTS: Final = "videos"
ROW: Final = "row "  # how parts begin that are rows without a position
_CALLED: Final = "playlist"  # a part: what the table calls it
_NEWEST: Final = "newest"  # in an item's note: the highest id of the user's playlists before one was made
_REGULAR: Final = 1  # not the list of videos to watch later
_OPEN: Final = (1, 2)  # public and unlisted
_PRIVATE: Final = 3
_SAID: Final = (DESCRIPTION, PRIVACY, CHANNEL)  # what rows say of a playlist beside its videos
_WHAT: Final = "a playlist"
_FEW: Final = 3  # videos that are asked for one by one, however few there are
_PAGE: Final = 100  # rows of a list that one request gives
_NEW: Final[Mapping[str, Any]] = {DESCRIPTION: None, PRIVACY: _PRIVATE, CHANNEL: None}


class PlaylistSight:
    """Looks at playlists; those of the user are listed once, and each video is asked for once.

    What the user may edit is listed, too, once that takes fewer requests than asking for the videos of a playlist.
    """

    def __init__(self, pt: "PeerTube", who: Who, *, exact: bool = False) -> None:
        self._pt = pt
        self._who = who
        self._exact = exact
        self._listed: asyncio.Task[list[Mapping[str, Any]]] | None = None
        self._videos: dict[str, asyncio.Task[Mapping[str, Any]]] = {}
        self._count: asyncio.Task[int] | None = None  # of the videos that the user may edit
        self._known: asyncio.Task[Mapping[str, Mapping[str, Any]]] | None = None  # by id and UUID

    # -- which it is -----------------------------------------------------------------------------

    async def now(self, item: Item) -> Mapping[str, Any]:
        """Return what there is of an item's playlist."""
        found = await self._found(item)
        return GONE if found is None else await self._read(item, found)

    async def _read(self, item: Item, playlist: Mapping[str, Any]) -> Mapping[str, Any]:
        item.uuid, item.name = playlist["uuid"], playlist[NAME]
        channel = playlist.get("videoChannel")
        return {
            EXISTS: True,
            NAME: playlist[NAME],
            DESCRIPTION: playlist.get("description"),
            PRIVACY: taken(playlist, "privacy", "id", kind=int, what=_WHAT),
            CHANNEL: None if channel is None else taken(channel, "id", kind=int, what=_WHAT),
            ELEMENTS: [place.value for place in await places_of(self._pt, item.uuid)],
        }

    async def _found(self, item: Item) -> Mapping[str, Any] | None:
        """Return an item's playlist: the one that it is known to be, or the one that it names."""
        if item.uuid or _CALLED not in item.wanted:
            found = await self._named_by(item.uuid or item.ref)
            if found is not None or not (item.after or {}).get(EXISTS):
                return found
            item.uuid = ""  # it is to be made once more
        found = self._one(item, await self._called(item))
        return found or await self._other(item)

    async def _called(self, item: Item) -> list[Mapping[str, Any]]:
        """Return the user's playlists that are called as the item is, and were not there before it was to be made."""
        name = item.wanted.get(_CALLED) or (item.after or {}).get(NAME)
        newest = item.note.get(_NEWEST, 0)
        return [each for each in await self._mine() if each[NAME].strip() == name and each["id"] > newest]

    @staticmethod
    def _one(item: Item, found: list[Mapping[str, Any]]) -> Mapping[str, Any] | None:
        if len(found) > 1:
            uuids = ", ".join(each["uuid"] for each in found)
            raise Doubtful(f"{len(found)} playlists are called so; name one by its uuid: {uuids}")
        return found[0] if found else None

    async def _other(self, item: Item) -> Mapping[str, Any] | None:
        """Return the playlist that an item names by its id, UUID or short UUID."""
        called = item.wanted.get(_CALLED, "")
        try:
            ref = canonical(called, self._pt.origin)
        except ValueError:
            return None
        found = await self._named_by(ref)
        if found is None and not ref.isdecimal():
            raise Doubtful("there is no such playlist, or it is hidden from this user")
        return found

    async def _named_by(self, ref: str) -> Mapping[str, Any] | None:
        try:
            return _checked(await self._pt.playlists.get(ref)) if ref else None
        except NotFound:
            return None

    async def _mine(self) -> list[Mapping[str, Any]]:
        if self._listed is None:
            self._listed = asyncio.create_task(self._list())
        return await asyncio.shield(self._listed)

    async def _list(self) -> list[Mapping[str, Any]]:
        rows = self._pt.accounts.playlists(self._who.account)
        return [_checked(row) async for row in rows if taken(row, "type", "id", kind=int, what=_WHAT) == _REGULAR]

    # -- what it is to be ------------------------------------------------------------------------

    async def look(self, item: Item) -> Looked:
        """Return what there is of a playlist, what is wanted of it, and what is wrong with its rows."""
        try:
            found = await self._found(item)
        except Doubtful as exc:
            return Looked({}, {}, [Complaint(line_of(item, _CALLED), _CALLED, f"{item.name or item.ref}: {exc}")])
        if found is not None and not self._may_edit(found):
            owner = taken(found, "ownerAccount", "name", kind=str, what=_WHAT)
            why = f"{item.name or item.ref}: not yours to change: it belongs to {owner}"
            return Looked({}, {}, [Complaint(line_of(item, _CALLED), _CALLED, why)])
        now = GONE if found is None else await self._read(item, found)
        if found is None:
            item.note[_NEWEST] = max((each["id"] for each in await self._mine()), default=0)
        if _CALLED not in item.wanted:  # what was there before, or was written
            return Looked(now, item.wanted)
        return await self._wanted(item, now)

    def _may_edit(self, playlist: Mapping[str, Any]) -> bool:
        owner = taken(playlist, "ownerAccount", "name", kind=str, what=_WHAT)
        return bool(playlist.get("isLocal", True)) and (self._who.staff or owner == self._who.account)

    async def _wanted(self, item: Item, now: Mapping[str, Any]) -> Looked:
        said: dict[str, Any] = {name: item.wanted[name] for name in _SAID if name in item.wanted}
        new: dict[str, Any] = {} if now[EXISTS] else {**_NEW, NAME: item.wanted[_CALLED]}
        wanted: dict[str, Any] = {EXISTS: True, **new, **said}
        rows, complaints = await self._rows(item)
        whole = {**now, **wanted}
        if whole[PRIVACY] in _OPEN and whole[CHANNEL] is None:
            column = PRIVACY if PRIVACY in said else CHANNEL
            why = "a playlist that is public or unlisted needs a channel"
            complaints.append(Complaint(line_of(item, column), column, why))
        there = now.get(ELEMENTS) or []
        aim = item.note.get(AIM, {}).get(ELEMENTS)
        begun = aim is not None and is_between([], aim, there)  # else somebody else has put something in meanwhile
        wanted[ELEMENTS] = aim if begun else arranged(rows, there, exact=self._exact)
        stay = len(wanted[ELEMENTS]) - len(rows)
        remarks = [f"{item.name}: {stay:,} that the table does not name stay where they are"] if stay and rows else []
        return Looked(now, wanted, complaints, remarks)

    async def _rows(self, item: Item) -> tuple[list[Row], list[Complaint]]:
        """Return the videos that rows want in a playlist, in their order, and what is wrong with these."""
        parts = sorted(part for part, value in item.wanted.items() if isinstance(value, dict))
        await self._learn({item.wanted[part]["video"] for part in parts})
        videos = await asyncio.gather(
            *(self._video(item.wanted[part]["video"]) for part in parts), return_exceptions=True
        )
        rows, complaints = list[Row](), list[Complaint]()
        for part, video in zip(parts, videos, strict=True):
            wanted, line = item.wanted[part], line_of(item, part)
            if isinstance(video, NotFound):
                why = f"{wanted['video']}: there is no such video, or it is hidden from this user"
                complaints.append(Complaint(line, VIDEO, why))
            elif isinstance(video, BaseException):
                raise video
            else:
                complaints += _misnamed(wanted, video, line)
                rows.append(Row(video["uuid"], wanted["at"], wanted["times"]))
        return rows, complaints

    async def _learn(self, refs: Collection[str]) -> None:
        """List the videos that the user may edit, where that is cheaper than to ask for some one by one."""
        if self._known is not None or len(refs) < _FEW:
            return
        if self._count is None:
            self._count = asyncio.create_task(listing(self._pt, self._who, Scope()).total())
        count = await asyncio.shield(self._count)
        if self._known is None and count <= _PAGE * (len(refs) - 1):
            self._known = asyncio.create_task(self._all())

    async def _all(self) -> Mapping[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        async for row in listing(self._pt, self._who, Scope()):
            video = {"id": row["id"], "uuid": taken(row, "uuid", kind=str, what="a video of a list")}
            found |= {str(video["id"]): video, video["uuid"]: video}
        return found

    async def _video(self, ref: str) -> Mapping[str, Any]:
        known = {} if self._known is None else await asyncio.shield(self._known)
        if ref in known:
            return known[ref]
        if ref not in self._videos:
            self._videos[ref] = asyncio.create_task(answers.video(self._pt, ref).send())
        return await asyncio.shield(self._videos[ref])


class Doubtful(InputError):
    """Nobody can tell which playlist is meant."""


def _checked(playlist: Any) -> Mapping[str, Any]:
    for name, kind in (("id", int), ("uuid", str), (NAME, str)):
        taken(playlist, name, kind=kind, what=_WHAT)
    found: Mapping[str, Any] = playlist
    return found


def _misnamed(wanted: Mapping[str, Any], video: Mapping[str, Any], line: int | None) -> Iterable[Complaint]:
    for column, ref in wanted.get("names", {}).items():
        if names_another(ref, video):
            why = f"{ref} is not the video that the row names otherwise: {video['uuid']}"
            yield Complaint(line, column, why)
