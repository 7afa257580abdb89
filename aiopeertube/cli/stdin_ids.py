"""What is named on the command line and in lines of stdin: videos, or another noun."""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, BinaryIO

import orjson

from aiopeertube.cli.nouns import VIDEO, Noun

_CHUNK = 65_536
_WAITING = 256  # lines read ahead


def from_stdin(names: Sequence[str]) -> bool:
    """Tell whether stdin will be read."""
    return "-" in names


async def all_of(names: Sequence[str], noun: Noun = VIDEO) -> AsyncIterator[str]:
    """Yield everything named, with what stdin names in place of "-"."""
    for name in names:
        if name != "-":
            yield name
            continue
        async for line in _lines():
            if line.strip():
                yield name_in(line.strip(), noun)


def name_in(line: str, noun: Noun = VIDEO) -> str:
    """Return the name in a line: the line itself, or what names the noun in the JSON that these commands write."""
    if not line.startswith("{"):
        return line
    try:
        row: dict[str, Any] = orjson.loads(line)
    except orjson.JSONDecodeError:
        return line
    return str(noun.name_in(row) or line)


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
