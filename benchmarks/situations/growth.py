"""5 and 6. Memory and time against the number of items: paginator, plan, journal, bulk run, over real sockets.

Ours lists every video, plans an edit of each into a journal on disk, and carries it out. A peer's usual way keeps the
rows in a list and sends a PUT for each; that it has no journal makes it faster, and its memory the larger.
"""

from statistics import median
from typing import Any

import memory
from running import Plan, Runner, Server, note

LENGTHS = (1_000, 10_000, 100_000, 1_000_000)
TOKEN = "b7ce057182fc5aba61523ebb7f28ee1b5fc66427"
PATH = "/api/v1/users/me/videos"
PEERS = ("aiohttp_gather", "requests_loop", "requests_threads", "httpx_async", "niquests_async", "pyreqwest_async")
PEERS_AT_MOST = {"aiohttp_gather": 1_000_000}  # the fastest; the others' straight lines are seen before
OTHERS_AT_MOST = 100_000


def measure(runners: dict[str, Runner], plan: Plan) -> dict[str, Any]:
    """Run each length, in processes of their own."""
    lengths = (1_000, 5_000, 20_000) if plan.quick else LENGTHS
    runs: dict[str, dict[int, list[dict[str, Any]]]] = {}
    for length in lengths:
        with Server("bare.py", videos=length) as server:
            for name in ("ours", *PEERS[: 1 if plan.quick else None]):
                if length > PEERS_AT_MOST.get(name, OTHERS_AT_MOST) and name != "ours":
                    continue
                for _ in range(1 if plan.quick or length > 10_000 else 5):
                    note(f"growth: {runners[name].title}, {length:,} videos")
                    job = {"url": server.url, "path": PATH, "token": TOKEN, "in_flight": 8}
                    run = runners[name].run(what="migrate", stamp="Clip", **job)
                    if run["answers"] != {"204": length}:
                        raise RuntimeError(f"{runners[name].title}: {run['answers']}")
                    runs.setdefault(runners[name].title, {}).setdefault(length, []).append(run)
    note("growth: the bulk engine alone")
    alone = memory.measure([min(lengths[1], 10_000), lengths[-1]])
    ways = [_way(title, by_length) for title, by_length in runs.items()]
    return {"ways": ways, "bulk_alone": alone, "checks": _checks(ways[0])}


def _way(title: str, runs: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
    points = [
        {
            "items": length,
            "peak_mib": round(median(run["peak_mib"] for run in found), 1),
            "us_per_item": round(1e6 * median(run["seconds"] for run in found) / length, 1),
            "cpu_us_per_item": round(1e6 * median(run["cpu_seconds"] for run in found) / length, 1),
        }
        for length, found in runs.items()
    ]
    return {"title": title, "points": points}


def _checks(ours: dict[str, Any]) -> list[dict[str, Any]]:
    points = ours["points"]
    few = next(point for point in points if point["items"] >= 5_000)
    many = points[-1]
    between = f"{few['items']:,} and {many['items']:,} items"
    more = round(many["peak_mib"] - few["peak_mib"], 1)
    slower = round(many["us_per_item"] / few["us_per_item"], 3)
    dearer = round(many["cpu_us_per_item"] / few["cpu_us_per_item"], 3)
    return [
        {"what": f"MiB between {between}", "must": "<= 20", "found": more},
        {"what": f"time per item between {between}", "must": "<= 1.05", "found": slower},
        {"what": f"CPU per item between {between}", "must": "<= 1.05", "found": dearer},
    ]
