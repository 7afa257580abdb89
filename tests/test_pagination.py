"""Listings against a list that changes while it is read."""

import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from aiopeertube import Paginator, PeerTube, errors
from aiopeertube._counting import counted
from aiopeertube._pagination import AHEAD, Seen
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request, Response

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]


class Lister:
    """A server with one list. `change(self)` is called before each answer is made."""

    def __init__(
        self,
        items: Iterable[Any],
        *,
        delay: Callable[[], float] = lambda: 0.05,
        change: Callable[["Lister"], object] = lambda server: None,
        fail: Callable[[int, int], Response | None] = lambda start, times: None,
    ) -> None:
        self.items = list(items)
        self.delay, self.change, self.fail = delay, change, fail
        self.asked: list[tuple[int, int]] = []
        self.in_flight = self.most = 0

    async def handle(self, request: Request) -> Response:
        query = parse_qs(urlsplit(request.target).query)
        start, count = int(query["start"][0]), int(query["count"][0])
        self.asked.append((start, count))
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            await asyncio.sleep(self.delay())
            self.change(self)
            failure = self.fail(start, self.starts.count(start))
            rows = [{"id": item} for item in self.rows(start, count)]
            answer = failure or reply(200, {"total": len(self.items), "data": rows})
            await asyncio.sleep(self.delay())
            return answer
        finally:
            self.in_flight -= 1

    def rows(self, start: int, count: int) -> list[Any]:
        return self.items[start : start + count]

    @property
    def starts(self) -> list[int]:
        return [start for start, _ in self.asked]

    def client(self, **options: Any) -> PeerTube:
        transport = MockTransport(self.handle)
        return PeerTube("http://localhost", transport=transport, **({"concurrency": 32} | options))


async def ids_of(paginator: Paginator[Any]) -> list[Any]:
    return [row["id"] async for row in paginator]


def others() -> set[asyncio.Task[Any]]:
    """Return the tasks that are neither the test nor what runs it."""
    found = asyncio.all_tasks() - {asyncio.current_task()}
    return {task for task in found if "TestRunner" not in getattr(task.get_coro(), "__qualname__", "")}


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.parametrize("count", [1, 3, 10, 100])
@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 100, 101])
async def test_all_items_come_in_order_and_no_page_is_asked_twice(size: int, count: int) -> None:
    server = Lister(range(size))
    async with server.client() as pt:
        assert await ids_of(pt.videos.list(count=count)) == list(range(size))
    assert server.starts == list(range(0, max(size, 1), count))


@pytest.mark.parametrize("most", [1, 3, 7, 9])
async def test_a_server_that_gives_less_at_once_is_read_to_its_end(most: int) -> None:
    class Short(Lister):
        def rows(self, start: int, count: int) -> list[Any]:
            return super().rows(start, min(count, most))

    server = Short(range(105))
    async with server.client() as pt:
        assert await ids_of(pt.videos.list(count=10)) == list(range(105))
    assert len(server.asked) <= 105 // most + 2 + 3  # and what was under way ahead


@pytest.mark.parametrize(
    "hidden", [{5}, {9}, {10}, {0, 50}, set(range(20, 30)), set(range(1, 105, 2)), set(range(2, 105))]
)
async def test_a_server_that_hides_items_and_counts_them_is_read_without_asking_for_each(
    hidden: set[int], caplog: pytest.LogCaptureFixture
) -> None:
    class Hiding(Lister):
        def rows(self, start: int, count: int) -> list[Any]:
            return [item for item in super().rows(start, count) if item not in hidden]

    server = Hiding(range(105))
    async with server.client() as pt:
        assert await ids_of(pt.videos.list(count=10)) == [item for item in range(105) if item not in hidden]
    assert len(server.asked) <= 11 + 2 * 4
    assert caplog.messages == [f"the list /api/v1/videos counts 105 items and gave {105 - len(hidden)}"]


