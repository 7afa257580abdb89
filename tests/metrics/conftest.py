"""Numbers of a client that asks a server without a network."""

from collections.abc import AsyncIterator

import pytest

from aiopeertube import PeerTube
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

ORIGIN = "https://videos.example:8443"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def pt() -> AsyncIterator[PeerTube]:
    """A client of which a GET succeeds, a PUT is not allowed, and the first DELETE fails."""
    failed: list[Request] = []

    def answer(request: Request) -> Response:
        if request.method == "DELETE" and not failed:
            failed.append(request)
            return reply(500)
        return reply(403 if request.method == "PUT" else 204 if request.method == "DELETE" else 200, json={})

    transport = MockTransport(answer)
    async with PeerTube(ORIGIN, token="geheim", transport=transport) as client:
        yield client
