"""Fleets on a Dask cluster: a real scheduler, four worker processes, and one of them killed."""

import asyncio
import json
import os
import pickle
import signal
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import CancelledError
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from dask.config import set as configured
from distributed import Client, KilledWorker, LocalCluster
from federation import Federation, Site

from aiopeertube import errors
from aiopeertube._pagination import Position
from aiopeertube.emulator import Emulator
from aiopeertube.fleet import Bounds, Fleet, Instance, Login, Page, Record, dask_places, dask_worker
from aiopeertube.fleet.dask_places import cluster_at
from aiopeertube.fleet.page_log import Keeping
from aiopeertube.fleet.stores import Folder
from aiopeertube.fleet.visit import Job

pytestmark = pytest.mark.anyio
SECRET = "secret123"
APART = 0.1
MANNERS: dict[str, Any] = {"contact": "me@university.example", "rate": "10/s", "bounds": Bounds(timeout=5.0)}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(dask_worker, "_LOOK", 0.02)
    with configured({"temporary-directory": str(tmp_path / "dask")}):
        yield


@asynccontextmanager
async def cluster(workers: int, *, processes: bool) -> AsyncIterator[Any]:
    options = {"n_workers": workers, "threads_per_worker": 1, "processes": processes, "dashboard_address": ":0"}
    async with LocalCluster(asynchronous=True, **options) as made:
        yield made


def written(folder: Path, site: Site) -> list[str]:
    file = folder / "videos" / f"{site.host.replace(':', '_')}.jsonl"
    return [json.loads(line)["uuid"] for line in file.read_text().splitlines()]


def known(scheduler: Any) -> str:
    """All that a scheduler, and so its dashboard, knows of tasks: graph, keys, events and logs."""
    graph = pickle.dumps([(key, task.run_spec, repr(task)) for key, task in scheduler.tasks.items()])
    return f"{graph!r} {scheduler.get_events()!r} {scheduler.get_logs()!r}"


async def test_four_workers_and_one_is_killed(tmp_path: Path) -> None:
    sites = [Site(videos=500) for _ in range(20)]
    told: list[str] = []
    async with (
        Emulator(videos=150, rate_limit=None) as mine,
        Federation(sites) as federation,
        cluster(4, processes=True) as made,
        Client(made, asynchronous=True) as client,
    ):
        pids = list((await client.run(os.getpid)).values())
        own = {mine.url: Login("nisv", SECRET)}
        async with Fleet(federation.urls(), own=own, journal=tmp_path, **MANNERS).on(client) as fleet:

            async def kill() -> None:
                while min(len(site.came) for site in sites) < 2:
                    told.append(known(made.scheduler))
                    await asyncio.sleep(0.01)
                os.kill(pids[0], signal.SIGKILL)

            killing = asyncio.ensure_future(kill())
            records = {record.origin: record async for record in fleet.crawl()}
            await killing
            told.append(known(made.scheduler))
            logs = str(await client.get_worker_logs())
        left = await client.run(lambda: len(dask_worker._ENGINES))
    assert {record.state for record in records.values()} == {"done"}
    assert {record.videos for record in records.values()} == {500, 150}
    for site in sites:
        assert sorted(written(tmp_path, site)) == sorted(site.uuids())
        assert site.closest() >= APART
        assert len(site.came) <= 5 + 1  # the page that was under way at the kill
    assert any(record.requests < record.pages for record in records.values())  # which went on after the kill
    assert any(sites[0].url in text for text in told)  # so a login would be seen, too
    assert not any(SECRET in text for text in [*told, logs])
    assert set(left.values()) == {0}


@pytest.fixture
async def client() -> AsyncIterator[Any]:
    """A cluster of two workers in this process."""
    async with cluster(2, processes=False) as made, Client(made, asynchronous=True) as connected:
        yield connected


async def test_videos_come_through_the_journal_and_a_second_run_asks_for_none(client: Any, tmp_path: Path) -> None:
    sites = [Site(videos=220), Site("gone"), Site("moved")]
    async with Federation(sites):
        sites[2].moves_to = sites[0].url
        urls = [site.url for site in sites[1:]]
        for _ in range(2):
            async with Fleet(urls, journal=tmp_path, resume=True, **MANNERS).on(client) as fleet:
                found = [video["uuid"] async for _, video in fleet.videos()]
                states = {record.state for record in fleet.records.values()}
            assert sorted(found) == sorted(sites[0].uuids())
            assert states == {"done", "forbidden", "moved"}
    assert [len(site.came) for site in sites] == [3, 1, 1]


