"""The whole way: real aiohttp on both sides of sockets in memory.

Faults of single requests are the emulator's; outages are cables that are cut or stall, or the emulator's answers.
"""

import asyncio
import random
from collections.abc import Callable
from typing import Any

from aiohttp import connector
from virtual_clock import START

from aiopeertube import PeerTube
from aiopeertube.emulator import Fault
from aiopeertube.events import AttemptFinished

from .client_side import Users, client_of, listen
from .clocks import EndlessRun, one_seed
from .history import SECONDS, History, abandon, left_over, waiting
from .network import Damage
from .server import Server
from .sockets import Cables, WireLoop
from .trace import Trace
from .world import Outage, World

_DRAIN = 120.0
_SILENT = 0.5  # seconds for which an attempt waited in vain
_FAULTS = {
    "refused": Fault("reset"),
    "reset": Fault("reset"),
    "silence": Fault("stall", seconds=60.0),
    "429": Fault("429"),
    "429-seconds": Fault("429", seconds=3.0),
    "garbage": Fault("garbage"),
    "reset-after": Fault("reset-after"),
    "silence-after": Fault("stall", seconds=60.0),
    "garbage-after": Fault("5xx-after", status=520),
    "cut-after": Fault("truncated"),
    "slow": Fault("stall", seconds=1.0),
}
_PATHS: dict[str, tuple[str | None, ...]] = {
    "api": ("/videos*",),
    "token": ("/users/token", "/oauth-clients/local"),
    "both": (None,),
}


def play_wire(world: World, verbose: bool) -> History:
    """Play a world to its end over sockets in memory."""
    loop = WireLoop(seconds=SECONDS)
    clocked: Any = connector  # how long a connection is kept is its own clock's matter
    before = clocked.monotonic
    with one_seed(world.seed, loop):
        clocked.monotonic = loop.time
        asyncio.set_event_loop(loop)
        try:
            return _played(world, loop, verbose=verbose)
        finally:
            clocked.monotonic = before
            asyncio.set_event_loop(None)
            loop.close()


def _played(world: World, loop: WireLoop, *, verbose: bool) -> History:
    trace = Trace(loop.time)
    draw = random.Random(f"wire {world.seed}")
    loop.cables = Cables(draw, world.network.low, world.network.high)
    server = Server(world, loop, trace)
    history = History(world, server, Damage(), Users(world, server, trace), [], trace)
    try:
        loop.run_until_complete(_lived(history, loop, draw, verbose=verbose))
    except (EndlessRun, RuntimeError) as exc:
        history.endless = f"{exc}; waiting: {waiting(loop)}"
        abandon(loop)
        return history
    history.left_over += loop.complaints
    _fill_ledger(history)
    return history


async def _lived(history: History, loop: WireLoop, draw: random.Random, *, verbose: bool) -> None:
    server, emulator = history.server, history.server.emulator
    async with emulator:
        assert emulator.serving is not None
        server.app = emulator.serving
        history.trace.host = emulator.host
        troubles = _Troubles(history.world, server, loop, draw, history.trace)
        client = history.client = client_of(history.world, server, None, emulator.url)
        if verbose:
            listen(client, history.trace)
        _watch(client, history)
        async with client:
            await history.users.work(client)
        await history.users.rest()
        history.seconds = loop.time() - START
        history.statistics = client.statistics()
        troubles.settle()
        server.settle()
        history.left_over += _still_there(history, loop)
        await asyncio.sleep(_DRAIN)
    if loop.cables.ends:
        history.left_over.append(f"{len(loop.cables.ends)} ends of connections")


def _still_there(history: History, loop: WireLoop) -> list[str]:
    """Return what is left of the client; the server's own tasks and timers are not its matter."""
    ours = [what for what in left_over(history) if "RequestHandler" not in what and "Emulator" not in what]
    return [what for what in ours if "aiopeertube/emulator" not in what and "dispatch.py" not in what]


