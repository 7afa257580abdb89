"""One visit: an instance that goes away, moves, or changes while it is read. On the virtual clock."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from aiopeertube import errors
from aiopeertube.fleet.manners import Bounds
from aiopeertube.fleet.polite_pool import Pace
from aiopeertube.fleet.records import Page, Record
from aiopeertube.fleet.visit import Job, Reached, Visit
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]
ORIGIN = "https://videos.example"


class Instance:
    """A list of videos, the newest first; `before(self)` is called before each answer, and may give another."""

    def __init__(self, videos: int, before: Callable[["Instance"], Any] = lambda instance: None) -> None:
        self.ids = list(range(videos, 0, -1))
        self.before = before
        self.times: list[float] = []
        self.origins: list[str] = []

    async def answer(self, request: Request) -> Response:
        self.times.append(asyncio.get_running_loop().time())
        self.origins.append(request.origin)
        await asyncio.sleep(0.2)
        if (other := self.before(self)) is not None:
            if isinstance(other, Exception):
                raise other
            assert isinstance(other, Response)
            return other
        query = parse_qs(urlsplit(request.target).query)
        start, count = int(query["start"][0]), int(query["count"][0])
        rows = [{"id": number} for number in self.ids[start : start + count]]
        return reply(200, {"total": len(self.ids), "data": rows})

    @property
    def requests(self) -> int:
        return len(self.times)


async def visit(
    instance: Instance, origin: str = ORIGIN, rate: float = 1.0, **bounds: Any
) -> tuple[Record, list[int]]:
    """Visit it; give the record and the ids."""
    given: list[int] = []

    async def deliver(page: Page) -> None:
        given.extend(row["id"] for row in page.rows())

    job = Job("me", rate, Bounds(**bounds), {"sort": "-createdAt"})
    reached = Reached(MockTransport(instance.answer), Pace(rate))
    record = await Visit(origin, job, reached, None).run(deliver)
    assert all(later - earlier >= rate for earlier, later in zip(instance.times, instance.times[1:], strict=False))
    return record, given


async def test_pages_lie_a_second_apart_counted_from_the_answer() -> None:
    instance = Instance(450)
    record, given = await visit(instance)
    assert given == list(range(450, 0, -1))
    assert [round(moment - instance.times[0], 1) for moment in instance.times] == [0.0, 1.2, 2.4, 3.6, 4.8]
    assert (record.state, record.requests, record.pages) == ("done", 5, 5)


async def test_videos_that_come_and_go_meanwhile_make_none_skipped_or_twice() -> None:
    def change(instance: Instance) -> None:
        instance.ids[:0] = range(max(instance.ids) + 7, max(instance.ids), -1)  # new ones, at the top
        for gone in (instance.ids[40], instance.ids[90], instance.ids[-1]):
            instance.ids.remove(gone)

    instance = Instance(600, change)
    stayed = set(instance.ids)
    record, given = await visit(instance)
    assert len(given) == len(set(given))
    assert stayed & set(instance.ids) <= set(given)
    assert record.videos == len(given)


def away(after: int, until: int, what: Callable[[], Exception | Response]) -> Callable[[Instance], Any]:
    """An instance that fails from one request to another."""
    return lambda instance: what() if after < instance.requests <= until else None


FAILURES: list[Callable[[], Exception | Response]] = [
    lambda: errors.ServerUnreachable("refused"),
    lambda: errors.ConnectionLost("reset"),
    lambda: reply(503, text="starting"),
    lambda: reply(500, {"detail": "no database"}),
    lambda: reply(200, text="<html>starting</html>"),
]


@pytest.mark.parametrize("failure", FAILURES)
async def test_one_that_was_there_is_waited_for_and_goes_on(failure: Callable[[], Exception | Response]) -> None:
    instance = Instance(1000, away(3, 25, failure))
    record, given = await visit(instance)
    assert (record.state, given) == ("done", list(range(1000, 0, -1)))


@pytest.mark.parametrize("failure", FAILURES)
async def test_and_left_after_the_patience(failure: Callable[[], Exception | Response]) -> None:
    instance = Instance(1000, away(3, 10**9, failure))
    record, given = await visit(instance, patience=30.0)
    assert record.state in {"away", "odd"}
    assert len(given) == record.videos == 300
    assert 30 <= record.seconds <= 75


@pytest.mark.parametrize("failure", FAILURES)
async def test_one_that_was_never_there_is_not_waited_for(failure: Callable[[], Exception | Response]) -> None:
    instance = Instance(1000, away(0, 10**9, failure))
    record, given = await visit(instance)
    assert record.state in {"away", "odd"}
    assert given == []
    assert record.requests <= 2


@pytest.mark.parametrize("status", [401, 403, 410, 451])
async def test_one_that_refuses_is_left_at_once_also_in_the_middle(status: int) -> None:
    instance = Instance(1000, away(3, 10**9, lambda: reply(status, {"detail": "no"})))
    record, given = await visit(instance)
    assert (record.state, len(given), record.requests) == ("forbidden", 300, 4)


async def test_one_that_limits_is_asked_when_it_allows() -> None:
    instance = Instance(1000, away(3, 4, lambda: reply(429, text="wait", retry_after="20")))
    record, _ = await visit(instance)
    assert record.state == "done"
    assert instance.times[4] - instance.times[3] >= 20


async def test_from_http_to_https_is_the_same_instance() -> None:
    def secure(instance: Instance) -> Response | None:
        if instance.origins[-1] == "http://videos.example":
            return reply(301, location="https://videos.example:443/api/v1/videos?start=0")
        return None

    instance = Instance(150, secure)
    record, given = await visit(instance, "http://videos.example")
    assert (record.origin, record.state, record.moved_to) == ("http://videos.example", "done", "")
    assert len(given) == 150
    assert instance.origins[1:] == [ORIGIN] * 2


@pytest.mark.parametrize(
    ("location", "state", "moved_to"),
    [
        ("https://other.example/api/v1/videos?x=1", "moved", "https://other.example"),
        ("//other.example:443/api/v1/videos", "moved", "https://other.example"),
        ("https://parked.example/lander", "odd", ""),
        ("https://user:secret@other.example/api/v1/videos", "odd", ""),
        ("mailto:nobody", "odd", ""),
    ],
)
async def test_a_redirect_elsewhere_is_told_and_not_followed(location: str, state: str, moved_to: str) -> None:
    instance = Instance(10, lambda instance: reply(302, location=location))
    record, _ = await visit(instance)
    assert (record.state, record.moved_to, record.requests) == (state, moved_to, 1)
    assert "secret" not in record.reason


async def test_back_and_forth_between_two_schemes_ends() -> None:
    other = {"http://a.example": "https://a.example", "https://a.example": "http://a.example"}
    instance = Instance(10, lambda one: reply(301, location=f"{other[one.origins[-1]]}/api/v1/videos"))
    record, _ = await visit(instance, "http://a.example")
    assert (record.state, record.requests) == ("odd", 3)


async def test_redirects_within_the_instance_are_followed_at_the_same_pace() -> None:
    def turn(instance: Instance) -> Response | None:
        return reply(307, location="/api/v1/videos?start=0&count=100") if instance.requests == 1 else None

    record, given = await visit(Instance(50, turn))
    assert (record.state, len(given), record.requests) == ("done", 50, 2)


@pytest.mark.parametrize(("bounds", "pages"), [({"pages": 3}, 3), ({"bytes": 4000}, 4), ({"seconds": 2.0}, 2)])
async def test_bounds(bounds: dict[str, Any], pages: int) -> None:
    record, given = await visit(Instance(5000), **bounds)
    assert (record.state, record.pages, len(given)) == ("bounded", pages, 100 * pages)
    assert record.reason


async def test_one_that_ends_at_its_bound_is_whole() -> None:
    record, given = await visit(Instance(250), pages=3)
    assert (record.state, record.requests, len(given)) == ("done", 3, 250)


async def test_one_that_gives_fewer_than_it_counts_is_incomplete() -> None:
    instance = Instance(
        150, lambda instance: reply(200, {"total": 400, "data": []}) if instance.requests > 1 else None
    )
    record, given = await visit(instance)
    assert (record.state, len(given), record.total) == ("incomplete", 100, 400)


async def test_one_that_gives_more_than_it_ever_counted_may_have_more() -> None:
    rows = [{"id": number} for number in range(100)]
    record, given = await visit(Instance(0, lambda instance: reply(200, {"total": 0, "data": rows})))
    assert (record.state, len(given), record.total) == ("incomplete", 100, 0)
    assert "may be more" in record.reason


async def test_one_that_lost_videos_meanwhile_is_whole() -> None:
    def lose(instance: Instance) -> None:
        if instance.requests == 3:
            del instance.ids[:150]

    record, given = await visit(Instance(300, lose))
    assert (record.state, record.total, len(given)) == ("done", 150, 300)


async def test_one_to_which_videos_came_meanwhile_is_whole() -> None:
    def add(instance: Instance) -> None:
        instance.ids.insert(0, max(instance.ids) + 1)

    record, given = await visit(Instance(450, add))
    assert (record.state, len(given), record.total) == ("done", 451, 455)
    assert record.reason == "4 videos more came meanwhile"


async def test_what_a_server_says_is_not_kept_without_end() -> None:
    record, _ = await visit(Instance(1, lambda instance: reply(403, {"detail": "no " * 1_000_000})))
    assert (record.state, record.reason[:20]) == ("forbidden", "GET /api/v1/videos a")
    assert len(record.reason) < 600


async def test_what_cannot_be_written_is_the_instances_fault() -> None:
    deep = f'{{"total": 1, "data": [{{"id": 1, "x": {"[" * 1000 + "]" * 1000}}}]}}'
    record, _ = await visit(Instance(1, lambda instance: reply(200, text=deep, content_type="application/json")))
    assert record.state == "odd"
    assert "cannot be written" in record.reason


@pytest.mark.parametrize("location", ["/api/v1/videos?again=1", "videos", "?x"])
async def test_redirects_within_the_instance_that_never_end_are_told(location: str) -> None:
    record, _ = await visit(Instance(10, lambda instance: reply(302, location=location)))
    assert (record.state, record.moved_to, record.requests) == ("odd", "", 6)


async def test_what_a_server_calls_instance_is_not_believed() -> None:
    lie = [{"id": 1, "instance": "https://another.example"}]
    pages: list[Page] = []

    async def deliver(page: Page) -> None:
        pages.append(page)

    pool = MockTransport(lambda request: reply(200, {"total": 1, "data": lie}))
    await Visit(ORIGIN, Job("me", 1.0), Reached(pool, Pace(1.0)), None).run(deliver)
    assert pages[0].rows() == [{"instance": ORIGIN, "id": 1}]


async def test_how_long_a_reader_takes_is_no_fault_of_the_instance() -> None:
    instance, given = Instance(500), 0

    async def deliver(page: Page) -> None:
        nonlocal given
        await asyncio.sleep(1000.0)
        given += page.count

    job = Job("me", 1.0, Bounds(seconds=30.0), {"sort": "-createdAt"})
    record = await Visit(ORIGIN, job, Reached(MockTransport(instance.answer), Pace(1.0)), None).run(deliver)
    assert (record.state, given) == ("done", 500)
