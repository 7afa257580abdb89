"""Two servers for one contract: the emulator, and a real PeerTube when AIOPEERTUBE_LIVE_URL is set.

Live, a normal user (AIOPEERTUBE_LIVE_USERNAME, _PASSWORD) with at least 60 videos of their own and an administrator
(AIOPEERTUBE_LIVE_ADMIN_USERNAME, _ADMIN_PASSWORD) are needed. The tests change names, tags and captions of the
user's videos and put them back.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aiopeertube import PeerTube
from aiopeertube.emulator import Emulator


@dataclass(frozen=True)
class Server:
    url: str
    users: dict[str, tuple[str, str]]
    tokens: Path  # logins are limited, so the sessions of a run share theirs
    emulator: Emulator | None = None  # to look into; a real one keeps what it has to itself

    def client(self, who: str = "user", **options: Any) -> PeerTube:
        if who == "anonymous":
            return PeerTube(self.url, **options)
        username, password = self.users[who]
        file = self.tokens / f"{username}.json"
        return PeerTube(self.url, username=username, password=password, token_file=file, **options)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


_USERS = {"user": ("nisv", "secret123"), "administrator": ("root", "test-root")}


@pytest.fixture(scope="session")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Emulator.in_thread(videos=250, rate_limit=(50, 2.0)) as emulator:
        yield Server(emulator.url, _USERS, tmp_path_factory.mktemp("tokens"), emulator)


@pytest.fixture(scope="session")
def emulated_8(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """For what 8.x does otherwise: a module that wants it names both in its own `server`."""
    with Emulator.in_thread(videos=20, rate_limit=(50, 2.0), server_version="8.2") as emulator:
        yield Server(emulator.url, _USERS, tmp_path_factory.mktemp("tokens"), emulator)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Server:
    environment = {name: os.environ.get(f"AIOPEERTUBE_LIVE_{name}", "") for name in _NEEDED}
    if not environment["URL"]:
        pytest.skip("AIOPEERTUBE_LIVE_URL is not set")
    missing = [f"AIOPEERTUBE_LIVE_{name}" for name, value in environment.items() if not value]
    if missing:
        pytest.fail(f"set {', '.join(missing)} as well")
    users = {
        "user": (environment["USERNAME"], environment["PASSWORD"]),
        "administrator": (environment["ADMIN_USERNAME"], environment["ADMIN_PASSWORD"]),
    }
    return Server(environment["URL"], users, tmp_path_factory.mktemp("tokens"))


_NEEDED = ("URL", "USERNAME", "PASSWORD", "ADMIN_USERNAME", "ADMIN_PASSWORD")


@pytest.fixture(params=["emulated", pytest.param("real", marks=pytest.mark.live)])
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a film of about 500 KB; where there is no ffmpeg, what passes for one with the emulator."""
    path = tmp_path_factory.mktemp("films") / "film.mp4"
    if shutil.which("ffmpeg"):
        source = "testsrc=size=320x240:rate=25"
        command = ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", source, "-t", "20", "-b:v", "300k", str(path)]
        subprocess.run(command, check=True)
    else:
        path.write_bytes(b"\x00\x00\x00 ftypisom" + bytes(range(256)) * 2000)
    return path