async def test_nothing_is_said_to_be_missing_where_nothing_is(caplog: pytest.LogCaptureFixture) -> None:
    answers = count()

    def change(server: Lister) -> None:
        number = next(answers)
        server.items = server.items[1:] if number == 2 else server.items
        if number == 6:
            server.items.append(200)

    async with Lister(range(105), change=change).client() as pt:
        assert len(await ids_of(pt.videos.list(count=10))) == 106
        await pt.videos.list(count=10).collect(limit=20)
        async for _ in pt.videos.list(count=10):
            break
    assert caplog.messages == []


async def test_order_holds_whatever_the_order_of_answers() -> None:
    draw = random.Random(1)
    server = Lister(range(500), delay=lambda: draw.uniform(0, 1))
    async with server.client() as pt:
        assert await ids_of(pt.videos.list(count=7)) == list(range(500))


async def test_pages_are_lists_and_never_empty() -> None:
    server = Lister(range(25))
    async with server.client() as pt:
        pages = [[row["id"] for row in page] async for page in pt.videos.list(count=10).pages()]
    assert pages == [list(range(10)), list(range(10, 20)), list(range(20, 25))]


async def test_each_iteration_begins_anew() -> None:
    server = Lister(range(15))
    async with server.client() as pt:
        listing = pt.videos.list(count=10)
        assert server.asked == []
        assert await ids_of(listing) == await ids_of(listing) == list(range(15))


async def test_the_total_costs_a_small_request() -> None:
    server = Lister(range(1234))
    async with server.client() as pt:
        assert await pt.videos.list().total() == 1234
    assert server.asked == [(0, 0)]


# -- lists that change ---------------------------------------------------------------------------


def deleting(seed: int, share: float, most: int) -> tuple[random.Random, Callable[[Lister], None]]:
    draw = random.Random(seed)

    def change(server: Lister) -> None:
        if draw.random() < share:
            for _ in range(min(draw.randint(1, most), len(server.items))):
                server.items.pop(draw.randrange(len(server.items)))

    return draw, change


@pytest.mark.parametrize("count", [1, 2, 5, 10, 100])
@pytest.mark.parametrize(("share", "most"), [(0.3, 1), (1.0, 3), (0.5, 30)])
@pytest.mark.parametrize("seed", range(6))
async def test_what_exists_throughout_is_given_exactly_once_while_others_are_deleted(
    seed: int, share: float, most: int, count: int
) -> None:
    draw, change = deleting(seed, share, most)
    size = 40 * min(count, 20)
    server = Lister(draw.sample(range(10**6), size), change=change, delay=lambda: draw.uniform(0, 0.2))
    before = list(server.items)
    async with server.client() as pt:
        given = await ids_of(pt.videos.list(count=count))
    assert len(server.items) < size
    assert len(set(given)) == len(given)
    assert set(server.items) <= set(given) <= set(before)


@pytest.mark.parametrize("at", range(1, 11))
async def test_a_deletion_at_any_moment_skips_nothing(at: int) -> None:
    def change(server: Lister) -> None:
        if len(server.asked) >= at and server.items[0] == 0:
            del server.items[:7]

    server = Lister(range(100), change=change)
    async with server.client() as pt:
        given = await ids_of(pt.videos.list(count=10))
    assert server.items[0] == 7
    assert set(range(7, 100)) <= set(given)
    assert len(set(given)) == len(given)


async def test_a_list_that_vanishes_ends() -> None:
    def change(server: Lister) -> None:
        if len(server.asked) > 2:
            server.items.clear()

    server = Lister(range(1000), change=change)
    async with server.client() as pt:
        given = await ids_of(pt.videos.list(count=10))
    assert given == list(range(len(given)))
    assert len(server.asked) < 20


@pytest.mark.parametrize("seed", range(10))
async def test_inserts_at_the_front_repeat_and_skip_nothing(seed: int) -> None:
    draw = random.Random(seed)

    def change(server: Lister) -> None:
        if draw.random() < 0.5 and len(server.items) < 400:
            server.items[:0] = [10_000 + len(server.items) + n for n in range(draw.randint(1, 15))]

    server = Lister(range(200), change=change, delay=lambda: draw.uniform(0, 0.2))
    async with server.client() as pt:
        given = await ids_of(pt.videos.list(count=10))
    assert len(server.items) > 200
    assert len(set(given)) == len(given)
    assert [item for item in given if item < 10_000] == sorted(range(200))


