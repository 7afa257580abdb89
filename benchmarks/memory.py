"""Memory of a bulk run against its length: no-op calls on the mock transport, each length in a process of its own.

python benchmarks/memory.py [--lengths 10000 1000000]
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import time

from aiopeertube import PeerTube
from aiopeertube.testing import MockTransport, reply


async def run(count: int) -> None:
    """Run so many calls and drop their outcomes."""
    answer = reply(204)
    transport = MockTransport(lambda _request: answer)
    async with PeerTube("http://127.0.0.1", transport=transport) as pt:
        calls = (pt.videos.update(number + 1, name=f"Film {number}") for number in range(count))
        async with pt.bulk(calls) as outcomes:
            async for outcome in outcomes:
                assert outcome.ok


def measure(lengths: list[int]) -> dict[int, dict[str, float]]:
    """Return peak resident MiB and microseconds per item by length."""
    found = {}
    for length in lengths:
        command = [sys.executable, __file__, "--one", str(length)]
        found[length] = json.loads(subprocess.check_output(command, text=True))
    return found


def main() -> None:
    """Parse arguments, measure, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lengths", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--one", type=int)
    options = parser.parse_args()
    if options.one:
        began = time.perf_counter()
        asyncio.run(run(options.one))
        spent = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"peak_mib": round(peak, 1), "us_per_item": round(1e6 * spent / options.one, 1)}))
    else:
        print(json.dumps(measure(options.lengths), indent=2))


if __name__ == "__main__":
    main()
