"""Carry out what is planned, through the bulk engine and over the journal."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.bulk import BulkRun, Halt, Outcome
from aiopeertube.errors import ApiError, BulkHalted, PeerTubeError, ends_run
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.journal.journal_errors import JournalError
from aiopeertube.migrate.kinds import Kind
from aiopeertube.migrate.watching import UNWATCHED, Watcher
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

from .compare import is_about_one_video

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

# Few: what is marked is in doubt after a kill, and each costs a request then. The next are marked while so many are
# left that were never sent: enough that nobody waits for the disk.
_MARKED_AT_ONCE: Final = 4


async def settle_open(
    pt: "PeerTube",
    journal: Journal,
    kind: Kind,
    watcher: Watcher = UNWATCHED,
    not_done: Callable[[Item], None] | None = None,
) -> None:
    """Find out what became of the items that a run left in flight: few, as few are marked at once.

    What was not done is planned again, or what `not_done` makes of it. Those whose videos cannot be read stay in
    flight, and the watcher is told.
    """

    async def ask(item: Item) -> None:
        try:
            await kind.ask(pt, journal, item)
        except PeerTubeError as exc:
            if not is_about_one_video(exc):
                raise
            item.reason = f"nobody knows whether it was done: {reason(exc)}"
            watcher.say(f"{item.name or item.uuid or item.ref}: {item.reason}")
        if item.state == "planned" and not_done is not None:
            not_done(item)
        journal.note(item)
        if item.state not in {"planned", "sending"}:
            watcher.settled(item)

    try:
        async with asyncio.TaskGroup() as group:
            async for item in journal.items("sending"):
                group.create_task(ask(item))
    except ExceptionGroup as exc:
        raise exc.exceptions[0] from None  # one is enough: they ask the same server
    finally:
        await journal.flush()


class _Guard:
    """Stands between the engine and the client, so that a kind of job can look before it sends."""

    def __init__(self, pt: "PeerTube", journal: Journal, kind: Kind, marked: "_Marked") -> None:
        self._pt = pt
        self._journal = journal
        self._kind = kind
        self._marked = marked

    def prepare(self, call: Call[Any]) -> Request:
        request = self._pt.prepare(call)
        self._marked.has(call.tag, request)
        return request

    async def send(self, request: Request) -> Any:
        return await self._kind.send(self._pt, self._journal, request.tag, request)


class _Marked:
    """What is marked as about to be sent and not settled yet."""

    def __init__(self) -> None:
        self._requests: dict[int, Request | None] = {}  # by the item's id; None: it has none yet
        self._settled = asyncio.Event()

    def add(self, item: Item) -> None:
        self._requests[item.id] = None

    def has(self, item: Item, request: Request) -> None:
        self._requests[item.id] = request

    def remove(self, item: Item) -> None:
        self._requests.pop(item.id, None)
        self._settled.set()

    async def nearly_all_sent(self) -> None:
        """Wait until few are left that were never sent; those that wait for another try are in nobody's way."""
        while sum(request is None or not request.attempts for request in self._requests.values()) > _MARKED_AT_ONCE:
            self._settled.clear()
            await self._settled.wait()


