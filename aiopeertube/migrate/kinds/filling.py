"""Which videos a playlist has, in which order, and what brings it from one list to another.

A place is written as its video's UUID and where the video starts and stops, in seconds; one whose video nobody can
see any more by its own number, since it cannot be made again. A video may be there several times.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import ServerError, TransportError, UnexpectedResponse, ends_run
from aiopeertube.migrate.metadata.shapes import taken

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

VIDEO: Final = "video"
TIMES: Final = ("startTimestamp", "stopTimestamp")
_UNSEEN: Final = "element"  # a place whose video cannot be seen
_TRIES: Final = 6  # the server fails some of the writes that come at once
_WHAT: Final = "a video of a playlist"

Value = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a playlist: its number, and what is there."""

    id: int
    value: Value


@dataclass(frozen=True, slots=True)
class Row:
    """A video that a table wants in a playlist, at a position from 1 (None: wherever there is room), with times."""

    video: str
    at: int | None
    times: Mapping[str, int | None]


async def places_of(pt: "PeerTube", playlist: str) -> list[Place]:
    """Return all places of a playlist, in order."""
    return [_place(row) async for row in pt.playlists.elements.list(playlist)]


def _place(row: Any) -> Place:
    number, video = taken(row, "id", kind=int, what=_WHAT), row.get(VIDEO)
    what = {_UNSEEN: number} if video is None else {VIDEO: taken(video, "uuid", kind=str, what=_WHAT)}
    return Place(number, what | {name: row.get(name) for name in TIMES})


def _name_of(value: Value) -> Any:
    return value.get(VIDEO, value.get(_UNSEEN))


# -- what a table wants ----------------------------------------------------------------------------


def arranged(rows: Sequence[Row], there: Sequence[Value], *, exact: bool) -> list[Value]:
    """Return a playlist's list as a table wants it.

    Videos that the table does not name keep their places, unless it is to be `exact`; those that it names take the
    others in its order, and the end. Rows with a position stand there, as far as the list is long enough. What is as
    the table says stays as it is, also where a video is there more often than the table names it.
    """
    if _is_as_said(rows, there, exact=exact):
        return list(there)
    pairs = [(row, _wanted(row, value)) for row, value in _paired(rows, there)]
    free = iter([value for row, value in pairs if row.at is None])
    left = _Counted(row.video for row in rows)
    unplaced = _Counted(row.video for row in rows if row.at is None)
    found: list[Value] = []
    for value in there:
        name = _name_of(value)
        if not left.take(name):
            if not exact or _UNSEEN in value:
                found.append(value)
        elif unplaced.take(name):
            found.append(next(free))
    found += free
    for row, value in sorted(((row, value) for row, value in pairs if row.at), key=lambda pair: pair[0].at or 0):
        found.insert((row.at or 1) - 1, value)
    return found


def _is_as_said(rows: Sequence[Row], there: Sequence[Value], *, exact: bool) -> bool:
    seen = sum(_UNSEEN not in value for value in there)
    if (exact and seen != len(rows)) or not all(_fits(row, there[row.at - 1 : row.at]) for row in rows if row.at):
        return False
    fixed = {row.at for row in rows}
    left = iter([value for place, value in enumerate(there, start=1) if place not in fixed])
    return all(any(_fits(row, [value]) for value in left) for row in rows if row.at is None)


def _fits(row: Row, found: Sequence[Value]) -> bool:
    """Tell whether what is found at a place is what a row wants."""
    return any(_name_of(value) == row.video and value == {**value, **row.times} for value in found)


def _paired(rows: Sequence[Row], there: Sequence[Value]) -> Iterator[tuple[Row, Value | None]]:
    """Give each row with the place that its video has already: the first row with the first, and so on."""
    known: dict[Any, list[Value]] = defaultdict(list)
    for value in there:
        known[_name_of(value)].append(value)
    for row in rows:
        yield row, known[row.video].pop(0) if known[row.video] else None


