"""How much an instance takes: found on servers of known capacity, in virtual time, and titles are put back."""

import asyncio
import json
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import click.testing
import pytest
from virtual_clock import VirtualClockLoop

from aiopeertube import PeerTube, errors
from aiopeertube.bench import Edits, Level, Measurement, Titles, best_of, chart, measured, search
from aiopeertube.bench.titles import SUFFIX
from aiopeertube.cli.app import app
from aiopeertube.emulator import Emulator, Fault


class Server:
    """Takes `seconds` for a request, so many at once; each beyond makes all of them slower by a share."""

    def __init__(self, capacity: int, seconds: float, *, worse: float = 0.0) -> None:
        self._places = asyncio.Semaphore(capacity)
        self._capacity, self._seconds, self._worse = capacity, seconds, worse
        self._asked = 0

    async def send(self) -> None:
        self._asked += 1
        try:
            async with self._places:
                beyond = max(0, self._asked - self._capacity)
                await asyncio.sleep(self._seconds * (1 + self._worse * beyond))
        finally:
            self._asked -= 1


def in_virtual_time(main: Callable[[], Awaitable[Any]]) -> Any:
    loop = VirtualClockLoop()
    try:
        return loop.run_until_complete(main())
    finally:
        loop.close()


@pytest.mark.parametrize("capacity", [1, 2, 3, 5, 7, 13, 20, 31])
@pytest.mark.parametrize("worse", [0.0, 0.05])
def test_the_best_number_and_its_rate_are_found_within_five_percent(capacity: int, worse: float) -> None:
    async def main() -> Level:
        server = Server(capacity, 0.05, worse=worse)
        found = await search(lambda number: measured(server.send, number, 5.0), 64)
        assert len(found) <= 16
        return best_of(found)

    best = in_virtual_time(main)
    assert best.in_flight == pytest.approx(capacity, rel=0.05)
    assert best.rate == pytest.approx(capacity / 0.05, rel=0.05)
    assert best.latency["p50"] == pytest.approx(0.05, rel=0.06)


def test_no_more_in_flight_than_allowed() -> None:
    async def main() -> list[Level]:
        server = Server(50, 0.05)
        return await search(lambda number: measured(server.send, number, 1.0), 12)

    found = in_virtual_time(main)
    assert max(level.in_flight for level in found) == best_of(found).in_flight == 12


def test_what_fails_counts_as_nothing_done() -> None:
    async def main() -> Level:
        asked = iter(range(10_000))

        async def send() -> None:
            await asyncio.sleep(0.1)
            if next(asked) % 2:
                raise errors.ServerError(status=500, method="PUT", path="/")

        return await measured(send, 1, 10.0)

    level = in_virtual_time(main)
    assert level.rate == pytest.approx(5, rel=0.05)
    assert (level.ok, level.errors) == (50, {"500": 50})


def test_a_server_that_completes_nothing_is_not_asked_by_more_and_more() -> None:
    async def main() -> list[Level]:
        async def send() -> None:
            await asyncio.sleep(0.1)
            raise errors.ServerError(status=503, method="GET", path="/")

        return await search(lambda number: measured(send, number, 1.0), 64)

    (level,) = in_virtual_time(main)
    assert (level.in_flight, level.ok) == (1, 0)


def test_what_would_meet_every_request_ends_it() -> None:
    async def main() -> None:
        async def send() -> None:
            await asyncio.sleep(0.1)
            raise errors.SessionExpired("it is over")

        with pytest.raises(errors.SessionExpired):
            await measured(send, 4, 1.0)

    in_virtual_time(main)


@pytest.fixture
def server() -> Iterator[Emulator]:
    with Emulator.in_thread(videos=6, rate_limit=None, login_limit=None) as started:
        yield started


def titles(server: Emulator) -> list[str]:
    return [video.name for video in server.store.videos.values()]


@pytest.mark.parametrize("ends", ["well", "cancelled"])
def test_titles_are_put_back(server: Emulator, ends: str) -> None:
    before = titles(server)
    server.faults.add(Fault("reset", method="PUT", times=3), Fault("5xx-after", method="PUT", probability=0.2))

    async def main() -> None:
        task = asyncio.current_task()
        assert task is not None
        options: dict[str, Any] = {"username": "nisv", "password": "secret123"}
        async with PeerTube(server.url, **options) as pt, PeerTube(server.url, attempts=1, **options) as hot:
            edits = Edits(pt, hot, [str(number) for number in server.store.videos])
            try:
                async with edits:
                    await measured(edits.send, len(edits), 0.2)
                    assert any(name.endswith(SUFFIX) for name in titles(server))
                    if ends == "cancelled":
                        task.cancel()
                        await asyncio.sleep(1)
            except asyncio.CancelledError:
                assert ends == "cancelled"
            assert edits.left == {}

    asyncio.run(main())
    assert titles(server) == before


USER: dict[str, Any] = {"username": "nisv", "password": "secret123"}


def with_edits(server: Emulator, do: Callable[[PeerTube, Edits], Awaitable[None]]) -> None:
    """Do something with edits of all videos."""

    async def main() -> None:
        async with PeerTube(server.url, **USER) as pt, PeerTube(server.url, attempts=1, **USER) as hot:
            await do(pt, Edits(pt, hot, [video.uuid for video in server.store.videos.values()]))

    asyncio.run(main())


