"""Clients that others wrote, against emulators and a real server: what each step comes to has to be the same.

    python tests/clients/compare.py [--modules FOLDER] [CLIENT ...]

The emulators of both versions are held against what real servers of them gave (`tests/data/clients-*.json`), and
against the one that AIOPEERTUBE_LIVE_URL names, as AIOPEERTUBE_LIVE_USERNAME with AIOPEERTUBE_LIVE_PASSWORD; with
AIOPEERTUBE_LIVE_SHAPES=1 what that one gives is kept. Clients make what they change, in a channel that goes away.
"""

import argparse
import asyncio
import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))

from shapes import DATA, Answers, keep, kept, shape_of, unknown_differences  # noqa: E402
from steps import Job  # noqa: E402

from aiopeertube import PeerTube  # noqa: E402
from aiopeertube.emulator import Emulator  # noqa: E402

CLIENTS = {"archive": "requests", "cli": "@peertube/peertube-cli", "pypeertube": "pypeertube", "peertube": "peertube"}
_TRIES = 3
_WINDOW = 10.0  # seconds after which a stock server's limit begins anew
_MANY = "429"
_PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True, slots=True)
class Server:
    """A server, and how it is called in the table."""

    name: str
    url: str
    username: str
    password: str
    is_real: bool = False


async def _film(pt: PeerTube) -> bytes:
    """Return a short film that the server has, so that it takes it again."""
    async for row in pt.videos.list(isLocal=True, sort="duration"):
        files = (await pt.videos.get(row["uuid"]))["files"]
        if files and row["duration"] > 0:
            name = files[0]["fileUrl"].rpartition("/")[2]
            return b"".join([piece async for piece in pt.downloads.web_video(name).stream()])
    raise SystemExit("the server has no film")


async def _signed_in(server: Server) -> str:
    """Return a token for all that is to come: logins have a limit of their own."""
    async with PeerTube(server.url) as pt:
        client = await pt.auth.client()
        token = await pt.auth.token(client, username=server.username, password=server.password)
        return token["access_token"]


async def _prepared(server: Server, folder: Path, modules: str) -> tuple[str, Job]:
    """Make a channel with a video; return the server's version, and what clients are to work on."""
    token = await _signed_in(server)
    async with PeerTube(server.url, token=token) as pt:
        film, name = await _film(pt), f"clients_{os.urandom(4).hex()}"
        (folder / "film.mp4").write_bytes(film)
        (folder / "picture.png").write_bytes(_PICTURE)
        channel = (await pt.channels.create(name=name, displayName="Clients of others"))["videoChannel"]["id"]
        made = await pt.videos.upload(
            channelId=channel, name="For somebody's client", videofile=film, privacy=1, category=1, licence=1,
            language="en", description="Of a test", support="Thanks", tags=["one", "two"],
        )  # fmt: skip
        version = (await pt.config.get())["serverVersion"]
        video = made["video"]
        job = Job(
            server.url, server.username, server.password, name, channel, video["uuid"], video["id"], token,
            str(folder / "film.mp4"), str(folder), modules,
        )  # fmt: skip
    return version, job


async def _taken_away(job: Job) -> None:
    async with PeerTube(job.url, token=job.token) as pt:
        for playlist in await pt.channels.playlists(job.channel).collect():
            await pt.playlists.delete(playlist["id"])
        await pt.channels.delete(job.channel)


@contextmanager
def job_on(server: Server, modules: str) -> Iterator[tuple[str, Job]]:
    """Have something to work on, for a while."""
    with tempfile.TemporaryDirectory() as folder:
        version, job = asyncio.run(_prepared(server, Path(folder), modules))
        try:
            yield version, job
        finally:
            asyncio.run(_taken_away(job))


def walked(client: str, job: Job, window: float) -> Answers:
    """Run a client's steps; once more where it ran into the server's limit, which others use up, too."""
    for left in reversed(range(_TRIES)):
        time.sleep(window)
        done = subprocess.run(
            [sys.executable, str(HERE / f"{client}_steps.py")],
            input=job.text(), stdout=subprocess.PIPE, text=True, timeout=300, check=True,
        )  # fmt: skip
        steps = json.loads(done.stdout)
        if not left or not any(_MANY in step["came_to"].split() for step in steps):
            break
    return {f"{client}: {step['name']}": _seen(step) for step in steps}


def _seen(step: dict[str, Any]) -> dict[str, Any]:
    return {"came_to": step["came_to"], "returned": shape_of(step["returned"])}


def unlike(real: Answers, other: Answers, client: str) -> list[str]:
    """Tell in what a client's steps are not those on a real server."""
    mine = {name for name in real.keys() | other.keys() if name.startswith(f"{client}: ")}
    missing = [f"{name}: only on one of them" for name in sorted(mine - (real.keys() & other.keys()))]
    both = sorted(mine & real.keys() & other.keys())
    return missing + [f"{name}: {told}" for name in both for told in unknown_differences(real[name], other[name])]


def _servers(stack: ExitStack) -> Iterator[Server]:
    for version in ("6.3", "8.2"):
        # What servers allow is of no interest here: each client would have to wait for the one before.
        options: dict[str, Any] = {"rate_limit": None, "login_limit": None, "server_version": version}
        emulator = stack.enter_context(Emulator.in_thread(videos=5, **options))
        emulator.store.videos[1].duration, emulator.store.videos[1].size = 1, 5853
        yield Server(f"emulator {version}", emulator.url, "nisv", "secret123")
    live = {name: os.environ.get(f"AIOPEERTUBE_LIVE_{name}", "") for name in ("URL", "USERNAME", "PASSWORD")}
    if all(live.values()):
        yield Server("real", live["URL"], live["USERNAME"], live["PASSWORD"], is_real=True)


class Comparison:
    """Walks clients on one server after the other, and tells in what one of them is not treated as by another."""

    def __init__(self, clients: list[str], modules: str) -> None:
        self._clients, self._modules = clients, modules
        self._seen: dict[str, Answers] = {}  # of emulators, by their version
        self.differ = 0

    def walk(self, server: Server) -> None:
        """Walk all clients on a server."""
        window = _WINDOW if server.is_real else 0.0
        with job_on(server, self._modules) as (version, job):
            found = {name: step for client in self._clients for name, step in walked(client, job, window).items()}
        kept_in = DATA / f"clients-{version}.json"
        if server.is_real and "AIOPEERTUBE_LIVE_SHAPES" in os.environ:
            left_out = {name: step for name, step in kept(kept_in).items() if name.split(":")[0] not in self._clients}
            keep(kept_in, left_out | found)
        real, other = (found, self._seen[version]) if server.is_real else (kept(kept_in), found)
        self._seen[version] = found
        for client in self._clients:
            self._tell(f"{server.name} ({version}): {CLIENTS[client]}", unlike(real, other, client))

    def _tell(self, what: str, told: list[str]) -> None:
        self.differ += len(told)
        result = "differs" if told else "equal"
        sys.stdout.write("\n".join([f"{what}: {result}", *(f"    {each}" for each in told), ""]))


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clients", nargs="*", help=f"of {', '.join(CLIENTS)}; default: all")
    parser.add_argument("--modules", default="", help="where npm has put the command line; default: it is left out")
    arguments = parser.parse_args()
    clients = arguments.clients or [name for name in CLIENTS if name != "cli" or arguments.modules]
    comparison = Comparison(clients, arguments.modules)
    with ExitStack() as stack:
        for server in _servers(stack):
            comparison.walk(server)
    sys.exit(bool(comparison.differ))


if __name__ == "__main__":
    main()