async def test_a_list_that_grows_at_its_end_is_read_to_its_new_end() -> None:
    def change(server: Lister) -> None:
        if len(server.items) < 60:
            server.items.extend(range(len(server.items), len(server.items) + 5))

    server = Lister(range(30), change=change)
    async with server.client() as pt:
        assert await ids_of(pt.videos.list(count=10)) == list(range(60))


@pytest.mark.parametrize("count", [1, 5, 10, 100])
@pytest.mark.parametrize("seed", range(20))
async def test_with_new_items_first_nothing_is_skipped_whatever_is_added_and_deleted(seed: int, count: int) -> None:
    draw = random.Random(seed)

    def change(server: Lister) -> None:
        if draw.random() < 0.5 and len(server.asked) < 400:
            for _ in range(draw.randint(0, 4)):
                server.items.insert(0, 10_000 + len(server.asked) * 10 + draw.randrange(10))
            for _ in range(draw.randint(0, 4)):
                server.items.pop(draw.randrange(len(server.items)))

    server = Lister(range(40 * min(count, 10)), change=change, delay=lambda: draw.uniform(0, 0.2))
    before = set(server.items)
    async with server.client() as pt:
        # One page after the other: those asked ahead may be answered in another order than they are read in.
        given = await ids_of(Paginator(pt.videos.list()._page, count=count, ahead=0))
    assert len(set(given)) == len(given)
    assert before & set(server.items) <= set(given)
    if len(server.asked) > 10:
        assert before - set(server.items)


@pytest.mark.parametrize("ahead", [0, AHEAD])
@pytest.mark.parametrize("seed", range(20))
async def test_with_new_items_last_no_more_is_skipped_than_deletions_were_hidden(seed: int, ahead: int) -> None:
    draw = random.Random(seed)
    hidden = []

    def change(server: Lister) -> None:
        if draw.random() < 0.3 and len(server.asked) < 200:
            hidden.append(server.items.pop(draw.randrange(len(server.items))))
            server.items.append(10_000 + len(server.asked))

    server = Lister(range(200), change=change, delay=lambda: draw.uniform(0, 0.2))
    before = set(server.items)
    async with server.client() as pt:
        given = await ids_of(Paginator(pt.videos.list()._page, count=10, ahead=ahead))
    assert len(set(given)) == len(given)
    assert hidden
    # Each deletion moves an item over the borders between the pages that are under way, once for each.
    assert len((before & set(server.items)) - set(given)) <= len(hidden) * (ahead + 1)


async def test_a_deletion_that_an_addition_hides_is_the_one_that_is_not_seen() -> None:
    def change(server: Lister) -> None:
        if len(server.asked) > 1 and server.items[0] == 0:
            del server.items[0]
            server.items.append(100)

    server = Lister(range(100), change=change)
    async with server.client() as pt:
        given = await ids_of(pt.videos.list(count=10))
    assert set(range(1, 101)) - set(given) == {10}, "the first item of the next page moved to where we had been"


class Liar(Lister):
    """A server whose `total` is what `tell(number of the answer)` says."""

    def __init__(self, items: Iterable[int], tell: Callable[[int], int], **options: Any) -> None:
        super().__init__(items, **options)
        self.tell = tell

    async def handle(self, request: Request) -> Response:
        query = parse_qs(urlsplit(request.target).query)
        start, count = int(query["start"][0]), int(query["count"][0])
        self.asked.append((start, count))
        await asyncio.sleep(0.01)
        rows = [{"id": item} for item in self.items[start : start + count]]
        return reply(200, {"total": self.tell(len(self.asked)), "data": rows})


