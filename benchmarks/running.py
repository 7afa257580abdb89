"""Servers and peers as processes of their own, and what they say as JSON."""

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HERE = Path(__file__).parent


class Server:
    """A server of `servers/` in a process of its own, for the length of a `with` block."""

    def __init__(self, script: str, **options: Any) -> None:
        command = [sys.executable, str(HERE / "servers" / script), json.dumps(options)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        told = self._read()
        self.url: str = told["url"]
        self._users: dict[str, str] = told.get("users", {})

    def credentials(self, user: str) -> dict[str, str]:
        """Return what a job needs to log in."""
        return {"username": user, "password": self._users[user]}

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Have the emulator do something, and return its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs a peer's script in that peer's environment."""

    title: str
    python: Path
    script: str

    def run(self, **job: Any) -> dict[str, Any]:
        """Run one job in a process of its own; return what it measured."""
        command = [str(self.python), str(HERE / "peers" / self.script), json.dumps(job)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{self.title} failed at {job}:\n{done.stderr[-2000:]}")
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def note(text: str) -> None:
    """Tell the people who wait how far it is."""
    print(text, file=sys.stderr, flush=True)


def stamp() -> str:
    """Make a text that no earlier run has put into a name or a tag."""
    return f"t{time.time_ns() // 1_000_000 % 10**10}"


class Live:
    """A real server that is running already: the same for measurements as one of ours."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url
        self._token = asyncio.run(self._login(user, password))

    def credentials(self, _user: str) -> dict[str, str]:
        """Return one token for all: a server allows few logins."""
        return {"token": self._token}

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Count the videos that have an edit; a real server cannot be made slower."""
        return {"applied": asyncio.run(self._count(**arguments))} if do == "count" else {}

    async def _login(self, user: str, password: str) -> str:
        from aiopeertube import PeerTube

        async with PeerTube(self.url) as pt:
            client = await pt.auth.client()
            answer = await pt.auth.token(client, username=user, password=password)
            return answer["access_token"]

    async def _count(self, edit: str, stamp: str) -> int:
        from aiopeertube import PeerTube

        async with PeerTube(self.url, token=self._token) as pt:
            if edit == "tags":
                return await pt.videos.list(tagsOneOf=[f"a{stamp}"], nsfw="both").total()
            return sum([row["name"].startswith(f"{stamp} ") async for row in pt.videos.list(nsfw="both")])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for: less of everything, a real server, another number of items."""

    quick: bool = False
    live: Live | None = None
    count: int | None = None