class _Troubles:
    """What the seed does to the cables and to the emulator's answers, each at its moment."""

    def __init__(self, world: World, server: Server, loop: WireLoop, draw: random.Random, trace: Trace) -> None:
        self._loop, self._cables, self._faults = loop, loop.cables, server.emulator.faults
        self._trace = trace
        self._single = [_fault(kind, world.network.share / len(world.network.kinds)) for kind in world.network.kinds]
        self._standing: list[Fault] = []
        self._handles: list[asyncio.TimerHandle] = []
        self._renew()
        for outage in world.network.outages:
            self._at(outage.begin, self._begin, outage)
            self._at(outage.end, self._end, outage)
        if world.network.share:
            for _ in range(draw.randint(0, 10)):
                self._at(draw.uniform(0, 30), self._cables.cut_one)

    def _at(self, moment: float, work: Callable[..., None], *arguments: Any) -> None:
        self._handles.append(self._loop.call_later(moment, work, *arguments))

    def settle(self) -> None:
        """Let nothing more happen."""
        for handle in self._handles:
            handle.cancel()
        self._cables.refusing = False

    def _renew(self) -> None:
        self._faults.clear()
        self._faults.add(*self._standing, *self._single)

    def _begin(self, outage: Outage) -> None:
        self._trace.note("outage", outage.how, outage.service)
        cables = self._cables
        if outage.service == "both" and outage.how in {"refused", "reset"}:
            cables.refusing = True
            cables.cut()
        elif outage.service == "both" and outage.how == "silence":
            cables.stalled_until = START + outage.end
        else:
            self._standing += _faults_of(outage)
            self._renew()

    def _end(self, outage: Outage) -> None:
        self._trace.note("outage ends", outage.how, outage.service)
        self._cables.refusing = False
        for fault in _faults_of(outage):
            if fault in self._standing:
                self._standing.remove(fault)
        self._renew()


def _fault(kind: str, probability: float = 1.0, path: str | None = None) -> Fault:
    """Make the emulator's fault that a kind of the world is."""
    name, _, extra = kind.partition("-")
    if name.isdigit() and name != "429":
        return Fault("5xx-after" if extra == "after" else "5xx", probability, path=path, status=int(name))
    model = _FAULTS[kind]
    return Fault(model.kind, probability, path=path, status=model.status, seconds=model.seconds)


def _faults_of(outage: Outage) -> list[Fault]:
    return [_fault(outage.how, path=path) for path in _PATHS[outage.service]]


def _watch(client: PeerTube, history: History) -> None:
    """Note what calls have to suffer, from what the client tells of its attempts."""

    def finished(event: AttemptFinished) -> None:
        history.trace.note("attempt", event.method, event.path, event.status, event.error)
        video = event.path.rpartition("/")[2]
        wear = history.network.wear_of(keys.get(f"{event.method} {video}", f"{event.method} {event.path}"))
        wear.sent += 1
        if event.status not in {0, 429} and event.status < 500:
            wear.delivered.append(event.status)
            return
        now = asyncio.get_running_loop().time() - START
        silent = not event.status and event.seconds > _SILENT
        kind = "silence" if silent else str(event.status or event.error)
        history.network.faults[kind] += 1
        # What was sent before an outage began may end in it, and what was sent in one after it.
        if any(outage.begin <= now and now - event.seconds <= outage.end for outage in history.world.network.outages):
            wear.outages += 1
        else:
            wear.faults.append(kind)

    keys = _Keys(history.users)
    client.on(AttemptFinished, finished)


class _Keys:
    """The keys of calls by method and video."""

    def __init__(self, users: Users) -> None:
        self._users = users

    def get(self, name: str, default: str) -> str:
        return next((key for key, video in self._users.videos.items() if name == f"PUT {video}"), default)


def _fill_ledger(history: History) -> None:
    """Tell from what the server keeps what it did."""
    edits = history.server.emulator.statistics().edits
    for key, video in history.users.videos.items():
        trail = history.server.ledger.trail(key)
        trail.seen = trail.done = edits.get(video, 0)
    for made in history.server.emulator.store.imports.values():
        trail = history.server.ledger.trail(made.target_url)
        trail.done += 1
        trail.seen += 1
