"""Fleets over instances on loopback, good and bad."""

import asyncio
import resource
import threading
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from federation import KINDS, Federation, Site

from aiopeertube import PeerTube, __version__, errors, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.fleet import Bounds, Fleet, Login, Page, Record, here
from aiopeertube.fleet.manners import at_most
from aiopeertube.fleet.visit import in_thread
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

pytestmark = pytest.mark.anyio
ME = "crawler@university.example"
RATE = "25/s"
APART = 1 / 25
BOUNDS = Bounds(timeout=1.5, pages=4)


def fleet(urls: list[str], **more: Any) -> Fleet:
    return Fleet(urls, **{"contact": ME, "rate": RATE, "bounds": BOUNDS, **more})


async def taken(of: Fleet) -> Counter[str]:
    """What a fleet gave, and how often."""
    return Counter([video["uuid"] async for _, video in of.videos()])


async def test_good_instances_are_whole_and_bad_ones_cost_them_nothing() -> None:
    good = [Site(latency=0.01 * number) for number in range(8)]
    bad = {kind: Site(kind) for kind in KINDS}
    async with Federation([*good, *bad.values()]) as federation, fleet(federation.urls()) as of:
        bad["moved"].moves_to = good[0].url
        seen = await taken(of)
        states = {kind: of.records[site.url].state for kind, site in bad.items()}
        ended = [of.records[site.url] for site in good]
        counts = of.statistics()
    wanted = set().union(*(site.uuids() for site in good))
    assert {uuid for uuid in seen if not uuid.startswith(bad["endless"].host)} == wanted
    assert set(seen.values()) == {1}
    assert states == {
        "refusing": "away",
        "silent": "away",
        "resetting": "away",
        "dribbling": "away",
        "failing": "away",
        "html": "odd",
        "garbage": "odd",
        "huge": "odd",
        "empty": "incomplete",
        "forbidden": "forbidden",
        "gone": "forbidden",
        "moved": "moved",
        "endless": "bounded",
    }
    assert all(
        (record.state, record.videos, record.pages, record.requests) == ("done", 200, 2, 2) for record in ended
    )
    assert (counts.waiting, counts.at_work, sum(counts.states.values())) == (0, 0, 8 + len(KINDS))
    for site in federation.sites:
        assert site.closest() >= APART
        assert len(site.came) <= 4
        assert site.agents <= {f"aiopeertube/{__version__} (+{ME})"}
    asked = {name: values for query in good[0].queries for name, values in query.items() if name != "start"}
    assert asked == {"count": ["100"], "isLocal": ["true"], "sort": ["-createdAt"]}


async def test_an_instance_that_moved_is_read_at_its_new_address_once() -> None:
    there, first, second = Site(videos=30), Site("moved"), Site("moved")
    async with Federation([there, first, second]), fleet([first.url, second.url]) as of:
        first.moves_to = second.moves_to = there.url
        seen = await taken(of)
        records = of.records
    assert set(seen) == there.uuids()
    assert set(seen.values()) == {1}
    assert (records[first.url].moved_to, records[second.url].moved_to) == (there.url, there.url)
    assert [len(site.came) for site in (there, first, second)] == [1, 1, 1]
    assert records[there.url].ok
    assert records[first.url].ok


async def test_a_circle_of_moves_is_nobodys_whole_and_ends(tmp_path: Path) -> None:
    ring, named = [Site("moved") for _ in range(3)], [Site(videos=3), Site(videos=3)]
    async with Federation([*ring, *named]) as federation:
        for sites in (ring, named):
            for place, site in enumerate(sites):
                site.moves_to = site.name = sites[place - 1].url
        named[0].name, named[1].name = named[1].host, named[0].host
        for resume in (False, True):
            async with fleet(federation.urls(), journal=tmp_path, resume=resume) as of:
                assert not await taken(of)
                states = [[of.records[site.url].state for site in sites] for sites in (ring, named)]
            assert [sorted(found) for found in states] == [["moved", "moved", "odd"], ["moved", "odd"]]
    assert [len(site.came) for site in (*ring, *named)] == [1] * 5


