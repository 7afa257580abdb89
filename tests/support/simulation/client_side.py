"""What users do in a simulation: bulk runs, single calls, giving up, leaving; and notes of what they were told."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from aiopeertube import PeerTube, events
from aiopeertube.bulk import BulkRun, BulkStatistics, Outcome
from aiopeertube.wire.call import Call

from .network import Pool
from .server import HOST, Server
from .trace import Trace
from .world import Race, Run, Single, World

ORIGIN = f"https://{HOST}"


class SourceBroke(Exception):
    """The user's own generator raises."""


@dataclass(slots=True)
class RunRecord:
    """What was seen of one bulk run: keys pulled, outcomes by key, and how it ended."""

    plan: Run
    pulled: list[str] = field(default_factory=list)
    outcomes: dict[str, list[Outcome[Any]]] = field(default_factory=dict)
    statistics: BulkStatistics | None = None
    error: BaseException | None = None
    began: float = 0.0
    ended: float | None = None
    left: bool = False
    source_closed: bool = True
    wrong: set[str] = field(default_factory=set)

    @property
    def disturbed(self) -> bool:
        """Tell whether the run was meant to end before its end."""
        return self.left or self.error is not None or bool(self.statistics and self.statistics.stopped_by)


@dataclass(slots=True)
class SingleRecord:
    """What one caller was told of one call."""

    plan: Single
    key: str = ""
    result: Any = None
    error: BaseException | None = None
    ended: bool = False


