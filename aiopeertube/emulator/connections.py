"""Connections, and their end."""

import asyncio
import socket
from contextlib import suppress
from typing import Any

from aiohttp import web

# A connection that was accepted takes three turns of the loop until it is known here and can be cut.
_TURNS = 4


class Connections(web.Server):
    """A server that leaves no connection open behind it.

    By itself it would leave two kinds to the garbage collector, while their clients wait for an answer: asyncio
    drops a connection that was accepted in the moment in which its server closes, and aiohttp cuts those that it
    knows at one moment, but none that comes after it, and waits for none to be closed.

    Args:
        handler: What answers requests.
        **options: Those of `web.Server`.
    """

    def __init__(self, handler: Any, **options: Any) -> None:
        super().__init__(handler, **options)
        self._open: dict[web.RequestHandler, asyncio.Transport] = {}
        self._ended = False

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """Notes a connection; after the end it is cut."""
        super().connection_made(handler, transport)
        self._open[handler] = transport
        if self._ended:
            transport.abort()

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        """Forgets a connection; its socket is closed in this same turn of the loop."""
        super().connection_lost(handler, exc)
        self._open.pop(handler, None)

    async def end(self) -> None:
        """Cuts every connection, and returns when all are closed; nothing may be listening any more."""
        self._ended = True
        await _settle()
        while self._open:
            for transport in self._open.values():
                transport.abort()
            await asyncio.sleep(0)


async def stop_accepting(listening: socket.socket) -> None:
    """Ends what a loop accepts on a socket, and returns when what was accepted before is known."""
    # Loops that do not wait for sockets to be readable have no use for this, and need none.
    with suppress(NotImplementedError, OSError, ValueError):
        asyncio.get_running_loop().remove_reader(listening)
    await _settle()


async def _settle() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)
