"""1. The server's allowance is the limit: a normal user, the stock 50 requests in 10 s.

What counts is the time that the windows allow for so many renames, divided by the time that they took, and how many
of them the server really has afterwards.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from statistics import median
from typing import Any

from running import Live, Plan, Runner, Server, note, stamp

LIMIT, SECONDS = 50, 10.0
USER = "nisv"


@dataclass(frozen=True, slots=True)
class Way:
    """A peer, and how it is used; a long way mostly sleeps, so that several fit beside each other."""

    title: str
    peer: str
    in_flight: int = 1
    pause: float = 0.0
    long: bool = False


WAYS = (
    Way("aiopeertube", "ours", long=True),
    Way("requests, loop, 1 s pause", "requests_loop", pause=1.0, long=True),
    Way("requests, loop", "requests_loop"),
    Way("requests, threads", "requests_threads", 8),
    Way("httpx", "httpx_async", 8),
    Way("aiohttp, gather", "aiohttp_gather", 8),
    Way("niquests", "niquests_async", 8),
    Way("pyreqwest", "pyreqwest_async", 8),
    Way("pypeertube", "pypeertube_pypi"),
    Way("peertube", "peertube_pypi"),
)


def measure(runners: dict[str, Runner], plan: Plan) -> dict[str, Any]:
    """Let each peer rename so many videos of its own, on a server of its own."""
    count = plan.count or (80 if plan.quick else 300)
    rounds = 1 if plan.quick or plan.live else 3
    found: dict[str, list[dict[str, Any]]] = {way.title: [] for way in WAYS}

    def run(way: Way, renames: int) -> None:
        note(f"allowance: {way.title}, {renames} renames")
        found[way.title].append(_run(runners[way.peer], way, renames, count, plan.live))

    short = [way for way in WAYS if not way.long]
    with ThreadPoolExecutor(1 if plan.live else 2 * rounds) as pool:
        jobs = []
        for _ in range(rounds):
            # The pause makes all renames alike, so a part of them tells its speed where time is short.
            jobs += [
                pool.submit(run, way, count // 4 if way.pause and (plan.quick or plan.live) else count)
                for way in WAYS
                if way.long
            ]
        if not plan.live:
            for _ in range(rounds):
                for way in short:
                    run(way, count)
        for job in jobs:
            job.result()
    ways = [_row(title, runs) for title, runs in found.items() if runs]
    return {"count": count, "limit": f"{LIMIT} in {SECONDS:g} s", "ways": ways, "checks": _checks(ways)}


def _run(runner: Runner, way: Way, count: int, full: int, live: Live | None) -> dict[str, Any]:
    mark = stamp()
    server: AbstractContextManager[Server | Live] = live or Server("emulated.py", videos=count)
    with server as target:
        job = {"path": "/api/v1/users/me/videos", "in_flight": way.in_flight, "pause": way.pause, "count": count}
        run = runner.run(what="rename", url=target.url, stamp=mark, **job, **target.credentials(USER))
        if "cannot" in run:
            return run
        run["lost"] = run["asked"] - target.ask("count", edit="name", stamp=mark)["applied"]
    run["refused"] = run.get("attempts", run["answers"]).get("429", 0)
    run["to_ideal"] = run["seconds"] * (full / run["asked"]) / _ideal(full)
    return run


def _ideal(count: int) -> float:
    """Return the least seconds for so many renames: the login and the pages took their part of the first window."""
    before = 2 + math.ceil(count / 100)
    return math.ceil((count - (LIMIT - before)) / LIMIT) * SECONDS


def _row(title: str, runs: list[dict[str, Any]]) -> dict[str, Any]:
    if "cannot" in runs[0]:
        return {"title": title, "cannot": runs[0]["cannot"]}
    times = [run["to_ideal"] for run in runs]
    lost = max(run["lost"] for run in runs)
    return {
        "title": title,
        "asked": runs[0]["asked"],
        "lost": lost,
        "refused": max(run["refused"] for run in runs),
        "seconds": median(run["seconds"] for run in runs),
        "time_to_ideal": round(median(times), 3),
        "spread": [round(min(times), 3), round(max(times), 3)],
        "share_of_allowance": round(1 / median(times), 3) if not lost else None,
    }


def _checks(ways: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ours = ways[0]
    lossless = [way for way in ways[1:] if way.get("lost") == 0]
    best = max((way["share_of_allowance"] for way in lossless), default=0.0)
    return [
        {"what": "share of the allowance", "must": ">= 0.98", "found": ours["share_of_allowance"]},
        {"what": "renames lost", "must": "<= 0", "found": ours["lost"]},
        {"what": "429s", "must": "<= 1", "found": ours["refused"]},
        {
            "what": f"best lossless peer ({', '.join(way['title'] for way in lossless)}) against ours",
            "must": "<= 0.5",
            "found": round(best / (ours["share_of_allowance"] or 1), 3),
        },
    ]