async def test_a_worker_that_retires_gives_its_instances_back(client: Any, tmp_path: Path) -> None:
    sites = [Site(videos=1200) for _ in range(6)]

    async def retire() -> None:
        while not all(len(site.came) > 3 for site in sites):  # noqa: ASYNC110 - they come over sockets
            await asyncio.sleep(0.01)
        first = next(iter(await client.run(lambda: None)))
        await client.retire_workers([first], close_workers=True)

    urls = (site.url for site in sites)
    async with Federation(sites), Fleet(urls, journal=tmp_path, **MANNERS).on(client) as fleet:
        retiring = asyncio.ensure_future(retire())
        records = [record async for record in fleet.crawl()]
        await retiring
    assert {record.state for record in records} == {"done"}
    assert any(record.requests < record.pages for record in records)
    for site in sites:
        assert sorted(written(tmp_path, site)) == sorted(site.uuids())
        assert site.closest() >= APART


async def test_an_instance_under_two_names_is_read_by_one(client: Any, tmp_path: Path) -> None:
    there, alias, own_way = Site(videos=250), Site(videos=250), Site(videos=120, name="inside.example:9000")
    async with Federation([there, alias, own_way]) as federation:
        alias.name = there.host
        async with Fleet(federation.urls(), journal=tmp_path, **MANNERS).on(client) as fleet:
            records = {record.origin: record async for record in fleet.crawl()}
    assert [records[site.url].state for site in (there, alias, own_way)] == ["done", "moved", "done"]
    assert sorted(written(tmp_path, own_way)) == sorted(own_way.uuids())
    assert not (tmp_path / "videos" / f"127.0.0.1_{alias.port}.jsonl").exists()
    assert [len(site.came) for site in (there, alias, own_way)] == [3, 1, 3]  # of the last a page is read again
    assert own_way.closest() >= APART


async def test_a_login_comes_only_to_the_worker_that_needs_it(client: Any, tmp_path: Path) -> None:
    async with Emulator(videos=30, rate_limit=None) as mine:
        own = {mine.url: Login("nisv", SECRET)}
        async with Fleet(own=own, journal=tmp_path).on(client) as fleet:
            (record,) = [record async for record in fleet.crawl()]
            (engine,) = dask_worker._ENGINES.values()
            assert list(engine.logins) == [mine.url.removeprefix("http://")]
            assert SECRET not in repr(engine)
    assert record.videos == 30
    assert not dask_worker._ENGINES


async def test_leaving_a_fleet_ends_its_visits(client: Any, tmp_path: Path) -> None:
    sites = [Site(videos=100_000) for _ in range(3)]
    async with Federation(sites) as federation:
        async with Fleet(federation.urls(), journal=tmp_path, **MANNERS).on(client) as fleet:
            crawl = asyncio.ensure_future(anext(aiter(fleet.crawl())))
            while not all(site.came for site in sites):  # noqa: ASYNC110 - they come over sockets
                await asyncio.sleep(0.01)
            crawl.cancel()
        await asyncio.sleep(0.2)
        asked = [len(site.came) for site in sites]
        await asyncio.sleep(0.4)
        assert [len(site.came) for site in sites] == asked


