"""What a copy is going to make, and what it leaves behind: counts, bytes, room, and whatever cannot come along."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiopeertube._counting import counted, plural
from aiopeertube.errors import ConfigurationError
from aiopeertube.migrate.journal.item import OPEN, Item, State
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.kinds.copying.ends import Origin
from aiopeertube.migrate.kinds.copying.wishes import CHANNEL, PLAYLIST, VIDEO
from aiopeertube.migrate.metadata.shapes import taken
from aiopeertube.resumable import CHUNK

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_NAMED: Final = 1000
_DONE: Final[tuple[State, ...]] = ("changed", "unchanged")
_NOT_DONE: Final[tuple[State, ...]] = ("failed", "conflict")
# What is of one thing alone in a reason: addresses on a server, UUIDs, and numbers.
_OF_ONE: Final = re.compile(r"/[\w./%-]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9][0-9,.]*")
_NOUNS: Final = {CHANNEL: "channel", VIDEO: "video", PLAYLIST: "playlist"}


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is not copied, or not all of it (then it `is_there`): what it is, and why."""

    name: str
    why: str
    is_there: bool = False


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What a copy makes, has made and leaves behind.

    Attributes:
        source, target: The two instances.
        todo: How many things are still to be made, by noun: "channel", "video" and "playlist".
        done: The same of those that are there.
        size: The bytes of the files that are still to be copied.
        room: The bytes that the user's quota has left, None where there is no limit.
        cannot: The first thousand things that cannot be copied, or were not, and why; `more` is how many others there
            are.
        without: How many things come without something of theirs, by what that is and why.
        stays: What no server takes from another: views, likes, dislikes and comments, as far as they are counted.
        dated: How many videos had no original date, and get that of their publication.
    """

    source: str
    target: str
    todo: Mapping[str, int]
    done: Mapping[str, int]
    size: int
    room: int | None
    cannot: tuple[Left, ...]
    without: Mapping[str, int]
    stays: Mapping[str, int]
    dated: int
    more: int = 0

    @property
    def requests(self) -> int:
        """How many requests of the target it takes, about: each thing is announced, and finished by another."""
        return 2 * sum(self.todo.values()) + -(-self.size // CHUNK)

    def lines(self) -> Iterator[str]:
        """Say what is going to be made, for people."""
        things = ", ".join(counted(self.todo[noun], noun) for noun in _NOUNS.values() if self.todo.get(noun))
        yield f"to {self.target} from {self.source}: {things or 'nothing new'}, {sized(self.size)} of files"
        if there := ", ".join(counted(number, noun) for noun, number in self.done.items() if number):
            yield f"there already: {there}"
        if self.room is not None:
            yield f"room: {sized(self.room)} are left of this user's quota, and what is made of the files counts, too"

    def _by_reason(self) -> Iterator[tuple[str, list[Left]]]:
        """Give what cannot be copied, or not all of it, by why: addresses and numbers of one thing aside."""
        found: dict[str, list[Left]] = {}
        for left in self.cannot:
            found.setdefault(f"{left.is_there} {_OF_ONE.sub('', left.why)}", []).append(left)
        return ((group[0].why, group) for group in found.values())

    def left_behind(self) -> Iterator[str]:
        """Say what does not come along, for people."""
        yield from self.problems()
        if self.dated:
            whose = f"{counted(self.dated, 'video')} without one {plural(self.dated, 'gets', 'get')}"
            yield f"originallyPublishedAt: {whose} the date of publication"
        counts = ", ".join(f"{number:,} {name}" for name, number in self.stays.items())
        others = "followers" if "comments" in self.stays else "comments, followers"
        yield f"left behind, since no server takes them: {counts or 'views and likes'}, {others}, watch later"

    def problems(self) -> Iterator[str]:
        """Say what cannot be copied, was not, or comes without something of its own."""
        for why, group in self._by_reason():
            named = group[0].name if len(group) == 1 else f"{group[0].name} and {len(group) - 1:,} more"
            yield f"{'not complete' if group[0].is_there else 'not copied'}: {named}: {why}"
        if self.more:
            yield f"not copied, or not all of it: {counted(self.more, 'other thing')}"
        for what, number in self.without.items():
            yield f"without, in {counted(number, 'thing')}: {what}"


def sized(number: int) -> str:
    """Write a number of bytes for people."""
    size, unit = float(number), "bytes"
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB"):  # noqa: B007 - the last one is what counts
        if size < 1024:
            break
        size /= 1024
    return f"{number:,} bytes" if unit == "bytes" else f"{size:.1f} {unit}"


async def plan_of_copy(origin: Origin, target: str, journal: Journal, room: int | None) -> CopyPlan:
    """Sum up what a journal has."""
    todo, done, without, stays = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    cannot, size, dated, more = list[Left](), 0, 0, 0
    async for item in _that_count(journal):
        noun = _NOUNS[f"{item.ref.partition(':')[0]}:"]
        if item.state in OPEN:
            todo[noun] += 1
            size += 0 if item.uuid else (item.wanted.get("file") or {}).get("size", 0)
        elif item.state in _DONE:
            done[noun] += 1
        elif item.state in _NOT_DONE and len(cannot) >= _NAMED:
            more += 1
        elif item.state in _NOT_DONE:
            cannot.append(Left(item.name or item.ref, item.reason, is_there=bool(item.uuid)))
        without.update(_without(item))
        stays.update(item.note.get("stays") or {})
        dated += bool(item.note.get("dated")) and item.state in {*OPEN, "changed"}
    return CopyPlan(origin.pt.origin, target, todo, done, size, room, tuple(cannot), without, stays, dated, more)


async def _that_count(journal: Journal) -> AsyncIterator[Item]:
    """Give all items, without those that could not be copied when a later look wanted them otherwise."""
    async for item in journal.items(*OPEN, *_DONE):
        yield item
    async for item in journal.undone(*_NOT_DONE):
        yield item


def _without(item: Item) -> Iterator[str]:
    for name, why in (item.note.get("lost") or {}).items():
        yield f"{name} ({why})"


async def room_of(pt: "PeerTube", me: Mapping[str, Any]) -> int | None:
    """Return how many bytes a user may still upload; None where there is no limit."""
    whole: int
    daily: int
    whole, daily = (taken(me, name, kind=int, what="/users/me") for name in ("videoQuota", "videoQuotaDaily"))
    if whole < 0 and daily < 0:
        return None
    used: Any = await pt.me.quota()
    left: list[int] = [
        max(0, most - taken(used, name, kind=int, what="the used quota"))
        for most, name in ((whole, "videoQuotaUsed"), (daily, "videoQuotaUsedDaily"))
        if most >= 0
    ]
    return min(left)


def check_room(plan: CopyPlan) -> None:
    """See that there is room for all files.

    Raises:
        ConfigurationError: there is not.
    """
    if plan.room is not None and plan.size > plan.room:
        what = f"the files have {sized(plan.size)}, and {sized(plan.room)} are left of the quota at {plan.target}"
        raise ConfigurationError(what, option="to")