async def test_moves_that_go_on_and_on_end() -> None:
    chain = [Site("moved") for _ in range(8)]
    async with Federation(chain), fleet([chain[0].url]) as of:
        for site, following in pairwise(chain):
            site.moves_to = following.url
        assert not await taken(of)
        records = of.records
    assert [len(site.came) for site in chain] == [1] * 6 + [0, 0]
    assert [records[site.url].state for site in chain[:6]] == ["moved"] * 5 + ["odd"]
    assert "and so on" in records[chain[5].url].reason


async def test_ones_own_instance_leads_to_no_stranger_who_is_not_told_whom_to_ask() -> None:
    mine, stranger = Site("moved"), Site(videos=3)
    async with Federation([mine, stranger]):
        mine.moves_to = stranger.url
        async with Fleet(own={mine.url: Login(token="secret")}) as of:
            assert not await taken(of)
            record = of.records[mine.url]
    assert (record.state, stranger.came) == ("odd", [])
    assert "contact" in record.reason


async def test_an_instance_that_calls_itself_by_another_name_of_the_list_is_read_by_that_alone(
    tmp_path: Path,
) -> None:
    there, alias, own_way = Site(videos=250), Site(videos=250), Site(videos=30, name="inside.example:9000")
    async with Federation([there, alias, own_way]) as federation:
        alias.name = there.host
        async with fleet(federation.urls(), journal=tmp_path) as of:
            seen = await taken(of)
            records = of.records
    assert set(seen) == there.uuids() | own_way.uuids()
    assert set(seen.values()) == {1}
    assert (records[alias.url].state, records[alias.url].moved_to) == ("moved", f"https://{there.host}")
    assert [len(site.came) for site in (there, alias, own_way)] == [3, 1, 1]


async def test_so_many_at_once_and_no_more() -> None:
    sites = [Site(videos=10, latency=0.03) for _ in range(9)]
    async with Federation(sites) as federation, fleet(federation.urls(), at_once=3) as of:
        most = 0
        async for _ in of.videos():
            most = max(most, of.statistics().at_work)
        came = sorted(site.came[0] for site in sites)
    assert most <= 3
    assert all(later - earlier >= 0.03 for earlier, later in zip(came, came[3:], strict=False))


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_few_open_files_are_enough_for_many_instances() -> None:
    sites = [Site(videos=30) for _ in range(60)]
    async with Federation(sites) as federation, fleet(federation.urls(), rate="1000/s", at_once=4) as of:
        before, most = open_files(), 0
        async for _ in of.stream():
            most = max(most, open_files() - before)
    assert most < 40  # both ends of each connection are here
    assert {record.state for record in of.records.values()} == {"done"}


def test_how_many_at_once_leaves_files_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for files, most in ((64, 8), (256, 104), (40, 1), (4096, 500), (resource.RLIM_INFINITY, 500)):
        monkeypatch.setattr("resource.getrlimit", lambda kind, files=files: (files, files))
        assert at_most(500) == most


async def test_a_slow_reader_holds_all_up_and_loses_nothing() -> None:
    sites = [Site() for _ in range(20)]
    async with Federation(sites) as federation, fleet(federation.urls()) as of:
        pages = 0
        async for event in of.stream():
            pages += isinstance(event, Page)
            if pages == 1:
                await asyncio.sleep(0.3)
                # What was asked: the page that was taken, those that wait, and one at each instance.
                assert sum(len(site.came) for site in sites) <= 1 + 8 + 20
        assert pages == 40


async def test_what_is_left_early_is_ended_with_the_fleet() -> None:
    sites = [Site(latency=0.05) for _ in range(5)]
    async with Federation(sites) as federation:
        async with fleet(federation.urls()) as of:
            async for _ in of.videos():
                break
        asked = sum(len(site.came) for site in sites)
        await asyncio.sleep(0.15)
        assert sum(len(site.came) for site in sites) == asked


async def test_another_stream_ends_the_one_before_and_keeps_the_distance() -> None:
    site = Site(videos=10)
    async with Federation([site]), fleet([site.url], rate="5/s") as of:
        async for _ in of.videos():
            break
        assert len(await taken(of)) == 10
    assert site.closest() >= 0.2


async def test_a_stream_that_another_one_ended_does_not_pass_for_a_whole_one() -> None:
    site = Site(videos=350)
    async with Federation([site]), fleet([site.url], bounds=Bounds()) as of:
        first, second = await asyncio.gather(taken(of), taken(of), return_exceptions=True)
        assert isinstance(first, errors.ClientClosed)
        assert isinstance(second, Counter)
        assert set(second) == site.uuids()
        stream = of.videos()
        await anext(stream)
    with pytest.raises(errors.ClientClosed, match="not all"):
        _ = [video async for video in stream]


