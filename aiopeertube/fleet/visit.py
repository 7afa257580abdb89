"""The visit of one instance: its list of videos, page by page, kept in its journal, to its end or to a bound."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import orjson

from aiopeertube import errors
from aiopeertube._client import PeerTube
from aiopeertube._counting import counted
from aiopeertube._pagination import Position, Walk
from aiopeertube.stack import Transport

from .addresses import Instance, canonical, key_of
from .manners import Bounds, Login
from .page_log import Begun, PageLog
from .polite_pool import Pace, PolitePool
from .records import CalledOtherwise, Elsewhere, Page, Record, State, state_of

T = TypeVar("T")
Deliver = Callable[[Page], Awaitable[None]]
_HOPS: Final = 3  # from http to https and back
_CAME: Final = 100  # videos that may plausibly be new at the end of a visit
_REASON: Final = 500  # characters; servers may say more than anybody wants to keep of thousands of them
_PAUSE: Final = 5.0  # seconds until an instance that went away is asked again
_NOT_AGAIN: Final = (errors.RedirectRefused, errors.OddAnswer, errors.ListNeverStoodStill, errors.ClientClosed)


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked of each instance; there is no secret in it, so it may travel."""

    user_agent: str
    interval: float  # seconds between two requests to an instance that is not one's own
    bounds: Bounds = field(default_factory=Bounds)
    filters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reached:
    """A pool that visits share, and an instance behind it: how often it is asked, and as whom; None: anonymously.

    `settle` is in how many seconds nobody else can be there, where somebody was before.
    """

    pool: Transport
    pace: Pace | None
    login: Login | None = None
    allow_http: bool = False
    settle: float = 0.0

    def client(self, origin: str, pool: PolitePool, *, patience: float) -> PeerTube:
        """Make the client of a visit; one's own instances are asked as fast as they can."""
        who = self.login or Login()
        return PeerTube(
            origin,
            username=who.username,
            password=who.password,
            token=who.token,
            concurrency="auto" if self.pace is None else 1,
            attempts=3,
            patience=patience,
            allow_http=self.allow_http,
            transport=pool,
        )


async def in_thread(do: Callable[..., T], *arguments: Any) -> T:
    """Call a function in a thread, and wait for its end also when cancelled.

    Whoever comes next would else find a journal that somebody still writes.
    """
    under_way = asyncio.ensure_future(asyncio.to_thread(do, *arguments))
    try:
        return await asyncio.shield(under_way)
    except asyncio.CancelledError:
        await asyncio.wait([under_way])
        _ = under_way.cancelled() or under_way.exception()  # nobody is left to hear of it
        raise


def _host(row: dict[str, Any]) -> str:
    """Return the address of the server that a video's account is on; "" where the row names none."""
    account = row.get("account")
    host = account.get("host") if isinstance(account, dict) else None
    try:
        return canonical(host) if isinstance(host, str) else ""
    except errors.InvalidURL:
        return ""


