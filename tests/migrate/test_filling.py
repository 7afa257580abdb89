"""Filling playlists: any list becomes any other, and what a table says of the rest holds."""

from collections.abc import AsyncIterator, Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiopeertube.errors import ConnectionLost
from aiopeertube.migrate.kinds.filling import Row, Value, arranged, fill, steps

TIMES = st.none() | st.integers(1, 3)
VALUES = st.builds(
    lambda video, start: {"video": video, "startTimestamp": start, "stopTimestamp": None},
    st.sampled_from("abcd"),
    TIMES,
)
LISTS = st.lists(VALUES, max_size=8)


class Elements:
    """The places of one playlist in memory; `loses` tells whether the answer to a write is lost."""

    def __init__(self, there: list[Value], loses: Callable[[], bool] = lambda: False) -> None:
        self._numbers = count(1)
        self._loses = loses
        self.places = [(next(self._numbers), dict(value)) for value in there]
        self.writes = 0

    @property
    def values(self) -> list[Value]:
        return [value for _, value in self.places]

    async def list(self, playlist: str) -> AsyncIterator[dict[str, Any]]:
        for number, value in list(self.places):
            yield {"id": number, **value, "video": {"uuid": value["video"]}}

    def _written(self) -> None:
        self.writes += 1
        if self._loses():
            raise ConnectionLost("gone")

    async def create(self, playlist: str, *, videoId: str, **times: int) -> dict[str, Any]:  # noqa: N803
        number = next(self._numbers)
        self.places.append((number, {"video": videoId, "startTimestamp": None, "stopTimestamp": None} | times))
        self._written()
        return {"videoPlaylistElement": {"id": number}}

    async def update(self, playlist: str, element: int, **times: Any) -> None:
        dict(self.places)[element].update(times)
        self._written()

    async def delete(self, playlist: str, element: int) -> None:
        self.places = [place for place in self.places if place[0] != element]
        self._written()

    async def reorder(
        self,
        playlist: str,
        *,
        startPosition: int,  # noqa: N803
        insertAfterPosition: int,  # noqa: N803
        reorderLength: int,  # noqa: N803
    ) -> None:
        assert 1 <= startPosition <= len(self.places)
        assert insertAfterPosition < startPosition
        start, end = startPosition - 1, startPosition - 1 + reorderLength
        block = self.places[start:end]
        rest = self.places[:start] + self.places[end:]
        self.places = rest[:insertAfterPosition] + block + rest[insertAfterPosition:]
        self._written()


def client(elements: Elements) -> Any:
    class Playlists:
        pass

    pt: Any = Playlists()
    pt.playlists = Playlists()
    pt.playlists.elements = elements
    return pt


def run(coroutine: Any) -> None:
    with pytest.raises(StopIteration):  # nothing in it waits
        coroutine.send(None)


@settings(max_examples=300, deadline=None)
@given(there=LISTS, wanted=LISTS)
def test_any_list_becomes_any_other(there: list[Value], wanted: list[Value]) -> None:
    elements = Elements(there)
    run(fill(client(elements), "p", wanted))
    assert elements.values == wanted
    assert elements.writes == steps(there, wanted)


@settings(max_examples=100, deadline=None)
@given(there=LISTS, wanted=LISTS, lost=st.sets(st.integers(1, 12), max_size=4))
def test_a_lost_answer_makes_nothing_twice(there: list[Value], wanted: list[Value], lost: set[int]) -> None:
    elements = Elements(there, lambda: elements.writes in lost)
    run(fill(client(elements), "p", wanted))
    assert elements.values == wanted


@settings(max_examples=300, deadline=None)
@given(there=LISTS, videos=st.lists(st.sampled_from("abcd"), max_size=6), exact=st.booleans())
def test_what_a_table_names_comes_in_its_order_and_the_rest_stays(
    there: list[Value], videos: list[str], exact: bool
) -> None:
    rows = [Row(video, None, {}) for video in videos]
    found = [value["video"] for value in arranged(rows, there, exact=exact)]
    if exact:
        assert found == videos
        return
    again = arranged(rows, [dict(value) for value in arranged(rows, there, exact=False)], exact=False)
    assert [value["video"] for value in again] == found  # it is at rest
    before = [value["video"] for value in there]
    assert sorted(found) == sorted(
        video for name in "abcd" for video in [name] * max(before.count(name), videos.count(name))
    )
    names = set(videos)
    assert [name for name in found if name not in names] == [name for name in before if name not in names]


@given(there=LISTS, at=st.integers(1, 10))
def test_a_position_is_where_it_stands(there: list[Value], at: int) -> None:
    found = [value["video"] for value in arranged([Row("new", at, {})], there, exact=False)]
    assert found.index("new") == min(at - 1, len(there))
