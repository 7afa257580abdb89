import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from aiopeertube.emulator import Emulator, Fault
from aiopeertube.emulator.faults import FaultKind, Faults

from .conftest import Answered, Visitor

NAME = "A name of its own"


class TestPicking:
    def test_unknown_kind(self) -> None:
        with pytest.raises(ValueError, match="a fault is one of"):
            Fault("fire")  # type: ignore[arg-type]

    def test_method_and_path(self) -> None:
        faults = Faults(faults=[Fault("reset", method="put", path="/videos/*")])
        assert faults.pick("PUT", "/videos/3", "/videos/{id}")
        assert not faults.pick("GET", "/videos/3", "/videos/{id}")
        assert not faults.pick("PUT", "/video-channels/3", "/video-channels/{channel}")

    def test_route(self) -> None:
        faults = Faults(faults=[Fault("reset", path="/videos/{id}")])
        assert faults.pick("PUT", "/videos/3", "/videos/{id}")
        assert not faults.pick("GET", "/videos/categories", "/videos/categories")

    def test_times(self) -> None:
        faults = Faults(faults=[Fault("reset", times=2), Fault("stall", times=1)])
        kinds = [fault and fault.kind for fault in (faults.pick("GET", "/videos", "/videos") for _ in range(4))]
        assert kinds == ["reset", "reset", "stall", None]
        assert faults.injected == {"reset": 2, "stall": 1}

    def test_chance_follows_the_seed(self) -> None:
        def picks(seed: int) -> list[bool]:
            faults = Faults(seed, [Fault("reset", probability=0.3)])
            return [faults.pick("GET", "/videos", "/videos") is not None for _ in range(300)]

        assert picks(1) == picks(1) != picks(2)
        assert 50 < sum(picks(1)) < 130

    def test_clear(self) -> None:
        faults = Faults(faults=[Fault("reset")])
        faults.pick("GET", "/videos", "/videos")
        faults.clear()
        assert (len(faults), faults.pick("GET", "/videos", "/videos")) == (0, None)
        assert faults.injected == {"reset": 1}


@pytest.mark.anyio
class TestOnTheWire:
    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"videos": 3}

    @pytest.fixture
    async def session(self, anyio_backend: str) -> AsyncIterator[aiohttp.ClientSession]:
        async with aiohttp.ClientSession() as opened:
            # By itself aiohttp repeats a PUT once whose connection was lost, and nobody sees the first fault.
            opened._retry_connection = False
            yield opened

    async def put(self, owner: Visitor) -> Answered:
        return await owner.put("/videos/1", {"name": NAME})

    def written(self, server: Emulator) -> bool:
        return server.store.videos[1].name == NAME

    async def test_429_of_a_proxy(self, owner: Visitor, server: Emulator) -> None:
        server.faults.add(Fault("429", times=1))
        status, headers, _ = await self.put(owner)
        assert status == 429
        assert not {"X-RateLimit-Limit", "Retry-After"} & headers.keys()
        assert not self.written(server)
        assert server.statistics().refused == 0

    async def test_429_with_retry_after(self, owner: Visitor, server: Emulator) -> None:
        server.faults.add(Fault("429", seconds=3))
        assert (await self.put(owner))[1]["Retry-After"] == "3"

    @pytest.mark.parametrize(
        ("status", "kind"), [(500, "application/problem+json"), (502, "text/html"), (503, "text/html")]
    )
    async def test_5xx(self, owner: Visitor, server: Emulator, status: int, kind: str) -> None:
        server.faults.add(Fault("5xx", status=status))
        answered, headers, _ = await self.put(owner)
        assert (answered, headers["Content-Type"].partition(";")[0]) == (status, kind)
        assert not self.written(server)

    async def test_5xx_after(self, owner: Visitor, server: Emulator) -> None:
        server.faults.add(Fault("5xx-after"))
        assert (await self.put(owner))[0] == 502
        assert self.written(server)

    @pytest.mark.parametrize(("kind", "written"), [("reset", False), ("reset-after", True)])
    async def test_reset(self, owner: Visitor, server: Emulator, kind: FaultKind, written: bool) -> None:
        server.faults.add(Fault(kind))
        with pytest.raises(aiohttp.ClientConnectionError):
            await self.put(owner)
        assert self.written(server) is written
        assert server.statistics().faults[kind] >= 1

    async def test_truncated_write(self, owner: Visitor, server: Emulator) -> None:
        server.faults.add(Fault("truncated"))
        with pytest.raises(aiohttp.ClientError):
            await self.put(owner)
        assert self.written(server)

    async def test_truncated_read(self, owner: Visitor, server: Emulator) -> None:
        server.faults.add(Fault("truncated"))
        with pytest.raises(aiohttp.ClientPayloadError):
            await owner.get("/videos")

    async def test_garbage(self, owner: Visitor, server: Emulator) -> None:
        server.faults.add(Fault("garbage"))
        status, headers, body = await owner.get("/videos")
        assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert body.startswith("<html>")

    async def test_stall(self, owner: Visitor, server: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        slept: list[float] = []

        async def note(seconds: float) -> None:
            if seconds == 90:
                slept.append(seconds)

        monkeypatch.setattr("aiopeertube.emulator.dispatch.asyncio.sleep", note)
        server.faults.add(Fault("stall", seconds=90))
        assert (await self.put(owner))[0] == 204
        assert slept == [90]
        assert self.written(server)

    async def test_a_stalled_answer_does_not_hold_up_the_end(self, owner: Visitor, server: Emulator) -> None:
        server.faults.add(Fault("stall", seconds=3600))
        waiting = asyncio.create_task(self.put(owner))
        while not self.written(server):  # noqa: ASYNC110 -- nobody tells when it is.
            await asyncio.sleep(0.001)
        await server.stop()
        with pytest.raises(aiohttp.ClientConnectionError):
            await waiting

    async def test_service_goes_on_after_faults(self, owner: Visitor, server: Emulator) -> None:
        kinds: tuple[FaultKind, ...] = ("reset", "reset-after", "truncated", "5xx")
        for kind in kinds:
            server.faults.add(Fault(kind, times=1, method="PUT"))
        for kind in kinds:
            try:
                assert (await self.put(owner))[0] == 503
            except aiohttp.ClientError:
                assert kind != "5xx"
        assert (await self.put(owner))[0] == 204
        assert server.statistics().faults == dict.fromkeys(kinds, 1)

    async def test_from_the_options(self, session: aiohttp.ClientSession) -> None:
        async with Emulator(videos=1, faults=[Fault("5xx", times=1)]) as server:
            visitor = Visitor(server, session)
            assert [(await visitor.get("/videos"))[0] for _ in range(2)] == [503, 200]
