"""One run of a simulation from its seed to what there is to judge."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial

from virtual_clock import START

from aiopeertube._client import PeerTube
from aiopeertube.stack.meter import Statistics

from .client_side import Users, client_of, listen
from .clocks import EndlessRun, SimulationLoop, one_seed
from .migration import MigrationRecord, migrate_all
from .network import Damage, Network, Pool
from .server import Server
from .trace import Trace
from .world import World

SECONDS = 7200.0  # of virtual time that a seed has
_DRAIN = 120.0  # longer than any answer is on its way


@dataclass(slots=True)
class History:
    """What happened, for the invariants to judge. `endless` says why a run did not end, "" when it did."""

    world: World
    server: Server
    network: Damage
    users: Users
    pools: list[Pool]
    trace: Trace
    statistics: Statistics | None = None
    seconds: float = 0.0
    endless: str = ""
    left_over: list[str] = field(default_factory=list)
    client: PeerTube | None = None  # the last one
    migration: MigrationRecord | None = None


def play(world: World, verbose: bool) -> History:
    """Play a world to its end."""
    loop = SimulationLoop(seconds=SECONDS)
    with one_seed(world.seed, loop):
        asyncio.set_event_loop(loop)
        try:
            return _played(world, loop, verbose=verbose)
        finally:
            asyncio.set_event_loop(None)
            loop.close()


def _played(world: World, loop: SimulationLoop, *, verbose: bool) -> History:
    trace = Trace(loop.time)
    server = Server(world, loop, trace)
    network = Network(world, server, loop, trace)
    pools = [Pool(network, server, trace, number + 1) for number in range(1 + world.two_clients)]
    history = History(world, server, network, Users(world, server, trace), pools, trace)
    try:
        loop.run_until_complete(_lived(history, verbose=verbose))
    except (EndlessRun, RuntimeError) as exc:
        history.endless = f"{exc}; waiting: {waiting(loop)}"
        abandon(loop)
        return history
    history.left_over += loop.complaints
    return history


async def _lived(history: History, *, verbose: bool) -> None:
    if history.world.migration is None:
        await _used(history, verbose=verbose)
    else:
        await migrate_all(history, verbose=verbose)
        history.seconds = asyncio.get_running_loop().time() - START
    if history.client is not None:
        history.statistics = history.client.statistics()
    for _ in range(5):  # what was closed has a few turns to end
        await asyncio.sleep(0)
    history.left_over += left_over(history)
    history.server.settle()
    await asyncio.sleep(_DRAIN)  # what is still under way to the server arrives, and is carried out


async def _used(history: History, *, verbose: bool) -> None:
    clients = [client_of(history.world, history.server, pool) for pool in history.pools]
    history.client = clients[-1]
    for race in history.world.races:
        history.network.at_answers[race.answer] = partial(history.users.race, race)
    async with AsyncExitStack() as stack:
        for client in clients:
            if verbose:
                listen(client, history.trace)
            await stack.enter_async_context(client)
        await history.users.work(*clients)
    await history.users.rest()
    history.seconds = asyncio.get_running_loop().time() - START


def left_over(history: History) -> list[str]:
    """Return what is left of clients that are closed: tasks, timers, requests."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SimulationLoop)
    ours = {asyncio.current_task(), *history.server.tasks}
    tasks = [f"task {_name(task)}" for task in asyncio.all_tasks() - ours]
    timers = [f"timer {handle!r}" for handle in loop.timers() if "aiopeertube" in repr(handle)]
    requests = [f"request {number} of {pool}" for pool in history.pools for number in pool.open]
    return tasks + timers + requests


def waiting(loop: SimulationLoop) -> str:
    return "; ".join(sorted({_name(task) for task in asyncio.all_tasks(loop)}))[:600]


def _name(task: asyncio.Task[object]) -> str:
    frames = task.get_stack(limit=1)
    code = frames[0].f_code if frames else None
    where = f" at {code.co_filename.rpartition('/')[2]}:{frames[0].f_lineno}" if code else ""
    return f"{getattr(task.get_coro(), '__qualname__', '?')}{where}"


def abandon(loop: SimulationLoop) -> None:
    """End the tasks of a run that did not end, so that nothing complains about them."""
    for _ in range(3):
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        try:
            loop.call_soon(loop.stop)
            loop.run_forever()
        except (EndlessRun, RuntimeError):
            return