def test_titles_that_a_kill_left_are_put_back_by_the_next_run(server: Emulator) -> None:
    before = titles(server)

    async def killed(pt: PeerTube, edits: Edits) -> None:
        await edits.__aenter__()
        await edits.send()
        edits._titles.__exit__(None, None, None)  # as the system does for a process that ends

    async def next_one(pt: PeerTube, edits: Edits) -> None:
        assert titles(server) != before
        async with edits:
            assert titles(server) == before
            await edits.send()

    with_edits(server, killed)
    assert list(Titles(server.url).left().values()) == before
    with_edits(server, next_one)
    assert (titles(server), Titles(server.url).left()) == (before, {})


def test_what_could_not_be_put_back_is_kept_until_it_can(server: Emulator) -> None:
    before = titles(server)
    fault = Fault("5xx", method="PUT", status=403)

    async def refused(pt: PeerTube, edits: Edits) -> None:
        async with edits:
            await edits.send()
            server.faults.add(fault)
        assert list(edits.left.values()) == [
            name for name, now in zip(before, titles(server), strict=True) if name != now
        ]

    async def refused_again(pt: PeerTube, edits: Edits) -> None:
        async with edits:
            assert len(edits) == len(before) - 1

    with_edits(server, refused)
    with_edits(server, refused_again)
    assert len(Titles(server.url).left()) == 1
    server.faults.clear()

    async def allowed(pt: PeerTube, edits: Edits) -> None:
        async with edits:
            assert len(edits) == len(before)

    with_edits(server, allowed)
    assert (titles(server), Titles(server.url).left()) == (before, {})


def test_what_somebody_else_made_of_a_title_stays(server: Emulator) -> None:
    before = titles(server)

    async def meanwhile(pt: PeerTube, edits: Edits) -> None:
        async with edits:
            for _ in before:
                await edits.send()
            first, second, *_ = server.store.videos.values()
            await pt.videos.update(first.uuid, name="What it is really called")
            await pt.videos.delete(second.uuid)
        assert (edits.left, edits.others) == ({}, {first.uuid: "What it is really called", second.uuid: ""})

    with_edits(server, meanwhile)
    assert titles(server) == ["What it is really called", *before[2:]]


def test_two_runs_do_not_rename_at_once(server: Emulator) -> None:
    async def two(pt: PeerTube, edits: Edits) -> None:
        async with edits:
            with pytest.raises(errors.ConfigurationError, match="another run has the titles"):
                await Edits(pt, pt, []).__aenter__()

    with_edits(server, two)


def test_titles_that_cannot_be_read_are_not_thrown_away(server: Emulator) -> None:
    path = Titles(server.url).path
    path.parent.mkdir(parents=True)
    path.write_text("{")

    async def damaged(pt: PeerTube, edits: Edits) -> None:
        with pytest.raises(errors.ConfigurationError, match="cannot read the titles"):
            await edits.__aenter__()

    with_edits(server, damaged)
    assert path.read_text() == "{"


def run(server: Emulator, user: str, password: str, *args: str) -> click.testing.Result:
    env = {"PEERTUBE_URL": server.url, "PEERTUBE_USERNAME": user, "PEERTUBE_PASSWORD": password}
    return click.testing.CliRunner().invoke(app, ["bench", *args], env=env)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for what in ("CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{what}_HOME", str(tmp_path / what))


def test_the_command_measures_draws_and_leaves_nothing_behind(server: Emulator) -> None:
    before = titles(server)
    videos = [video.uuid for video in server.store.videos.values()]
    options = ("--yes", "--seconds", "0.1", "--most", "4", "--chart", "bench.svg")
    done = run(server, "root", "test-root", *options, *videos)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert {level["in_flight"] for level in told["levels"]["edit"]} <= {1, 2, 3, 4}
    assert told["best"]["read"]["rate"] > 0
    assert (told["version"], told["left"]) == ("6.3.0", {})
    assert "edit: 1 in flight, " in done.stderr
    drawn = ET.parse("bench.svg").getroot()
    assert len(drawn.findall("{http://www.w3.org/2000/svg}polyline")) == 2
    assert titles(server) == before
    again = run(server, "root", "test-root", *options)
    assert (again.exit_code, "--overwrite-output" in again.stderr) == (2, True)


def test_what_is_not_ones_own_is_refused(server: Emulator) -> None:
    for user in ("nisv", "moderator"):
        refused = run(server, user, "secret123", "--yes")
        assert (refused.exit_code, "no administrator of" in refused.stderr) == (2, True)
    unasked = run(server, "root", "test-root")
    assert (unasked.exit_code, "nobody can be asked" in unasked.stderr) == (2, True)
    assert server.statistics().by_route.get("GET /videos", 0) == 0


def test_what_cannot_be_measured_is_told_before_anything_is_loaded(server: Emulator) -> None:
    result = run(server, "root", "test-root", "--yes", "nosuchvideo")
    assert result.exit_code != 0
    assert "read:" not in result.stderr


def test_a_chart_that_cannot_be_drawn_loses_no_measurement(server: Emulator, tmp_path: Path) -> None:
    (tmp_path / "full").symlink_to("/dev/full")
    result = run(server, "root", "test-root", "--yes", "--seconds", "0.1", "--most", "1", "--chart", "full")
    assert (result.exit_code, "cannot write full" in result.stderr) == (74, True)
    found = json.loads(result.stdout)
    assert found["requests"] >= found["best"]["read"]["ok"] > 0


def test_nothing_of_an_address_is_markup() -> None:
    level = Level(1, 0.0, 0, 1.0)
    drawn = chart(Measurement("https://x</text><script>", "8", {"read": [level]}, ()))
    assert "<script>" not in drawn
    ET.fromstring(drawn)
