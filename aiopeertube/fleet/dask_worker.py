"""What runs on a Dask worker: visits, on an event loop that all visits of a run share, in a thread of its own.

Logins come only to a worker that asks for one: it answers `NoLogin`, the driver brings it by a direct call, and sends
the visit once more. So no login is in a task, and none is where its instance is not visited.
"""

import asyncio
import os
import threading
from collections import deque
from collections.abc import Mapping
from concurrent import futures
from dataclasses import dataclass, field
from typing import Any, Final

from distributed import Reschedule, get_worker, secede

from aiopeertube._proxies import Proxies
from aiopeertube._version import __version__
from aiopeertube.errors import ConfigurationError

from .addresses import key_of
from .here import Here
from .manners import Login, at_most
from .merging_pages import Format
from .page_log import Keeping
from .records import Page, Record
from .stores import store_at
from .trip import Trip
from .visit import Job

_LOOK: Final = 0.5  # seconds from one look at whether a visit is still wanted to the next
_MOST: Final = 2000  # visits of one worker at the same time
_LONGEST: Final = 20.0  # seconds for a visit to write what it has
SETTLE: Final = 2.0  # seconds after which nobody else is there: another worker that lost the scheduler has looked
_AT_WORK: Final = frozenset({"running", "paused"})
_WANTED: Final = frozenset({"executing", "long-running"})


@dataclass(frozen=True, slots=True)
class Order:
    """A visit, as it travels to a worker. `journal` is the store's address; there is no secret in it.

    `own` tells that a login is needed, which comes another way; `accepted` is another name of the instance, by which
    nobody visits it.
    """

    run: str
    origin: str
    job: Job
    journal: str
    format: Format | None
    retry: bool
    own: bool = False
    allow_http: bool = False
    accepted: str = ""
    version: str = __version__

    def keeping(self) -> Keeping:
        """Return where its journal is."""
        return Keeping(store_at(self.journal), self.format, self.retry)


@dataclass(frozen=True, slots=True)
class NoLogin:
    """The answer of a worker that needs a login first."""

    worker: str


@dataclass(frozen=True, slots=True)
class NamedOtherwise:
    """The answer of a worker at an instance that has another name: is it visited by that?"""

    record: Record


@dataclass(slots=True)
class _Engine:
    """The event loop of a run, and what its visits share."""

    loop: asyncio.AbstractEventLoop
    here: Here
    places: asyncio.Semaphore  # for as many visits as this machine has files for
    logins: dict[str, Login] = field(default_factory=dict, repr=False)


_ENGINES: Final[dict[str, _Engine]] = {}
_STARTING: Final = threading.Lock()
_OVER: Final[deque[str]] = deque(maxlen=1000)  # runs that ended: a task of theirs may come late, and begins none anew


def work(order: Order) -> Record | NoLogin | NamedOtherwise:
    """Visit one instance; the task gives its thread's place to others, since it only waits.

    Raises:
        ConfigurationError: this worker has another version of the package.
        CancelledError: nobody wants the visit any more.
        Reschedule: this worker closes; another one is to go on.
    """
    if order.version != __version__:
        raise ConfigurationError(f"a worker has aiopeertube {__version__}, and not {order.version}")
    worker = get_worker()
    engine = _engine(order)
    if order.own and key_of(order.origin) not in engine.logins:
        return NoLogin(worker.address)
    key = worker.get_current_task()
    secede()
    ended = threading.Event()
    under_way = _sent(engine, order, ended)
    while True:
        done, _ = futures.wait([under_way], timeout=_LOOK)
        if done:
            return under_way.result()
        closes = worker.status.name not in _AT_WORK  # or lost its scheduler
        if closes or not _is_wanted(worker, key):
            under_way.cancel()
            ended.wait(_LONGEST)  # it may be writing its journal, which is the next one's then
            raise Reschedule if closes else futures.CancelledError


def _sent(engine: _Engine, order: Order, ended: threading.Event) -> "futures.Future[Record | NamedOtherwise]":
    """Begin a visit on the loop of its run.

    Raises:
        CancelledError: the run is over, and its loop with it.
    """
    with _STARTING:
        if _ENGINES.get(order.run) is not engine:
            raise futures.CancelledError
        return asyncio.run_coroutine_threadsafe(_visit(engine, order, ended), engine.loop)


async def _visit(engine: _Engine, order: Order, ended: threading.Event) -> Record | NamedOtherwise:
    try:
        async with engine.places:
            return await _visited(engine.here, order)
    finally:
        ended.set()


async def _visited(here: Here, order: Order) -> Record | NamedOtherwise:
    names: set[str] = set()

    def knows(name: str) -> bool:
        if name != order.accepted:
            names.add(name)
        return name != order.accepted

    trip = Trip(order.origin, order.job, _nothing, order.keeping(), knows=knows, accepted=order.accepted)
    record = await here.visit(trip)
    return NamedOtherwise(record) if record.moved_to in names else record


async def _nothing(page: Page) -> None:
    """Do nothing: the page is in the journal."""


def _is_wanted(worker: Any, key: str) -> bool:
    """Tell whether the scheduler still counts on this task."""
    task = worker.state.tasks.get(key)
    return task is not None and task.state in _WANTED


def _engine(order: Order) -> _Engine:
    with _STARTING:
        if order.run in _OVER:
            raise futures.CancelledError
        if order.run not in _ENGINES:
            loop = asyncio.new_event_loop()
            threading.Thread(target=_run, args=(loop,), name="aiopeertube fleet", daemon=True).start()
            _ENGINES[order.run] = asyncio.run_coroutine_threadsafe(_started(loop, order), loop).result()
        return _ENGINES[order.run]


def _run(loop: asyncio.AbstractEventLoop) -> None:
    """Run a loop until it is stopped."""
    try:
        loop.run_forever()
    finally:
        loop.close()


async def _started(loop: asyncio.AbstractEventLoop, order: Order) -> _Engine:
    """Start what visits share; which way requests go is this machine's own affair."""
    logins: dict[str, Login] = {}
    proxies = Proxies.of_environment(os.environ)
    here = Here(order.job, logins, proxies=proxies, allow_http=order.allow_http, settle=SETTLE)
    return _Engine(loop, here, asyncio.Semaphore(at_most(_MOST)), logins)


# -- what the driver asks workers for, without a task ------------------------------------------------


def take_logins(run: str, logins: Mapping[str, Login]) -> None:
    """Take logins for a run that this worker takes part in."""
    if run in _ENGINES:
        _ENGINES[run].logins.update(logins)


def forget(run: str) -> None:
    """End what is left of a run."""
    with _STARTING:
        _OVER.append(run)
        engine = _ENGINES.pop(run, None)
    if engine is not None:
        asyncio.run_coroutine_threadsafe(_ended(engine), engine.loop)


async def _ended(engine: _Engine) -> None:
    """End the visits that nobody waits for any more, and then their loop."""
    visits = asyncio.all_tasks() - {asyncio.current_task()}
    for visit in visits:
        visit.cancel()
    await asyncio.gather(*visits, return_exceptions=True)
    await engine.here.close()
    engine.loop.stop()


def seen(journal: str, path: str) -> bytes | None:
    """Return what this machine sees in a file of a journal."""
    return store_at(journal).read(path)
