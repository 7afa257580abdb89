"""Connections, and how they are closed."""

import asyncio
import logging
import socket
from contextlib import suppress
from typing import Any

from aiohttp import web

# A connection that was accepted takes three turns of the loop until it is known here and can be cut.
_TURNS = 4


def server_log() -> logging.Logger:
    """Return the log of the server's errors; that a client is gone is none."""
    log = logging.getLogger("aiopeertube.emulator.server")
    log.addFilter(_is_error)  # once, however often it is added
    return log


def _is_error(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, ConnectionError)


class Connections(web.Server):
    """A `web.Server` that leaves no connection open.

    Two kinds would otherwise be left to the garbage collector while their clients wait: asyncio drops a connection
    accepted while its server closes, and aiohttp aborts those it knows at one moment, but none that come later,
    and waits for none to close.
    """

    def __init__(self, handler: Any, **options: Any) -> None:
        super().__init__(handler, **options)
        self._open: dict[web.RequestHandler, asyncio.Transport] = {}
        self._ended = False

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """Remember a connection; abort it if the server has ended."""
        super().connection_made(handler, transport)
        self._open[handler] = transport
        if self._ended:
            transport.abort()

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        """Forget a connection; its socket is closed in the same iteration of the loop."""
        super().connection_lost(handler, exc)
        self._open.pop(handler, None)

    async def end(self) -> None:
        """Abort every connection and wait until all are closed; nothing may be listening by now."""
        self._ended = True
        await _settle()
        while self._open:
            for transport in self._open.values():
                transport.abort()
            await asyncio.sleep(0)


async def stop_accepting(listening: socket.socket) -> None:
    """Stop accepting on a socket; return when connections accepted before are known."""
    # Loops that do not wait for sockets to be readable have no use for this, and need none.
    with suppress(NotImplementedError, OSError, ValueError):
        asyncio.get_running_loop().remove_reader(listening)
    await _settle()


async def _settle() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)
