"""Peak memory of a large download and a large upload that are killed and go on, and whether every byte is right.

python benchmarks/transfers.py [--mib 2048] [--kills 5]

The emulator is here; each attempt is a process of its own, killed with SIGKILL at a random part of the file. The
peak is the highest resident size (VmHWM) of any of them.
"""

import argparse
import asyncio
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aiopeertube import PeerTube, resumable
from aiopeertube.emulator import Emulator
from aiopeertube.emulator.model.content import content

MIB = 1024 * 1024
PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
USER: dict[str, Any] = {"username": "nisv", "password": "secret123"}


async def download(url: str, name: str, target: str) -> None:
    """Save the file of a video; what an earlier process saved is kept."""
    async with PeerTube(url) as pt:
        await pt.downloads.web_video(name).save(target)


async def upload(url: str, source: str, ticket: str) -> None:
    """Upload a film; go on with what an earlier process began."""
    began = _kept(Path(ticket))

    def keep(made: resumable.Ticket) -> None:
        Path(ticket).write_text(json.dumps(asdict(made)))

    async with PeerTube(url, **USER) as pt:
        channel = (await pt.me.get())["videoChannels"][0]["id"]
        await resumable.upload(
            pt,
            source,
            channelId=channel,
            name="A long film",
            upload_id=began,
            on_started=keep,
        )


def _kept(ticket: Path) -> resumable.Ticket | None:
    return resumable.Ticket(**json.loads(ticket.read_text())) if ticket.exists() else None


def peak_of(process: int | str) -> float:
    """Return the highest resident size of a process so far, in MiB."""
    found = PEAK.search(Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


@dataclass(frozen=True)
class Transfer:
    """One transfer: the arguments of its process, and how many bytes of it there are."""

    arguments: list[str]
    done: Callable[[], int]
    size: int

    def run(self, kills: int, chance: random.Random) -> dict[str, Any]:
        """Let it run, killed so often at random moments; return what it took."""
        stops = sorted(chance.randrange(self.size // 20, self.size * 19 // 20) for _ in range(kills))
        began, peak = time.perf_counter(), 0.0
        for stop in [*stops, None]:
            process = subprocess.Popen([sys.executable, __file__, "--one", *self.arguments], stdout=subprocess.PIPE)
            while stop is not None and self.done() < stop:
                if process.poll() is not None:
                    raise RuntimeError(f"{self.arguments} ended with {process.returncode}")
                peak = max(peak, peak_of(process.pid))
                time.sleep(0.01)
            if stop is not None:
                process.kill()
            said, _ = process.communicate()
            peak = max(peak, float(said or 0))
            if stop is None and process.returncode:
                raise RuntimeError(f"{self.arguments} ended with {process.returncode}")
        return {"peak_mib": round(peak, 1), "kills": kills, "seconds": round(time.perf_counter() - began, 1)}


def measure(size: int, kills: int, seed: int) -> dict[str, Any]:
    """Download and upload a file of so many bytes."""
    chance = random.Random(seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        Emulator.in_thread(videos=1, rate_limit=None, login_limit=None) as server,
    ):
        (video,) = server.store.videos.values()
        video.size = size
        wanted = hashlib.sha256()
        for piece in content(video.uuid, 0, size):
            wanted.update(piece)
        target, ticket = Path(folder) / "film.mp4", Path(folder) / "ticket.json"
        part = target.with_name("film.mp4.part")
        arguments = ["download", server.url, f"{video.uuid}-720.mp4", str(target)]
        found = Transfer(arguments, lambda: part.stat().st_size if part.exists() else 0, size).run(kills, chance)
        down = {**found, "identical": _sum(target) == wanted.hexdigest()}

        def received() -> int:
            return max((os.fstat(upload.file.fileno()).st_size for upload in server.store.uploads), default=0)

        arguments = ["upload", server.url, str(target), str(ticket)]
        found = Transfer(arguments, received, size).run(kills, chance)
        made = [each.source for each in server.store.videos.values() if each.name == "A long film"]
        identical = [source.sha256 for source in made if source] == [wanted.hexdigest()]
        return {"mib": size // MIB, "download": down, "upload": {**found, "identical": identical}}


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    """Parse arguments, measure, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=2048)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one", nargs=4)
    options = parser.parse_args()
    if options.one:
        what, *arguments = options.one
        asyncio.run({"download": download, "upload": upload}[what](*arguments))
        print(peak_of("self"))
    else:
        print(json.dumps(measure(options.mib * MIB, options.kills, options.seed), indent=2))


if __name__ == "__main__":
    main()
