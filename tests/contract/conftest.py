"""Two servers for one contract: the emulator, and a real PeerTube when AIOPEERTUBE_LIVE_URL is set.

Live, a normal user (AIOPEERTUBE_LIVE_USERNAME, _PASSWORD) with at least 60 videos of their own and an administrator
(AIOPEERTUBE_LIVE_ADMIN_USERNAME, _ADMIN_PASSWORD) are needed. The tests change names, tags and captions of the
user's videos and put them back.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from asked import Asked
from shapes import Listening, Shapes, unlike
from walk import Walk, in_the_end

from aiopeertube import PeerTube
from aiopeertube.emulator import Emulator
from aiopeertube.emulator.wire.video_files import SourceFile


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


REAL = pytest.param("real", marks=pytest.mark.live)
only_real = pytest.mark.parametrize("walked", [REAL], indirect=True)


def _for_walks(version: Any) -> AbstractContextManager[Emulator]:
    limits: dict[str, Any] = {"rate_limit": None, "login_limit": None, "feed_limit": None}
    return Emulator.in_thread(videos=5, replacements=True, server_version=version, **limits)


@pytest.fixture(scope="session")
def emulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    """Emulators of both versions for walks, without limits, and with a short film."""
    with ExitStack() as stack:
        found: dict[str, Server] = {}
        for version in ("6.3", "8.2"):
            emulator = stack.enter_context(_for_walks(version))
            emulator.store.videos[1].duration, emulator.store.videos[1].size = 1, 5853
            for video in emulator.store.videos.values():
                video.source = SourceFile("film.mp4", video.size, "", video.created_at)
            found[version] = Server(emulator.url, _USERS, tmp_path_factory.mktemp("tokens"), emulator)
        yield found


@pytest.fixture(params=["6.3", "8.2", REAL])
def walked(request: pytest.FixtureRequest) -> Server:
    """The server of a walk, which makes what it changes and takes it away again."""
    name = request.param
    found: Server = request.getfixturevalue("real") if name == "real" else request.getfixturevalue("emulators")[name]
    return found


@pytest.fixture(scope="session")
def asked(request: pytest.FixtureRequest) -> Iterator[Asked]:
    """What all walks asked a real server, told at their end."""
    asked = Asked()
    yield asked
    capture = request.config.pluginmanager.getplugin("capturemanager")
    if asked.statuses and capture is not None:
        with capture.global_and_fixture_disabled():
            sys.stdout.write(f"\n{asked.told()}\n")


@pytest.fixture(scope="session")
def shapes() -> Shapes:
    """What the answers of a real server looked like in all walks."""
    return Shapes()


@pytest.fixture
def listening(walked: Server, shapes: Shapes) -> Iterator[Callable[[], Listening]]:
    """Connections to the server of the walk; an emulator's answers are held against those of real servers at its end.

    Keys, kinds of values, types of content, tags: of every operation and status that the walk met.
    """
    if walked.emulator is None:
        yield lambda: Listening(shapes)
        return
    seen = Shapes()
    yield lambda: Listening(seen)
    assert seen.answers
    assert unlike(walked.emulator.options.server_version, seen.answers) == {}


@pytest.fixture
async def walk(walked: Server, asked: Asked, listening: Callable[[], Listening]) -> AsyncIterator[Walk]:
    """A walk as an administrator."""
    async with walked.client("administrator", transport=listening()) as pt:
        if walked.emulator is None:
            asked.watch(pt)
        walk = Walk(pt)
        asked.version = walk.version = (await pt.config.get())["serverVersion"]
        yield walk
        asked.explained |= walk.explained


@pytest.fixture
async def anonymous(walked: Server, asked: Asked, listening: Callable[[], Listening]) -> AsyncIterator[PeerTube]:
    async with walked.client("anonymous", transport=listening()) as pt:
        if walked.emulator is None:
            asked.watch(pt)
        yield pt


@dataclass(frozen=True)
class Guest:
    """A user who lives for one test, and their client."""

    id: int
    name: str
    pt: PeerTube


PASSWORD = f"live-{os.urandom(8).hex()}"


@pytest.fixture
async def guest(walked: Server, walk: Walk, asked: Asked, listening: Callable[[], Listening]) -> AsyncIterator[Guest]:
    name = f"guest{os.urandom(4).hex()}"
    made = await walk.do(
        "users.create", username=name, password=PASSWORD, email=f"{name}@example.com", role=2, videoQuota=-1
    )
    number = made["user"]["id"]
    try:
        async with PeerTube(walked.url, username=name, password=PASSWORD, transport=listening()) as pt:
            if walked.emulator is None:
                asked.watch(pt)
            yield Guest(number, name, pt)
    finally:
        await in_the_end(walk.pt.users.delete(number))


@dataclass(frozen=True)
class Mine:
    """A channel that lives for one test, with one video in it."""

    channel: str
    channel_id: int
    video: str
    video_id: int


@pytest.fixture
async def film(walk: Walk) -> bytes:
    """Any short film that the server has."""
    pt = walk.pt
    async for row in pt.videos.list(isLocal=True, sort="duration"):
        files = (await pt.videos.get(row["uuid"]))["files"]
        if files and row["duration"] > 0:
            name = files[0]["fileUrl"].rpartition("/")[2]
            return b"".join([piece async for piece in pt.downloads.web_video(name).stream()])
    pytest.skip("the server has no file to upload again")


@pytest.fixture
async def mine(walk: Walk, film: bytes) -> AsyncIterator[Mine]:
    pt, name = walk.pt, f"walk_{os.urandom(4).hex()}"
    made = await walk.do("channels.create", name=name, displayName="A walk", description="For a test", support=None)
    channel = made["videoChannel"]["id"]
    try:
        video = (await walk.do("videos.upload", channelId=channel, name="A walk", videofile=film, privacy=1))["video"]
        for _ in range(100):
            if (await pt.videos.get(video["uuid"]))["state"]["id"] == 1:
                break
            await asyncio.sleep(0.2)
        yield Mine(name, channel, video["uuid"], video["id"])
    finally:
        await in_the_end(pt.channels.delete(name))
