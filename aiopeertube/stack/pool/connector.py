"""Connections that are kept, but for those on which something came that nobody asked for.

Servers and proxies say 408 on a connection that was idle for too long, and close it; whoever sends on it next would
take that for the answer.
"""

import asyncio
from typing import Any

import aiohttp


class Connector(aiohttp.TCPConnector):
    """aiohttp's connections, of which none is used again after it has spoken of itself."""

    async def connect(self, req: Any, traces: Any, timeout: aiohttp.ClientTimeout) -> Any:
        """Return a connection that is open and silent."""
        connection = await super().connect(req, traces, timeout)
        while connection.protocol is not None and connection.protocol.should_close:
            connection.close()
            connection = await super().connect(req, traces, timeout)
        return connection

    async def _create_connection(self, req: Any, traces: Any, timeout: aiohttp.ClientTimeout) -> Any:
        """Make a connection in time, looking the name up included: aiohttp counts from when it knows the address."""
        async with asyncio.timeout(timeout.sock_connect):
            return await super()._create_connection(req, traces, timeout)