class Users:
    """Everybody who uses one client."""

    def __init__(self, world: World, server: Server, trace: Trace) -> None:
        self._world = world
        self._server = server
        self._trace = trace
        self._free = iter(range(1, len(server.emulator.store.videos) + 1))
        self._tasks: list[asyncio.Task[None]] = []
        self._callers: dict[asyncio.Task[Any], None] = {}
        self._bulk_runs: list[BulkRun[Any]] = []
        self._draw = random.Random(f"users {world.seed}")
        self.runs: list[RunRecord] = []
        self.singles: list[SingleRecord] = []
        self.videos: dict[str, int] = {}  # by the key of the edit that is theirs

    async def work(self, pt: PeerTube, other: PeerTube | None = None) -> None:
        """Do what the seed wants, side by side, or until the client is to be closed; `other` is the second run's."""
        loop = asyncio.get_running_loop()
        clients = (pt, other or pt)
        self._tasks = [loop.create_task(self._bulk(clients[n], plan)) for n, plan in enumerate(self._world.runs)]
        self._tasks += [loop.create_task(self._single(pt, plan)) for plan in self._world.singles]
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._world.close_at)

    def race(self, race: Race) -> None:
        """Give up, so many turns of the loop from now."""
        if race.turns:
            asyncio.get_running_loop().call_soon(self.race, replace(race, turns=race.turns - 1))
            return
        self._trace.note("race", race.share, race.stops)
        for task in self._callers:
            if self._draw.random() < race.share:
                task.cancel()
        for run in self._bulk_runs if race.stops else ():
            run.stop("a race")

    async def rest(self) -> None:
        """Wait for who was still at work when the client was closed."""
        await asyncio.gather(*self._tasks)

    # -- bulk ------------------------------------------------------------------------------------

    async def _bulk(self, pt: PeerTube, plan: Run) -> None:
        record = RunRecord(plan, began=asyncio.get_running_loop().time())
        self.runs.append(record)
        task = asyncio.get_running_loop().create_task(self._consume(pt, record))
        if plan.cancel_at is not None:
            asyncio.get_running_loop().call_later(plan.cancel_at, task.cancel)
        await asyncio.wait([task])
        if not task.cancelled() and task.exception() is not None:
            raise task.exception() or AssertionError
        record.ended = asyncio.get_running_loop().time()
        self._trace.note("run ended", plan.name, repr(record.error))

    async def _consume(self, pt: PeerTube, record: RunRecord) -> None:
        plan = record.plan
        calls = self._calls(pt, record)
        options: dict[str, Any] = {"workers": plan.workers} if plan.workers else {}
        run: BulkRun[Any] = pt.bulk(
            self._source(calls, record), buffer=plan.buffer, halt=plan.halt, handle_sigint=False, **options
        )
        self._bulk_runs.append(run)
        stopping = None
        if plan.stop_at is not None:
            stopping = asyncio.get_running_loop().call_later(plan.stop_at, run.stop, "the user stops it")
        try:
            async with run:
                await self._take(run, record)
        except (Exception, asyncio.CancelledError) as exc:  # noqa: BLE001 - judged later
            record.error = exc
        finally:
            if stopping is not None:
                stopping.cancel()
            record.statistics = run.statistics()

    async def _take(self, run: BulkRun[Any], record: RunRecord) -> None:
        plan, taken = record.plan, 0
        if plan.leave_after == 0:
            record.left = True
            return
        async for outcome in run:
            key = outcome.call.tag
            record.outcomes.setdefault(key, []).append(outcome)
            self._trace.note("outcome", key, outcome.state, repr(outcome.error))
            taken += 1
            if taken == plan.leave_after:
                record.left = True
                return
            if plan.consumer_pause:
                await asyncio.sleep(plan.consumer_pause)

    def _calls(self, pt: PeerTube, record: RunRecord) -> dict[str, Call[Any]]:
        """Build the calls of a run by key: edits of videos nobody else edits, imports, and some that are wrong."""
        plan, calls = record.plan, {}
        for number in range(plan.edits):
            key = f"{plan.name}-edit-{number}"
            calls[key] = self._edit(pt, key)
        for number in range(plan.posts):
            key = f"https://elsewhere.example/{plan.name}-{number}"
            calls[key] = pt.imports.create(targetUrl=key, channelId=self._server.channel_id, name=f"Film {number}")
        for number in range(plan.wrong):
            key = f"{plan.name}-wrong-{number}"
            record.wrong.add(key)
            video = self.videos[key] = 1_000_000 + len(self.videos)
            calls[key] = pt.videos.update(video if number % 2 else "no video at all", name=key)
        keys = sorted(calls, key=lambda key: hash_of(self._world.seed, key))
        return {key: calls[key].tagged(key) for key in keys}

    def _edit(self, pt: PeerTube, key: str) -> Call[Any]:
        """Build the edit of a video that nobody else edits."""
        video = self.videos[key] = next(self._free)
        return pt.videos.update(video, name=key)

    def _source(self, calls: dict[str, Call[Any]], record: RunRecord) -> Any:
        kind = record.plan.source
        if kind == "list":
            return _Sized(len(calls), self._generator(calls, record))
        return self._generator(calls, record) if kind == "generator" else self._stream(calls, record)

    def _generator(self, calls: dict[str, Call[Any]], record: RunRecord) -> Iterator[Call[Any]]:
        for number, (key, call) in enumerate(calls.items()):
            if number == record.plan.raise_after:
                raise SourceBroke
            record.pulled.append(key)
            yield call

    async def _stream(self, calls: dict[str, Call[Any]], record: RunRecord) -> AsyncIterator[Call[Any]]:
        record.source_closed = False
        try:
            for number, (key, call) in enumerate(calls.items()):
                if record.plan.source_pause:
                    await asyncio.sleep(record.plan.source_pause)
                if number == record.plan.raise_after:
                    raise SourceBroke
                record.pulled.append(key)
                yield call
        finally:
            record.source_closed = True

    # -- single calls ----------------------------------------------------------------------------

    async def _single(self, pt: PeerTube, plan: Single) -> None:
        record = SingleRecord(plan)
        self.singles.append(record)
        await asyncio.sleep(plan.at)
        call = self._single_call(pt, record)
        if plan.deadline is not None:
            call = call.within(plan.deadline)
        task = asyncio.get_running_loop().create_task(_awaited(call))
        self._callers[task] = None
        task.add_done_callback(self._callers.pop)
        if plan.cancel_at is not None:
            asyncio.get_running_loop().call_later(plan.cancel_at - plan.at, task.cancel)
        await asyncio.wait([task])
        record.ended = True
        if task.cancelled():
            record.error = asyncio.CancelledError()
        elif (error := task.exception()) is not None:
            record.error = error
        else:
            record.result = task.result()
        self._trace.note("single", record.key, repr(record.error))

    def _single_call(self, pt: PeerTube, record: SingleRecord) -> Call[Any]:
        name, kind = record.plan.name, record.plan.kind
        if kind == "get":
            call: Call[Any] = pt.videos.get(1)
            record.key = f"GET {call.target}"
            return call
        if kind == "edit":
            record.key = f"{name}-edit"
            return self._edit(pt, record.key)
        record.key = f"https://elsewhere.example/{name}"
        return pt.imports.create(targetUrl=record.key, channelId=self._server.channel_id, name="A film")


class _Sized:
    """What is known to have an end, as a list is."""

    def __init__(self, size: int, calls: Iterator[Call[Any]]) -> None:
        self._size, self._calls = size, calls

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Call[Any]]:
        return self._calls


async def _awaited(call: Call[Any]) -> Any:
    return await call


def hash_of(seed: int, key: str) -> int:
    """Mix the order of calls by the seed, in the same way in every process."""
    value = seed
    for letter in key:
        value = (value * 1_000_003 + ord(letter)) % 2_147_483_647
    return value


def client_of(world: World, server: Server, pool: Pool | None, origin: str = ORIGIN) -> PeerTube:
    """Make the client of a world; without a pool it is aiohttp's."""
    known: dict[str, Any] = (
        {"username": server.user.username, "password": server.user.password}
        if world.login
        else {"token": server.token()}
    )
    return PeerTube(origin, transport=pool, concurrency=world.concurrency, timeout=world.timeout, **known)


def listen(pt: PeerTube, trace: Trace) -> None:
    """Let the client tell the trace what it does."""
    for event in (
        events.Retrying,
        events.RateLimitWaiting,
        events.ConcurrencyChanged,
        events.TokenRenewed,
        events.HealthChanged,
    ):
        pt.on(event, lambda happened: trace.note("client", happened))
