"""Visits from the workers of a Dask cluster: an instance is one task, and so on one worker at a time.

A worker that dies gives its tasks back to the scheduler, and another one goes on from the instance's journal, which
has to be where all workers see it.
"""

import asyncio
import inspect
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pydoc import locate
from typing import Any, Final
from urllib.parse import urlsplit

from distributed import Client, Future, KilledWorker

from aiopeertube._settings import is_loopback
from aiopeertube._version import __version__
from aiopeertube.errors import ConfigurationError, InsecureCredentials, ServerUnreachable

from .addresses import key_of
from .dask_worker import NamedOtherwise, NoLogin, Order, forget, seen, take_logins, work
from .manners import Login
from .page_log import Keeping
from .records import Record
from .stores import Store, write
from .trip import Trip
from .visit import Job

log = logging.getLogger("aiopeertube.fleet")

SECONDS: Final = 10.0  # for a scheduler to answer
_TRIES: Final = 5  # that a visit is sent to a worker without its login, or to an instance with other names
_SECRET_WAYS: Final = frozenset({"tls", "wss", "inproc"})


class DaskPlaces:
    """The workers of `client`, which may be a synchronous one or live on this event loop."""

    def __init__(self, client: Client, own: Mapping[str, Login], *, allow_http: bool = False) -> None:
        self._client = client
        self._own = own
        self._allow_http = allow_http
        self._run = secrets.token_hex(8)
        address = client.scheduler.address if client.scheduler is not None else ""
        parts = urlsplit(address)
        if own and not (allow_http or parts.scheme in _SECRET_WAYS or is_loopback(parts.hostname or "")):
            why = "logins would go to the workers unencrypted; use tls://, or allow it with allow_http"
            raise InsecureCredentials(f"{address}: {why}")

    async def begin(self, store: Store) -> None:
        """See that all workers can do their part.

        Raises:
            ConfigurationError: there is no worker, or one has another version, or does not see the journal.
        """
        await self.check_versions()
        await asyncio.to_thread(write, store, f"shared/{self._run}", self._run.encode())
        answers = await self._ask(seen, store.url, f"shared/{self._run}")
        await asyncio.to_thread(store.remove, "shared")
        for worker, found in answers.items():
            if found != self._run.encode():
                why = f" ({found})" if isinstance(found, Exception) else ""
                what = f"the worker {worker} does not see the journal at {store.url}{why}"
                raise ConfigurationError(f"{what}; put it where all machines see it", option="journal")

    async def check_versions(self) -> None:
        """See that there are workers, and that all have this version of the package.

        Raises:
            ConfigurationError: they have not.
        """
        # By a function of Python's own: where the package is missing, one of ours could not even be called.
        versions = await self._ask(locate, "aiopeertube._version.__version__")
        if not versions:
            raise ConfigurationError("the Dask scheduler has no workers; start some")
        for worker, version in versions.items():
            if version != __version__:
                there = f"has aiopeertube {version}" if isinstance(version, str) else "does not have aiopeertube"
                raise ConfigurationError(f"the worker {worker} {there}, and not {__version__} as here")

    async def visit(self, trip: Trip) -> Record:
        """Have one instance visited; where that is wanted, its pages are delivered from the journal afterwards."""
        log = trip.log()
        assert trip.keeping is not None and log is not None  # noqa: S101, PT018 - a fleet on Dask has a journal
        record = await self._visited(self._order(trip.origin, trip.job, trip.keeping), trip.knows)
        if record.state == "bounded" and not record.pages:  # nobody lived to tell what is there
            counts = await asyncio.to_thread(lambda: [page.count for page in log.pages()])
            record = replace(record, videos=sum(counts), pages=len(counts))
        if trip.replay:
            pages = log.pages()
            while (page := await asyncio.to_thread(next, pages, None)) is not None:
                await trip.deliver(page)
        return record

    async def close(self) -> None:
        """Let workers forget what belongs to this run, logins before all.

        Without a scheduler nobody can be told: workers that lose it end, and what they know with them.
        """
        try:
            await self._ask(forget, self._run)
        except (OSError, RuntimeError) as exc:
            log.warning("the workers cannot be told that the run is over: %s", exc)

    # -- inside ----------------------------------------------------------------------------------

    def _order(self, origin: str, job: Job, keeping: Keeping) -> Order:
        own = key_of(origin) in self._own
        url = keeping.store.url
        return Order(self._run, origin, job, url, keeping.format, keeping.retry, own, self._allow_http)

    async def _visited(self, order: Order, knows: Callable[[str], bool]) -> Record:
        worker: str | None = None
        for number in range(_TRIES):
            key = f"crawl-{key_of(order.origin)}-{self._run}-{number}"
            where = {"workers": [worker], "allow_other_workers": True} if worker else {}
            answer = await self._result(self._client.submit(work, order, key=key, pure=False, **where), order.origin)
            if isinstance(answer, Record):
                return answer
            if isinstance(answer, NamedOtherwise):
                if knows(answer.record.moved_to):
                    return answer.record
                order = replace(order, accepted=answer.record.moved_to)
                continue
            worker = answer.worker
            login = {key_of(order.origin): self._own[key_of(order.origin)]}
            await self._ask(take_logins, self._run, login, workers=[worker])
        return Record(order.origin, "bounded", "no worker kept its login")

    async def _result(self, future: Future, origin: str) -> Record | NoLogin | NamedOtherwise:
        """Wait for a task; whoever waits no longer lets go of it, and the worker ends the visit."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[None] = loop.create_future()
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(_finish, ended))
        try:
            await ended
            if future.status == "error":
                return _died(origin, await self._value(future.exception))
            if future.status != "finished":
                raise ServerUnreachable("the Dask scheduler is away")
            answer: Record | NoLogin | NamedOtherwise = await self._value(future.result)
            return answer
        finally:
            future.release()

    async def _value(self, function: Any) -> Any:
        found = function() if self._client.asynchronous else await asyncio.to_thread(function)
        return await found if inspect.isawaitable(found) else found

    async def _ask(self, function: Any, *arguments: Any, **where: Any) -> dict[str, Any]:
        """Call a function at each worker; an error there is its answer."""

        def run() -> Any:
            return self._client.run(function, *arguments, on_error="return", **where)

        answers: dict[str, Any] = await self._value(run)
        return answers

    def __repr__(self) -> str:
        return f"<DaskPlaces {self._client.scheduler.address if self._client.scheduler else 'closed'}>"


@asynccontextmanager
async def cluster_at(address: str) -> AsyncIterator[Client]:
    """Connect to the scheduler at an address like tcp://machine:8786; see that its workers fit.

    Raises:
        ServerUnreachable: no scheduler answers there.
        ConfigurationError: it is no such address, or as for `check_versions`.
    """
    client = Client(address, asynchronous=True, timeout=SECONDS)
    try:
        await _connected(client, address)
        await DaskPlaces(client, {}).check_versions()
        yield client
    finally:
        await client.close()


async def _connected(client: Client, address: str) -> None:
    try:
        await client
    except (OSError, TimeoutError) as exc:
        why = str(exc) or type(exc).__name__
        raise ServerUnreachable(f"no Dask scheduler answers at {address}: {why}") from None
    except ValueError as exc:
        raise ConfigurationError(f"{address!r} is not the address of a Dask scheduler: {exc}") from None


def _finish(ended: "asyncio.Future[None]") -> None:
    if not ended.done():
        ended.set_result(None)


def _died(origin: str, error: BaseException) -> Record:
    """Make a record of an instance at whose visit one worker died after the other.

    Raises:
        BaseException: what else went wrong.
    """
    if isinstance(error, KilledWorker):
        return Record(origin, "bounded", "the workers that visited it died, one after the other")
    raise error
