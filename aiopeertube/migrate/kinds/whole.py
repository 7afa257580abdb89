"""What jobs have in common whose items are compared by themselves: chapters of a video, playlists, channels.

An item's fields are read from the server by a `Sight`, as values of JSON: what is wanted, what was there before and
what is there now are compared name by name. A thing that is not there has `exists` False, and so has one that a job
is to remove: making one and rolling that back are edits like others.

Some changes take several requests. One that is half done when a run is killed, or when the server refuses the rest,
is noted in `partly`, with what is there by then, and the journal's log has that as written: a later run goes on from
there, and a rollback takes it back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from aiopeertube.errors import InputError, NotFound, PeerTubeError
from aiopeertube.migrate.journal.item import AIM, EXPECTED, PARTLY, Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.metadata.excerpts import shown
from aiopeertube.migrate.scope import Who, who_am_i

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

EXISTS: Final = "exists"
GONE: Final[Mapping[str, Any]] = {EXISTS: False}
INTERRUPTED: Final = "found done after an interruption"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a look at the server shows to be wrong with a row: its line, its column (None: the row) and why."""

    line: int | None
    column: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What is there, what is wanted of it, and what is wrong with the rows; `remarks` are no errors."""

    now: Mapping[str, Any]
    wanted: Mapping[str, Any]
    complaints: Sequence[Complaint] = ()
    remarks: Sequence[str] = ()


class Sight(Protocol):
    """Looks at what items are about; each has its own, for what it has seen once it need not ask again."""

    async def now(self, item: Item) -> Mapping[str, Any]:
        """Return what there is now; note what the item is called and which it is, where that turns out."""
        ...

    async def look(self, item: Item) -> Looked:
        """Return what there is now beside what the item wants."""
        ...


@dataclass(frozen=True, slots=True)
class Whole:
    """The parts of a kind of job that are alike where items are compared by themselves."""

    compares: ClassVar[bool] = True
    can_be_undone: ClassVar[bool] = True
    can_be_checked: ClassVar[bool] = True
    requests_each: ClassVar[int] = 1
    question: ClassVar[str] = ""
    fields: ClassVar[tuple[str, ...]] = ()  # of videos: none of their columns means anything here

    def sight(self, pt: "PeerTube", who: Who) -> Sight:
        """Make what looks at the things that items are about."""
        raise NotImplementedError

    def requests(self, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterable[str]:
        """Name the requests that a change takes, as far as can be known before; for an estimate."""
        return ("change",)

    def done(self, item: Item, answer: Any) -> None:
        """Settle an item that was sent."""
        _forget(item)
        item.settle("changed")

    async def ask(self, pt: "PeerTube", journal: Journal, item: Item) -> None:
        """Settle an item by what the server has; what is half done is gone on with."""
        who, _ = await who_am_i(pt)
        try:
            now = await self.sight(pt, who).now(item)
        except NotFound:
            item.settle("failed", "it is gone")
            return
        except InputError as exc:  # nobody can tell which it is
            item.settle("failed", str(exc))
            return
        settle_interrupted(item, now)

    async def check(self, pt: "PeerTube", item: Item) -> str:
        """Say what is not as it was written."""
        who, _ = await who_am_i(pt)
        try:
            return differences(await self.sight(pt, who).now(item), item.after or {})
        except NotFound:
            return "it is gone"

    async def note_partly(self, pt: "PeerTube", item: Item, error: PeerTubeError) -> None:
        """Note what is there, where an error came between two requests; where nobody can tell it is in doubt."""
        who, _ = await who_am_i(pt)
        try:
            now = state_of(item, await self.sight(pt, who).now(item))
        except PeerTubeError:
            error.in_doubt = True
            return
        if now != item.before:
            _note(item, now)


def compared(item: Item, looked: Looked) -> Item:
    """Settle an item by what there is: planned, unchanged, or in conflict with what was expected."""
    now, wanted = looked.now, looked.wanted
    is_new = not now.get(EXISTS, True) and wanted.get(EXISTS)  # then all of it is the job's, what is empty, too
    item.after = {name: value for name, value in wanted.items() if is_new or now.get(name) != value}
    item.before, item.ready = state_of(item, looked.now), True
    item.note.pop(PARTLY, None)  # it is what there is now
    if not item.after:
        return item.settle("unchanged")
    if EXPECTED in item.note and (found := _unexpected(item)):
        return item.settle("conflict", "changed by somebody else: " + ", ".join(found))
    return item.settle("planned")


def state_of(item: Item, now: Mapping[str, Any]) -> dict[str, Any]:
    """Return what there is now of all that an item changes."""
    return {name: now.get(name) for name in item.after or {}}


def settle_interrupted(item: Item, now: Mapping[str, Any]) -> None:
    """Settle an item that was in flight by what there is now."""
    before, after, there = item.before or {}, item.after or {}, state_of(item, now)
    if there == after:
        _forget(item)
        item.settle("changed", INTERRUPTED)
    elif there == before:
        item.settle("planned")
    elif all(is_between(before.get(name), after[name], value) for name, value in there.items()):
        _note(item, there)
        item.settle("planned")
    else:
        item.settle("conflict", "changed by somebody else: " + ", ".join(_foreign(before, after, there)))


def _note(item: Item, there: dict[str, Any]) -> None:
    """Note what is there of a change that is half done, and what it was to come to: the next look is to know."""
    item.note[PARTLY] = there
    item.note.setdefault(AIM, dict(item.after or {}))


def _forget(item: Item) -> None:
    for name in (PARTLY, AIM):
        item.note.pop(name, None)


def is_between(before: Any, after: Any, now: Any) -> bool:
    """Tell whether a value may be one on the way from one to another: of a list all is from one of them.

    What the server makes of a file nobody knows before.
    """
    if now in (before, after) or (isinstance(after, dict) and "file" in after):
        return True
    return isinstance(now, list) and all(each in (*(before or ()), *(after or ())) for each in now)


def _foreign(before: Mapping[str, Any], after: Mapping[str, Any], there: Mapping[str, Any]) -> Iterable[str]:
    return (name for name, value in there.items() if not is_between(before.get(name), after[name], value))


def _unexpected(item: Item) -> list[str]:
    """Name what is not as the job to be undone left it, or may have left it."""
    expected, perhaps = item.note[EXPECTED] or {}, item.note.get("perhaps") or {}
    there = item.before or {}
    return [
        name
        for name, value in there.items()
        if value not in (expected.get(name), perhaps.get(name, expected.get(name)))
    ]


def differences(now: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Say which values are not as wanted; "" when all are."""
    return "; ".join(
        f"{name} is {shown(now.get(name))}, not {shown(value)}"
        for name, value in wanted.items()
        if now.get(name) != value
    )
