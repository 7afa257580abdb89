"""How many edits a second an instance takes: rename your videos and put the names back; `python benchmark.py 100`.

Only on an instance of your own: everybody on it waits for these edits.
"""

import asyncio
import sys
import time

from aiopeertube import PeerTube


async def main(count: int) -> None:
    """Edit twice, and show what the client counted."""
    async with PeerTube.from_env() as pt:
        names = {row["uuid"]: row["name"] for row in await pt.me.videos(sort="createdAt").collect(limit=count)}
        for suffix in (" (measured)", ""):
            began = time.perf_counter()
            calls = [pt.videos.update(uuid, name=name[:109] + suffix) for uuid, name in names.items()]
            async with pt.bulk(calls) as run:
                done = [outcome.ok async for outcome in run]
            seconds = time.perf_counter() - began
            print(f"{sum(done)} of {len(done)} edits, {len(done) / seconds:.1f} a second")
        counted = pt.statistics()
    print(f"answers by status: {dict(counted.by_status)}; seconds: {dict(counted.latency)}")
    for lane in counted.concurrency:
        print(f"{lane.kind}: {lane.limit} at once, completed a second by number at once: {lane.goodput}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
