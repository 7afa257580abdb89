"""Which of what is to be copied is new: what other jobs have copied or begun, and what is there without a journal.

Nothing is copied twice. A video is known again by its UUID there, in whatever job; where no journal tells, one of the
same name and length in the same channel is taken for it, and that is a conflict for people to settle. What a job has
planned and not begun is settled anew when it goes on: another one may have made it since.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import filelock

from aiopeertube.errors import NotFound
from aiopeertube.migrate.journal.item import OPEN, Item, State
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.journal.journal_errors import JournalError
from aiopeertube.migrate.journal.journals import directory, earlier_journals, prepared
from aiopeertube.migrate.journal.places import register
from aiopeertube.migrate.kinds.copying.fetching import BY_IMPORT, NOT_YET, UNFETCHED, is_without, why_without
from aiopeertube.migrate.kinds.copying.small_files import LOST
from aiopeertube.migrate.kinds.copying.video_steps import OF_FILE
from aiopeertube.migrate.kinds.copying.wishes import CHANNEL, FROM, PLAYLIST, VIDEO
from aiopeertube.migrate.metadata.values import js_trimmed

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_PAGE: Final = 100
_REGULAR: Final = 1  # not the list of videos to watch later
_DONE: Final[tuple[State, ...]] = ("changed", "unchanged")
_BEGUN: Final[tuple[State, ...]] = ("sending", "planned", "failed", "skipped")
_OPEN: Final[tuple[State, ...]] = ("read", "planned")
# What is noted of an item that is half done.
PROGRESS: Final = (
    *OF_FILE,
    "newest",
    "captions",
    "chapters",
    "pictures",
    "picture",
    "partly",
    "aim",
    UNFETCHED,
    LOST,
)
MADE_BEFORE: Final = "an earlier job copied it"
_CALLED_SO: Final = "a playlist is called so, and no journal knows whether it is a copy: {uuid}"
_ALIKE: Final = "one of its name and length is in that channel, and no journal knows whether it is a copy: {uuid}"
_PAUSE: Final = 0.1  # seconds until another run is asked again whether it has settled


@asynccontextmanager
async def one_at_a_time(journal: Journal) -> AsyncIterator[None]:
    """Wait until no other copy of this user to this instance settles what it is to make.

    So of two that begin at once the second one sees what the first one plans, wherever that has its journal.
    """
    job = journal.job
    mark = hashlib.sha256(f"{job.origin} {job.user}".encode()).hexdigest()[:16]
    try:
        path = prepared(directory() / f"copies-{mark}.lock")
    except JournalError:  # then there are no journals of others either
        yield
        return
    lock = filelock.FileLock(path, thread_local=False)
    while True:
        try:
            lock.acquire(blocking=False)
            break
        except filelock.Timeout:
            await asyncio.sleep(_PAUSE)
    try:
        await asyncio.to_thread(register, directory(), journal.path)
        yield
    finally:
        lock.release()


@dataclass(slots=True)
class Settling:
    """Plans what is new of what a journal has read; what `looks_only` finds of other jobs stays as it is."""

    pt: "PeerTube"
    journal: Journal
    account: str
    looks_only: bool = False
    _mine: list[Mapping[str, Any]] | None = field(default=None)  # the user's videos here
    _lists: list[Mapping[str, Any]] | None = field(default=None)  # and the playlists
    _made: set[str] | None = field(default=None)  # the videos here that journals know
    _named: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    _uuids: set[str] = field(default_factory=set)
    _without: set[str] = field(default_factory=set)  # of these, those that are to be imported, or could not be

    async def run(self) -> int:
        """Settle all items that were read, and again what is planned; return how many other jobs have copied.

        Raises:
            JournalError: another run is copying some of them.
        """
        made, counts = 0, await self.journal.counts()
        if not any(counts.get(state) for state in _OPEN):
            return made
        for path in self._others():
            made += await self._settle_from(path)
        async for items in self._pages("read"):  # what was planned was looked for then
            for item in items:
                await self._plan(item)
            await self.journal.save(items)
        return made

    def _others(self) -> list[Path]:
        """Return the journals of the user's other copies to this instance."""
        found = earlier_journals(self.journal.job, same_source=False)
        mine = self.journal.path.resolve()
        return [path for path in found if path.resolve() != mine]

    async def _pages(self, *states: State) -> AsyncIterator[list[Item]]:
        """Give the items that are not begun, those in these states (none: all), many at a time."""
        page: list[Item] = []
        async for item in self.journal.items(*(states or _OPEN)):
            if not _is_begun(item):
                page.append(item)
            if len(page) == _PAGE:
                yield page
                page = []
        if page:
            yield page

    async def _settle_from(self, path: Path) -> int:
        """Take over what another job has done, or begun."""
        made, begun, planned = 0, list[tuple[Item, Item]](), False
        with Journal.open(path, read_only=True) as other:
            async for items in self._pages():
                mine = {item.ref: item for item in items}
                planned = planned or any([await other.find(mine, state) for state in OPEN])
                for state in (*_DONE, *_BEGUN):
                    for found in await other.find(mine, state):
                        if not _is_of(mine[found.ref], found):
                            continue
                        if state in _DONE and not await self._lacks_its_file(found):
                            made += await self._take(mine[found.ref], found)
                        elif found.uuid or PROGRESS[0] in found.note:
                            begun.append((mine[found.ref], found))
                await self.journal.save([item for item in items if item.state == "unchanged"])
        if (begun or planned) and not self.looks_only:
            await self._go_on_with(path, begun)
        return made

    async def _take(self, mine: Item, made: Item) -> int:
        if not await self._exists(made):
            return 0
        mine.uuid, mine.ready = made.uuid, True
        mine.note |= {name: made.note[name] for name in PROGRESS if name in made.note}
        if mine.ref.startswith(PLAYLIST):
            mine.after = made.after  # which tells what it may lack
        mine.settle("unchanged", MADE_BEFORE)
        return 1

    async def _lacks_its_file(self, made: Item) -> bool:
        """Tell whether the instance could not fetch the file of a video; then it is gone on with."""
        if not made.ref.startswith(VIDEO) or made.wanted["via"] != BY_IMPORT or not await self._exists(made):
            return False
        if made.uuid not in self._without or await why_without(self.pt, made) == NOT_YET:
            return False
        made.note[UNFETCHED] = True
        return True

    async def _go_on_with(self, path: Path, begun: list[tuple[Item, Item]]) -> None:
        """Go on with what another job has begun, in its place."""
        with Journal.open(path) as other:  # which raises while that runs
            for mine, theirs in begun:
                if mine.state not in _OPEN or (theirs.uuid and not await self._exists(theirs)):
                    continue
                mine.uuid, mine.ready = theirs.uuid, True
                same = mine.wanted.get("file") == theirs.wanted.get("file")
                kept = [name for name in PROGRESS if same or name not in OF_FILE]
                mine.note |= {name: theirs.note[name] for name in kept if name in theirs.note}
                await self.journal.save([mine.settle("planned")])
                await other.save([theirs.settle("skipped", f"{self.journal.path.stem} goes on with it")])

    async def _exists(self, item: Item) -> bool:
        """Tell whether what an item became is there still."""
        if item.ref.startswith(VIDEO):
            await self._list()
            return item.uuid in self._uuids
        try:
            if item.ref.startswith(CHANNEL):
                await self.pt.channels.get(item.uuid)
            else:
                await self.pt.playlists.get(item.uuid)
        except NotFound:
            return False
        return True

    async def _plan(self, item: Item) -> None:
        """Plan an item, unless what it wants seems to be there."""
        looks = {VIDEO: (self._alike, _ALIKE), PLAYLIST: (self._called_so, _CALLED_SO)}
        if found := looks.get(f"{item.ref.partition(':')[0]}:"):
            like, why = found
            for row in await like(item):
                if row["uuid"] not in await self._copies():
                    item.settle("conflict", why.format(uuid=row["uuid"]))
                    return
        item.ready = True
        item.settle("planned")

    async def _alike(self, item: Item) -> list[Mapping[str, Any]]:
        await self._list()
        channel, length = item.wanted["channel"], item.note.get("duration")
        found = [row for row in self._named.get(js_trimmed(item.name), []) if row["channel"]["name"] == channel]
        return [row for row in found if _is_as_long(row.get("duration"), length)]

    async def _called_so(self, item: Item) -> list[Mapping[str, Any]]:
        if self._lists is None:
            self._lists = [row async for row in self.pt.accounts.playlists(self.account, playlistType=_REGULAR)]
        channels = (None, item.wanted["channel"])
        return [
            row
            for row in self._lists
            if row["displayName"].strip() == item.name.strip()
            and (row.get("videoChannel") or {}).get("name") in channels
        ]

    async def _copies(self) -> set[str]:
        """Return the videos here that are copies, as far as journals know."""
        if self._made is None:
            self._made = {item.uuid async for item in self.journal.items() if item.uuid}
            for path in self._others():
                with Journal.open(path, read_only=True) as other:
                    self._made |= {item.uuid async for item in other.items() if item.uuid}
        return self._made

    async def _list(self) -> None:
        """List the user's videos, once."""
        if self._mine is not None:
            return
        self._mine = [row async for row in self.pt.me.videos(sort="createdAt")]
        self._uuids = {row["uuid"] for row in self._mine}
        self._without = {row["uuid"] for row in self._mine if is_without(row)}
        for row in self._mine:
            self._named.setdefault(row["name"], []).append(row)


def _is_of(mine: Item, theirs: Item) -> bool:
    """Tell whether two items of one ref are about one thing: every instance has its own channel of a name."""
    if not mine.ref.startswith(CHANNEL):
        return True
    wanted, same = theirs.wanted.get("channel"), theirs.note.get(FROM) == mine.note.get(FROM)
    return same and wanted == mine.wanted["channel"]


def _is_as_long(one: Any, other: Any) -> bool:
    """Compare lengths in whole seconds, of which what a server makes of a file may have one more or less."""
    if isinstance(one, int) and isinstance(other, int):
        return abs(one - other) <= 1
    return bool(one == other)


def _is_begun(item: Item) -> bool:
    """Tell whether something of an item may have been sent; then this job alone goes on with it."""
    return bool(item.uuid or item.attempts or {"upload", "pictures"} & item.note.keys())
