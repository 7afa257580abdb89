"""Reading videos in full, by the API alone and as the client chooses: export, plan, verify, the look of a rollback.

python benchmarks/reads.py [--videos 1000] [--windows 10]

The emulator counts as a stock server does, for a normal user: 50 requests of the API in a window, 500 objects in one
of their own; `--windows` makes these shorter than ten seconds. The edits themselves, which take what the API's window
gives either way, are sent while nothing is counted. The two ways run side by side, each against a server of its own.
"""

import argparse
import asyncio
import csv
import json
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from transfers import USER

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.migrate import Details, JobOptions

LONG = "What was filmed at the harbour in 1939, and what became of it. " * 6  # lists cut it after 250 characters
FIELDS = ("uuid", "name", "description", "tags", "licence", "support", "privacy")


async def seconds_of(work: Awaitable[Any]) -> float:
    """Return how long something takes."""
    began = time.monotonic()
    await work
    return time.monotonic() - began


def write_table(path: Path, videos: int, server: Emulator) -> None:
    """Write a table of one's own, which knows nothing of what was there: each video gets another description."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("uuid", "description"))
        rows.writerows((video.uuid, f"{number} {LONG}") for number, video in enumerate(server.store.videos.values()))


async def measured(server: Emulator, videos: int, details: Details, folder: Path) -> dict[str, float]:
    """Do all four in turn, each with a client of its own that knows no window yet."""
    table, journal = folder / f"{details}.csv", folder / f"{details}.journal"
    write_table(table, videos, server)
    took: dict[str, float] = {}
    async with PeerTube(server.url, **USER) as pt:
        out = folder / f"{details}-out.csv"
        took["export"] = await seconds_of(migrate.export(pt, out, fields=FIELDS, details=details))
    async with PeerTube(server.url, **USER) as pt:
        took["plan"] = await seconds_of(migrate.plan(pt, table, details=details))
    await edit(server, table, journal)
    async with PeerTube(server.url, **USER) as pt:
        took["verify"] = await seconds_of(migrate.verify(pt, journal, details=details))
    async with PeerTube(server.url, **USER) as pt:
        look = JobOptions(dry_run=True, details=details)
        took["rollback, its look"] = await seconds_of(migrate.rollback(pt, journal, job=look))
    return took


async def edit(server: Emulator, table: Path, journal: Path) -> None:
    """Apply the table while the server counts nothing."""
    assert server.serving is not None
    counted, server.serving.limit = server.serving.limit, None
    async with PeerTube(server.url, **USER) as pt:
        run = await migrate.apply(pt, table, job=JobOptions(journal=journal))
        assert set(run.counts) == {"changed"}, run.counts
    server.serving.limit = counted


async def both(videos: int, window: float) -> dict[str, dict[str, float]]:
    """Measure both ways at once."""
    limits: dict[str, Any] = {"rate_limit": (50, window), "object_limit": (500, window), "login_limit": None}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            Emulator.in_thread(videos=videos, **limits) as one,
            Emulator.in_thread(videos=videos, **limits) as other,
        ):
            api, auto = await asyncio.gather(
                measured(one, videos, "api", folder), measured(other, videos, "auto", folder)
            )
        assert (folder / "api-out.csv").read_bytes() == (folder / "auto-out.csv").read_bytes()
    return {step: {"api": api[step], "auto": auto[step], "ratio": auto[step] / api[step]} for step in api}


def main() -> None:
    """Measure, and write a line for each step and a JSON document after them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--videos", type=int, default=1000)
    parser.add_argument("--windows", type=float, default=10.0, metavar="SECONDS")
    options = parser.parse_args()
    found = asyncio.run(both(options.videos, options.windows))
    for step, row in found.items():
        sys.stderr.write(f"{step}: {row['api']:.1f} s by the API, {row['auto']:.1f} s, {row['ratio']:.3f}\n")
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
