"""2. The server's capacity is the limit: an administrator, and a pool of writers whose transactions fail each other.

The automatic number in flight against fixed ones, and what plain loops lose on the same server.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from statistics import median
from typing import Any

from running import Live, Plan, Runner, Server, note, stamp

USER = "root"
FIXED = (1, 2, 4, 8, 16, 32)
WINDOW = 10.0
WRITE_SECONDS = 0.045  # one write alone on a small real server
PEERS = (
    ("requests_loop", 1),
    ("requests_threads", 8),
    ("httpx_async", 8),
    ("aiohttp_gather", 8),
    ("niquests_async", 8),
    ("pyreqwest_async", 8),
)


@dataclass(frozen=True, slots=True)
class Variant:
    """What is written, and on what kind of server."""

    title: str
    edit: str = "name"
    latency: float = 0.0
    slower: float = 1.0  # by which writes take longer from the middle on
    peers: bool = False

    def count(self, way: int | str, full: int) -> int:
        """Give few edits to a number that distance alone keeps slow: its speed does not change."""
        few = self.latency and isinstance(way, int) and way < 8
        return max(100, full // 8) if few and full > 400 else full


VARIANTS = (
    Variant("renames", peers=True),
    Variant("the same new tags on all", edit="tags", peers=True),
    Variant("renames, 3 times slower from the middle on", slower=3.0),
    Variant("renames, 120 ms away", latency=0.12),
)
Runs = dict[str, list[dict[str, Any]]]


def measure(runners: dict[str, Runner], plan: Plan) -> dict[str, Any]:
    """Measure every variant; each round of each on a server of its own, side by side: all of them mostly wait."""
    count = plan.count or (120 if plan.quick else 2000)
    rounds = 1 if plan.quick else 3
    ways: list[int | str] = ["auto", *((2, 4, 8, 32) if plan.quick else FIXED)]
    variants = VARIANTS[:2] if plan.live else VARIANTS
    found: dict[str, Runs] = {variant.title: {} for variant in variants}

    def lane(variant: Variant, turn: int) -> None:
        server: AbstractContextManager[Server | Live] = plan.live or _server(variant, count)
        with server as target:
            # Another begins in each round: what a server does by itself in the background hits all of them.
            shift = turn * 3 % len(ways)
            for way in (*ways[shift:], *ways[:shift]):
                note(f"capacity: {variant.title}, {way} in flight, round {turn + 1} of {rounds}")
                run = _run(runners["ours"], target, variant, variant.count(way, count), concurrency=way)
                found[variant.title].setdefault(str(way), []).append(run)
            peers = () if not variant.peers or turn or plan.live else PEERS[3:4] if plan.quick else PEERS
            for name, in_flight in peers:
                note(f"capacity: {variant.title}, {runners[name].title}")
                time.sleep(WINDOW)  # peers do not get over a window that is full when they log in
                run = _run(runners[name], target, variant, count, in_flight=in_flight)
                found[variant.title][f"{runners[name].title}, {in_flight} in flight"] = [run]

    with ThreadPoolExecutor(1 if plan.live else len(variants) * rounds) as pool:
        for job in [pool.submit(lane, variant, turn) for turn in range(rounds) for variant in variants]:
            job.result()
    summaries = [_summary(title, runs) for title, runs in found.items()]
    return {"count": count, "variants": summaries, "checks": [check for one in summaries for check in _checks(one)]}


def _server(variant: Variant, count: int) -> Server:
    limits = {"rate_limit": (50, WINDOW), "login_limit": None}
    return Server("emulated.py", videos=count, write_seconds=WRITE_SECONDS, latency=variant.latency, **limits)


def _run(runner: Runner, target: Server | Live, variant: Variant, count: int, **options: Any) -> dict[str, Any]:
    mark = stamp()
    if variant.slower > 1:
        target.ask("slower", after=count // 2, factor=variant.slower)
    job = {"path": "/api/v1/videos", "edit": variant.edit, **target.credentials(USER)}
    run = runner.run(what="rename", url=target.url, count=count, stamp=mark, **job, **options)
    target.ask("restore")
    run["lost"] = run["asked"] - target.ask("count", edit=variant.edit, stamp=mark)["applied"]
    run["per_second"] = (run["asked"] - run["lost"]) / run["seconds"]
    return run


def _summary(title: str, runs: Runs) -> dict[str, Any]:
    rates = {way: median(run["per_second"] for run in found) for way, found in runs.items()}
    best = max(rate for way, rate in rates.items() if way.isdigit())
    ways = []
    for way, found in sorted(runs.items(), key=_place):
        spread = [run["per_second"] / best for run in found]
        ways.append(
            {
                "way": way,
                "to_best_fixed": round(rates[way] / best, 3),
                "spread": [round(min(spread), 3), round(max(spread), 3)],
                "per_second": round(rates[way], 1),
                "lost": max(run["lost"] for run in found),
                "share_5xx_after_50": round(median(run.get("late_5xx", 0.0) for run in found), 4),
                "p50": median(run["p50"] for run in found),
                "p99": median(run["p99"] for run in found),
            }
        )
    return {"title": title, "ways": ways}


def _place(item: tuple[str, Any]) -> tuple[bool, int]:
    """Put ours first, then the fixed numbers, then the peers as they ran."""
    way = item[0]
    return way != "auto" and not way.isdigit(), int(way) if way.isdigit() else 0


def _checks(summary: dict[str, Any]) -> list[dict[str, Any]]:
    ways = {way["way"]: way for way in summary["ways"]}
    auto = ways["auto"]
    return [
        {"what": f"{summary['title']}: auto to best fixed", "must": ">= 0.97", "found": auto["to_best_fixed"]},
        {"what": f"{summary['title']}: edits lost", "must": "<= 0", "found": auto["lost"]},
        {
            "what": f"{summary['title']}: p99 to that of fixed 32",
            "must": "<= 0.5",
            "found": round(auto["p99"] / ways["32"]["p99"], 3),
        },
    ]
