"""Which videos: names on the command line, and lines of stdin."""

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
    """Refuse what cannot be a video before anything is sent; stdin ("-") is looked at line by line.

    Raises:
        InvalidIdentifier: the first that cannot be one.
    """
    for video in videos:
        if video != "-" and (problem := video_problem(video)):
            raise problem


def from_stdin(videos: Sequence[str]) -> bool:
    """Tell whether stdin is to be read."""
    return "-" in videos


async def all_of(videos: Sequence[str]) -> AsyncIterator[str]:
    """Give every video that is named, with stdin's in the place of "-"."""
    for video in videos:
        if video != "-":
            yield video
            continue
        async for line in _lines():
            if line.strip():
                yield name_in(line.strip())


def name_in(line: str) -> str:
    """Find the video's name in a line: the line itself, or a field of the JSON that our commands write."""
    if not line.startswith("{"):
        return line
    try:
        row: dict[str, Any] = orjson.loads(line)
    except orjson.JSONDecodeError:
        return line
    names = (row.get(field) for field in ("uuid", "shortUUID", "id", "video"))
    return str(next((name for name in names if name), line))


async def _lines() -> AsyncIterator[str]:
    """Read stdin in a thread: whoever writes there may be slow, and the loop has timers to keep."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue(_WAITING)

    def read() -> None:
        try:
            for line in _split(sys.stdin.buffer):
                asyncio.run_coroutine_threadsafe(lines.put(line), loop).result()
            asyncio.run_coroutine_threadsafe(lines.put(None), loop).result()
        except (RuntimeError, asyncio.CancelledError):
            pass  # the loop is gone, and with it those who wanted to know

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
