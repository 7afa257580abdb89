"""The emulator's core as the server of a simulation, and the ledger of what it really did."""

import asyncio
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from aiohttp import web
from virtual_clock import START

from aiopeertube.emulator import Emulator
from aiopeertube.emulator.api.calls import Reply
from aiopeertube.emulator.ratelimit import FixedWindows

from .clocks import EPOCH
from .trace import Trace
from .world import World

HOST = "sim.example"
ADDRESS = "10.0.0.1"  # of our clients, and of the neighbours who share it
_ALL = 1000  # more than any window holds
TOKEN_PATHS = ("/api/v1/users/token", "/api/v1/oauth-clients/local")


@dataclass(slots=True)
class Trail:
    """What the server knows of one call: attempts that it saw and did not refuse, and how often it did it."""

    seen: int = 0
    done: int = 0


@dataclass(slots=True)
class Refusal:
    """A 429 of the server's: when the request was sent, and when the client was told."""

    sent: float
    told: float = math.inf


@dataclass(slots=True)
class Ledger:
    """What happened at the server, by the key of a call.

    `refused` has the 429s by client and window; `disturbed` are windows in which the client could not know better:
    neighbours, changed limits, set clocks.
    """

    trails: dict[str, Trail] = field(default_factory=dict)
    refused: dict[tuple[int, str], list[Refusal]] = field(default_factory=dict)
    disturbed: Counter[str] = field(default_factory=Counter)
    arrived: int = 0

    def trail(self, key: str) -> Trail:
        return self.trails.setdefault(key, Trail())

    def refuse(self, client: int, window: str, sent: float) -> Refusal:
        """Note a 429."""
        refusal = Refusal(sent)
        self.refused.setdefault((client, window), []).append(refusal)
        return refusal


class Incoming:
    """A request in memory; has of aiohttp's what the emulator asks of it."""

    __slots__ = ("_body", "can_read_body", "headers", "keep_alive", "method", "raw_path", "remote", "transport")

    def __init__(self, method: str, target: str, headers: dict[str, str], body: bytes) -> None:
        self.method = method
        self.raw_path = target
        self.headers = headers
        self.can_read_body = bool(body)
        self.remote = ADDRESS
        self.keep_alive = False
        self.transport = None
        self._body = body

    async def read(self) -> bytes:
        return self._body


class Server:
    """Answers requests as the emulator does, on the seed's clock, and takes what the seed does to it."""

    def __init__(self, world: World, loop: asyncio.AbstractEventLoop, trace: Trace) -> None:
        self._loop = loop
        self._trace = trace
        self._skew = world.server.skew
        self._handles: list[asyncio.TimerHandle] = []
        settings = world.server
        edits = sum(run.edits for run in world.runs) + len(world.singles) + sum((world.migration or (0,))[:1])
        short_lived = settings.token_life < 1000
        self.emulator = Emulator(
            videos=edits + 1,
            rate_limit=(settings.limit, settings.window),
            login_limit=None if short_lived else (15, 300.0),
            write_seconds=settings.write_seconds,
            imports=True,
            access_token_lifetime=settings.token_life,
            seed=world.seed,
            clock=self.now,
        )
        self.app = self.emulator.app(HOST)
        self.ledger = Ledger()
        self.user = self.emulator.store.users["root" if world.administrator else "nisv"]
        self.tasks: set[asyncio.Task[None]] = set()  # writes under way
        self._window = ""
        self._disturbed_windows = 0
        self._plan(world)

    def now(self) -> float:
        """Return the time on the server's clock."""
        return EPOCH - START + self._loop.time() + self._skew

    def token(self) -> str:
        """Issue a token that lasts, as somebody who logged in earlier has one."""
        return self.emulator.store.issue_token(self.user, 86399, 86399).access

    @property
    def channel_id(self) -> int:
        """The channel in which the user may have videos."""
        return self.emulator.store.channels_of(self.user)[0].id

    # -- requests --------------------------------------------------------------------------------

    def answer(self, incoming: Incoming, key: str, done: Callable[[Reply], None]) -> None:
        """Answer a request by calling `done`: at once, or when its write is through."""
        self.ledger.arrived += 1
        coroutine = self.app.answer(cast("web.BaseRequest", incoming))
        if self.emulator.write_seconds <= 0:
            try:
                coroutine.send(None)
            except StopIteration as stop:
                done(self._entered(stop.value, incoming, key))
                return
            raise AssertionError("the emulator waits, though nothing takes it time")

        async def carry_out() -> None:
            reply = await coroutine
            done(self._entered(reply, incoming, key))

        task = self._loop.create_task(carry_out())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _entered(self, reply: Reply, incoming: Incoming, key: str) -> Reply:
        window = reply.headers.get("X-RateLimit-Reset", "")
        if window and window != self._window:
            self._window = window
            self.ledger.disturbed[window] += _ALL * (self._disturbed_windows > 0)
            self._disturbed_windows -= 1
        if reply.status not in {401, 429} and key:
            trail = self.ledger.trail(key)
            trail.seen += 1
            trail.done += reply.status < 300
        self._trace.note("server", incoming.method, incoming.raw_path, key, reply.status)
        return reply

    # -- what the seed does ----------------------------------------------------------------------

    def _plan(self, world: World) -> None:
        settings = world.server
        for at, seconds in settings.jumps:
            self._at(at, self._jump, seconds)
        for at, limit, window in settings.limits:
            self._at(at, self._change_limit, limit, window)
        for at, requests in settings.neighbours:
            self._at(at, self._neighbours, requests)
        for number, at in enumerate(settings.revocations):
            self._at(at, self._end_tokens, bool(number % 2))

    def _at(self, moment: float, work: Callable[..., None], *arguments: Any) -> None:
        self._handles.append(self._loop.call_later(moment, work, *arguments))

    def settle(self) -> None:
        """Let nothing more happen."""
        for handle in self._handles:
            handle.cancel()

    def _windows(self) -> FixedWindows:
        assert self.app.limit is not None
        return self.app.limit

    def _disturb(self) -> None:
        """Note that in this window and the next two nobody could know how many requests are left."""
        self.ledger.disturbed[self._window] += _ALL
        self._disturbed_windows = 2

    def _jump(self, seconds: float) -> None:
        self._trace.note("clock jumps", seconds)
        self._skew += seconds
        self._disturb()

    def _change_limit(self, limit: int, window: float) -> None:
        self._trace.note("limit", limit, window)
        windows = self._windows()
        windows.limit, windows.seconds = limit, window
        self._disturb()

    def _neighbours(self, requests: int) -> None:
        self._trace.note("neighbours", requests)
        for _ in range(requests):
            standing = self._windows().hit(ADDRESS, self.now())
        self.ledger.disturbed[standing.headers["X-RateLimit-Reset"]] += requests

    def _end_tokens(self, for_good: bool) -> None:
        self._trace.note("tokens end", for_good)
        if not for_good:
            self.emulator.expire_tokens()
            return
        for token in list(self.emulator.store.tokens.values()):
            self.emulator.store.revoke(token)
