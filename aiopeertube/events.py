"""What happens inside, for those who want to watch: frozen details, and nothing to pay when nobody listens."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

E = TypeVar("E")
log = logging.getLogger("aiopeertube.events")


@dataclass(frozen=True, slots=True)
class AttemptFinished:
    """The pool gave an answer, or an error (then `status` is 0). `seconds` is from sending to its end."""

    method: str
    path: str
    attempt: int
    status: int
    seconds: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class Retrying:
    """An attempt is to be repeated after `wait` seconds (0 for a 429: the limiter waits for the window)."""

    method: str
    path: str
    attempt: int
    reason: str
    wait: float


@dataclass(frozen=True, slots=True)
class RateLimitWaiting:
    """Requests wait for the server's window: for `seconds`, and where it refused them it `asked` for so many."""

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
    """The number of requests in flight was changed from `before` to `now`, because of `reason`."""

    kind: str
    before: int
    now: int
    reason: str


@dataclass(frozen=True, slots=True)
class TokenRenewed:
    """The bearer token was replaced, by `how`: "login", "refresh", or "saved" (another process did it)."""

    how: str


class Hooks:
    """Listeners by kind of event."""

    __slots__ = ("_listeners",)

    def __init__(self) -> None:
        self._listeners: dict[type, list[Callable[[Any], None]]] = {}

    def on(self, event: type[E], listener: Callable[[E], None]) -> Callable[[], None]:
        """Call `listener` with each `event`, at once and in the event loop; return what takes it off again."""
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
        """Tell whether anybody listens, so that no detail is made for nobody."""
        return event in self._listeners

    def emit(self, event: object) -> None:
        """Hand `event` to its listeners; one that raises is logged, and harms no request."""
        for listener in tuple(self._listeners.get(type(event), ())):
            try:
                listener(event)
            except Exception:
                log.exception("a listener of %s failed", type(event).__name__)

    def __repr__(self) -> str:
        return f"<Hooks, {sum(map(len, self._listeners.values()))} listeners>"
