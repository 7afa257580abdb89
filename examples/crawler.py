"""Write what several instances have into a file of JSON lines: `python crawler.py out.jsonl you@example.org URL...`.

Politely: anonymous, one request a second to each, and the instances' own videos alone; they are told whom to ask. One
that fails costs the others nothing. `aiopeertube crawl` does the same, and goes on where it was after a crash.
"""

import asyncio
import json
import sys
from pathlib import Path

from aiopeertube.fleet import Fleet


async def main(path: str, contact: str, urls: list[str]) -> None:
    """Crawl all of them at once."""
    count = 0
    async with Fleet(urls, contact=contact) as fleet:
        with Path(path).open("w", encoding="utf-8") as out:
            async for instance, video in fleet.videos():
                row = {"instance": instance.origin, "uuid": video["uuid"], "name": video["name"]}
                out.write(json.dumps(row) + "\n")
                count += 1
    for record in fleet.records.values():
        if not record.ok:
            print(f"{record.origin}: {record.state}: {record.reason}", file=sys.stderr)
    print(f"videos: {count}; instances: {len(fleet.records)}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
