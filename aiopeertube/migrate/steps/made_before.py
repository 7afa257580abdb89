"""Which new videos of a table other jobs have made already, whatever the table was called, and wherever it lay.

A row is known again by all that it wants: the fields, and what the video is made of. That is an address, or a file by
its name, size and a sample of its content, in whatever folder. A row whose fields alone are others, because they were
corrected since, is the same film: it is not made once more, but fails, and says which video it is.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import NotFound, PeerTubeError
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.journal.journals import directory, earlier_journals
from aiopeertube.migrate.journal.places import register
from aiopeertube.migrate.kinds import Kind
from aiopeertube.migrate.rows.exported import digest
from aiopeertube.migrate.watching import UNWATCHED, Sayer, Watcher

from .applying import settle_open
from .compare import is_about_one_video

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_BATCH: Final = 50  # videos that are looked up at once
_BEGUN: Final = ("sending", "planned", "skipped")  # of which a part may have been sent
MADE_BEFORE: Final = "an earlier job made it"
_TICKET: Final = "upload"  # in an item's note: an upload that was begun


def identity(item: Item) -> str:
    """Name a wish for a new video, so that it can be known again."""
    wanted: dict[str, Any] = dict(item.wanted)
    if "file" in wanted:
        wanted["file"] = PurePath(wanted["file"]).name
    wanted["images"] = _images(item)
    return digest([wanted, item.note.get("key")])


def _images(item: Item) -> dict[str, str]:
    return {column: PurePath(path).name for column, path in item.wanted.get("images", {}).items()}


def origin(item: Item) -> str:
    """Name what a new video is made of: its other values may be corrected, and it is the same still."""
    return identity(replace(item, wanted={**item.wanted, "fields": {}, "images": {}}, note={}))


def _corrected(item: Item, made: Item) -> list[str]:
    """Name the values in which a wish differs from what an earlier job made; a key is none of the video's."""
    one, other = ({**each.wanted["fields"], **_images(each)} for each in (item, made))
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def _is_same(item: Item, other: Item) -> bool:
    """Tell whether two wishes that look alike are of one file, and of one key; either may not be known."""
    return all(
        None in (known := (item.note.get(name), other.note.get(name))) or known[0] == known[1]
        for name in ("content", "key")
    )


@dataclass(slots=True)
class MadeBefore:
    """Looks for the new videos of a job in the journals of this user's jobs.

    With `looks_only` these stay as they are.
    """

    pt: "PeerTube"
    journal: Journal
    kind: Kind
    watcher: Watcher = UNWATCHED
    looks_only: bool = False
    _refs: dict[str, list[str]] = field(default_factory=dict)  # the rows that are planned, by what they want
    _settled: set[int] = field(default_factory=set)
    _found: set[str] = field(default_factory=set)  # the videos that rows are settled by
    _key: Callable[[Item], str] = identity

    async def settle(self) -> int:
        """Settle the items of which other jobs made videos that still exist; return how many.

        A table that is given twice then makes nothing twice. Uploads that others have begun are gone on with.

        Raises:
            JournalError: another run is making some of them.
        """
        if not await self._look_for(identity):
            return 0
        if not self.looks_only:
            await asyncio.to_thread(register, directory(), self.journal.path)
        mine = self.journal.path.resolve()
        others = [path for path in earlier_journals(self.journal.job, same_source=False) if path.resolve() != mine]
        count = await self._settle_from(self.journal)
        for path in others:
            count += await self._settle_by(path)
        if await self._look_for(origin):
            count += await self._settle_from(self.journal)
            for path in others:
                with Journal.open(path, read_only=True) as other:
                    count += await self._settle_from(other)
        return count

    async def _look_for(self, key: Callable[[Item], str]) -> bool:
        """Remember the planned rows by what names them and what was made alike; tell whether there are any."""
        refs: dict[str, list[str]] = defaultdict(list)
        async for item in self.journal.items("planned"):
            refs[key(item)].append(item.ref)
        self._key, self._refs, self._settled = key, dict(refs), set()
        return bool(refs)

    async def _settle_by(self, path: Path) -> int:
        with Journal.open(path, read_only=True) as other:
            begun = [item async for item in other.items(*_BEGUN) if self._wants(item) and _was_begun(item)]
        if begun and not self.looks_only:
            with Journal.open(path) as other:
                await settle_open(self.pt, other, self.kind, Sayer(self.watcher))
                await self._take_over(other)
        with Journal.open(path, read_only=True) as other:
            return await self._settle_from(other)

    async def _take_over(self, other: Journal) -> None:
        """Go on with uploads that another job has begun, in its place."""
        async for item in other.items("planned"):
            if _TICKET in item.note and (mine := await self._planned_like(item)) is not None:
                self._settled.discard(mine.id)
                mine.note[_TICKET] = item.note[_TICKET]
                await self.journal.save([mine])
                await other.save([item.settle("skipped", f"{self.journal.path.stem} goes on with it")])

    def _wants(self, item: Item) -> bool:
        return self._key(item) in self._refs and item.uuid not in self._found

    async def _planned_like(self, item: Item) -> Item | None:
        """Find the planned item that wants what another job's item is; each is found once, that of its name first."""
        refs = self._refs.get(self._key(item), [])
        found = [mine for mine in await self.journal.find(refs, "planned") if mine.id not in self._settled]
        alike = sorted((mine for mine in found if _is_same(mine, item)), key=lambda mine: mine.ref != item.ref)
        self._settled.update(mine.id for mine in alike[:1])
        return alike[0] if alike else None

    async def _settle_from(self, other: Journal) -> int:
        count = 0
        async for made in _batches(item async for item in other.items("changed", "unchanged") if self._wants(item)):
            pairs = [(mine, item) for item in made if (mine := await self._planned_like(item)) is not None]
            exist = await asyncio.gather(*(self._exists(item.uuid) for _, item in pairs))
            found = [pair for pair, it_does in zip(pairs, exist, strict=True) if it_does]
            self._settled -= {mine.id for mine, _ in pairs} - {mine.id for mine, _ in found}
            for mine, item in found:
                _settle_by(mine, item)
                self._found.add(item.uuid)
            await self.journal.save([mine for mine, _ in found])
            count += sum(mine.state == "unchanged" for mine, _ in found)
        return count

    async def _exists(self, uuid: str) -> bool:
        """Tell whether a video is there; one that cannot be read is not made again."""
        try:
            await self.pt.videos.get(uuid)
        except NotFound:
            return False
        except PeerTubeError as exc:
            if not is_about_one_video(exc):
                raise
        return True


def _settle_by(mine: Item, made: Item) -> None:
    """Settle a row by what was made of it; its corrections are for another kind of job."""
    if names := ", ".join(_corrected(mine, made)):
        mine.settle(
            "failed", f"{MADE_BEFORE}, {made.uuid}, with other values ({names}): change that video, or delete it"
        )
        return
    mine.uuid = made.uuid
    mine.settle("unchanged", MADE_BEFORE)


def _was_begun(item: Item) -> bool:
    return item.state == "sending" or (item.state == "planned" and _TICKET in item.note)


async def _batches(items: AsyncIterator[Item]) -> AsyncIterator[list[Item]]:
    batch: list[Item] = []
    async for item in items:
        batch.append(item)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
