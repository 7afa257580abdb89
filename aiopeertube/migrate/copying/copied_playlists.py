"""The playlists of a copy, once its videos are here: what is theirs there becomes what is ours here."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from aiopeertube._counting import plural
from aiopeertube.errors import NotFound
from aiopeertube.migrate.journal.item import OPEN, Item, State
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.kinds.copying.small_files import LOST, lose
from aiopeertube.migrate.kinds.copying.video_steps import Work
from aiopeertube.migrate.kinds.copying.wishes import PLAYLIST, VIDEO
from aiopeertube.migrate.kinds.filling import VIDEO as VIDEO_OF
from aiopeertube.migrate.kinds.playlist_sight import CHANNEL, DESCRIPTION, ELEMENTS, NAME, PRIVACY
from aiopeertube.migrate.kinds.whole import EXISTS, GONE
from aiopeertube.migrate.scope import Who

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_PRIVATE: Final = 3
_DONE: Final[tuple[State, ...]] = ("changed", "unchanged")
_NEWEST: Final = "newest"  # in an item's note, as the sight of playlists reads it


async def settle_playlists(work: Work, pt: "PeerTube", who: Who, journal: Journal) -> None:
    """Say what the playlists that are planned are to have, of the videos that were copied."""
    newest: int | None = None
    async for item in journal.items("planned"):
        if not item.ref.startswith(PLAYLIST):
            continue
        if _NEWEST not in item.note:
            newest = await _newest(pt, who) if newest is None else newest
            item.note[_NEWEST] = newest
        before = dict(GONE) if not item.uuid else dict(item.after or {})
        item.before, item.after = before, await _wanted(work, pt, journal, item)
        await journal.save([item])


async def reopen_short_ones(journal: Journal) -> None:
    """Plan the playlists again that lack videos which have been copied since, or are to be now."""
    async for item in journal.items(*_DONE):
        if item.ref.startswith(PLAYLIST) and item.uuid and await _is_short(journal, item):
            item.ready = True
            await journal.save([item.settle("planned")])


async def _is_short(journal: Journal, item: Item) -> bool:
    there = {place.get(VIDEO_OF) for place in (item.after or {}).get(ELEMENTS) or ()}
    copies = await _copies(journal, item, (*_DONE, *OPEN))
    return any(uuid not in there for uuid in copies.values())


async def _newest(pt: "PeerTube", who: Who) -> int:
    return max([row["id"] async for row in pt.accounts.playlists(who.account)], default=0)


async def _wanted(work: Work, pt: "PeerTube", journal: Journal, item: Item) -> dict[str, Any]:
    wanted, copies = item.wanted, await _copies(journal, item)
    places = [{**place, VIDEO_OF: copies[place[VIDEO_OF]]} for place in wanted["videos"] if place[VIDEO_OF] in copies]
    item.note.pop(LOST, None)
    if left := len(wanted["videos"]) - len(places):
        lose(
            item,
            ELEMENTS,
            f"{plural(left, 'one', f'{left:,}')} of its videos {plural(left, 'was', 'were')} not copied",
        )
    channel, privacy = await _channel(work, pt, wanted["channel"]), wanted["privacy"]
    if channel is None and privacy != _PRIVATE:
        lose(item, PRIVACY, "it is private here, since its channel is not here")
        privacy = _PRIVATE
    return {
        EXISTS: True,
        NAME: wanted["playlist"],
        DESCRIPTION: wanted["description"],
        PRIVACY: privacy,
        CHANNEL: channel,
        ELEMENTS: places,
    }


async def _copies(journal: Journal, item: Item, states: Sequence[State] = _DONE) -> dict[str, str]:
    """Return the copy of each video of a playlist, by the video there; "" of one that is still to be made."""
    found: dict[str, str] = {}
    refs = list(dict.fromkeys(f"{VIDEO}{place[VIDEO_OF]}" for place in item.wanted["videos"]))
    for start in range(0, len(refs), 100):
        for state in states:
            for one in await journal.find(refs[start : start + 100], state):
                found[one.ref.removeprefix(VIDEO)] = one.uuid
    return found


async def _channel(work: Work, pt: "PeerTube", name: str | None) -> int | None:
    try:
        return None if name is None else await work.channel(pt, name)
    except NotFound:
        return None
