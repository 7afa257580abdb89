"""Videos named on the command line and in lines of stdin."""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, BinaryIO

import orjson

from aiopeertube.wire.identifiers import video_problem

_CHUNK = 65_536
_WAITING = 256  # lines read ahead


def check(videos: Sequence[str]) -> None:
    """Check names of videos before anything is sent; those of stdin ("-") are checked line by line.

    Raises:
        InvalidIdentifier: the first that is not one.
    """
    for video in videos:
        if video != "-" and (problem := video_problem(video)):
            raise problem


def from_stdin(videos: Sequence[str]) -> bool:
    """Tell whether stdin will be read."""
    return "-" in videos


async def all_of(videos: Sequence[str]) -> AsyncIterator[str]:
    """Yield every video named, with those of stdin in place of "-"."""
    for video in videos:
        if video != "-":
            yield video
            continue
        async for line in _lines():
            if line.strip():
                yield name_in(line.strip())


def name_in(line: str) -> str:
    """Return the video's name in a line: the line itself, or a field of the JSON that these commands write."""
    if not line.startswith("{"):
        return line
    try:
        row: dict[str, Any] = orjson.loads(line)
    except orjson.JSONDecodeError:
        return line
    names = (row.get(field) for field in ("uuid", "shortUUID", "id", "video"))
    return str(next((name for name in names if name), line))


async def _lines() -> AsyncIterator[str]:
    """Read stdin in a thread: its writer may be slow, and must not block the loop."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue(_WAITING)

    def read() -> None:
        try:
            for line in _split(sys.stdin.buffer):
                asyncio.run_coroutine_threadsafe(lines.put(line), loop).result()
            asyncio.run_coroutine_threadsafe(lines.put(None), loop).result()
        except (RuntimeError, asyncio.CancelledError):
            pass  # the loop has ended, and with it the readers

    threading.Thread(target=read, name="stdin", daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line


def _split(stream: BinaryIO) -> Iterator[str]:
    rest = b""
    for chunk in _chunks(stream):
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in whole)
    if rest:
        yield rest.decode("utf-8", "replace")


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Read what is there, past Python's own buffer: its lock would be held when the interpreter ends."""
    try:
        descriptor = stream.fileno()
    except OSError:  # not a file at all
        yield stream.read()
        return
    while chunk := os.read(descriptor, _CHUNK):
        yield chunk