@pytest.mark.parametrize(
    "tell",
    [
        lambda n: 1000 - (200 if n % 2 else 0),
        lambda n: 1000 - (60 if n % 2 else 0),
        lambda n: 1000 - 50 * (n % 7),
        lambda n: 10**18,
        lambda n: 2**63 - 1 - n,
        lambda n: 1000 + 100 * n,
        lambda n: 1000 * n,
        lambda n: random.Random(n).randrange(10**6),
    ],
    ids=range(8),
)
@pytest.mark.parametrize("count", [1, 10, 100])
async def test_whatever_total_says_a_listing_ends_and_says_so_if_it_never_stood_still(
    tell: Callable[[int], int], count: int
) -> None:
    server = Liar(range(1000), tell)
    given, error = [], None
    async with server.client() as pt:
        try:
            async for row in pt.videos.list(count=count):
                given.append(row["id"])
        except errors.ListNeverStoodStill as exc:
            error = exc
        await settle()
        assert not others()
    if error is None:
        assert given == list(range(1000))
    else:
        assert error.given == len(given)
        assert f"{counted(error.given, 'item')} came in {counted(error.requests, 'page')}" in str(error)
    assert given == sorted(set(given))
    assert len(server.asked) < 1000 / count * 4 + 3000


async def test_a_list_that_grows_faster_than_it_is_read_is_an_error() -> None:
    server = Lister(
        range(100),
        change=lambda server: (
            server.items.extend(range(len(server.items), 2 * len(server.items)))
            if len(server.items) < 10**6
            else None
        ),
    )
    async with server.client() as pt:
        with pytest.raises(errors.ListNeverStoodStill, match="grows without end"):
            await ids_of(pt.videos.list())
        await settle()
        assert not others()


@pytest.mark.parametrize("total", [-1, -(10**9), "12", "", None, 1.5, True, [], {}, 10**30])
async def test_a_total_that_is_none_is_an_unexpected_response(total: object) -> None:
    page = {"total": total, "data": [{"id": 1}]}
    async with PeerTube(
        "http://localhost",
        transport=MockTransport(lambda request: reply(200, text=json.dumps(page), content_type="application/json")),
    ) as pt:
        with pytest.raises(errors.UnexpectedResponse):
            await ids_of(pt.videos.list())
        with pytest.raises(errors.UnexpectedResponse):
            await pt.videos.list().total()


@pytest.mark.parametrize("at", range(0, 15, 2))
async def test_a_consumer_that_is_cancelled_at_any_moment_leaves_no_task(at: int) -> None:
    server = Lister(range(300), delay=lambda: 1.0)
    async with server.client() as pt:
        reading = asyncio.ensure_future(pt.videos.list(count=10).collect())
        await asyncio.sleep(at + 0.5)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await settle()
        assert not others()
        assert server.in_flight == 0


async def test_rows_that_a_server_repeats_are_given_once() -> None:
    server = Lister([1, 2, 2, 3, 1, 4])
    async with server.client() as pt:
        assert await ids_of(pt.videos.list(count=2)) == [1, 2, 3, 4]


async def test_ids_may_be_text() -> None:
    server = Lister(["a", "b", "a", "c"])
    async with server.client() as pt:
        assert await ids_of(pt.videos.list(count=2)) == ["a", "b", "c"]


# -- what is asked for ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "asked"),
    [
        (0, []),
        (-1, []),
        (1, [(0, 1)]),
        (10, [(0, 10)]),
        (11, [(0, 10), (10, 10)]),
        (25, [(0, 10), (10, 10), (20, 10)]),
        (30, [(0, 10), (10, 10), (20, 10)]),
        (2000, [(start, 10) for start in range(0, 1000, 10)]),
    ],
)
async def test_a_limit_asks_for_no_page_beyond(limit: int, asked: list[tuple[int, int]]) -> None:
    server = Lister(range(1000))
    async with server.client() as pt:
        rows = await pt.videos.list(count=10).collect(limit=limit)
        await settle()
        assert not others()
    assert [row["id"] for row in rows] == list(range(1000))[: max(0, limit)]
    assert server.asked == asked


async def test_a_limit_is_met_even_when_pages_repeat_rows() -> None:
    server = Lister([1, 2, 1, 2, 3, 4, 5, 6])
    async with server.client() as pt:
        rows = await pt.videos.list(count=2).collect(limit=4)
    assert [row["id"] for row in rows] == [1, 2, 3, 4]


