"""4. Listing: all pages of many videos, near and far, against a sequential loop; and what decoding a page costs."""

from statistics import median
from typing import Any

import decoding
from running import Plan, Runner, Server, note

from aiopeertube._pagination import AHEAD, MOST

LATENCIES = (0.0, 0.02, 0.1)
LOOP = "aiohttp, sequential"
PEERS = (LOOP, "aiohttp_workers"), ("requests, sequential", "requests_loop"), ("httpx, sequential", "httpx_async")
ALSO_NEAR = (("peertube, sequential", "peertube_pypi"),)
PATH = "/api/v1/videos"


def measure(runners: dict[str, Runner], plan: Plan) -> dict[str, Any]:
    """List them all at each latency."""
    videos = plan.count or (10_000 if plan.quick else 100_000)
    rounds = 1 if plan.quick else 3
    groups = [_group(runners, videos, latency, rounds, quick=plan.quick) for latency in LATENCIES]
    note("listing: decoding")
    decoded = decoding.measure(100 if plan.quick else 400)
    checks = [
        {
            "what": f"of the ideal of {AHEAD + 1} pages at once, {1000 * group['latency']:g} ms away",
            "must": ">= 0.9",
            "found": group["of_ideal"],
        }
        for group in groups
        if group["latency"]
    ]
    checks.append({"what": "decoding a page to orjson alone", "must": "<= 1.05", "found": decoded["ratio"]})
    return {"videos": videos, "groups": groups, "decoding": decoded, "checks": checks}


def _group(runners: dict[str, Runner], videos: int, latency: float, rounds: int, *, quick: bool) -> dict[str, Any]:
    ways = [("aiopeertube", "ours"), *(PEERS[:1] if quick else PEERS), *(() if latency or quick else ALSO_NEAR)]
    seconds: dict[str, list[float]] = {}
    with Server("bare.py", videos=videos, latency=latency) as server:
        for turn in range(rounds):
            for title, peer in ways:
                if latency == max(LATENCIES) and turn and peer != "ours":
                    continue  # ten times slower and of no spread: once is enough
                note(f"listing: {title}, {1000 * latency:g} ms away, round {turn + 1} of {rounds}")
                run = runners[peer].run(what="list", url=server.url, path=PATH)
                if run["items"] != videos:
                    raise RuntimeError(f"{title} found {run['items']} of {videos} videos")
                seconds.setdefault(title, []).append(run["seconds"])
    rates = {title: videos / median(found) for title, found in seconds.items()}
    ideal = (AHEAD + 1) * MOST / latency if latency else None
    return {
        "latency": latency,
        "of_ideal": round(rates["aiopeertube"] / ideal, 3) if ideal else None,
        "ways": [
            {
                "title": title,
                "items_per_second": round(rate),
                "to_loop": round(rate / rates[LOOP], 2),
                "spread": [round(videos / s / rates[LOOP], 2) for s in (max(seconds[title]), min(seconds[title]))],
            }
            for title, rate in rates.items()
        ],
    }