async def test_a_worker_visits_no_more_at_once_than_it_has_files_for(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit, under_way, most = dask_worker._visited, 0, 0

    async def counted(here: Any, order: Any) -> Any:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await visit(here, order)
        finally:
            under_way -= 1

    monkeypatch.setattr(dask_worker, "at_most", lambda wanted: 2)
    monkeypatch.setattr(dask_worker, "_visited", counted)
    sites = [Site(videos=20, latency=0.05) for _ in range(8)]
    async with (
        Federation(sites) as federation,
        Fleet(federation.urls(), journal=tmp_path, **MANNERS).on(client) as fleet,
    ):
        records = [record async for record in fleet.crawl()]
    assert [record.state for record in records] == ["done"] * 8
    assert most == 2  # both workers are in this process, and share what a process has


async def test_a_worker_of_another_version_is_told_before_anything_is_sent(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site()
    monkeypatch.setattr(dask_places, "__version__", "99.0")
    async with Federation([site]), Fleet([site.url], journal=tmp_path, **MANNERS).on(client) as fleet:
        with pytest.raises(errors.ConfigurationError, match=r"has aiopeertube .*, and not 99\.0"):
            [_ async for _ in fleet.crawl()]
    assert not site.came
    assert not (tmp_path / "crawl.json").exists()


async def test_one_that_comes_later_with_another_version_sends_nothing(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site()
    async with Federation([site]), Fleet([site.url], journal=tmp_path, **MANNERS).on(client) as fleet:
        monkeypatch.setattr(dask_worker, "__version__", "99.0")
        with pytest.raises(errors.ConfigurationError, match=r"a worker has aiopeertube 99\.0"):
            [_ async for _ in fleet.crawl()]
    assert not site.came


async def test_a_journal_that_a_worker_does_not_see_is_told(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_worker, "store_at", lambda where: Folder(tmp_path / "elsewhere"))
    site = Site()
    async with Federation([site]), Fleet([site.url], journal=tmp_path, **MANNERS).on(client) as fleet:
        with pytest.raises(errors.ConfigurationError, match="does not see the journal") as caught:
            [_ async for _ in fleet.crawl()]
    assert caught.value.option == "journal"
    assert not site.came


async def test_a_cluster_without_workers_says_so(tmp_path: Path) -> None:
    async with cluster(0, processes=False) as made:
        with pytest.raises(errors.ConfigurationError, match="no workers"):
            async with cluster_at(made.scheduler_address):
                pass


async def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_places, "SECONDS", 0.5)
    with pytest.raises(errors.ServerUnreachable, match="no Dask scheduler answers at tcp:"):
        async with cluster_at("tcp://127.0.0.1:9"):
            pass
    with pytest.raises(errors.ConfigurationError, match="not the address"):
        async with cluster_at("gopher://x"):
            pass


async def test_a_scheduler_that_went_away_hides_no_error_and_leaves_nothing_open(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def away(*arguments: Any, **where: Any) -> None:
        raise OSError("timed out trying to connect")

    fleet = Fleet(["https://videos.example"], journal=tmp_path, **MANNERS).on(client)
    with pytest.raises(LookupError):
        async with fleet:
            monkeypatch.setattr(fleet._dask, "_ask", away)
            raise LookupError
    assert "cannot be told that the run is over" in caplog.text
    assert fleet._here is not None
    assert "closed" in repr(fleet._here._pool)


def closed(loop: asyncio.AbstractEventLoop) -> None:
    while not loop.is_closed():
        time.sleep(0.01)


async def test_a_visit_that_comes_after_the_end_of_its_run_is_none(tmp_path: Path) -> None:
    order = dask_worker.Order("ended", "https://videos.example", Job("me", 1.0), str(tmp_path), "jsonl", False)
    engine = await asyncio.to_thread(dask_worker._engine, order)
    await asyncio.to_thread(dask_worker.forget, "ended")
    with pytest.raises(CancelledError):
        dask_worker._sent(engine, order, threading.Event())
    with pytest.raises(CancelledError):  # nor does it begin its run anew
        dask_worker._engine(order)
    await asyncio.to_thread(closed, engine.loop)


async def test_where_all_workers_died_what_they_kept_is_counted(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = "https://videos.example"
    log = Keeping(Folder(tmp_path), "jsonl").log(origin)
    log.add(Page(Instance(origin), 0, Position(100, 500), 2, b'{"id": 1}\n{"id": 2}\n'))

    async def killed(self: Any, future: Any, origin: str) -> Record:
        future.release()
        return dask_places._died(origin, KilledWorker("a task", "a worker", 3))

    monkeypatch.setattr(dask_places.DaskPlaces, "_result", killed)
    async with Fleet([origin], journal=tmp_path, **MANNERS).on(client) as fleet:
        (record,) = [record async for record in fleet.crawl()]
    assert (record.state, record.videos, record.pages) == ("bounded", 2, 1)


async def test_on_dask_a_journal_is_needed(client: Any) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        Fleet(["videos.example"], **MANNERS).on(client)
    assert caught.value.option == "journal"


def test_a_client_without_a_loop_of_its_own_serves_as_well(tmp_path: Path) -> None:
    options = {"n_workers": 1, "threads_per_worker": 1, "processes": False, "dashboard_address": ":0"}
    site = Site(videos=120)

    async def crawled(client: Any) -> list[str]:
        async with Federation([site]), Fleet([site.url], journal=tmp_path, **MANNERS).on(client) as fleet:
            return [record.state async for record in fleet.crawl()]

    with LocalCluster(**options) as made, Client(made) as client:
        assert asyncio.run(crawled(client)) == ["done"]
    assert sorted(written(tmp_path, site)) == sorted(site.uuids())