async def test_collect_gathers_all() -> None:
    server = Lister(range(250))
    async with server.client() as pt:
        assert [row["id"] for row in await pt.videos.list().collect()] == list(range(250))


async def test_only_the_first_page_goes_out_before_the_total_is_known() -> None:
    server = Lister(range(1000), delay=lambda: 50.0)
    async with server.client() as pt:
        rows = aiter(pt.videos.list(count=10))
        first = asyncio.ensure_future(anext(rows))
        await asyncio.sleep(49)
        assert server.starts == [0]
        await first


async def test_no_more_pages_travel_than_agreed() -> None:
    server = Lister(range(1000))
    async with server.client() as pt:
        assert len(await ids_of(pt.videos.list(count=10))) == 1000
    assert server.most == AHEAD + 1


async def test_a_slow_consumer_is_not_run_away_from() -> None:
    server = Lister(range(1000))
    async with server.client() as pt:
        rows = aiter(pt.videos.list(count=10))
        await anext(rows)
        await asyncio.sleep(1000)
        assert server.starts == [0, 10, 20, 30, 40]
        del rows


async def test_an_early_break_leaves_nothing_behind() -> None:
    server = Lister(range(1000), delay=lambda: 5.0)
    async with server.client() as pt:
        async for row in pt.videos.list(count=10):
            if row["id"] == 12:
                assert others()
                break
        await settle()
        assert not others()
        assert server.in_flight == 0
        asked = len(server.asked)
        await asyncio.sleep(100)
    assert len(server.asked) == asked


async def test_pages_that_are_dropped_leave_nothing_behind() -> None:
    server = Lister(range(1000), delay=lambda: 5.0)
    async with server.client() as pt:
        pages = pt.videos.list(count=10).pages()
        await anext(pages)
        assert others()
        del pages
        await settle()
        assert not others()


async def test_being_cancelled_leaves_nothing_behind() -> None:
    server = Lister(range(1000), delay=lambda: 5.0)
    async with server.client() as pt:
        reading = asyncio.ensure_future(ids_of(pt.videos.list(count=10)))
        await asyncio.sleep(23)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await settle()
        assert not others()


# -- pages that fail -----------------------------------------------------------------------------


async def test_a_failing_page_raises_in_its_turn_and_cancels_the_rest() -> None:
    server = Lister(range(1000), fail=lambda start, times: reply(400, {"detail": "no"}) if start == 30 else None)
    given = []

    async def read(rows: AsyncIterator[Any]) -> None:
        async for row in rows:
            given.append(row["id"])

    async with server.client() as pt:
        rows = aiter(pt.videos.list(count=10))
        with pytest.raises(errors.BadRequest):
            await read(rows)
        await settle()
        assert not others()
        with pytest.raises(StopAsyncIteration):
            await anext(rows)
    assert given == list(range(30))


async def test_failing_pages_that_nobody_came_to_complain_of_nothing(caplog: pytest.LogCaptureFixture) -> None:
    server = Lister(range(100), fail=lambda start, times: reply(400, {"detail": "no"}) if start else None)
    async with server.client() as pt:
        rows = aiter(pt.videos.list(count=10))
        await anext(rows)
        await asyncio.sleep(10)
        del rows
        await settle()
    assert not caplog.records


async def test_a_page_is_repeated_and_not_the_listing() -> None:
    server = Lister(range(60), fail=lambda start, times: reply(503) if start == 20 and times < 4 else None)
    async with server.client() as pt:
        assert await ids_of(pt.videos.list(count=10)) == list(range(60))
        assert pt.statistics().retries == 3
    starts = [start for start, count in server.asked if count]  # without: the client asks whether the server is there
    assert {start: starts.count(start) for start in range(0, 60, 10)} == {
        0: 1,
        10: 1,
        20: 4,
        30: 1,
        40: 1,
        50: 1,
    }