async def test_pages_are_no_filters() -> None:
    async with fleet(["videos.example"]) as of:
        for name in ("start", "count"):
            with pytest.raises(errors.ConfigurationError, match=f"{name} is no filter"):
                async for _ in of.videos(**{name: 5}):  # type: ignore[arg-type]
                    pass


async def test_a_run_goes_on_with_what_its_journal_has(tmp_path: Path) -> None:
    sites = [Site(videos=1000) for _ in range(3)]
    async with Federation(sites) as federation:
        async with fleet(federation.urls(), journal=tmp_path / "j", bounds=Bounds()) as of:
            number = 0
            async for event in of.stream():
                number += isinstance(event, Page)
                if number == 12:
                    break
        asked = sum(len(site.came) for site in sites)
        with pytest.raises(errors.ConfigurationError, match="already"):
            async with fleet(federation.urls(), journal=tmp_path / "j") as of:
                await taken(of)
        async with fleet(federation.urls(), journal=tmp_path / "j", resume=True, bounds=Bounds()) as of:
            seen = await taken(of)
            again = await taken(of)
        total = sum(len(site.came) for site in sites)
        with pytest.raises(errors.ConfigurationError, match="isLocal"):
            async with fleet(federation.urls(), journal=tmp_path / "j", resume=True) as of:
                [_ async for _ in of.videos(isLocal=False)]
    assert set(seen) == set().union(*(site.uuids() for site in sites))
    assert set(seen.values()) == {1}
    assert seen == again  # from the journal alone
    assert total <= 30 + 3  # a page that was under way when it was left is asked for once more
    assert asked >= 12
    assert all(site.closest() >= APART for site in sites)


async def test_two_runs_do_not_share_a_journal(tmp_path: Path) -> None:
    async with fleet(["videos.example"], journal=tmp_path):
        with pytest.raises(errors.ConfigurationError, match="another run"):
            async with fleet(["videos.example"], journal=tmp_path):
                pass


async def test_what_was_away_is_visited_again_where_that_is_wanted(tmp_path: Path) -> None:
    sites = [Site(videos=10), Site("failing", videos=10), Site("gone")]
    async with Federation(sites) as federation:
        for retry, asked in ((False, [1, 2, 1]), (False, [1, 2, 1]), (True, [1, 3, 1])):
            async with fleet(federation.urls(), journal=tmp_path, resume=True, retry=retry) as of:
                await taken(of)
                assert [len(site.came) for site in sites] == asked
            sites[1].kind = "good"
    assert of.records[sites[1].url].ok


async def test_each_instance_is_asked_by_a_function() -> None:
    good, bad = Site(videos=7), Site("forbidden")

    async def count(pt: PeerTube) -> int:
        return await pt.videos.list().total()

    async with Federation([good, bad]), fleet([good.url, bad.url]) as of:
        answers = {answer.instance.origin: answer async for answer in of.each(count)}
    assert (answers[good.url].ok, answers[good.url].result) == (True, 7)
    assert isinstance(answers[bad.url].error, errors.NotPermitted)


async def test_rules_at_several_of_ones_own() -> None:
    rules = migrate.Rules(edits=("support=Thanks",))

    async def thank(pt: PeerTube) -> migrate.Run:
        return await migrate.set_(pt, rules, scope=migrate.Scope(mine=True), job=migrate.JobOptions(dry_run=True))

    async with Emulator(videos=3, rate_limit=None) as one, Emulator(videos=5, rate_limit=None) as two:
        own = {one.url: Login("nisv", "secret123"), two.url: Login("nisv", "wrong")}
        async with Fleet(own=own) as of:
            answers = {answer.instance.origin: answer async for answer in of.each(thank)}
    first, second = answers[one.url], answers[two.url]
    assert first.result is not None
    assert first.result.counts["planned"] == 3
    assert isinstance(second.error, errors.WrongCredentials)


