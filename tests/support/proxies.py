"""An HTTP proxy that forwards plain requests and opens tunnels, and remembers what it was asked."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class ForwardingProxy:
    """With a `user` like "name:password" it lets nobody else pass."""

    def __init__(self, user: str | None = None, *, status: bytes = b"") -> None:
        self.asked: list[str] = []
        self.heads: list[bytes] = []
        self.origin = ""
        self._wanted = None if user is None else b"Basic " + base64.b64encode(user.encode())
        self._status = status

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.asked.append(head.partition(b" HTTP/")[0].decode())
                self.heads.append(head)
                if self._status or (self._wanted is not None and self._wanted not in head):
                    status = self._status or b"407 Proxy Authentication Required"
                    writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
                    break
                await self._pass_on(head, reader, writer)
        await _close(writer)

    async def _pass_on(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target, _ = head.split(b" ", 2)
        if method == b"CONNECT":
            host, _, port = target.decode().rpartition(":")
            up_reader, up_writer = await asyncio.open_connection(host, int(port))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_relay(reader, up_writer), _relay(up_reader, writer))
            return
        parts = urlsplit(target.decode())
        up_reader, up_writer = await asyncio.open_connection(parts.hostname, parts.port)
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        body = await reader.readexactly(int(length or 0))
        short = target[len(f"{parts.scheme}://{parts.netloc}") :]
        up_writer.write(head.replace(target, short, 1).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + body)
        writer.write(await up_reader.read())
        await _close(up_writer)


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
    await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def forwarding(user: str | None = None, *, status: bytes = b"") -> AsyncIterator[ForwardingProxy]:
    """Run one; `status` is what it answers to everything, like b"502 Bad Gateway"."""
    proxy = ForwardingProxy(user, status=status)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    async with server:
        proxy.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield proxy
