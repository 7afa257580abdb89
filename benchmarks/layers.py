"""What each layer of this library costs: microseconds per PUT by depth, on a transport that answers at once.

python benchmarks/layers.py
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiopeertube import PeerTube
from aiopeertube.stack import Transport
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.messages import Request, Response

UUID = "9c9de5e8-0a1e-484a-b099-e80766180a6d"
BODY: dict[str, Any] = {"name": "Film 1", "tags": ["open", "beeld"], "description": "x" * 200}
TIMES, CALLS = 7, 20_000


async def microseconds(work: Callable[[], Awaitable[Any]]) -> float:
    """Return the best of several rounds: what is above it is the machine's other work."""
    best = float("inf")
    for _ in range(TIMES):
        began = time.perf_counter()
        for _ in range(CALLS):
            await work()
        best = min(best, time.perf_counter() - began)
    return 1e6 * best / CALLS


def sending(layer: Transport, request: Request) -> Callable[[], Awaitable[Response]]:
    """Return what sends the request through a layer and those below it."""
    return lambda: layer.handle(request)


async def bulk(pt: PeerTube) -> float:
    """Return what a call costs in a bulk run."""
    best = float("inf")
    for _ in range(TIMES):
        began = time.perf_counter()
        async with pt.bulk(pt.videos.update(UUID, **BODY) for _ in range(CALLS)) as outcomes:
            async for _ in outcomes:
                pass
        best = min(best, time.perf_counter() - began)
    return 1e6 * best / CALLS


async def measure() -> list[dict[str, Any]]:
    """Measure from the transport upwards; each row contains the ones before it."""
    answer = reply(204)
    async with PeerTube("http://127.0.0.1", token="x", transport=MockTransport(lambda _request: answer)) as pt:
        request = pt.prepare(pt.videos.update(UUID, **BODY))
        layers: list[Transport] = []
        layer: Any = pt._top  # noqa: SLF001 - what is measured is inside
        while layer is not None:
            layers.insert(0, layer)
            layer = getattr(layer, "_next", None)
        depths = [(type(at).__name__, await microseconds(sending(at, request))) for at in layers]
        depths.append(("Call, built and awaited", await microseconds(lambda: pt.videos.update(UUID, **BODY))))
        depths.append(("bulk engine", await bulk(pt)))
    rows, below = [], 0.0
    for name, depth in depths:
        rows.append({"layer": name, "adds_us": round(depth - below, 2), "us": round(depth, 2)})
        below = depth
    return rows


def main() -> None:
    """Measure and print."""
    print(json.dumps(asyncio.run(measure()), indent=1))


if __name__ == "__main__":
    main()
