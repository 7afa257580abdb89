import asyncio
import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from typing import Any

import aiohttp
import pytest

from aiopeertube.emulator import Emulator, pytest_plugin

from .conftest import Visitor

# Registered as a plugin where the package is installed; named here, they are there in any case.
peertube_emulator = pytest_plugin.peertube_emulator
peertube_emulator_options = pytest_plugin.peertube_emulator_options


def ask(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/api/v1/videos?count=1") as answer:
        page: dict[str, Any] = json.load(answer)
    return page


class TestThread:
    def test_serves_code_that_blocks(self) -> None:
        with Emulator.in_thread(videos=7) as server:
            assert ask(server.url)["total"] == 7
            assert server.statistics().by_route == {"GET /videos": 1}
            assert server.statistics().by_status == {200: 1}

    def test_two_side_by_side(self) -> None:
        with Emulator.in_thread(videos=1) as one, Emulator.in_thread(videos=2) as two:
            assert [ask(one.url)["total"], ask(two.url)["total"]] == [1, 2]

    def test_error_at_start_is_raised(self) -> None:
        with Emulator.in_thread(videos=0) as server:
            port = int(server.host.rpartition(":")[2])
            with pytest.raises(OSError, match="attempting to bind"), Emulator.in_thread(port=port):
                pass

    def test_ends_when_its_user_fails(self) -> None:
        with pytest.raises(ZeroDivisionError), Emulator.in_thread(videos=0) as server:
            _ = 1 / 0
        with pytest.raises(urllib.error.URLError):
            ask(server.url)


class TestFixture:
    @pytest.fixture
    def peertube_emulator_options(self) -> dict[str, Any]:
        return {"videos": 5, "server_version": "8.2"}

    def test_takes_options(self, peertube_emulator: Emulator) -> None:
        assert ask(peertube_emulator.url)["total"] == 5
        assert peertube_emulator.options.is_modern

    def test_is_new_for_each_test(self, peertube_emulator: Emulator) -> None:
        assert peertube_emulator.statistics().requests == 0

    def test_is_cheap_to_import(self) -> None:
        """Every pytest run of whoever has the package loads the plugin."""
        check = (
            "import sys, aiopeertube.emulator.pytest_plugin;"
            "print([name for name in sys.modules if name.startswith('aiopeertube.emulator.')])"
        )
        ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
        assert ran.stdout.strip() == "['aiopeertube.emulator.pytest_plugin']"


class TestDefaults:
    def test_default_options(self, peertube_emulator: Emulator) -> None:
        assert ask(peertube_emulator.url)["total"] == 50

    def test_public_names(self) -> None:
        import aiopeertube.emulator as package

        for name in package.__all__:
            assert getattr(package, name).__name__ == name
        with pytest.raises(AttributeError):
            getattr(package, "nothing")  # noqa: B009 - type checkers know that it is not there


@pytest.mark.anyio
class TestLife:
    async def test_not_started(self) -> None:
        with pytest.raises(RuntimeError, match="not been started"):
            _ = Emulator(videos=0).url

    async def test_twice(self, server: Emulator) -> None:
        with pytest.raises(RuntimeError, match="running"):
            await server.start()

    async def test_stop_is_idempotent_and_start_again_works(self, session: aiohttp.ClientSession) -> None:
        server = Emulator(videos=1)
        for _ in range(2):
            await server.start()
            assert (await Visitor(server, session).get("/videos"))[0] == 200
            await server.stop()
            await server.stop()
        assert server.statistics().requests == 2

    @pytest.mark.parametrize("turns", range(8))
    async def test_stop_leaves_no_connection_open(self, turns: int) -> None:
        """The loop may have got anywhere with connections that come while it stops."""
        async with Emulator(videos=1) as server:
            host, _, port = server.host.partition(":")
            clients = [socket.create_connection((host, int(port))) for _ in range(3)]
            for _ in range(turns):
                await asyncio.sleep(0)
        for client in clients:
            client.settimeout(5)
            with client, suppress(ConnectionResetError):
                assert client.recv(1) == b"", "closed, and not left to the garbage collector"

    async def test_keep_alive_headers(self, visitor: Visitor) -> None:
        _, headers, _ = await visitor.get("/ping")
        assert (headers["Connection"], headers["Keep-Alive"]) == ("keep-alive", "timeout=5")
        _, headers, _ = await visitor.get("/ping", headers={"Connection": "close"})
        assert headers["Connection"] == "close"

    async def test_requests_in_flight_are_counted(
        self, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        arrived: list[float] = []
        all_there, sleep = asyncio.Event(), asyncio.sleep

        async def gate(seconds: float) -> None:
            if seconds != 5000.0:
                await sleep(seconds)
                return
            arrived.append(seconds)
            if len(arrived) >= 6:
                all_there.set()
            await all_there.wait()

        monkeypatch.setattr("aiopeertube.emulator.dispatch.asyncio.sleep", gate)
        async with Emulator(videos=1, latency=10_000.0) as server:
            visitor = Visitor(server, session)
            await asyncio.gather(*(visitor.get("/videos") for _ in range(6)))
            assert server.statistics().max_in_flight == 6
            assert len(arrived) == 12, "half of it before, half after"

    async def test_reads_take_time(self, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch) -> None:
        slept: list[float] = []

        async def note(seconds: float) -> None:
            # Others sleep as well, but nobody this long.
            if seconds == 7.0:
                slept.append(seconds)

        monkeypatch.setattr("aiopeertube.emulator.api.calls.asyncio.sleep", note)
        async with Emulator(videos=1, read_seconds=7.0) as server:
            for path in ("/videos", "/videos/1", "/videos/categories"):
                await Visitor(server, session).get(path)
        assert slept == [7.0, 7.0]

    async def test_many_videos_are_there_at_once(self) -> None:
        server = Emulator(videos=20_000)
        assert len(server.store.videos) == 20_000
        assert server.store.videos[20_000].name == "Video 20000"
