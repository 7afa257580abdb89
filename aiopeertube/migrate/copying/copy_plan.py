"""What a copy is going to make, and what it leaves behind: counts, bytes, room, and whatever cannot come along."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiopeertube._counting import counted
from aiopeertube.errors import ConfigurationError
from aiopeertube.migrate.journal.item import OPEN, Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.kinds.copying.ends import Origin
from aiopeertube.migrate.kinds.copying.wishes import CHANNEL, PLAYLIST, VIDEO
from aiopeertube.migrate.metadata.shapes import taken
from aiopeertube.resumable import CHUNK

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_NAMED: Final = 1000
_NOUNS: Final = {CHANNEL: "channel", VIDEO: "video", PLAYLIST: "playlist"}


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is not copied, or not all of it: what it is, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What a copy makes, has made and leaves behind.

    Attributes:
        source, target: The two instances.
        todo: How many things are still to be made, by noun: "channel", "video" and "playlist".
        done: The same of those that are there.
        size: The bytes of the files that are still to be copied.
        room: The bytes that the user's quota has left, None where there is no limit.
        cannot: The first thousand things that cannot be copied, or were not, and why.
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

    def _by_reason(self) -> Mapping[str, list[str]]:
        """Return the names of what cannot be copied by the beginning of why."""
        found: dict[str, list[str]] = {}
        for left in self.cannot:
            found.setdefault(left.why.partition(": ")[0], []).append(left.name)
        return found

    def left_behind(self) -> Iterator[str]:
        """Say what does not come along, for people."""
        for why, names in self._by_reason().items():
            named = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1:,} more"
            yield f"not copied: {named}: {why}"
        for what, number in self.without.items():
            yield f"without, in {counted(number, 'thing')}: {what}"
        if self.dated:
            yield f"originallyPublishedAt: {counted(self.dated, 'video')} without one get the date of publication"
        counts = ", ".join(f"{number:,} {name}" for name, number in self.stays.items())
        yield f"left behind, since no server takes them: {counts or 'views and likes'}, comments, and who follows"


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
    cannot, size, dated = list[Left](), 0, 0
    async for item in journal.items():
        noun = _NOUNS[f"{item.ref.partition(':')[0]}:"]
        if item.state in OPEN:
            todo[noun] += 1
            size += 0 if item.uuid else (item.wanted.get("file") or {}).get("size", 0)
        elif item.state in {"changed", "unchanged"}:
            done[noun] += 1
        elif item.state in {"failed", "conflict"} and len(cannot) < _NAMED:
            cannot.append(Left(item.name or item.ref, item.reason))
        if item.state == "skipped":
            continue
        without.update(_without(item))
        stays.update(item.note.get("stays") or {})
        dated += bool(item.note.get("dated"))
    return CopyPlan(origin.pt.origin, target, todo, done, size, room, tuple(cannot), without, stays, dated)


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
