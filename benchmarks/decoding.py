"""Decoding a page of 100 videos: the client's way against `orjson.loads` of the same bytes, in one process.

python benchmarks/decoding.py [--rounds 400]
"""

import argparse
import asyncio
import json
import statistics
import time

import aiohttp
import orjson

from aiopeertube.emulator import Emulator
from aiopeertube.wire.answers import json_value
from aiopeertube.wire.messages import Response


async def page() -> bytes:
    """Fetch a page of 100 from the emulator."""
    async with (
        Emulator(videos=100, rate_limit=None) as server,
        aiohttp.ClientSession() as session,
        session.get(f"{server.url}/api/v1/videos?count=100") as answer,
    ):
        return await answer.read()


def median_us(work: object, rounds: int) -> list[float]:
    """Time `work` so often, in microseconds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()  # type: ignore[operator]
        times.append(1e6 * (time.perf_counter() - began))
    return times


def measure(rounds: int) -> dict[str, float]:
    """Measure both in turns, so that what else the machine does hits both."""
    data = asyncio.run(page())
    response = Response(200, {"content-type": "application/json"}, data)
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(rounds):
        bare += median_us(lambda: orjson.loads(data), 5)
        ours += median_us(lambda: json_value(response), 5)
    plain, client = statistics.median(bare), statistics.median(ours)
    return {"kib": round(len(data) / 1024), "orjson_us": round(plain, 1), "ratio": round(client / plain, 3)}


def main() -> None:
    """Parse arguments, measure, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=400)
    print(json.dumps(measure(parser.parse_args().rounds), indent=2))


if __name__ == "__main__":
    main()
