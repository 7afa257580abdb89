"""3. The client is the limit: PUTs to a server that does nothing, and what each costs the process that sends them.

CPU time (user and system, all threads) per PUT, against a plain aiohttp loop on asyncio's event loop; requests per
second on one core follow from it. And the layers of this library one by one, on a transport without a network.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Any

import wrk
from running import HERE, Plan, Runner, Server, note
from servers import nginx

TOKEN = "b7ce057182fc5aba61523ebb7f28ee1b5fc66427"
IN_FLIGHT = (1, 8, 64, 256)
USUAL = 8
PLAIN = ("aiohttp, gather", "asyncio")
OURS = ("aiopeertube, bulk", "aiopeertube, awaited")
SLOW = ("requests_loop", "requests_threads", "httpx_async", "niquests_async")


@dataclass(frozen=True, slots=True)
class Way:
    """A peer on an event loop; `way` is for this library alone."""

    title: str
    peer: str
    loop: str = "asyncio"
    way: str = "bulk"

    @property
    def key(self) -> tuple[str, str]:
        return self.title, self.loop


def ways(in_flight: int, *, quick: bool) -> Iterator[Way]:
    """Name what is measured at so many in flight."""
    for loop in ("asyncio", "uvloop"):
        yield Way("aiohttp, gather", "aiohttp_gather", loop)
        yield Way("aiohttp, workers", "aiohttp_workers", loop)
        yield Way("aiopeertube, bulk", "ours", loop)
        yield Way("aiopeertube, awaited", "ours", loop, "await")
        yield Way("raw asyncio (floor)", "raw_asyncio", loop)
        if not quick:
            yield Way("httpx", "httpx_async", loop)
            yield Way("niquests", "niquests_async", loop)
    if quick:
        yield Way("httpx", "httpx_async")
    yield Way("pyreqwest", "pyreqwest_async")
    yield Way("requests, loop", "requests_loop") if in_flight == 1 else Way("requests, threads", "requests_threads")


def measure(runners: dict[str, Runner], plan: Plan) -> dict[str, Any]:
    """Measure each way at each number in flight, in turns."""
    rounds = 3 if plan.quick else 7
    groups: list[dict[str, Any]] = []
    with ExitStack() as stack:
        bare = stack.enter_context(Server("bare.py"))
        groups += [
            _group(runners, bare.url, in_flight, rounds, "a do-nothing server", quick=plan.quick)
            for in_flight in ((USUAL,) if plan.quick else IN_FLIGHT)
        ]
        if not plan.quick and nginx.is_here():
            url = stack.enter_context(nginx.serving())
            groups.append(_group(runners, url, USUAL, rounds, "nginx", quick=True))
    found = {"groups": groups, "layers": _layers(), "not_here": _not_here()}
    usual = next(group for group in groups if group["in_flight"] == USUAL)
    return found | {"checks": _checks(usual)}


def _group(
    runners: dict[str, Runner], url: str, in_flight: int, rounds: int, server: str, *, quick: bool
) -> dict[str, Any]:
    times: dict[tuple[str, str], list[float]] = {}
    for turn in range(rounds):
        note(f"client: {server}, {in_flight} in flight, round {turn + 1} of {rounds}")
        for way in ways(in_flight, quick=quick):
            times.setdefault(way.key, []).append(_cpu(runners[way.peer], way, url, in_flight, quick=quick))
        if wrk.is_here():
            times.setdefault(("wrk (C)", "-"), []).append(wrk.cpu_per_put(url, in_flight, TOKEN))
    base = median(times[PLAIN])
    rows = [_row(title, loop, found, base) for (title, loop), found in times.items()]
    return {"server": server, "in_flight": in_flight, "ways": rows}


def _cpu(runner: Runner, way: Way, url: str, in_flight: int, *, quick: bool) -> float:
    count = 500 if way.peer in SLOW else 2000 if quick else 5000
    job = {"url": url, "token": TOKEN, "count": count, "in_flight": in_flight, "loop": way.loop, "way": way.way}
    found = runner.run(what="put", concurrency=in_flight, **job)
    if found["answers"] != {"204": count}:
        raise RuntimeError(f"{way.title}: {found['answers']}")
    return 1e6 * float(found["cpu_seconds"]) / count


def _row(title: str, loop: str, times: list[float], base: float) -> dict[str, Any]:
    cpu = median(times)
    return {
        "title": title,
        "loop": loop,
        "ratio": round(cpu / base, 3),
        "spread": [round(min(times) / base, 3), round(max(times) / base, 3)],
        "cpu_us": round(cpu, 1),
        "per_second_and_core": round(1e6 / cpu),
    }


def _layers() -> list[dict[str, Any]]:
    note("client: the layers, one by one")
    command = [sys.executable, str(HERE / "layers.py")]
    rows: list[dict[str, Any]] = json.loads(subprocess.check_output(command, text=True))
    return rows


def _not_here() -> list[str]:
    return [name for name in ("wrk", "nginx") if shutil.which(name) is None]


def _checks(group: dict[str, Any]) -> list[dict[str, Any]]:
    ratio = {(way["title"], way["loop"]): way["ratio"] for way in group["ways"]}
    leaner = ratio["aiohttp, workers", "asyncio"]
    dearest = max(ratio[title, "asyncio"] for title in OURS)
    checks = [(f"{title}, to plain aiohttp", "<= 1", ratio[title, "asyncio"]) for title in OURS]
    checks += [
        (f"{title}, to plain aiohttp in its leaner form", "<= 1", ratio[title, "asyncio"] / leaner) for title in OURS
    ]
    checks += [(f"{title}, with uvloop", "<= 0.75", ratio[title, "uvloop"]) for title in OURS]
    checks += [
        (f"{peer}, to the dearer of ours", ">= 5", ratio[peer, "asyncio"] / dearest)
        for peer in ("httpx", "requests, threads")
    ]
    at = f"{group['in_flight']} in flight: "
    return [{"what": at + what, "must": must, "found": round(found, 3)} for what, must, found in checks]
