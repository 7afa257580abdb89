"""Events of the client: frozen dataclasses, built only when a listener is registered (see `PeerTube.on`)."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from aiopeertube._counting import counted

__all__ = [
    "AttemptFinished",
    "ConcurrencyChanged",
    "HealthChanged",
    "RateLimitWaiting",
    "Retrying",
    "TokenRenewed",
]

E = TypeVar("E")
log = logging.getLogger("aiopeertube.events")


@dataclass(frozen=True, slots=True)
class AttemptFinished:
    """An attempt got its answer, or an error (then `status` is 0). `seconds` is the time from sending to the end."""

    method: str
    path: str
    attempt: int
    status: int
    seconds: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class Retrying:
    """An attempt will be repeated after `wait` seconds (0 for a 429: the limiter waits for the window)."""

    method: str
    path: str
    attempt: int
    reason: str
    wait: float


@dataclass(frozen=True, slots=True)
class RateLimitWaiting:
    """Requests wait `seconds` for the server's window; where it refused them, it `asked` for so many seconds."""

    bucket: str
    seconds: float
    asked: float | None = None


@dataclass(frozen=True, slots=True)
class HealthChanged:
    """The server, or its token endpoint, was found "away", "opening" or "up" again; "suspected" is asked about.

    `service` is "api" or "token". `next_try_in` and `gives_up_in` are seconds, None while it is up.
    """

    origin: str
    service: str
    state: str
    reason: str
    next_try_in: float | None
    gives_up_in: float | None


@dataclass(frozen=True, slots=True)
class ConcurrencyChanged:
    """The limit of requests in flight changed from `before` to `now`; `kind` is "read" or "write"."""

    kind: str
    before: int
    now: int
    reason: str


@dataclass(frozen=True, slots=True)
class TokenRenewed:
    """The bearer token was replaced, by `how`: "login", "refresh", or "saved" (another process did it)."""

    how: str


class Hooks:
    """Listeners by type of event."""

    __slots__ = ("_listeners",)

    def __init__(self) -> None:
        self._listeners: dict[type, list[Callable[[Any], None]]] = {}

    def on(self, event: type[E], listener: Callable[[E], None]) -> Callable[[], None]:
        """Call `listener` with each `event`, at once and in the event loop; return a function that removes it."""
        listeners = self._listeners.setdefault(event, [])
        listeners.append(listener)

        registered = [listener]

        def off() -> None:
            if registered:
                listeners.remove(registered.pop())
            if not listeners:
                self._listeners.pop(event, None)

        return off

    def wants(self, event: type) -> bool:
        """Tell whether a listener is registered, so that no event is built without one."""
        return event in self._listeners

    def emit(self, event: object) -> None:
        """Call the listeners of `event`; one that raises is logged and harms no request."""
        for listener in tuple(self._listeners.get(type(event), ())):
            try:
                listener(event)
            except (Exception, asyncio.CancelledError):  # that of a task whose result it asked for: it awaits nothing
                log.exception("a listener of %s failed", type(event).__name__)

    def __repr__(self) -> str:
        return f"<Hooks, {counted(sum(map(len, self._listeners.values())), 'listener')}>"
