"""CPU per PUT of the client: the whole stack against a plain aiohttp loop with default settings.

Every variant runs in a process of its own, several times, interleaved with the others, against a server that does
nothing in another process; what counts is the ratio of the medians of CPU time (user + system) per request.

    python benchmarks/client_cost.py [--requests 6000] [--rounds 5] [--in-flight 8]
"""

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

HERE = Path(__file__).parent
DESCRIPTION = "x" * 200
TAGS = ["open", "beeld"]
TOKEN = "b7ce057182fc5aba61523ebb7f28ee1b5fc66427"


def uuids(count: int) -> list[str]:
    """Make as many video ids."""
    return [str(UUID(int=number)) for number in range(count)]


async def plain(url: str, requests: int, in_flight: int) -> None:
    """PUT in a plain aiohttp loop, as its documentation shows."""
    import aiohttp

    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as session:
        left = iter(uuids(requests))

        async def worker() -> None:
            for uuid in left:
                body = {"name": f"Film {uuid}", "tags": TAGS, "description": DESCRIPTION}
                async with session.put(f"{url}/api/v1/videos/{uuid}", json=body) as answer:
                    answer.raise_for_status()
                    await answer.read()

        await asyncio.gather(*(worker() for _ in range(in_flight)))


async def stack(url: str, requests: int, in_flight: int) -> None:
    """Await calls of the client: the whole stack."""
    from aiopeertube import PeerTube

    async with PeerTube(url, token=TOKEN, concurrency=in_flight) as pt:
        left = iter(uuids(requests))

        async def worker() -> None:
            for uuid in left:
                await pt.videos.update(uuid, name=f"Film {uuid}", tags=TAGS, description=DESCRIPTION)

        await asyncio.gather(*(worker() for _ in range(in_flight)))


async def bulk(url: str, requests: int, in_flight: int) -> None:
    """The same calls through the bulk engine."""
    from aiopeertube import PeerTube

    async with PeerTube(url, token=TOKEN, concurrency=in_flight) as pt:
        calls = (
            pt.videos.update(uuid, name=f"Film {uuid}", tags=TAGS, description=DESCRIPTION)
            for uuid in uuids(requests)
        )
        async with pt.bulk(calls, workers=in_flight) as outcomes:
            async for outcome in outcomes:
                assert outcome.ok, outcome.error


VARIANTS: dict[str, tuple[Callable[[str, int, int], Any], bool]] = {
    "plain aiohttp loop": (plain, False),
    "aiopeertube": (stack, False),
    "aiopeertube, bulk": (bulk, False),
    "plain aiohttp loop, uvloop": (plain, True),
    "aiopeertube, uvloop": (stack, True),
    "aiopeertube, bulk, uvloop": (bulk, True),
}


def run_variant(name: str, url: str, requests: int, in_flight: int) -> None:
    """Run one variant in this process; print CPU microseconds per request."""
    run, with_uvloop = VARIANTS[name]
    factory = None
    if with_uvloop:
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(run(url, 200, in_flight))  # imports, first connections
        before = resource.getrusage(resource.RUSAGE_SELF)
        runner.run(run(url, requests, in_flight))
        after = resource.getrusage(resource.RUSAGE_SELF)
    spent = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    print(1e6 * spent / requests)


def measure(requests: int, rounds: int, in_flight: int) -> dict[str, Any]:
    """Run all variants `rounds` times, interleaved."""
    server = subprocess.Popen([sys.executable, str(HERE / "null_server.py")], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        seen: dict[str, list[float]] = {name: [] for name in VARIANTS}
        for _ in range(rounds):
            for name in VARIANTS:
                command = [sys.executable, __file__, "--variant", name, "--url", url]
                command += ["--requests", str(requests), "--in-flight", str(in_flight)]
                seen[name].append(float(subprocess.check_output(command, text=True)))
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    base = statistics.median(seen["plain aiohttp loop"])
    return {
        name: {
            "cpu_us_per_request": round(statistics.median(times), 1),
            "spread": [round(min(times), 1), round(max(times), 1)],
            "ratio": round(statistics.median(times) / base, 3),
        }
        for name, times in seen.items()
    }


def main() -> None:
    """Parse arguments, measure, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--in-flight", type=int, default=8)
    parser.add_argument("--variant", choices=VARIANTS)
    parser.add_argument("--url")
    options = parser.parse_args()
    if options.variant:
        run_variant(options.variant, options.url, options.requests, options.in_flight)
    else:
        print(json.dumps(measure(options.requests, options.rounds, options.in_flight), indent=2))


if __name__ == "__main__":
    main()
