"""The emulated server, as tests use it."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from aiohttp import StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_parser import RawRequestMessage

from .api.calls import Backend
from .api.listing import VideoLists
from .api.rendering import Renderer
from .connections import Connections, server_log, stop_accepting
from .counters import EmulatorStatistics, Tally
from .dispatch import KEEP_ALIVE_SECONDS, App
from .faults import Faults
from .model.seed import fill
from .model.store import Store
from .options import EmulatorOptions
from .writers import WriterPool

_BODY_LIMIT = 64 * 1024 * 1024
# How long requests under way may go on when the server stops.
_SHUTDOWN_SECONDS = 0.05


class Emulator:
    """A PeerTube look-alike on loopback.

    Use it as an asynchronous context manager, or `in_thread` from code without a loop::

        async with Emulator(videos=2000) as server:
            client = PeerTube(server.url, ...)

    Args:
        options: Its behaviour; None: the defaults.
        **changes: Single options that replace those.

    Attributes:
        options: Its behaviour.
        store: Its users, channels, videos and tokens; tests may read and change them.
        faults: What goes wrong with requests; tests may add some.
        serving: What answers requests; None: it was never started.
    """

    def __init__(self, options: EmulatorOptions | None = None, **changes: Any) -> None:
        self.options = replace(options or EmulatorOptions(), **changes)
        self.store = Store(self.options.seed, self.options.clock)
        self.faults = Faults(self.options.seed, self.options.faults)
        fill(self.store, self.options)
        self._tally = Tally()
        self._writers = WriterPool(
            self.options.write_seconds, failures=self.options.serialization_failures, seed=self.options.seed
        )
        self.serving: App | None = None
        self._running: _Running | None = None
        self._host = ""

    @property
    def host(self) -> str:
        """The address and port it listens on."""
        if not self._host:
            raise RuntimeError("the emulator has not been started")
        return self._host

    @property
    def url(self) -> str:
        """The URL for clients."""
        return f"http://{self.host}"

    @property
    def write_seconds(self) -> float:
        """Seconds that one write takes by itself; may be changed at any time, to make the server slower."""
        return self._writers.seconds

    @write_seconds.setter
    def write_seconds(self, seconds: float) -> None:
        self._writers.seconds = seconds

    def statistics(self) -> EmulatorStatistics:
        """Return counts of what happened so far."""
        return self._tally.snapshot(self.faults.injected)

    def expire_tokens(self) -> None:
        """Expire every access token; refresh tokens stay valid."""
        for token in list(self.store.tokens.values()):
            token.access_ends_at = 0.0

    async def start(self) -> None:
        """Start to listen."""
        if self._running is not None:
            raise RuntimeError("the emulator is running already")
        listening = socket.create_server((self.options.host, self.options.port), backlog=1024)
        self._host = f"{self.options.host}:{listening.getsockname()[1]}"
        self.serving = self.app()
        running = _Running(listening, self.serving)
        await running.start()
        self._running = running

    async def stop(self) -> None:
        """Stop, and abort requests in flight."""
        running, self._running = self._running, None
        if running is not None:
            await running.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    @classmethod
    @contextmanager
    def in_thread(cls, options: EmulatorOptions | None = None, **changes: Any) -> Iterator[Self]:
        """Run an emulator in a thread with its own loop, for code without a loop, or that blocks it.

        Args:
            options: Its behaviour; None: the defaults.
            **changes: Single options that replace those.
        """
        emulator = cls(options, **changes)
        background = _Background(emulator)
        background.start()
        try:
            yield emulator
        finally:
            background.stop()

    def app(self, host: str | None = None) -> App:
        """What answers requests, for those who bring a network of their own.

        Args:
            host: The address that bodies name; None: where it listens.
        """
        self._host = host or self._host
        renderer = Renderer(self._host, self.options.clock(), modern=self.options.is_modern)
        lists = VideoLists(self.store)
        return App(Backend(self.options, self.store, self._tally, self._writers, lists, renderer), self.faults)


class _Running:
    """The parts of a running emulator."""

    def __init__(self, listening: socket.socket, app: App) -> None:
        self._listening = listening
        self._connections = Connections(
            app.handle,
            request_factory=_request,
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            access_log=None,
            logger=server_log(),
        )
        self._runner = web.ServerRunner(self._connections, shutdown_timeout=_SHUTDOWN_SECONDS)

    async def start(self) -> None:
        try:
            await self._runner.setup()
            await web.SockSite(self._runner, self._listening).start()
        except BaseException:
            self._listening.close()
            raise

    async def stop(self) -> None:
        try:
            await stop_accepting(self._listening)
            await self._runner.cleanup()
        finally:
            await self._connections.end()


class _Background:
    """A thread that runs an emulator."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._thread = threading.Thread(target=self._run, name="peertube-emulator", daemon=True)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: asyncio.Event | None = None
        self._error: BaseException | None = None

    def start(self) -> None:
        """Start the thread, and wait until the emulator listens."""
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            self._thread.join()
            raise self._error

    def stop(self) -> None:
        """Stop the emulator, and wait for the thread to end."""
        if self._loop is not None and self._stopped is not None:
            self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 -- raised by the thread that waits
            self._error = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        async with self._emulator:
            self._ready.set()
            await self._stopped.wait()


def _request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: web.RequestHandler,
    writer: AbstractStreamWriter,
    task: asyncio.Task[None],
) -> web.BaseRequest:
    """Make a request whose body may be as large as the server's limits on files."""
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=_BODY_LIMIT)
