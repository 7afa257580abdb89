"""Write what several instances have into one file of JSON lines: `python crawler.py out.jsonl URL...`.

Politely: anonymous, one request a second to each, and the instances' own videos alone. One that fails costs the
others nothing.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import TextIO

from aiopeertube import PeerTube, errors


async def crawl(url: str, out: TextIO) -> int:
    """Write the videos of one instance; return how many there were."""
    count = 0
    try:
        async with PeerTube(url, rate="1/s", patience=20) as pt:
            async for video in pt.videos.list(isLocal=True, sort="createdAt"):
                out.write(json.dumps({"instance": url, "uuid": video["uuid"], "name": video["name"]}) + "\n")
                count += 1
    except errors.PeerTubeError as exc:
        print(f"{url}: {exc}", file=sys.stderr)
    return count


async def main(path: str, urls: list[str]) -> None:
    """Crawl all of them at once."""
    with Path(path).open("w", encoding="utf-8") as out:
        counts = await asyncio.gather(*(crawl(url, out) for url in urls))
    print(f"{sum(counts)} videos of {len(urls)} instances")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