async def test_a_function_is_asked_by_https_where_http_leads_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: Request) -> Response:
        if request.origin.startswith("http:"):
            return reply(301, location=f"https://videos.example{request.target}")
        return reply(200, {"total": 4, "data": []})

    class Pool(MockTransport):
        def leave(self, origin: str) -> None:
            left.append(origin)

    left: list[str] = []
    monkeypatch.setattr(here, "AiohttpPool", lambda **options: Pool(answer))
    async with fleet(["http://videos.example"]) as of:
        (answered,) = [one async for one in of.each(lambda pt: pt.videos.list().total())]
    assert answered.result == 4
    assert sorted(left) == ["http://videos.example", "https://videos.example"]


async def test_one_that_takes_too_long_for_a_function_is_its_own_error() -> None:
    slow, good = Site("silent"), Site(videos=4)
    async with (
        Federation([slow, good]) as federation,
        fleet(federation.urls(), bounds=Bounds(seconds=0.3)) as of,
    ):
        answers = {one.instance.origin: one async for one in of.each(lambda pt: pt.videos.list().total())}
    assert answers[good.url].result == 4
    assert isinstance(answers[slow.url].error, errors.RequestTimeout)


async def test_what_a_function_raises_ends_the_loop() -> None:
    async def fail(pt: PeerTube) -> None:
        raise LookupError(pt.origin)

    site = Site()
    async with Federation([site]), fleet([site.url]) as of:
        with pytest.raises(LookupError, match=site.host):
            [_ async for _ in of.each(fail)]


async def test_ones_own_instances_are_asked_as_their_user_and_as_fast_as_they_can() -> None:
    async with Emulator(videos=300, rate_limit=None) as server:
        own = {server.url: Login("nisv", "secret123")}
        async with Fleet(own=own, rate="1/h") as of:  # no contact is needed: nobody else is asked
            seen = await taken(of)
            names = [answer.result async for answer in of.each(_who)]
    assert len(seen) == 300
    assert names == ["nisv"]
    assert "secret123" not in repr(own)


async def _who(pt: PeerTube) -> str:
    return (await pt.me.get())["username"]


async def test_a_visit_that_takes_too_long_is_left() -> None:
    slow, quick = Site(latency=0.2, videos=5000), Site(videos=10)
    async with Federation([slow, quick]), fleet([slow.url, quick.url], bounds=Bounds(seconds=0.5)) as of:
        await taken(of)
        assert of.records[slow.url].state == "bounded"
        assert of.records[quick.url].ok


async def test_records_come_in_the_stream_when_an_instance_is_at_its_end() -> None:
    site = Site(videos=150)
    async with Federation([site]), fleet([site.url]) as of:
        events = [event async for event in of.stream(nsfw="both")]
    assert [type(event) for event in events] == [Page, Page, Record]
    assert site.queries[0]["nsfw"] == ["both"]


@pytest.mark.parametrize(
    ("change", "option"),
    [
        ({"contact": ""}, "contact"),
        ({"contact": "me"}, "contact"),
        ({"contact": "me@x\r\nEvil: 1"}, "contact"),
        ({"at_once": 0}, "at_once"),
        ({"journal": "s3://key:secret@bucket/x"}, "journal"),
    ],
)
def test_what_makes_no_sense_is_said_at_once(change: dict[str, Any], option: str) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        fleet(["videos.example"], **change)
    assert caught.value.option == option
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("change", [{"pages": 0}, {"seconds": -1.0}, {"bytes": True}, {"timeout": float("nan")}])
def test_bounds_are_positive(change: dict[str, Any]) -> None:
    with pytest.raises(errors.ConfigurationError, match=next(iter(change))):
        Bounds(**change)


def test_a_rate_is_a_rate() -> None:
    with pytest.raises(errors.ConfigurationError, match="rate"):
        fleet(["videos.example"], rate="fast")


async def test_a_closed_fleet_says_so() -> None:
    of = fleet(["videos.example"])
    with pytest.raises(RuntimeError, match="async with"):
        await taken(of)


async def test_whoever_leaves_waits_for_what_is_being_written() -> None:
    began, go_on = asyncio.Event(), threading.Event()
    loop, written = asyncio.get_running_loop(), []

    def write() -> None:
        loop.call_soon_threadsafe(began.set)
        go_on.wait(10)
        written.append(True)

    task = asyncio.ensure_future(in_thread(write))
    await began.wait()
    task.cancel()
    loop.call_soon(go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert written
