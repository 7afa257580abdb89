"""Many instances at once: what they give and what becomes of each, in one stream."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack, cast

from filelock import BaseFileLock

from aiopeertube._client import PeerTube
from aiopeertube._counting import counted
from aiopeertube._proxies import Proxies
from aiopeertube._settings import check_secure
from aiopeertube.errors import ConfigurationError, PeerTubeError
from aiopeertube.resources.videos import Videos
from aiopeertube.types import VideoFilters, VideoRow
from aiopeertube.wire.sendable import whole_problem

from .addresses import Instance, canonical, key_of, read_addresses
from .crew import Crew, Send, Visitor
from .here import Here, Places
from .manners import Bounds, Login, at_most, interval, user_agent
from .merging_pages import Format, check_format
from .page_log import Keeping, open_log, write_summary
from .records import Answer, Event, FleetStatistics, Page, Record
from .stores import store_at
from .trip import Trip
from .visit import Job

if TYPE_CHECKING:
    from .dask_places import DaskPlaces

T = TypeVar("T")
E = TypeVar("E")


class Fleet:
    """Many instances, each visited once and politely; use it with `async with`.

    Args:
        urls: Addresses, like videos.example or https://videos.example, in any order and spelling.
        contact: Your address of mail, or that of a page about your work: instances that are not your own are told.
        rate: The most that one of those instances is asked; requests to it lie that far apart.
        at_once: How many instances are visited at the same time.
        own: Your own instances, and as whom to come; they are asked as fast as they can, and need not be in `urls`.
        journal: A folder, or an address that fsspec knows, in which a run is kept so that another can go on with it.
        resume: Go on with what is in the journal; else one that is there is refused.
        retry: Of what is in the journal, visit again the instances that were away, odd, or at a bound.
        bounds: What one instance may take.
        proxy: As for `PeerTube`.
        allow_http: As for `PeerTube`.

    Raises:
        ConfigurationError: or its subclass InvalidURL, which names all lines of `urls` that are no address.
    """

    def __init__(
        self,
        urls: Iterable[str] = (),
        *,
        contact: str = "",
        rate: str = "1/s",
        at_once: int = 500,
        own: Mapping[str, Login] | None = None,
        journal: str | os.PathLike[str] | None = None,
        resume: bool = False,
        retry: bool = False,
        bounds: Bounds | None = None,
        proxy: str | Proxies | None = None,
        allow_http: bool = False,
    ) -> None:
        own = {canonical(origin): login for origin, login in (own or {}).items()}
        self._own = {key_of(origin): login for origin, login in own.items()}
        found = read_addresses(urls)
        known = {key_of(origin) for origin in found.origins}
        self.origins = (*found.origins, *(origin for origin in own if key_of(origin) not in known))
        self.repeated = found.repeated
        strangers = any(key not in self._own for key in known)
        agent = user_agent(contact) if strangers or contact else ""
        self._job = Job(agent, interval(rate), bounds or Bounds())
        if problem := whole_problem("at_once", at_once, 1):
            raise ConfigurationError(str(problem), option="at_once")
        self._at_once = at_once
        self._store = None if journal is None else store_at(journal)
        self._resume, self._retry = resume or retry, retry
        self._proxies = proxy if isinstance(proxy, Proxies) else Proxies.given(proxy)
        self._allow_http = allow_http
        for origin in own:
            check_secure(origin, allow_http=allow_http, proxies=self._proxies)
        self._lock: BaseFileLock | None = None
        self._here: Here | None = None
        self._dask: DaskPlaces | None = None
        self._crew: Crew[Any] | None = None
        self._given: dict[str, tuple[int, int]] = {}  # videos and pages, by origin
        self.records: dict[str, Record] = {}

    def on(self, client: Any) -> Self:
        """Visit from the workers of a Dask cluster, by a `distributed.Client`; the journal is where all see it.

        They go the way to the instances that their own environment says. `each` goes on visiting from here.

        Raises:
            ConfigurationError: there is no journal, or Dask is not installed.
        """
        if self._store is None:
            message = "on Dask a fleet needs a journal: a folder or an address that all workers see"
            raise ConfigurationError(message, option="journal")
        self._dask = dask_places(client, self._own, allow_http=self._allow_http)
        return self

    async def __aenter__(self) -> Self:
        if self._here is not None:
            raise RuntimeError("this fleet is open already; create one per `async with`")
        self._lock = None if self._store is None else self._store.lock()
        self._here = Here(self._job, self._own, proxies=self._proxies, allow_http=self._allow_http)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async with AsyncExitStack() as stack:  # what one of them raises holds up none of the others
            if self._lock is not None:
                stack.callback(self._lock.release)
            for part in (self._here, self._dask, self._crew):
                if part is not None:
                    stack.push_async_callback(part.close)

    async def videos(self, **filters: Unpack[VideoFilters]) -> AsyncIterator[tuple[Instance, VideoRow]]:
        """Read the videos of all instances, as they come; what became of each instance is in `records`.

        By default the local ones, the newest first: in this order none is skipped, whatever changes meanwhile. With a
        journal, what it has is given first, and asked for no more. Leaving the loop early ends no visit; leaving the
        fleet, or beginning another stream of it, does.

        Raises (from the iteration):
            ClientClosed: it was ended like that by somebody else; there may be more.
        """
        async for event in self.stream(**filters):
            if isinstance(event, Page):
                for row in event.rows():
                    yield event.instance, cast("VideoRow", row)

    async def stream(self, **filters: Unpack[VideoFilters]) -> AsyncIterator[Event]:
        """Read the videos of all instances: pages as they come, and a record at the end of each instance."""
        crew = await self._begin(filters, None, pages=True)
        async for event in crew:
            yield event

    async def crawl(self, *, format: Format = "jsonl", **filters: Unpack[VideoFilters]) -> AsyncIterator[Record]:
        """Read the videos of all instances into the journal's folder, a file for each; give the records.

        Raises (from the iteration):
            ConfigurationError: there is no journal, or it is another crawl's.
        """
        if self._store is None:
            raise ConfigurationError("a crawl needs a journal: the folder that it is written to", option="journal")
        check_format(format)
        crew = await self._begin(filters, format, pages=False)
        async for event in crew:
            if isinstance(event, Record):
                yield event
        await asyncio.to_thread(write_summary, self._store, self.records.values())

    async def each(self, ask: Callable[[PeerTube], Awaitable[T]]) -> AsyncIterator[Answer[T]]:
        """Give what `ask` makes of the client of each instance, like `lambda pt: pt.config.get()`, as it comes.

        Errors of an instance are its answer; one that redirects to another address is an error here. What else `ask`
        raises ends the loop.
        """
        here = self._opened()

        async def visit(origin: str, send: Send[Answer[T]]) -> None:
            try:
                answer = Answer(Instance(origin), await here.ask(origin, ask))
            except PeerTubeError as exc:
                answer = Answer(Instance(origin), error=exc)
            await send(answer)

        crew: Crew[Answer[T]] = await self._hire(visit)
        async for answer in crew:
            yield answer

    def statistics(self) -> FleetStatistics:
        """Return how far it is."""
        states: Counter[str] = Counter(record.state for record in self.records.values())
        instances = waiting = len(self.origins)
        at_work = 0
        if self._crew is not None:
            instances, waiting = self._crew.instances, self._crew.waiting
            # A record is there a moment before its visit is over.
            at_work = min(self._crew.at_work, instances - waiting - len(self.records))
        videos, pages = (sum(counts) for counts in zip((0, 0), *self._given.values(), strict=True))
        return FleetStatistics(instances, waiting, at_work, states, videos, pages)

    # -- inside ----------------------------------------------------------------------------------

    def _opened(self) -> Here:
        if self._here is None:
            raise RuntimeError("this fleet is not open; use it with `async with Fleet(...) as fleet:`")
        return self._here

    async def _begin(self, filters: VideoFilters, format: Format | None, *, pages: bool) -> Crew[Event]:
        places: Places = self._dask or self._opened()
        wanted: dict[str, Any] = {"isLocal": True, "sort": "-createdAt", **filters}
        if paged := {"start", "count"} & wanted.keys():
            raise ConfigurationError(f"{paged.pop()} is no filter: instances are read page by page, to their end")
        if (problem := Videos().list(**wanted).problem) is not None:
            raise problem
        job, keeping = replace(self._job, filters=wanted), await self._journal(format, wanted)
        self.records.clear()
        self._given.clear()

        async def visit(origin: str, send: Send[Event]) -> None:
            async def deliver(page: Page) -> None:
                videos, number = self._given.get(origin, (0, 0))
                self._given[origin] = videos + page.count, number + 1
                if pages:
                    await send(page)

            trip = Trip(origin, job, deliver, keeping, replay=pages, knows=self._knows)
            record = self._followed(origin, await places.visit(trip))
            self.records[origin], self._given[origin] = record, (record.videos, record.pages)
            await send(record)

        return await self._hire(visit)

    def _followed(self, origin: str, record: Record) -> Record:
        """Have an instance that moved visited there; where that leads nowhere, or to strangers, it is not read."""
        if self._crew is None or not record.moved_to:
            return record
        if not self._job.user_agent and key_of(record.moved_to) not in self._own:
            why = "which is not one of yours: give a contact, or that address"
        else:
            why = self._crew.follow(origin, record.moved_to)
        return replace(record, state="odd", reason=f"{record.reason}, {why}", moved_to="") if why else record

    async def _journal(self, format: Format | None, filters: Mapping[str, Any]) -> Keeping | None:
        """Begin the journal, or go on with it, once all who write there can."""
        if self._store is None:
            return None
        if self._dask is not None:
            await self._dask.begin(self._store)
        head = {"format": format or "pages", "filters": filters}
        await asyncio.to_thread(open_log, self._store, head, resume=self._resume)
        self._resume = True  # another look at this fleet's own journal
        return Keeping(self._store, format, self._retry)

    def _knows(self, origin: str) -> bool:
        return self._crew is not None and self._crew.knows(origin)

    async def _hire(self, visit: Visitor[E]) -> Crew[E]:
        """Send a crew out; two at once would ask each instance twice as often."""
        if self._crew is not None:
            await self._crew.close()
        at_once = self._at_once if self._dask is not None else at_most(self._at_once)
        self._crew = crew = Crew(self.origins, visit, at_once)
        return crew

    def __repr__(self) -> str:
        return f"<Fleet of {counted(len(self.origins), 'instance')}>"


def dask_places(client: Any, own: Mapping[str, Login], *, allow_http: bool) -> "DaskPlaces":
    """Return the workers of a cluster, with what only they need.

    Raises:
        ConfigurationError: it is not installed.
    """
    try:
        from .dask_places import DaskPlaces  # noqa: PLC0415 - an extra
    except ImportError as exc:
        raise ConfigurationError(f"{exc}; install aiopeertube[dask]") from None
    return DaskPlaces(client, own, allow_http=allow_http)
