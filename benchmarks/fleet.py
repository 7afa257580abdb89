"""A fleet over hundreds of emulated instances, some of them dead, slow, lying or elsewhere; and the same on Dask.

python benchmarks/fleet.py [--instances 500] [--bad 100] [--videos 200] [--slowest 12]
python benchmarks/fleet.py --dask 4 [--instances 200] [--bad 0]    # one of the workers is killed on the way

The instances are one process, which notes when each request came, and the crawl is another: its peak is the highest
resident size (VmHWM). Every instance is asked once a second at most, as by default.
"""

import argparse
import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from federation import KINDS, Federation, Site

from aiopeertube.fleet import Bounds, Fleet

PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
CONTACT = "benchmark@university.example"


def sites(instances: int, bad: int, videos: int, slowest: float) -> list[Site]:
    """Make the instances: most good ones answer within a second, a few take long."""
    chance = random.Random(1)
    latencies = [min(slowest, chance.lognormvariate(-1.5, 1.0)) for _ in range(instances - bad)]
    latencies[0] = slowest
    made = [Site(videos=videos, latency=latency) for latency in latencies]
    made += [Site(KINDS[number % len(KINDS)], videos=videos) for number in range(bad)]
    chance.shuffle(made)
    return made


async def serve(options: dict[str, Any]) -> None:
    """Serve until stdin ends; then tell what came."""
    async with Federation(sites(**options)) as federation:
        good = [site for site in federation.sites if site.kind == "good"]
        for number, site in enumerate(federation.sites):
            site.moves_to = good[number % len(good)].url
        print(json.dumps(federation.urls()), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        told = [
            {"url": site.url, "kind": site.kind, "requests": len(site.came), "closest": site.closest()}
            for site in federation.sites
        ]
        print(json.dumps(told), flush=True)


class Instances:
    """The instances, in a process of their own."""

    def __init__(self, **options: Any) -> None:
        command = [sys.executable, __file__, "--serve", json.dumps(options)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.urls: list[str] = self._read()

    def end(self) -> list[dict[str, Any]]:
        """End them; return what came to each."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        told: list[dict[str, Any]] = self._read()
        self._process.wait()
        return told

    def _read(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


async def crawl(urls: list[str], folder: str, timeout: float) -> dict[str, Any]:
    """Crawl all of them; return the records, and what it took."""
    began = time.monotonic()
    bounds = Bounds(pages=15, timeout=timeout)
    async with Fleet(urls, contact=CONTACT, journal=folder, bounds=bounds) as fleet:
        records = [record.row() | {"after": time.monotonic() - began} async for record in fleet.crawl()]
    found = PEAK.search(Path("/proc/self/status").read_text())  # noqa: ASYNC240 - it is no file on a disk
    return {
        "records": records,
        "seconds": time.monotonic() - began,
        "cpu": time.process_time(),
        "mib": int(found[1]) / 1024 if found else 0,
    }


def crawled(urls: list[str], folder: str, timeout: float) -> dict[str, Any]:
    """Crawl in a process of its own."""
    command = [sys.executable, __file__, "--crawl", json.dumps({"folder": folder, "timeout": timeout})]
    ran = subprocess.run(command, input=json.dumps(urls), stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


async def crawled_on_dask(urls: list[str], folder: str, workers: int) -> dict[str, Any]:
    """Crawl from worker processes, one of which is killed when some instances are at their end."""
    from distributed import Client, LocalCluster

    options = {"n_workers": workers, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    records: list[dict[str, Any]] = []
    async with LocalCluster(asynchronous=True, **options) as cluster, Client(cluster, asynchronous=True) as client:
        pids = list((await client.run(os.getpid)).values())
        began = time.monotonic()
        async with Fleet(urls, contact=CONTACT, journal=folder).on(client) as fleet:
            asyncio.get_running_loop().call_later(3.0, os.kill, pids[0], signal.SIGKILL)
            records += [record.row() | {"after": time.monotonic() - began} async for record in fleet.crawl()]
        seconds = time.monotonic() - began
    resumed = sum(record["requests"] < record["pages"] for record in records)
    return {"records": records, "seconds": seconds, "resumed": resumed}


def check(folder: str, told: list[dict[str, Any]], videos: int) -> tuple[int, int]:
    """Return how many good instances are whole, each video once, and how many there are."""
    whole = good = 0
    for site in told:
        if site["kind"] != "good":
            continue
        good += 1
        host = site["url"].removeprefix("http://")
        file = Path(folder) / "videos" / f"{host.replace(':', '_')}.jsonl"
        found = [json.loads(line)["uuid"] for line in file.read_bytes().splitlines()] if file.exists() else []
        whole += sorted(found) == sorted(f"{host}-{number}" for number in range(1, videos + 1))
    return whole, good


def report(answer: dict[str, Any], told: list[dict[str, Any]], folder: str, videos: int) -> None:
    """Print what came of it."""
    whole, good = check(folder, told, videos)
    urls = {site["url"] for site in told if site["kind"] == "good"}
    ended = [record for record in answer["records"] if record["origin"] in urls]
    slowest = max(record["seconds"] for record in ended)
    pages = sum(record["pages"] for record in answer["records"])
    states = Counter(record["state"] for record in answer["records"])
    seconds = answer["seconds"]
    print(f"whole: {whole} of {good} good instances; states: {dict(states)}")
    print(f"seconds: {seconds:.1f}; the slowest good one took {slowest:.1f}: {seconds / slowest:.2f} times that")
    print(f"the last good one was at its end after {max(record['after'] for record in ended):.1f} s")
    print(f"speed: {pages / seconds:.0f} pages/s, {100 * pages / seconds:,.0f} videos/s")
    print(f"closest two requests at any instance: {min(site['closest'] for site in told):.3f} s")
    print(f"most requests at an instance: {max(site['requests'] for site in told)}")
    for name in ("mib", "cpu", "resumed"):
        if name in answer:
            print(f"{name}: {answer[name]:.1f}")


@contextmanager
def _folder() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instances", type=int, default=500)
    parser.add_argument("--bad", type=int, default=100)
    parser.add_argument("--videos", type=int, default=200)
    parser.add_argument(
        "--slowest", type=float, default=12.0, help="seconds that the slowest good one takes for a page"
    )
    parser.add_argument("--timeout", type=float, default=20.0)
    parser.add_argument("--dask", type=int, metavar="WORKERS")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--crawl", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve(json.loads(given.serve)))
    elif given.crawl:
        print(json.dumps(asyncio.run(crawl(json.loads(sys.stdin.read()), **json.loads(given.crawl)))))
    else:
        wanted = {name: getattr(given, name) for name in ("instances", "bad", "videos", "slowest")}
        instances = Instances(**wanted)
        with _folder() as folder:
            if given.dask:
                answer = asyncio.run(crawled_on_dask(instances.urls, folder, given.dask))
            else:
                answer = crawled(instances.urls, folder, given.timeout)
            report(answer, instances.end(), folder, given.videos)


if __name__ == "__main__":
    main()
