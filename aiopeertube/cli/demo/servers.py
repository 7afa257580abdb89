"""The demonstration's servers: emulators in processes of their own, so that client and server share no loop."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Final

import orjson

from aiopeertube.cli.errors import Exit, Failure

_PATIENCE: Final = 5.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address, and passwords by user."""

    url: str
    passwords: dict[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Options of `aiopeertube emulator`; None is its default."""

    videos: int
    seed: int
    write_seconds: float | None = None
    rate_limit: str | None = None
    server_version: str | None = None
    file_size: int | None = None

    def arguments(self) -> list[str]:
        """Return them as arguments of the command."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]


@asynccontextmanager
async def serving(wanted: Wanted) -> AsyncIterator[Server]:
    """Run a server during the block; it ends with its stdin, so also when this process is killed.

    Raises:
        Failure: it did not start.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "aiopeertube", "emulator", "--format=json", "--until-eof", *wanted.arguments()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us; the server has to answer what is in flight
    )
    try:
        yield await _ready(process)
    finally:
        await _end(process)


async def _ready(process: asyncio.subprocess.Process) -> Server:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    line = await process.stdout.readline()
    if not line:
        raise Failure("the embedded server did not start; see above", code=Exit.UNREACHABLE)
    told = orjson.loads(line)
    return Server(told["url"], {user["username"]: user["password"] for user in told["users"]})


async def _end(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()
