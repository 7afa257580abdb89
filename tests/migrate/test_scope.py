"""Videos in full where rows lack fields."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import pytest

from aiopeertube import PeerTube, errors
from aiopeertube.migrate.scope import Scope, Seen, Who, has_total, in_full
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request

pytestmark = pytest.mark.anyio

USER = Who("nisv", "nisv", staff=False, modern=False)


def client(answer: Callable[[Request], Any]) -> PeerTube:
    return PeerTube("http://127.0.0.1", transport=MockTransport(answer))


def in_detail(request: Request) -> Any:
    number = request.path.rpartition("/")[2]
    if number == "404":
        return reply(404, json={"detail": "gone"})
    return reply(json={**known(int(number)), "support": "in full"})


def known(number: int) -> dict[str, Any]:
    return {"id": number, "uuid": f"uuid {number}", "name": f"Film {number}"}


async def every(count: int, lacking: Callable[[int], bool], seen: list[int] | None = None) -> AsyncIterator[Seen]:
    for number in range(count):
        if seen is not None:
            seen.append(number)
        row = known(number) if lacking(number) else {**known(number), "description": "enough"}
        yield Seen(str(number), row, ["support"] if lacking(number) else ["description"], number)


async def test_only_what_lacks_something_is_fetched() -> None:
    asked: list[str] = []

    def answer(request: Request) -> Any:
        asked.append(request.path)
        return in_detail(request)

    async with client(answer) as pt, aclosing(in_full(pt, every(1000, lambda n: n % 100 == 7))) as videos:
        found = {one.tag: one.video async for one in videos}
    assert sorted(found) == list(range(1000))
    assert len(asked) == 10
    assert all(("support" in video) == (number % 100 == 7) for number, video in found.items() if video)


async def test_a_video_without_a_row_is_fetched_and_an_error_comes_in_its_place() -> None:
    async def seen() -> AsyncIterator[Seen]:
        yield Seen("3", None, (), "known")
        yield Seen("404", None, (), "gone")

    async with client(in_detail) as pt, aclosing(in_full(pt, seen())) as videos:
        found = {one.tag: one async for one in videos}
    assert found["known"].video == {**known(3), "support": "in full"}
    assert isinstance(found["gone"].error, errors.NotFound)


@pytest.mark.parametrize("ref", ["3", "9c9de5e8-0a1e-484a-b099-e80766180a6d"])
async def test_an_answer_about_another_video_is_none(ref: str) -> None:
    async def seen() -> AsyncIterator[Seen]:
        yield Seen(ref, None, (), ref)

    async with (
        PeerTube("http://127.0.0.1", transport=MockTransport(lambda _: reply(json=known(4))), attempts=1) as pt,
        aclosing(in_full(pt, seen())) as videos,
    ):
        (found,) = [one async for one in videos]
    assert found.video is None
    with pytest.raises(errors.UnexpectedResponse, match="another video stands, uuid 4"):
        raise found.error or AssertionError


async def test_rows_are_taken_as_they_are_needed() -> None:
    seen: list[int] = []
    async with client(in_detail) as pt, aclosing(in_full(pt, every(100_000, lambda n: False, seen))) as videos:
        taken = 0
        async for _ in videos:
            taken += 1
            if taken == 1000:
                break
    assert 1000 <= len(seen) < 3000


async def test_the_error_of_the_rows_is_raised() -> None:
    async def seen() -> AsyncIterator[Seen]:
        yield Seen("1", known(1))
        raise errors.ServerUnreachable("away")

    async with client(in_detail) as pt:
        with pytest.raises(errors.ServerUnreachable):
            async with aclosing(in_full(pt, seen())) as videos:
                assert [one.video async for one in videos] == [known(1)]


def test_which_videos_a_scope_has() -> None:
    row = {"channel": {"name": "afp"}, "account": {"name": "nisv"}}
    for scope, has in (
        (Scope(), True), (Scope("afp"), True), (Scope("afp@videos.example"), True), (Scope("other"), False),
        (Scope("afp", "nisv"), True), (Scope(account="root"), False),
    ):  # fmt: skip
        assert scope.has(row) is has
    assert has_total(USER, Scope())
    assert not has_total(USER, Scope("afp"))
    assert has_total(None, Scope("afp"))
    assert not Who("root", "root", staff=True, modern=False).within(Scope(mine=True)).staff