class Apply:
    """One run over a journal, or over the `first` items that are planned, `only` of those whose refs begin so.

    `stopped_by` says why it ended before its end, "" when it did not.

    `error` is what all items would have met, where that ended it.
    """

    def __init__(
        self,
        pt: "PeerTube",
        journal: Journal,
        kind: Kind,
        *,
        halt: str | int | Halt | None = None,
        max_duration: float | None = None,
        first: int | None = None,
        only: str = "",
        watcher: Watcher = UNWATCHED,
    ) -> None:
        self._pt = pt
        self._journal = journal
        self._kind = kind
        self._halt = halt
        self._max_duration = max_duration
        self._first = first
        self._only = only
        self._watcher = watcher
        self._marked = _Marked()
        self._guard = _Guard(pt, journal, kind, self._marked)
        self._doubts: dict[int, str] = {}  # why items are in doubt, by their ids
        self._bulk: BulkRun[Any] | None = None
        self.stopped_by = ""
        self.error: PeerTubeError | None = None
        # One line for each state of an outcome: how its item is settled.
        self._settle_by: dict[str, Callable[[Item, Outcome[Any]], None]] = {
            "ok": self._settle_done,
            "failed": self._settle_failed,
            "in doubt": self._settle_in_doubt,
            "not started": self._settle_not_started,
        }

    def stop(self, reason: str = "stop") -> None:
        """Start nothing more; what is in flight finishes. What was not started goes on with another run."""
        self.stopped_by = self.stopped_by or reason or "stop"
        if self._bulk is not None:
            self._bulk.stop("stopped")

    async def run(self) -> None:
        """Find out what became of what an earlier run left in flight, then carry out the rest.

        What was done is in the journal however it ends, and another run goes on from there.

        Raises:
            JournalError: the journal cannot be written any more; JournalFull among them.
        """
        await settle_open(self._pt, self._journal, self._kind, self._watcher)
        calls = self._calls()
        async with self._pt.bulk(calls, sender=self._guard, halt=self._halt, handle_sigint=False) as run:
            self._bulk = run
            self._watcher.opened(self)
            alarm = self._alarm()
            try:
                async for outcome in run:
                    self._settle(outcome)
            except PeerTubeError as exc:
                self._end(exc)
            finally:
                if alarm is not None:
                    alarm.cancel()
                await self._journal.flush()
        if isinstance(self.error, JournalError):
            raise self.error
        if not self.stopped_by and self._doubts:
            await self._settle_doubts()

    def _end(self, error: PeerTubeError) -> None:
        """Note why the run ended before its end."""
        self.stopped_by = self.stopped_by or str(error)
        if ends_run(error):
            self.error = error
        elif not isinstance(error, BulkHalted):
            raise error

    async def _settle_doubts(self) -> None:
        """Look at the items of which nobody knows whether they were done, now that the server answers again."""
        try:
            await settle_open(self._pt, self._journal, self._kind, self._watcher, self._not_done)
        except PeerTubeError as exc:
            self._end(exc)

    def _not_done(self, item: Item) -> None:
        item.settle("failed", self._doubts.get(item.id, "it was not done"), again=True)

    def _alarm(self) -> asyncio.TimerHandle | None:
        if self._max_duration is None:
            return None
        return asyncio.get_running_loop().call_later(self._max_duration, self.stop, "the time is up")

    async def _calls(self) -> AsyncIterator[Call[Any]]:
        last, left = 0, math.inf if self._first is None else self._first
        while left and (items := await self._journal.take(int(min(_MARKED_AT_ONCE, left)), last, self._only)):
            last, left = items[-1].id, left - len(items)
            for item in items:
                self._marked.add(item)
                yield self._kind.call(self._pt, item).tagged(item)
            await self._marked.nearly_all_sent()

    def _settle(self, outcome: Outcome[Any]) -> None:
        item: Item = outcome.call.tag
        self._marked.remove(item)
        item.attempts += outcome.attempts
        self._settle_by[outcome.state](item, outcome)
        self._journal.note(item)
        if item.state not in {"planned", "sending"}:
            self._watcher.settled(item)

    def _settle_done(self, item: Item, outcome: Outcome[Any]) -> None:
        if item.state == "sending":  # else the kind of job has settled it, and sent nothing
            self._kind.done(item, outcome.result)

    def _settle_not_started(self, item: Item, outcome: Outcome[Any]) -> None:
        item.settle("planned")

    def _settle_in_doubt(self, item: Item, outcome: Outcome[Any]) -> None:
        # It stays marked, and a look at the video tells: at the end of this run, or at the beginning of the next.
        self._doubts[item.id] = reason(outcome.error) if outcome.error is not None else "nobody answered"

    def _settle_failed(self, item: Item, outcome: Outcome[Any]) -> None:
        if outcome.error is not None:
            item.settle("failed", reason(outcome.error), again=is_worth_repeating(outcome.error))


def is_worth_repeating(error: Exception) -> bool:
    """Tell whether another run may get past an error: those that are not about the item itself."""
    if isinstance(error, ApiError):
        return error.status in {408, 425, 429} or error.status >= 500
    return isinstance(error, PeerTubeError) and not isinstance(error, ValueError)


def reason(error: Exception) -> str:
    """Say in one line why an item failed."""
    text = str(error) if isinstance(error, PeerTubeError) else f"{type(error).__name__}: {error}"
    return " ".join(text.split())
