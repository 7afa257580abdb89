"""A clock that jumps, and servers that live on it: hours of waiting tested in milliseconds."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from simulated_servers import FixedWindowServer, TokenServer
from virtual_clock import VirtualClockLoop

from aiopeertube import PeerTube
from aiopeertube.testing import MockTransport


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualClockLoop}


@pytest.fixture
def server() -> FixedWindowServer:
    return FixedWindowServer()


@pytest.fixture
def make_server() -> type[FixedWindowServer]:
    return FixedWindowServer


@pytest.fixture
def client_of() -> Callable[..., "object"]:
    """Open a client on a simulated server."""

    @asynccontextmanager
    async def opened(server: FixedWindowServer, **options: object) -> AsyncIterator[PeerTube]:
        options = {"token": "user", "concurrency": 4} | options
        async with PeerTube("http://127.0.0.1", transport=MockTransport(server.handle), **options) as pt:
            yield pt

    return opened


@pytest.fixture
def renames() -> Callable[[PeerTube, int], object]:
    """Rename so many videos through the bulk engine; return how many succeeded and the virtual seconds it took."""

    async def run(pt: PeerTube, count: int) -> tuple[int, float]:
        loop = asyncio.get_running_loop()
        began, done = loop.time(), 0
        calls = (pt.videos.update(number + 1, name=f"Film {number}") for number in range(count))
        async with pt.bulk(calls) as outcomes:
            async for outcome in outcomes:
                assert outcome.ok, outcome.error
                done += 1
        return done, loop.time() - began

    return run


@pytest.fixture
def token_server() -> TokenServer:
    return TokenServer()


@pytest.fixture
def make_token_server() -> type[TokenServer]:
    return TokenServer