def _wanted(row: Row, value: Value | None) -> Value:
    kept = {name: value[name] for name in TIMES} if value is not None else dict.fromkeys(TIMES)
    return {VIDEO: row.video, **kept, **row.times}


class _Counted:
    """How many of each name are left."""

    def __init__(self, names: Iterable[Any]) -> None:
        self._left: dict[Any, int] = defaultdict(int)
        for name in names:
            self._left[name] += 1

    def take(self, name: Any) -> bool:
        """Take one; False where there is none left."""
        self._left[name] -= 1
        return self._left[name] >= 0


# -- the way there ---------------------------------------------------------------------------------


async def fill(pt: "PeerTube", playlist: str, wanted: Sequence[Value]) -> None:
    """Bring a playlist to the list that is wanted; what a lost answer left open is looked at again.

    Raises:
        PeerTubeError: the server takes a part of it not; the rest may be done.
    """
    for _ in range(_TRIES - 1):
        try:
            return await _fill(pt, playlist, wanted)
        except (TransportError, UnexpectedResponse, ServerError) as exc:
            if ends_run(exc):
                raise
    return await _fill(pt, playlist, wanted)


async def _fill(pt: "PeerTube", playlist: str, wanted: Sequence[Value]) -> None:
    elements, there = pt.playlists.elements, await places_of(pt, playlist)
    matches = matched(there, wanted)
    used = {place.id for place in matches if place is not None}
    for each in there:
        if each.id not in used:
            await elements.delete(playlist, each.id)
    order, target = [place.id for place in there if place.id in used], list[int]()
    for place, value in zip(matches, wanted, strict=True):
        if place is None and VIDEO not in value:
            continue  # nobody can put it back
        times = {name: value[name] for name in TIMES}
        if place is None:
            given: Any = {name: time for name, time in times.items() if time is not None}
            made = await elements.create(playlist, videoId=value[VIDEO], **given)
            order.append(made["videoPlaylistElement"]["id"])
        elif place.value != value:
            await elements.update(playlist, place.id, **times)
        target.append(place.id if place is not None else order[-1])
    for start, after, length in moves(order, target):
        await elements.reorder(playlist, startPosition=start, insertAfterPosition=after, reorderLength=length)


def matched(there: Sequence[Place], wanted: Sequence[Value]) -> list[Place | None]:
    """Return the place that each wanted value has already: one that is the same first, else one of its video."""
    found: dict[int, Place] = {}
    left = list(there)

    def match(key: Callable[[Value], Any]) -> None:
        known: dict[Any, list[Place]] = defaultdict(list)
        for place in left:
            known[key(place.value)].append(place)
        for number, value in enumerate(wanted):
            if number not in found and known[key(value)]:
                found[number] = known[key(value)].pop(0)
        taken_ids = {place.id for place in found.values()}
        left[:] = [place for place in left if place.id not in taken_ids]

    match(lambda value: tuple(sorted(value.items(), key=str)))
    match(_name_of)
    return [found.get(number) for number in range(len(wanted))]


def steps(there: Sequence[Value], wanted: Sequence[Value]) -> int:
    """Return how many requests bring a playlist from one list to another."""
    places = [Place(number, value) for number, value in enumerate(there)]
    matches = matched(places, wanted)
    used = {place.id for place in matches if place is not None}
    changed = sum(place is not None and place.value != value for place, value in zip(matches, wanted, strict=True))
    added = itertools.count(len(there))
    target = [next(added) if place is None else place.id for place in matches]
    order = [place.id for place in places if place.id in used] + sorted(set(target) - used)
    removed = len(there) - len(used)
    return removed + changed + len(target) - len(used) + sum(1 for _ in moves(order, target))


def moves(order: Sequence[int], target: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Give the moves that bring one order to another: first position, position to stand behind, how many; from 1."""
    now = list(order)
    for place, name in enumerate(target):
        if now[place] == name:
            continue
        start = now.index(name, place)
        length = 1
        while start + length < len(now) and now[start + length] == target[place + length]:
            length += 1
        yield start + 1, place, length
        block = now[start : start + length]
        del now[start : start + length]
        now[place:place] = block