def _lines(rows: list[Any], instance: str) -> bytes:
    """Write rows as lines of JSON, each with the instance that it is of.

    Raises:
        OddAnswer: one nests deeper than can be written.
    """
    named = {"instance": instance}  # first of all, and whatever the server calls so
    try:
        return b"".join(orjson.dumps(named | row | named, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
    except orjson.JSONEncodeError as exc:
        raise errors.OddAnswer(f"a video cannot be written as JSON: {exc}", status=200) from None


class Visit:
    """One visit of one instance; `log` None: nothing is kept. `knows` tells which others are on the list."""

    def __init__(
        self,
        origin: str,
        job: Job,
        reached: Reached,
        log: PageLog | None,
        knows: Callable[[str], bool] = lambda name: False,
    ) -> None:
        self._knows = knows
        self._origin = self._named = origin
        self._job = job
        self._reached = reached
        self._log = log
        self._pool = PolitePool(reached.pool, reached.pace)
        self._begun = Begun()
        self._limit = asyncio.timeout(None)
        self._began = self._last_page = 0.0
        self._videos = 0
        self._pages = 0
        self._first: int | None = None  # how many it counted when the visit began

    async def run(self, deliver: Deliver, *, replay: bool = False) -> Record:
        """Visit it, and deliver its pages; with `replay` first those that earlier visits kept.

        What goes wrong at the instance is its record.

        Raises:
            OSError: the journal cannot be written.
        """
        if self._log is not None:
            self._begun = await in_thread(self._log.begin)
            if replay:
                await self._replay(self._log, deliver)
            if self._begun.record is not None:
                return self._begun.record
        self._videos, self._pages = len(self._begun.given), self._begun.pages
        if self._begun.again and self._reached.pace is not None:
            self._reached.pace.rest(self._reached.settle)
        record = await self._bounded(deliver)
        if self._log is not None:
            await in_thread(self._log.finish, record)
        return record

    async def _replay(self, log: PageLog, deliver: Deliver) -> None:
        pages = log.pages()
        while (page := await asyncio.to_thread(next, pages, None)) is not None:
            await deliver(page)

    async def _bounded(self, deliver: Deliver) -> Record:
        """Visit it within its bounds; return its record."""
        self._began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self._job.bounds.seconds) as self._limit:
                return await self._at_each_name(deliver)
        except TimeoutError:
            if not self._limit.expired():
                raise
            return self._record("bounded", f"its visit took longer than {self._job.bounds.seconds:g} s")
        except errors.PeerTubeError as exc:
            moved_to = exc.location if isinstance(exc, Elsewhere) else getattr(exc, "called", "")
            return self._record(state_of(exc), str(exc), moved_to)

    async def _at_each_name(self, deliver: Deliver) -> Record:
        """Follow from http to https, which is the same instance."""
        for _ in range(_HOPS):
            try:
                return await self._patient(deliver)
            except Elsewhere as exc:
                if not exc.location or key_of(exc.location) != key_of(self._named):
                    raise
                self._origin = exc.location
        raise errors.OddAnswer("it redirects to itself, on and on", status=301)

    async def _patient(self, deliver: Deliver) -> Record:
        """Go on after failures, for an instance that has given a page lately."""
        while True:
            try:
                return await self._read(deliver)
            except errors.PeerTubeError as exc:
                if not self._is_worth_waiting(exc):
                    raise
            interval = 0.0 if self._reached.pace is None else self._reached.pace.interval
            await asyncio.sleep(max(_PAUSE, 1.5 * interval))

    def _is_worth_waiting(self, error: errors.PeerTubeError) -> bool:
        if isinstance(error, _NOT_AGAIN) or state_of(error) not in {"away", "odd"}:
            return False
        waited = asyncio.get_running_loop().time() - self._last_page
        return self._last_page > 0 and waited < self._job.bounds.patience

    async def _read(self, deliver: Deliver) -> Record:
        async with self._client() as pt:
            walk: Walk[Any] = pt.videos.list(**self._job.filters).walk(self._begun.position, self._begun.given)
            while (page := await self._next(walk)) is not None:
                await self._keep(page, deliver)
                if reason := self._bound_reached():
                    return self._record("bounded", reason)
        return self._at_the_end()

    def _at_the_end(self) -> Record:
        """Compare what came with what the instance counts; one that gave more than it ever counted may have more."""
        total, most = self._total or 0, self._begun.most
        came = total - self._videos  # on top of the list, where the visit had been
        if total <= self._videos <= most:
            return self._record("done")
        if self._videos == self._first and came <= _CAME:
            return self._record("done", f"{counted(came, 'video')} more came meanwhile")
        more = ": there may be more" if self._videos > most else ""
        told = counted(most if more else total, "video")
        return self._record("incomplete", f"it counts {told} and gave {self._videos:,}{more}")

    def _client(self) -> PeerTube:
        return self._reached.client(self._origin, self._pool, patience=self._job.bounds.patience)

    async def _next(self, walk: "Walk[Any]") -> Page | None:
        """Return the next page as text: rows take many times as much memory, and may wait for whoever takes them."""
        try:
            rows = await anext(walk)
        except StopAsyncIteration:
            self._stands_at(walk.position)
            return None
        self._check_name(rows)
        lines = _lines(rows, self._named)
        self._stands_at(walk.position)
        return Page(Instance(self._named), self._pages, walk.position, len(rows), lines)

    def _stands_at(self, position: Position) -> None:
        total = position.total or 0
        self._begun.position, self._begun.most = position, max(self._begun.most, total)
        self._first = total if self._first is None else self._first

    def _check_name(self, rows: list[Any]) -> None:
        """See by the first page whether this is another one of the list: servers name themselves in local videos.

        Raises:
            CalledOtherwise: it is.
        """
        if self._pages:
            return
        name = next((name for row in rows if row.get("isLocal") is True and (name := _host(row))), "")
        if name and key_of(name) not in {key_of(self._named), key_of(self._origin)} and self._knows(name):
            raise CalledOtherwise(self._named, name)

    async def _keep(self, page: Page, deliver: Deliver) -> None:
        self._pages += 1  # before: what is being written is written to its end
        self._videos += page.count
        if self._log is not None:
            await in_thread(self._log.add, page)
        await self._delivered(page, deliver)
        self._last_page = asyncio.get_running_loop().time()

    async def _delivered(self, page: Page, deliver: Deliver) -> None:
        """Deliver a page; how long whoever takes it takes is no fault of the instance."""
        clock, ends = asyncio.get_running_loop().time, self._limit.when()
        began = clock()
        self._limit.reschedule(None)
        await deliver(page)
        self._limit.reschedule(None if ends is None else ends + clock() - began)

    def _bound_reached(self) -> str:
        bounds = self._job.bounds
        if self._begun.position.reached >= (self._total or 0):
            return ""  # that was all
        if self._pages >= bounds.pages:
            return counted(self._pages, "page was read", "pages were read")
        return f"{self._pool.bytes:,} bytes came" if self._pool.bytes >= bounds.bytes else ""

    @property
    def _total(self) -> int | None:
        return self._begun.position.total

    def _record(self, state: State, reason: str = "", moved_to: str = "") -> Record:
        return Record(
            self._named,
            state,
            reason if len(reason) <= _REASON else f"{reason[:_REASON]}...",
            self._videos,
            self._total,
            self._pages,
            self._pool.requests,
            self._pool.bytes,
            round(asyncio.get_running_loop().time() - self._began, 3),
            moved_to,
        )

    def __repr__(self) -> str:
        return f"<Visit of {self._named}, {self._videos} videos>"
