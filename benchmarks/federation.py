"""Many instances in one process, each on a port of its own: good ones, and every kind of bad one.

They answer `GET /api/v1/videos` and nothing else, from pages that are made once, and note when each request came.
"""

import asyncio
import json
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlsplit

_HOST: Final = b"0000.invalid"
_FILLER: Final = "What was filmed at the harbour in 1939, and what became of it. " * 4
_DEAD: Final = ("refusing", "silent", "resetting", "dribbling", "failing")
_LYING: Final = ("html", "garbage", "empty", "endless", "huge")
KINDS: Final = (*_DEAD, *_LYING, "forbidden", "gone", "moved")


@dataclass(slots=True, eq=False)
class Site:
    """One instance. `kind` is "good" or one of `KINDS`; `latency` is in seconds; `dies_after` so many answers."""

    kind: str = "good"
    videos: int = 200
    latency: float = 0.0
    moves_to: str = ""
    name: str = ""  # what it calls itself; "": as its address says
    dies_after: int = 1_000_000_000
    port: int = 0
    came: list[float] = field(default_factory=list)  # when requests came, in seconds
    agents: set[str] = field(default_factory=set)
    queries: list[dict[str, list[str]]] = field(default_factory=list)

    @property
    def host(self) -> str:
        """Its name, as rows have it."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.host}"

    def closest(self) -> float:
        """Return the least number of seconds between two of its requests."""
        return min((later - earlier for earlier, later in zip(self.came, self.came[1:], strict=False)), default=1e9)

    def uuids(self) -> set[str]:
        """Return what its videos are known by."""
        return {f"{self.name or self.host}-{number}" for number in range(1, self.videos + 1)}


@cache
def _page(start: int, count: int, total: int) -> bytes:
    rows = [_row(number, _HOST.decode()) for number in range(start + 1, min(start + count, total) + 1)]
    return json.dumps({"total": total, "data": rows}).encode()


def _row(number: int, host: str) -> dict[str, Any]:
    channel = {"id": 1, "name": "films", "displayName": "Films", "host": host, "url": f"https://{host}/c/films"}
    return {
        "id": number,
        "uuid": f"{host}-{number}",
        "name": f"Reel {number}",
        "url": f"https://{host}/videos/watch/{number}",
        "description": _FILLER,
        "category": {"id": 2, "label": "Films"},
        "licence": {"id": None, "label": "Unknown"},
        "language": {"id": "nl", "label": "Dutch"},
        "privacy": {"id": 1, "label": "Public"},
        "nsfw": False,
        "isLive": False,
        "isLocal": True,
        "duration": 1200 + number,
        "views": 10 * number,
        "createdAt": "2024-05-01T10:00:00.000Z",
        "publishedAt": "2024-05-01T10:00:00.000Z",
        "originallyPublishedAt": None,
        "channel": channel | {"avatars": []},
        "account": channel | {"name": "nisv", "avatars": []},
        "thumbnailPath": f"/lazy-static/thumbnails/{number}.jpg",
    }


class _Connection(asyncio.Protocol):
    def __init__(self, site: Site, now: Callable[[], float]) -> None:
        self._site = site
        self._now = now
        self._data = b""
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        for task in self._tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        self._data += data
        while b"\r\n\r\n" in self._data:
            head, _, self._data = self._data.partition(b"\r\n\r\n")
            self._site.came.append(self._now())
            task = asyncio.ensure_future(self._answer(head.decode("latin-1")))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, head: str) -> None:
        site = self._site
        target = head.split(" ", 2)[1]
        site.agents.update(line[12:] for line in head.split("\r\n") if line.lower().startswith("user-agent: "))
        site.queries.append(parse_qs(urlsplit(target).query))
        if site.latency:
            await asyncio.sleep(site.latency)
        if len(site.came) > site.dies_after or site.kind == "resetting":
            self._transport.abort()
        elif site.kind != "silent":
            await getattr(self, f"_{site.kind}")(target)

    def _send(self, status: str, body: bytes, kind: str = "application/json", *headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers, "", ""]
        self._transport.write("\r\n".join(lines).encode() + body)

    async def _good(self, target: str) -> None:
        query = parse_qs(urlsplit(target).query)
        page = _page(int(query["start"][0]), int(query["count"][0]), self._site.videos)
        self._send("200 OK", page.replace(_HOST, (self._site.name or self._site.host).encode()))

    async def _html(self, target: str) -> None:
        self._send("200 OK", b"<html>Welcome to nginx</html>", "text/html")

    async def _garbage(self, target: str) -> None:
        self._send("200 OK", b'{"total": "many", "data": {"no": "list"}}')

    async def _empty(self, target: str) -> None:
        self._send("200 OK", b'{"total": 200, "data": []}')

    async def _forbidden(self, target: str) -> None:
        self._send("403 Forbidden", b'{"detail": "no robots"}', "application/problem+json")

    async def _gone(self, target: str) -> None:
        self._send("410 Gone", b"gone", "text/plain")

    async def _moved(self, target: str) -> None:
        self._send("301 Moved Permanently", b"", "text/plain", f"Location: {self._site.moves_to}{target}")

    async def _endless(self, target: str) -> None:
        start = int(parse_qs(urlsplit(target).query)["start"][0])
        self._send("200 OK", _page(start, 100, 1_000_000_000).replace(_HOST, self._site.host.encode()))

    async def _huge(self, target: str) -> None:
        self._send("200 OK", b'{"total": 1, "data": ["' + b"x" * (8 << 20) + b'"]}')

    async def _dribbling(self, target: str) -> None:
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
        while not self._transport.is_closing():
            self._transport.write(b" ")
            await asyncio.sleep(0.2)

    async def _failing(self, target: str) -> None:
        self._send("502 Bad Gateway", b"<html>Bad Gateway</html>", "text/html")


class Federation:
    """Sites that are served for the length of an `async with` block."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self.sites = list(sites)
        self._servers: list[asyncio.Server] = []
        self._taken: list[socket.socket] = []

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        for site in self.sites:
            if site.kind == "refusing":  # bound and not listening: nobody else gets the port
                taken = socket.socket()
                taken.bind(("127.0.0.1", site.port))
                self._taken.append(taken)
                site.port = taken.getsockname()[1]
                continue
            server = await loop.create_server(lambda site=site: _Connection(site, loop.time), "127.0.0.1", site.port)  # type: ignore[misc]
            site.port = server.sockets[0].getsockname()[1]
            self._servers.append(server)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.close()
        for taken in self._taken:
            taken.close()

    def urls(self) -> list[str]:
        """Return the addresses of all sites."""
        return [site.url for site in self.sites]
