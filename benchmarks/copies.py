"""A copy of many videos between two instances that is killed and goes on: what is there, memory, and requests.

python benchmarks/copies.py [--videos 200] [--mb 50] [--kills 10]

Both emulators are here; each attempt is a process of its own, killed with SIGKILL at a random moment. The peak is the
highest resident size (VmHWM) of any of them. The least number of requests is that of the same copy without a kill,
of which all are for something that is asked for once.
"""

import argparse
import asyncio
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from transfers import USER, peak_of

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.emulator.model.content import content
from aiopeertube.migrate import JobOptions
from aiopeertube.migrate.metadata import fields

CAPTIONS = b"WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nGoedemorgen\n"
OWN = ("channel", "originallyPublishedAt", "nsfwFlags", "nsfwSummary")  # ids, filled in, unknown to 6.3


async def copy(source: str, target: str, job: JobOptions) -> None:
    """Copy all of a user; the logins are kept beside the journal, as the command line keeps them."""
    kept = [Path(f"{job.journal}.{side}.json") for side in ("source", "target")]
    async with (
        PeerTube(source, **USER, token_file=kept[0]) as one,
        PeerTube(target, **USER, token_file=kept[1]) as other,
    ):
        await migrate.copy(one, other, job=job)


async def prepare(server: Emulator) -> None:
    """Give some videos captions and chapters, and the user a channel and playlists."""
    uuids = [video.uuid for video in server.store.videos.values()]
    async with PeerTube(server.url, **USER) as pt:
        await pt.channels.create(name="films", displayName="Films", description="all of them")
        for uuid in uuids[::10]:
            await pt.captions.put(uuid, "nl", CAPTIONS)
        for uuid in uuids[::4]:
            await pt.videos.chapters.update(uuid, chapters=[{"timecode": 0, "title": "a"}])
        for start in range(3):
            made = await pt.playlists.create(displayName=f"list {start}")
            for uuid in uuids[start::5]:
                await pt.playlists.elements.create(made["videoPlaylist"]["uuid"], videoId=uuid)


class Pair:
    """Two emulators, and a copy between them in processes that may be killed."""

    def __init__(self, videos: int, size: int, folder: Path, stack: ExitStack) -> None:
        options: dict[str, Any] = {"rate_limit": None, "login_limit": None}
        self.source = stack.enter_context(Emulator.in_thread(videos=videos, server_version="8.2", **options))
        self.target = stack.enter_context(Emulator.in_thread(videos=0, **options))
        self.size = size
        for video in self.source.store.videos.values():
            video.size, video.duration = size, 1
        self._environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state")}
        self._arguments = [self.source.url, self.target.url, str(folder / "copy.journal")]

    def received(self) -> int:
        """Return how many bytes the target has."""
        pending = [upload.written for upload in list(self.target.store.uploads)]
        return len(self.target.store.videos) * self.size + sum(pending)

    def run(self, stop: int | None) -> float:
        """Copy until the target has so many bytes, or to the end; return the peak of memory, in MiB."""
        process = subprocess.Popen(
            [sys.executable, __file__, "--one", *self._arguments], stdout=subprocess.PIPE, env=self._environment
        )
        peak = 0.0
        while stop is not None and self.received() < stop:
            if process.poll() is not None:
                raise RuntimeError(f"the copy ended with {process.returncode}")
            peak = max(peak, peak_of(process.pid))
            time.sleep(0.02)
        if stop is not None:
            process.kill()
        said, _ = process.communicate()
        if stop is None and process.returncode:
            raise RuntimeError(f"the copy ended with {process.returncode}")
        return max(peak, float(said or 0))

    async def compared(self) -> dict[str, Any]:
        """Compare what is there with what is to be there: each once, field by field, file by file."""
        copies = {video.name: video for video in self.target.store.videos.values()}
        equal = hashes = 0
        async with PeerTube(self.source.url, **USER) as one, PeerTube(self.target.url, **USER) as other:
            for video in list(self.source.store.videos.values()):
                made = copies[video.name]
                equal += await _values(one, video.uuid) == await _values(other, made.uuid)
                hashes += made.source is not None and made.source.sha256 == _sum(video.uuid, self.size)
        return {
            "videos": len(self.target.store.videos),
            "fields_equal": equal,
            "hashes_equal": hashes,
            "captions": sum(map(len, self.target.store.captions.values())),
            "playlists": [len(one.elements) for one in self.target.store.community.playlists.values()],
        }

    def requests(self) -> dict[str, int]:
        """Return how many requests both have answered."""
        return {"source": self.source.statistics().requests, "target": self.target.statistics().requests}


async def _values(pt: PeerTube, ref: str) -> dict[str, Any]:
    found = fields.current(await pt.videos.get(ref), fields.OPEN_FIELDS)
    return {name: value for name, value in found.items() if name not in OWN}


def _sum(uuid: str, size: int) -> str:
    found = hashlib.sha256()
    for piece in content(uuid, 0, size):
        found.update(piece)
    return found.hexdigest()


def measure(videos: int, size: int, kills: int, seed: int) -> dict[str, Any]:
    """Copy so many videos of so many bytes, killed so often."""
    chance = random.Random(seed)
    total = videos * size
    stops = sorted(chance.randrange(total // 50, total * 49 // 50) for _ in range(kills))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        pair = Pair(videos, size, Path(folder), stack)
        asyncio.run(prepare(pair.source))
        before = pair.requests()
        began = time.perf_counter()
        peak = max(pair.run(stop) for stop in [*stops, None])
        seconds = time.perf_counter() - began
        requests = {name: number - before[name] for name, number in pair.requests().items()}
        found: dict[str, Any] = {"kills": kills, "seconds": round(seconds, 1), "peak_mib": round(peak, 1)}
        return found | {"requests": requests} | asyncio.run(pair.compared())


def main() -> None:
    """Parse arguments, measure, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=200)
    parser.add_argument("--mb", type=float, default=50)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one", nargs=3)
    options = parser.parse_args()
    if options.one:
        source, target, journal = options.one
        asyncio.run(copy(source, target, JobOptions(journal=journal, resume=Path(journal).exists(), failed="")))
        print(peak_of("self"))
        return
    size = int(options.mb * 1_000_000)
    whole = measure(options.videos, size, 0, options.seed)
    killed = measure(options.videos, size, options.kills, options.seed)
    more = {name: round(killed["requests"][name] / whole["requests"][name], 3) for name in whole["requests"]}
    print(json.dumps({"whole": whole, "killed": killed, "requests_more": more}, indent=2))


if __name__ == "__main__":
    main()
