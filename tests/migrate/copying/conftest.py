"""Two emulators, one to copy from and one to copy to, and what users see of both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import PeerTube, migrate
from aiopeertube.emulator import Emulator
from aiopeertube.migrate import Copied, JobOptions, Unwatched

USER, PASSWORD = "nisv", "secret123"
SIZE = 300_000  # bytes of each file


class Told(Unwatched):
    """Remembers what was said, and how many bytes were to be sent and were sent."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.weighed = self.bytes = 0

    def weigh(self, number: int) -> None:
        self.weighed += number

    def sent(self, number: int) -> None:
        self.bytes += number

    def say(self, line: str) -> None:
        self.lines.append(line)


@dataclass
class Two:
    """An instance that is copied from and one that is copied to, each with a user who owns what there is."""

    source: Emulator
    target: Emulator
    folder: Path
    told: Told = field(default_factory=Told)

    @asynccontextmanager
    async def clients(self) -> AsyncIterator[tuple[PeerTube, PeerTube]]:
        options: dict[str, Any] = {"username": USER, "password": PASSWORD}
        async with PeerTube(self.source.url, **options) as one, PeerTube(self.target.url, **options) as other:
            yield one, other

    async def copy(self, *, journal: str = "copy", **options: Any) -> Copied:
        job = options.pop("job", JobOptions(journal=self.folder / f"{journal}.journal", failed=""))
        async with self.clients() as (one, other):
            return await migrate.copy(one, other, job=job, watcher=self.told, **options)

    async def verify(self, journal: str = "copy", **options: Any) -> migrate.Verified:
        async with self.clients() as (_, other):
            return await migrate.verify(other, self.folder / f"{journal}.journal", **options)

    def copies(self) -> dict[str, Any]:
        """Return the videos of the target by name; none is there twice."""
        found = list(self.target.store.videos.values())
        by_name = {video.name: video for video in found}
        assert len(by_name) == len(found)
        return by_name


@pytest.fixture
def versions() -> tuple[str, str]:
    return "6.3", "8.2"


@pytest.fixture
def options() -> dict[str, Any]:
    """Options of both."""
    return {}


@pytest.fixture
async def two(
    versions: tuple[str, str], options: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Two]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    one: Any = {
        "videos": 6,
        "rate_limit": None,
        "login_limit": None,
        "originals": True,
        "server_version": versions[0],
        **options,
    }
    other: Any = {**one, "videos": 0, "server_version": versions[1]}
    async with Emulator(**one) as source, Emulator(**other) as target:
        for video in source.store.videos.values():
            video.size, video.duration = SIZE, 1  # as the target says of every file
        yield Two(source, target, tmp_path)
