"""Carry out what is planned, through the bulk engine and over the journal."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.bulk import BulkRun, Halt, Outcome
from aiopeertube.errors import ApiError, AuthenticationError, PeerTubeError, ServerUnreachable
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request

from .item import Item
from .journal import Journal, JournalError
from .kinds import Kind

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

# Few: all of them are in doubt after a kill, and each costs a request then.
_MARKED_AT_ONCE: Final = 16

Listener = Callable[[Item], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: after failures (see `Halt`), or when `seconds` are over."""

    halt: str | int | Halt | None = None
    seconds: float | None = None


def none_to_tell(item: Item) -> None:
    """Be the listener that nobody needs."""


async def settle_open(pt: "PeerTube", journal: Journal, kind: Kind, tell: Listener = none_to_tell) -> None:
    """Find out what became of the items that an earlier run left in flight: few, as few are marked at once."""

    async def ask(item: Item) -> None:
        await kind.ask(pt, item)
        journal.note(item)
        if item.state != "planned":
            tell(item)

    async with asyncio.TaskGroup() as group:
        async for item in journal.items("sending"):
            group.create_task(ask(item))
    await journal.flush()


class _Guard:
    """Stands between the engine and the client, so that a kind of job can look before it sends."""

    def __init__(self, pt: "PeerTube", kind: Kind) -> None:
        self._pt = pt
        self._kind = kind

    def prepare(self, call: Call[Any]) -> Request:
        return self._pt.prepare(call)

    async def send(self, request: Request) -> Any:
        return await self._kind.send(self._pt, request.tag, request)


class Apply:
    """One run over a journal. `stopped_by` says why it ended before its end, "" when it did not."""

    def __init__(
        self,
        pt: "PeerTube",
        journal: Journal,
        kind: Kind,
        *,
        limits: Limits | None = None,
        on_settled: Listener = none_to_tell,
        on_open: Callable[[], None] | None = None,
    ) -> None:
        self._pt = pt
        self._journal = journal
        self._kind = kind
        self._limits = limits or Limits()
        self._tell = on_settled
        self._on_open = on_open
        self._fatal: PeerTubeError | None = None
        self.bulk: BulkRun[Any] | None = None

    async def run(self) -> None:
        """Find out what became of what an earlier run left in flight, then carry out the rest.

        Raises:
            BulkHalted, KeyboardInterrupt, AuthenticationError, ServerUnreachable, JournalError: the run ended before
            its end; what was done is in the journal, and another run goes on from there.
        """
        await settle_open(self._pt, self._journal, self._kind, self._tell)
        async with self._pt.bulk(
            self._calls(),
            sender=_Guard(self._pt, self._kind),
            halt=self._limits.halt,
        ) as run:
            self.bulk = run
            if self._on_open is not None:
                self._on_open()
            alarm = self._alarm(run)
            try:
                async for outcome in run:
                    self._settle(run, outcome)
            finally:
                if alarm is not None:
                    alarm.cancel()
                await self._journal.flush()
        if self._fatal is not None:
            raise self._fatal

    def _alarm(self, run: BulkRun[Any]) -> asyncio.TimerHandle | None:
        seconds = self._limits.seconds
        return None if seconds is None else asyncio.get_running_loop().call_later(seconds, run.stop, "time is up")

    async def _calls(self) -> AsyncIterator[Call[Any]]:
        last = 0
        while items := await self._journal.take(_MARKED_AT_ONCE, last):
            last = items[-1].id
            for item in items:
                yield self._kind.call(self._pt, item).tagged(item)

    def _settle(self, run: BulkRun[Any], outcome: Outcome[Any]) -> None:
        item: Item = outcome.call.tag
        item.attempts += outcome.attempts
        if outcome.state == "not started":
            item.settle("planned")
        elif outcome.error is None:
            if item.state == "sending":
                self._kind.done(item, outcome.result)
        elif isinstance(outcome.error, AuthenticationError | ServerUnreachable | JournalError):
            # All others would meet it as well; whether the item was sent is a question for the next run.
            self._fatal = outcome.error
            run.stop("hopeless")
            if not outcome.attempts:
                item.settle("planned")
        else:
            item.settle("failed", reason(outcome.error), again=is_worth_repeating(outcome.error))
        self._journal.note(item)
        if item.state not in {"planned", "sending"}:
            self._tell(item)


def is_worth_repeating(error: Exception) -> bool:
    """Tell whether another run may get past an error: those that are not about the item itself."""
    if isinstance(error, ApiError):
        return error.status in {408, 425, 429} or error.status >= 500
    return isinstance(error, PeerTubeError) and not isinstance(error, ValueError)


def reason(error: Exception) -> str:
    """Say in one line why an item failed."""
    text = str(error) if isinstance(error, PeerTubeError) else f"{type(error).__name__}: {error}"
    return " ".join(text.split())
