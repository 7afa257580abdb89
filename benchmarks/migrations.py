"""What migrations promise, at full size: kills, memory of a large plan, requests spent.

    python benchmarks/migrations.py kills --videos 10000 --kills 20
    python benchmarks/migrations.py plan --rows 10000 1000000
    python benchmarks/migrations.py export --rows 10000 100000
    python benchmarks/migrations.py requests --videos 2000

`kills`: a run is killed at random moments and resumed, its input reordered each time; counts writes by video.
`plan`: peak memory of comparing so many rows with a server (on a mock transport), each in a process of its own.
`export`: the same of an export of some fields, where one video in a hundred is read by itself, and the first is slow.
`requests`: an export that is applied without an edit, and with a part of it edited, against what is the least.
"""

import argparse
import asyncio
import contextlib
import csv
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from aiopeertube.emulator import Emulator

USER = {"PEERTUBE_USERNAME": "nisv", "PEERTUBE_PASSWORD": "secret123"}


def command(*arguments: str) -> list[str]:
    """Make a command of the command line."""
    return [sys.executable, "-m", "aiopeertube", *arguments]


def environment(folder: str, url: str) -> dict[str, str]:
    """Return an environment with a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PEERTUBE_")}
    return kept | {"PEERTUBE_URL": url, "XDG_CONFIG_HOME": folder, "XDG_STATE_HOME": folder}


def write(rows: list[dict[str, str]], path: Path) -> None:
    """Write a table."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def kills(videos: int, count: int, seed: int) -> dict[str, Any]:
    """Kill a run so often, and see what became of every video."""
    chance = random.Random(seed)
    options: dict[str, Any] = {"videos": videos, "rate_limit": None, "login_limit": None, "write_seconds": 0.004}
    with tempfile.TemporaryDirectory() as folder, Emulator.in_thread(**options) as server:
        env, table = environment(folder, server.url), Path(folder) / "films.csv"
        subprocess.run(command("login", "--quiet"), env=env | USER, check=True)
        rows = [{"uuid": video.uuid, "name": f"Film {number}"} for number, video in server.store.videos.items()]
        readable = 0
        for number in range(count):
            chance.shuffle(rows)
            write(rows, table)
            resume = ["--resume"] if number else []
            run = subprocess.Popen(
                command("apply", str(table), "--quiet", *resume), env=env, stdout=subprocess.DEVNULL
            )
            done = sum(server.statistics().edits.values())
            goal, deadline = done + chance.randint(1, videos // count), time.monotonic() + 120
            while sum(server.statistics().edits.values()) < goal and run.poll() is None:
                assert time.monotonic() < deadline
                time.sleep(0.005)
            run.send_signal(signal.SIGKILL)
            run.wait()
            shown = subprocess.run(
                command("jobs", "show", "last", "--format", "json"), env=env, capture_output=True, check=False
            )
            readable += shown.returncode == 0
        subprocess.run(
            command("apply", str(table), "--quiet", "--resume"), env=env, check=True, stdout=subprocess.DEVNULL
        )
        edits, name_of = server.statistics().edits, {row["uuid"]: row["name"] for row in rows}
        return {
            "videos": videos,
            "kills": count,
            "journal_readable_after": readable,
            "right": sum(video.name == name_of[video.uuid] for video in server.store.videos.values()),
            "written_once": sum(times == 1 for times in edits.values()),
            "written_more_than_once": sum(times > 1 for times in edits.values()),
        }


async def plan_one(rows: int) -> dict[str, Any]:
    """Compare so many rows with a server; return peak MiB and microseconds per row."""
    from aiopeertube import PeerTube
    from aiopeertube.migrate import Job, Journal, Vocabulary, open_source
    from aiopeertube.migrate.kinds import Update
    from aiopeertube.migrate.metadata.fields import Reading
    from aiopeertube.migrate.scope import Who
    from aiopeertube.migrate.steps import planning
    from aiopeertube.testing import MockTransport, reply

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "films.csv"
        with path.open("w") as file:
            file.write("uuid,name,description\n")
            file.writelines(f"{UUID(int=n)},Film {n},What film {n} shows\n" for n in range(rows))

        def answer(request: Any) -> Any:
            query = dict(pair.split("=") for pair in request.target.partition("?")[2].split("&"))
            start, count = int(query["start"]), int(query["count"])
            page = [row_of(number) for number in range(start, min(rows, start + count))]
            return reply(json={"total": rows, "data": page})

        began = time.perf_counter()
        async with PeerTube("http://127.0.0.1", transport=MockTransport(answer)) as pt:
            job = Job("update", pt.origin, "nisv", "films.csv")
            with Journal.create(Path(folder) / "plan.journal", job) as journal:
                who = Who("nisv", "nisv", staff=False, modern=False)
                reading = Reading(Vocabulary())
                await planning.plan_table(pt, journal, open_source(str(path)), Update(), who=who, reading=reading)
                counts = await journal.counts()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = time.perf_counter() - began
    return {"rows": rows, "counts": counts, "peak_mib": round(peak, 1), "us_per_row": round(1e6 * seconds / rows, 1)}


def row_of(number: int) -> dict[str, Any]:
    """Make a row of a list; every other film differs from its row of the table."""
    name = f"Film {number}" if number % 2 else "Untitled"
    return {
        "id": number,
        "uuid": str(UUID(int=number)),
        "name": name,
        "description": f"What film {number} shows",
        "isLocal": True,
        "account": {"name": "nisv"},
    }


async def export_one(rows: int) -> dict[str, Any]:
    """Export so many videos; return peak MiB and microseconds per row."""
    from aiopeertube import PeerTube, migrate
    from aiopeertube.testing import MockTransport, reply

    slow = asyncio.Event()

    async def answer(request: Any) -> Any:
        path, _, query = request.target.partition("?")
        if path.endswith("/videos"):
            asked = dict(pair.split("=") for pair in query.split("&"))
            start, count = int(asked["start"]), int(asked["count"])
            return reply(json={"total": rows, "data": [cut(n) for n in range(start, min(rows, start + count))]})
        number = UUID(path.rpartition("/")[2]).int
        if not number:  # answers when all who go on without it have come to their ends
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(slow.wait(), rows / 5000)
        return reply(json=row_of(number))

    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        async with PeerTube("http://127.0.0.1", transport=MockTransport(answer)) as pt:
            done = await migrate.export(pt, Path(folder) / "films.csv", fields=["uuid", "name", "description"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = time.perf_counter() - began
    return {"rows": done.written, "peak_mib": round(peak, 1), "us_per_row": round(1e6 * seconds / rows, 1)}


def cut(number: int) -> dict[str, Any]:
    """Make a row whose description is cut, as lists cut long ones, for one video in a hundred."""
    row = row_of(number)
    return row | {"description": "What it..."} if number % 100 == 0 else row


def lengths(what: str, rows: list[int]) -> list[dict[str, Any]]:
    """Measure each length in a process of its own."""
    ways = ([sys.executable, __file__, what, "--one", str(length)] for length in rows)
    return [json.loads(subprocess.check_output(way, text=True)) for way in ways]


def requests(videos: int) -> dict[str, Any]:
    """Export, apply without an edit, edit one in ten, apply; count requests against the least."""
    long = '“Ĺong” "text", with\nline breaks, 🎞 and עברית. ' * 250
    options: dict[str, Any] = {"videos": videos, "rate_limit": None, "login_limit": None}
    with tempfile.TemporaryDirectory() as folder, Emulator.in_thread(**options) as server:
        for video in server.store.videos.values():
            video.description = long[:10_000]
        env, table = environment(folder, server.url), Path(folder) / "films.csv"
        subprocess.run(command("login", "--quiet"), env=env | USER, check=True)
        subprocess.run(command("export", str(table), "--mine", "--quiet"), env=env, check=True)
        before = server.statistics()
        subprocess.run(command("apply", str(table), "--quiet"), env=env, check=True, stdout=subprocess.DEVNULL)
        untouched = server.statistics()
        with table.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        changed = rows[::10]
        for row in changed:
            row["name"] += " edited"
        write(rows, table)
        subprocess.run(command("apply", str(table), "--quiet"), env=env, check=True, stdout=subprocess.DEVNULL)
        after = server.statistics()
    spent = after.requests - untouched.requests
    least = len(changed) + videos  # every description is cut in lists, so each video is read in full
    return {
        "puts_without_edits": untouched.by_route.get("PUT /videos/{id}", 0)
        - before.by_route.get("PUT /videos/{id}", 0),
        "puts": after.by_route.get("PUT /videos/{id}", 0),
        "changed": len(changed),
        "requests": spent,
        "to_least": round(spent / least, 4),
    }


def main() -> None:
    """Parse arguments, measure, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["kills", "plan", "export", "requests"])
    parser.add_argument("--videos", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--one", type=int)
    options = parser.parse_args()
    if options.one:
        found: Any = asyncio.run((plan_one if options.what == "plan" else export_one)(options.one))
    elif options.what == "kills":
        found = kills(options.videos, options.kills, options.seed)
    elif options.what == "requests":
        found = requests(options.videos)
    else:
        found = lengths(options.what, options.rows)
    print(json.dumps(found, indent=None if options.one else 2))


if __name__ == "__main__":
    main()
