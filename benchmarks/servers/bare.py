"""A server that does as little as asyncio can: every write is answered with 204, lists with rows made up in advance.

    python benchmarks/servers/bare.py '{"videos": 100000, "latency": 0.02}'

It prints its address. `latency` is seconds that each answer takes; answers do not wait for each other. Rows are as
long as an emulated instance's, and every page holds ids of its own.
"""

import asyncio
import json
import re
import selectors
import sys
from typing import Any
from uuid import UUID

from aiopeertube.emulator import Emulator

_DONE = b"HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n"
_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_START = re.compile(rb"[?&]start=(\d+)")
_COUNT = re.compile(rb"[?&]count=(\d+)")
_SPREAD = 0x9E3779B97F4A7C15F39CC0605CEDC835  # odd: multiples of it are as many uuids in no order, as real ones are


def uuid(number: int) -> str:
    """Make the uuid of the video with this number."""
    return str(UUID(int=number * _SPREAD % (1 << 128)))


class Pages:
    """Lists of so many videos."""

    def __init__(self, videos: int) -> None:
        self._videos = videos
        row = asyncio.run(_row())
        text = json.dumps(row, separators=(",", ":"), ensure_ascii=False)
        text = text.replace(row["uuid"], "<uuid>").replace(f'"id":{row["id"]},', '"id":<id>,', 1)
        parts = re.split("<(uuid|id)>", text)
        self._texts = [part.encode() for part in parts[::2]]
        self._holes = parts[1::2]

    def page(self, start: int, count: int) -> bytes:
        """Render one page, headers and all."""
        numbers = range(start + 1, min(self._videos, start + count) + 1)
        body = b'{"total":%d,"data":[%s]}' % (self._videos, b",".join(map(self._row_of, numbers)))
        return _PAGE % len(body) + body

    def _row_of(self, number: int) -> bytes:
        values = {"id": str(number).encode(), "uuid": uuid(number).encode()}
        filled = [self._texts[0]]
        for hole, text in zip(self._holes, self._texts[1:], strict=True):
            filled += values[hole], text
        return b"".join(filled)


async def _row() -> dict[str, Any]:
    async with Emulator(videos=1, rate_limit=None) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
        host = server.host.encode()
        writer.write(b"GET /api/v1/videos?count=1 HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host)
        answer = await reader.read()
        writer.close()
    row: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])["data"][0]
    return row


class Bare(asyncio.Protocol):
    """Finds the ends of requests and little else."""

    def __init__(self, pages: Pages, latency: float) -> None:
        self._pages = pages
        self._latency = latency
        self._loop = asyncio.get_running_loop()
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole."""
        self._data = self._data + data if self._data else data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self._data, 0, end)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._data) < whole:
                return
            request, self._data = self._data[:end], self._data[whole:]
            due = self._loop.time() + self._latency
            answer = self._answer(request)
            if self._latency:
                self._loop.call_at(due, self._transport.write, answer)
            else:
                self._transport.write(answer)

    def _answer(self, request: bytes) -> bytes:
        if not request.startswith(b"GET"):
            return _DONE
        start, count = _START.search(request), _COUNT.search(request)
        return self._pages.page(int(start[1]) if start else 0, int(count[1]) if count else 15)


async def serve(pages: Pages, latency: float) -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(lambda: Bare(pages, latency), "127.0.0.1", 0)
    print(json.dumps({"url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"}), flush=True)
    await server.serve_forever()


def precise_loop() -> asyncio.AbstractEventLoop:
    """Make a loop whose timers are not rounded up to whole milliseconds, as epoll's are."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


def main() -> None:
    """Serve what the command line asks for."""
    wanted = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    latency = wanted.get("latency", 0.0)
    with asyncio.Runner(loop_factory=precise_loop if latency else None) as runner:
        runner.run(serve(Pages(wanted.get("videos", 0)), latency))


if __name__ == "__main__":
    main()
