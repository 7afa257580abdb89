"""The demonstration of a copy: from one embedded server to another, killed twice on the way, and looked at."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiopeertube import migrate
from aiopeertube._client import PeerTube
from aiopeertube._counting import counted
from aiopeertube.cli import logs, progress
from aiopeertube.cli.demo.servers import Server, Wanted, serving
from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.options import Settings

VIDEOS: Final = 40
_SIZE: Final = 5_000_000  # bytes of each file
_USER: Final = "nisv"
_KILLED_AT: Final = (0.3, 0.6)  # of all videos
_PAUSE: Final = 0.2  # seconds from one look to the next


@dataclass(frozen=True, slots=True)
class CopyScene:
    """What came of a copy: `stand` things are as they were to be, `twice` are there more than once."""

    videos: int
    bytes: int
    kills: int
    seconds: float
    copied: int
    twice: int
    stand: int
    differ: int

    @property
    def good(self) -> bool:
        """Whether all is there, once, and as it was to be."""
        return self.copied == self.videos and not self.twice and not self.differ

    def meaning(self) -> str:
        """Say in one line what came of it."""
        size = f"{self.bytes / 1e6:,.0f} MB"
        return (
            f"Copy from an 8.2 to a 6.3: {self.copied:,} of {counted(self.videos, 'video')} ({size}) in "
            f"{self.seconds:.1f} s, killed {self.kills} times on the way; there twice: {self.twice:,}; "
            f"{self.differ:,} of {counted(self.stand + self.differ, 'thing')} differ from what they were to be."
        )


async def play(settings: Settings, videos: int, seed: int) -> CopyScene:
    """Copy so many videos."""
    there = Wanted(videos, seed, rate_limit="none", server_version="8.2", file_size=_SIZE)
    here = Wanted(0, seed, rate_limit="none", server_version="6.3")
    with tempfile.TemporaryDirectory(prefix="aiopeertube-") as folder:
        async with serving(there) as source, serving(here) as target:
            began = time.monotonic()
            kills = await _Copying(settings, source, target, Path(folder)).run(videos)
            seconds = time.monotonic() - began
            async with PeerTube(target.url, username=_USER, password=target.passwords[_USER]) as pt:
                logs.follow(pt)
                found = await migrate.verify(pt, Path(folder) / "copy.journal")
                names = [video["name"] async for video in pt.me.videos()]
    copied = len(set(names))
    twice = len(names) - copied
    return CopyScene(
        videos, videos * _SIZE, kills, round(seconds, 3), copied, twice, found.stand, found.differ + found.not_done
    )


class _Copying:
    """Runs the command in processes of its own, as somebody would who is interrupted again and again."""

    def __init__(self, settings: Settings, source: Server, target: Server, folder: Path) -> None:
        self._settings = settings
        self._target = target
        self._journal = folder / "copy.journal"
        ends = ("--from", source.url, "--to", target.url, "--journal", str(self._journal))
        self._command = (sys.executable, "-m", "aiopeertube", "copy", *ends, "--quiet")
        users = {f"PEERTUBE_{side}_USERNAME": _USER for side in ("FROM", "TO")}
        passwords = {
            "PEERTUBE_FROM_PASSWORD": source.passwords[_USER],
            "PEERTUBE_TO_PASSWORD": target.passwords[_USER],
        }
        home = {"XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        self._environment: Mapping[str, str] = {**os.environ, **users, **passwords, **home}

    async def run(self, videos: int) -> int:
        """Copy all; return how often it was killed on the way."""
        kills = 0
        with progress.showing("copy", videos, self._settings) as reporter:
            async with PeerTube(self._target.url, username=_USER, password=self._target.passwords[_USER]) as pt:
                for share in (*_KILLED_AT, 1.0):
                    kills += await self._once(pt, int(share * videos) if share < 1 else None, reporter)
        return kills

    async def _once(self, pt: PeerTube, until: int | None, reporter: progress.Progress) -> bool:
        """Go on until so many videos are there, or to the end; return whether it was killed."""
        resumed = ("--resume",) if self._journal.exists() else ()
        process = await asyncio.create_subprocess_exec(
            *self._command, *resumed, env=self._environment, stdout=asyncio.subprocess.DEVNULL
        )
        ending = asyncio.ensure_future(process.wait())
        seen = await pt.me.videos().total()
        while not (await asyncio.wait({ending}, timeout=_PAUSE))[0]:
            there = await pt.me.videos().total()
            reporter.advance(there - seen)
            seen = there
            if until is not None and there >= until:
                process.kill()
                await ending
                return True
        if process.returncode:
            raise Failure("the copy ended before its end; see above", code=Exit.BUG)
        return False
