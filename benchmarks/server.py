"""Renames and tag edits against a server, ours beside fixed numbers in flight; `--live`: a real one.

    python benchmarks/server.py allowance --count 120
    python benchmarks/server.py capacity --count 400 --edit tags
    python benchmarks/server.py capacity --live http://127.0.0.1:9000 --username root   (password: PEERTUBE_PASSWORD)

`allowance` is for a normal user: seconds against what the server's windows allow. `capacity` is for an administrator:
applied edits per second with the automatic number in flight against fixed ones, interleaved, medians.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from typing import Any

from aiopeertube import PeerTube, events
from aiopeertube.emulator import Emulator

FIXED = (1, 2, 4, 8, 16, 32)


def edits(pt: PeerTube, rows: list[Any], kind: str) -> Any:
    """Make one call per video: another name, or the same three new tags on all."""
    stamp = f"{time.time_ns() % 10**9}"
    if kind == "tags":
        tags = [f"{letter}{stamp}" for letter in "abc"]
        return (pt.videos.update(row["uuid"], tags=tags) for row in rows)
    return (pt.videos.update(row["uuid"], name=f"Video {stamp} {row['id']}") for row in rows)


async def one_run(settings: dict[str, Any], count: int, kind: str, concurrency: int | str) -> dict[str, float]:
    """Edit so many videos; return what came of it."""
    statuses: list[int] = []
    async with PeerTube(**settings, concurrency=concurrency) as pt:
        own = pt.me.videos(sort="createdAt") if kind == "mine" else pt.videos.list(sort="createdAt", nsfw="both")
        rows = await own.collect(limit=count)
        limit = pt.statistics().windows[0]
        spent_before = (limit.limit or 0) - (limit.remaining or 0)
        pt.on(events.AttemptFinished, lambda event: statuses.append(event.status) if event.method == "PUT" else None)
        began = time.monotonic()
        async with pt.bulk(edits(pt, rows, kind)) as outcomes:
            applied = sum([outcome.ok async for outcome in outcomes])
        seconds = time.monotonic() - began
        state = pt.statistics()
    late = statuses[50:]
    window = next(window for window in state.windows if window.bucket == "api")
    return {
        "asked": len(rows),
        "applied": applied,
        "seconds": round(seconds, 2),
        "per_second": round(applied / seconds, 2),
        "refused_429": statuses.count(429),
        "share_5xx_after_50": round(sum(s >= 500 for s in late) / max(1, len(late)), 4),
        "p99": round(state.latency["p99"], 3),
        "spent_before": spent_before,
        "limit": window.limit or 0,
        "window_seconds": window.length or 0.0,
        "in_flight": state.concurrency[1].limit,
    }


async def allowance(settings: dict[str, Any], count: int) -> dict[str, Any]:
    """Compare the time of `count` renames with what the windows allow."""
    run = await one_run(settings, count, "mine", "auto")
    windows_to_wait = -(-(run["applied"] - (run["limit"] - run["spent_before"])) // run["limit"])
    ideal = max(0, windows_to_wait) * run["window_seconds"]
    return run | {"windows_allow": ideal, "ratio_to_allowance": round(run["seconds"] / ideal, 3) if ideal else None}


async def capacity(settings: dict[str, Any], count: int, kind: str, rounds: int) -> dict[str, Any]:
    """Compare the automatic number in flight with fixed ones."""
    ways: list[int | str] = ["auto", *FIXED]
    runs: dict[str, list[dict[str, float]]] = {str(way): [] for way in ways}
    await one_run(settings, count, kind, 4)  # a server that has just started is slower
    for turn in range(rounds):
        # Another begins in each round: what a server does by itself in the background hits all of them.
        shift = turn * 3 % len(ways)
        for way in (*ways[shift:], *ways[:shift]):
            runs[str(way)].append(await one_run(settings, count, kind, way))
    rates = {name: statistics.median(run["per_second"] for run in found) for name, found in runs.items()}
    best = max(rate for name, rate in rates.items() if name != "auto")
    return {
        "auto_to_best_fixed": round(rates["auto"] / best, 3),
        "per_second": rates,
        "every_run": {name: [run["per_second"] for run in found] for name, found in runs.items()},
        "applied": {name: [run["applied"] for run in found] for name, found in runs.items()},
        "share_5xx_after_50": {name: [run["share_5xx_after_50"] for run in found] for name, found in runs.items()},
        "p99": {name: statistics.median(run["p99"] for run in found) for name, found in runs.items()},
    }


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Find the server and run what was asked for."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        if options.live:
            url, username = options.live, options.username
            password = os.environ["PEERTUBE_PASSWORD"]
        else:
            emulator = stack.enter_context(Emulator.in_thread(videos=max(700, options.count), write_seconds=0.02))
            url = emulator.url
            username, password = ("nisv", "secret123") if options.what == "allowance" else ("root", "test-root")
        settings = {"url": url, "username": username, "password": password, "token_file": f"{folder}/token"}
        if options.what == "allowance":
            return await allowance(settings, options.count)
        return await capacity(settings, options.count, options.edit, options.rounds)


def main() -> None:
    """Parse arguments, measure, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["allowance", "capacity"])
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--edit", choices=["name", "tags"], default="name")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--live", help="address of a real server")
    parser.add_argument("--username", default="root")
    print(json.dumps(asyncio.run(measure(parser.parse_args())), indent=2))


if __name__ == "__main__":
    main()
