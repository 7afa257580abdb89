"""A clock that jumps, and servers that live on it: hours of waiting tested in milliseconds."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

import pytest
from simulated_servers import FixedWindowServer, TokenServer
from virtual_clock import VirtualClockLoop

from aiopeertube import PeerTube
from aiopeertube.testing import MockTransport
from aiopeertube.wire.messages import Request, Response


class Answering(Protocol):
    """A server on the loop's clock."""

    async def handle(self, request: Request, /) -> Response: ...


ClientOf = Callable[..., AbstractAsyncContextManager[PeerTube]]  # of a server, and options of the client
Renames = Callable[[PeerTube, int], Awaitable[tuple[int, float]]]


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
def client_of() -> ClientOf:
    """Open a client on a simulated server."""

    @asynccontextmanager
    async def opened(server: Answering, **options: Any) -> AsyncIterator[PeerTube]:
        given: dict[str, Any] = {"token": "user", "concurrency": 4} | options
        async with PeerTube("http://127.0.0.1", transport=MockTransport(server.handle), **given) as pt:
            yield pt

    return opened


@pytest.fixture
def renames() -> Renames:
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
