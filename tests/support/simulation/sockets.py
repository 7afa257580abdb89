"""Sockets in memory: aiohttp on both sides believes in them. Cables have a latency, can be cut, and can stall."""

import asyncio
import random
import socket
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from .clocks import SimulationLoop

Factory = Callable[[], asyncio.BaseProtocol]
Address = tuple[str, int]


class Cables:
    """The network between all sockets of a loop: `low` to `high` seconds one way."""

    def __init__(self, draw: random.Random, low: float, high: float) -> None:
        self._draw = draw
        self._low, self._high = low, high
        self.refusing = False  # nobody listens
        self.stalled_until = 0.0  # what is sent arrives then
        self.ends: list[End] = []
        self.listening: dict[int, Factory] = {}

    def one_way(self) -> float:
        return self._draw.uniform(self._low, self._high)

    def cut(self) -> None:
        """Cut every connection."""
        for end in list(self.ends):
            end.lose(ConnectionResetError(104, "Connection reset by peer"))

    def cut_one(self) -> None:
        """Cut one connection, both of its ends."""
        if self.ends:
            end = self._draw.choice(self.ends)
            for side in (end, end.peer):
                side.lose(ConnectionResetError(104, "Connection reset by peer"))


class End(asyncio.Transport):
    """One end of a connection."""

    peer: "End"

    def __init__(self, loop: asyncio.AbstractEventLoop, cables: Cables, name: Address, other: Address) -> None:
        super().__init__({"peername": other, "sockname": name})
        self._loop, self._cables = loop, cables
        self._protocol: Any = None
        self._closing = self._lost = self._paused = False
        self._coming: deque[bytes | None] = deque()  # on the cable to us; None is the other side's end
        self._held: deque[bytes | None] = deque()  # here, while reading is paused
        self._last = 0.0
        cables.ends.append(self)

    # -- asyncio's side --------------------------------------------------------------------------

    def write(self, data: Any) -> None:
        if not self._closing and data:
            self._send(bytes(data))

    def writelines(self, chunks: Iterable[Any]) -> None:
        self.write(b"".join(chunks))

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._send(None)
            self._loop.call_soon(self._end, None)

    def abort(self) -> None:
        self.lose(None)
        self._loop.call_later(self._cables.one_way(), self.peer.lose, ConnectionResetError(104, "reset by peer"))

    def is_closing(self) -> bool:
        return self._closing

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        protocol: asyncio.BaseProtocol = self._protocol
        return protocol

    def is_reading(self) -> bool:
        return not self._paused and not self._closing

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        self._loop.call_soon(self._hand_on)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0

    def can_write_eof(self) -> bool:
        return False

    # -- the cable's side ------------------------------------------------------------------------

    def lose(self, error: Exception | None) -> None:
        """End at once."""
        if not self._lost:
            self._closing = True
            self._loop.call_soon(self._end, error)

    def _send(self, data: bytes | None) -> None:
        now = self._loop.time()
        # A turn later for each: timers of one moment have no order.
        self._last = max(self._last, self._cables.stalled_until, now + self._cables.one_way())
        self.peer._coming.append(data)
        self._loop.call_at(self._last, self.peer._arrive)

    def _arrive(self) -> None:
        self._held.append(self._coming.popleft())
        self._hand_on()

    def _hand_on(self) -> None:
        while self._held and not self._paused and not self._closing:
            data = self._held.popleft()
            if data is not None:
                self._protocol.data_received(data)
            elif not self._protocol.eof_received():
                self.close()

    def _end(self, error: Exception | None) -> None:
        if not self._lost:
            self._lost = True
            self._cables.ends.remove(self)
            self._protocol.connection_lost(error)


class _Listening:
    """Of a server what aiohttp asks of it."""

    def __init__(self, cables: Cables, port: int, sock: socket.socket) -> None:
        self._cables, self._port = cables, port
        self.sockets = (sock,)

    def close(self) -> None:
        self.sockets[0].close()
        self._cables.listening.pop(self._port, None)

    async def wait_closed(self) -> None:
        pass


class WireLoop(SimulationLoop):
    """A loop whose sockets are ends of cables in memory."""

    cables: Cables

    def __init__(self, *, seconds: float) -> None:
        super().__init__(seconds=seconds)
        self._addresses: dict[int, Address] = {}
        self._ports = iter(range(40_000, 1_000_000))

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        """Connect: after a round trip, or when the stall is over."""
        cables = self.cables
        await asyncio.sleep(max(2 * cables.one_way(), cables.stalled_until - self.time()))
        if cables.refusing or address[1] not in cables.listening:
            raise ConnectionRefusedError(111, "Connect call failed")
        self._addresses[sock.fileno()] = address

    async def create_connection(  # type: ignore[override]  # of what asyncio takes, what aiohttp gives
        self, factory: Any, *args: Any, sock: Any = None, **options: Any
    ) -> Any:
        address = self._addresses.pop(sock.fileno())
        sock.close()
        if address[1] not in self.cables.listening:
            raise ConnectionRefusedError(111, "Connect call failed")
        here: Address = ("127.0.0.1", next(self._ports))
        ours, theirs = End(self, self.cables, here, address), End(self, self.cables, address, here)
        ours.peer, theirs.peer = theirs, ours
        for end, protocol in ((theirs, self.cables.listening[address[1]]()), (ours, factory())):
            end.set_protocol(protocol)
            protocol.connection_made(end)
        return ours, ours.get_protocol()

    async def create_server(  # type: ignore[override]
        self, factory: Any, *args: Any, sock: Any = None, **options: Any
    ) -> Any:
        port: int = sock.getsockname()[1]
        self.cables.listening[port] = factory
        return _Listening(self.cables, port, sock)