async def test_a_wrong_name_is_raised_and_nothing_is_asked() -> None:
    server = Lister(range(10))
    async with server.client() as pt:
        with pytest.raises(errors.InvalidIdentifier):
            await ids_of(pt.channels.videos("a/b"))
    assert server.asked == []


@pytest.mark.parametrize("value", [[], {}, {"total": 3}, {"data": []}, {"total": 1, "data": [{}]}])
async def test_a_page_that_is_none_is_an_unexpected_response(value: object) -> None:
    async with PeerTube("http://localhost", transport=MockTransport(lambda request: reply(200, value))) as pt:
        with pytest.raises(errors.UnexpectedResponse):
            await ids_of(pt.videos.list())


# -- memory --------------------------------------------------------------------------------------


def test_a_million_ids_take_little_memory() -> None:
    seen = Seen()
    assert all(seen.add(key) for key in range(5, 1_000_005))
    size = sys.getsizeof(seen._blocks) + sum(map(sys.getsizeof, seen._blocks.values()))
    assert size < 300_000
    assert not seen._others


def test_ids_are_remembered_exactly() -> None:
    draw = random.Random(4)
    seen, known = Seen(), set()
    for _ in range(20_000):
        key = draw.choice([draw.randrange(5000), draw.randrange(10**12), -draw.randrange(2000)])
        assert seen.add(key) is (key not in known)
        known.add(key)


def test_long_keys_are_told_apart_without_being_kept() -> None:
    seen = Seen()
    long = ["x" * 100_000 + str(number) for number in range(50)] + ["\ud800" * 200]
    assert [seen.add(key) for key in long + long] == [True] * 51 + [False] * 51
    assert sum(sys.getsizeof(key) for key in seen._others) < 10_000


@pytest.mark.parametrize("ahead", [-1, True, 1.5, "3", None])
def test_what_is_no_number_of_pages_is_not_taken_for_one(ahead: Any) -> None:
    """With fewer than none ahead, a listing would end after its first page."""
    with pytest.raises(ValueError, match="ahead: expected a number of pages"):
        Paginator[Any](lambda start, count: Call("GET", "/x", nothing), ahead=ahead)


class Understating(Lister):
    """Counts fewer than it has."""

    total = 0

    async def handle(self, request: Request) -> Response:
        answer = await super().handle(request)
        rows = json.loads(answer.body)["data"]
        return reply(200, {"total": self.total, "data": rows})


@pytest.mark.parametrize("total", [0, 1, 5, 89])
async def test_a_total_that_is_too_small_hides_nothing(total: int) -> None:
    server = Understating(range(95))
    server.total = total
    async with server.client() as pt:
        assert await ids_of(pt.videos.list(count=10)) == list(range(95))
    assert len(server.asked) == 10


async def test_a_total_that_is_too_small_and_no_end_is_an_error() -> None:
    server = Understating(range(100_000))
    async with server.client() as pt:
        with pytest.raises(errors.ListNeverStoodStill, match="grows without end"):
            await ids_of(pt.videos.list(count=100))


async def test_a_server_that_gives_one_page_again_and_again_is_left_at_once() -> None:
    class Same(Understating):
        def rows(self, start: int, count: int) -> list[Any]:
            return super().rows(0, count)

    server = Same(range(50))
    async with server.client() as pt:
        assert await ids_of(pt.videos.list(count=10)) == list(range(10))
    assert len(server.asked) == 2


@pytest.mark.parametrize("patience", [0.02, 0.06, 0.12])
async def test_who_stops_waiting_for_an_item_and_comes_again_misses_none(patience: float) -> None:
    rng = random.Random(4)
    server = Lister(range(95), delay=lambda: rng.uniform(0, 0.1))
    given: list[int] = []
    late = 0
    async with server.client() as pt:
        items = aiter(pt.videos.list(count=10))
        while len(given) < 95:
            try:
                given.append((await asyncio.wait_for(anext(items), patience))["id"])
            except TimeoutError:
                late += 1
        with pytest.raises(StopAsyncIteration):
            await anext(items)
    assert given == list(range(95))
    assert late
