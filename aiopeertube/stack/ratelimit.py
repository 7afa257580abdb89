"""The server's rate limit: all of its allowance, and not a request more.

A `Window` is the client's picture of one fixed window of the server; it does no I/O and asks no clock. `Limiter`
keeps one window per origin and route class with those who wait for it. `RateLimit` is the layer.

Times are seconds on the event loop's clock unless they are called `server` or `epoch`.
"""

import asyncio
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiolimiter import AsyncLimiter

from aiopeertube.errors import ConfigurationError, ServerUnreachable
from aiopeertube.events import Hooks, RateLimitWaiting
from aiopeertube.wire.messages import RateHeaders, Request, Response, rate_headers, retry_after

from . import Transport

_FOREVER: Final = math.inf

# Routes that PeerTube counts in a bucket of their own, beside the API's (server/core/controllers/api).
# What is answered there shows the figures of that bucket, not of the API's.
_OWN_BUCKETS: Final = {
    ("POST", "/api/v1/users/token"): "login",
    ("POST", "/api/v1/users/register"): "signup",
    ("POST", "/api/v1/users/registrations/request"): "signup",
    ("POST", "/api/v1/users/ask-send-verify-email"): "email",
    ("POST", "/api/v1/users/registrations/ask-send-verify-email"): "email",
    ("POST", "/api/v1/server/logs/client"): "logs",
}


_API: Final = ("api",)


def buckets_of(method: str, path: str) -> tuple[str, ...]:
    """Name the buckets that count this route; the first is the one its headers speak of."""
    if method == "POST" and (method, path) in _OWN_BUCKETS:
        return (_OWN_BUCKETS[method, path], "api")
    if path.startswith("/api/"):
        return _API if path != "/api/v1/ping" else ()
    return (path.split("/", 2)[1],)


@dataclass(frozen=True, slots=True)
class WindowState:
    """What is known of one window: `ends_in` is an upper bound in seconds, `length` the window's, if known."""

    bucket: str
    limit: int | None
    remaining: int | None
    in_flight: int
    waiting: int
    ends_in: float | None
    length: float | None


class Window:
    """One fixed window, as far as answers have shown it.

    The server opens it with the first request after the last one closed, so its end is not on any clock of ours.
    Every answer bounds it from above, and the lowest bound counts: waiting until then is never too early.
    """

    def __init__(self) -> None:
        self.limit: int | None = None
        self.remaining = 0
        self.in_flight = 0
        self.unlimited = False
        self._reset: int | None = None  # the server's name for the window, in effect
        self._ends = _FOREVER
        self._first_arrival = _FOREVER
        self._opened: tuple[float, float] | None = None  # between these moments, by the request that opened it
        # Server clock minus ours, and the window's length: each lies between two bounds that close in.
        self._offset = (-_FOREVER, _FOREVER)
        self._length = (0.0, _FOREVER)
        self._refused_until = 0.0

    # -- what may be sent ------------------------------------------------------------------------

    def budget(self, now: float) -> int:
        """Count the requests that may be sent now; negative never."""
        if now < self._refused_until:
            return 0
        if self.unlimited:
            return 1 << 30
        if self.limit is None:
            return 0 if self.in_flight else 1  # one asks, the rest learn from its answer
        remaining = self.limit if now >= self.ends() else self.remaining
        return max(0, remaining - self.in_flight)

    def refuses(self, now: float) -> bool:
        """Tell whether a 429 without figures still holds."""
        return now < self._refused_until

    def spent(self) -> bool:
        """Tell whether the window is known to be used up, with no answer due that could say otherwise."""
        return self.limit is not None and self.remaining <= 0 and not self.in_flight

    def ends(self) -> float:
        """Return the moment at which the window is surely over."""
        return min(self._ends, self._first_arrival + self.length())

    def opens(self, now: float) -> float:
        """Return the moment from which waiting makes sense no more; infinity when only an answer can tell."""
        if now < self._refused_until:
            return self._refused_until
        ends = self.ends()
        # Once it is over, or while something is left of it, what is in flight is what holds us up.
        return ends if self.limit is not None and self.remaining <= 0 and now < ends else _FOREVER

    def length(self) -> float:
        """Return the window's length in seconds, rather too long than too short; infinity when unknown.

        Administrators write whole seconds, so the bounds hold few candidates, mostly one.
        """
        low, high = self._length_bounds()
        whole = math.floor(high + 1e-6) if high < _FOREVER else 0
        return float(whole) if whole > low else high

    # -- what answers tell -----------------------------------------------------------------------

    def lost(self) -> None:
        """Count a request that was never sent."""
        self.in_flight -= 1

    def counted(self) -> None:
        """Count a request that the server counted here, but whose answer is lost or speaks of another bucket."""
        self.in_flight -= 1
        self.remaining = max(0, self.remaining - 1)

    def answered(self, sent: float, arrived: float, headers: RateHeaders | None) -> None:
        """Take in the answer to a request that was sent at `sent`."""
        if headers is None:
            self.silent()
            return
        self.in_flight -= 1
        self.observe(sent, arrived, headers)

    def silent(self) -> None:
        """Take in an answer without figures: a server that never gives any has no limit."""
        self.in_flight -= 1
        self.unlimited = self.limit is None

    def observe(self, sent: float, arrived: float, headers: RateHeaders) -> None:
        """Take in the figures of an answer."""
        self.unlimited = False
        self.limit = headers.limit
        self._learn_offset(sent, arrived, headers.date)
        if headers.reset is None:
            self._without_reset(arrived, headers)
            return
        if self._reset is None or headers.reset > self._reset:
            self._begin(headers.reset)
        elif headers.reset < self._reset:
            return  # a late answer from the window before
        # Answers overtake each other, and within one window `remaining` only falls.
        self.remaining = min(self.remaining, headers.remaining)
        self._first_arrival = min(self._first_arrival, arrived)
        if headers.remaining == headers.limit - 1:
            self._opened = (sent, arrived)
        self._learn_end(sent, arrived, headers)

    def refuse(self, now: float, seconds: float) -> None:
        """Note a 429 without figures (a proxy's): nothing for `seconds`."""
        self._refused_until = max(self._refused_until, now + seconds)

    def _begin(self, reset: int) -> None:
        self._length = self._length_bounds()
        self._reset = reset
        self.remaining = self.limit or 0
        self._ends = self._first_arrival = _FOREVER
        self._opened = None

    def _without_reset(self, arrived: float, headers: RateHeaders) -> None:
        # Not stock: without the window's name, believe the figures and wait for what Retry-After says.
        self.remaining = headers.remaining
        self._ends = arrived + (headers.retry_after or 1)

    def _learn_offset(self, sent: float, arrived: float, date: int | None) -> None:
        if date is None:
            return
        low, high = max(self._offset[0], date - arrived), min(self._offset[1], date + 1 - sent)
        # Bounds that cross mean that a clock was set: start again from this answer.
        self._offset = (low, high) if low <= high else (date - arrived, date + 1 - sent)

    def _learn_end(self, sent: float, arrived: float, headers: RateHeaders) -> None:
        assert headers.reset is not None  # noqa: S101 - the caller looked
        if self._offset[0] > -_FOREVER:
            self._ends = min(self._ends, headers.reset - self._offset[0])
        if headers.retry_after is None:
            return
        self._ends = min(self._ends, arrived + headers.retry_after)
        if self._opened is not None:
            # Retry-After is rounded up to whole seconds: the end lies in the second before it.
            start, begun = self._opened
            self._narrow(sent + headers.retry_after - 1 - begun, arrived + headers.retry_after - start)

    def _length_bounds(self) -> tuple[float, float]:
        """Combine what is known of the length with what this window shows: Reset is its end, rounded up."""
        if self._opened is None or self._reset is None or math.isinf(self._offset[0]):
            return self._length
        low = self._reset - 1 - (self._opened[1] + self._offset[1])
        high = self._reset - (self._opened[0] + self._offset[0])
        return _intersect(self._length, (low, high))

    def _narrow(self, low: float, high: float) -> None:
        self._length = _intersect(self._length, (low, high))


def _intersect(known: tuple[float, float], seen: tuple[float, float]) -> tuple[float, float]:
    low, high = max(known[0], seen[0]), min(known[1], seen[1])
    return (low, high) if low < high else seen  # the administrator changed it: what is seen now counts


class _Bucket:
    """A window, and those who wait for it in the order in which they came."""

    __slots__ = ("name", "probing", "timer", "waiters", "window")

    def __init__(self, name: str) -> None:
        self.name = name
        self.window = Window()
        self.waiters: deque[tuple[asyncio.Future[None], str]] = deque()
        self.timer: asyncio.TimerHandle | None = None
        self.probing = False


class Limiter:
    """All windows of one client, and who is exempt from them.

    `clock` is the event loop's. `cap` is the user's own limit (None: the server's alone).
    """

    def __init__(self, clock: Callable[[], float], hooks: Hooks, *, cap: AsyncLimiter | None = None) -> None:
        self._clock = clock
        self._hooks = hooks
        self._cap = cap
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._sets: dict[tuple[str, tuple[str, ...]], tuple[_Bucket, ...]] = {}
        # PeerTube lets administrators and moderators pass while its headers say the opposite: a 2xx that carries
        # Retry-After tells. True, False, or absent while we do not know; anonymous requests never are.
        self.exempt: dict[str, bool] = {}
        self.waits = 0
        self.waited = 0.0
        self.refused = 0

    def buckets(self, request: Request) -> tuple[_Bucket, ...]:
        """Return the buckets that count `request`; the first is the one its answer speaks of."""
        names = buckets_of(request.method, request.path)
        key = (request.origin, names)
        found = self._sets.get(key)
        if found is None:
            found = self._sets[key] = tuple(self._bucket(request.origin, name) for name in names)
        return found

    def acquire_at_once(self, request: Request, buckets: tuple[_Bucket, ...]) -> bool:
        """Take a place in the only bucket if nobody has to wait: the way of nearly all requests."""
        if self._cap is not None or len(buckets) != 1:
            return False
        identity = request.origin if request.authenticate else ""
        return self._first(buckets[0], identity) and self._take(buckets[0], identity)

    async def acquire(self, request: Request, buckets: tuple[_Bucket, ...]) -> None:
        """Wait until `request` may be sent, and take a place in each bucket."""
        if self._cap is not None:
            await self._cap.acquire()
        identity = request.origin if request.authenticate else ""
        for index, bucket in enumerate(buckets):
            if not (self._first(bucket, identity) and self._take(bucket, identity)):
                await self._queue(bucket, identity, buckets[:index])

    def _first(self, bucket: _Bucket, identity: str) -> bool:
        # Whoever came first goes first, but for those who need not wait at all.
        return not bucket.waiters or self.exempt.get(identity, False)

    def release(self, taken: tuple[_Bucket, ...], *, counted: bool = False) -> None:
        """Give back what was taken for a request that got no answer; `counted` when the server may have seen it."""
        for bucket in taken:
            if counted:
                bucket.window.counted()
            else:
                bucket.window.lost()
            self._wake(bucket)

    def answered(self, request: Request, taken: tuple[_Bucket, ...], response: Response) -> None:
        """Take in an answer's figures."""
        if not taken:
            return
        headers = rate_headers(response.headers)
        if headers is None and response.status != 429 and len(taken) == 1:
            taken[0].window.silent()
            self._wake(taken[0])
            return
        told, others = self._told(taken, response, headers)
        told.window.answered(response.sent, response.arrived, headers)
        for other in others:
            other.window.counted()
        self._learn_exemption(request, response, headers)
        if response.status == 429:
            self.refused += 1
            if headers is None:
                told.window.refuse(response.arrived, retry_after(response.headers) or 1)
        for bucket in taken:
            self._wake(bucket)

    def states(self) -> tuple[WindowState, ...]:
        """Return what is known of every window."""
        now = self._clock()
        return tuple(_state(bucket, now) for bucket in self._buckets.values())

    # -- inside ----------------------------------------------------------------------------------

    def _bucket(self, origin: str, name: str) -> _Bucket:
        bucket = self._buckets.get((origin, name))
        if bucket is None:
            bucket = self._buckets[origin, name] = _Bucket(name)
        return bucket

    async def _queue(self, bucket: _Bucket, identity: str, taken: tuple[_Bucket, ...]) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        bucket.waiters.append((future, identity))
        began = self._clock()
        self._arm(bucket)
        self._announce(bucket, began)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                taken = (*taken, bucket)  # it was let in, and does not want to any more
            self.release(taken)
            self._wake(bucket)
            raise
        finally:
            self.waited += self._clock() - began

    def _take(self, bucket: _Bucket, identity: str) -> bool:
        window, now = bucket.window, self._clock()
        if window.budget(now) <= 0 and not self._may_pass(bucket, identity, now):
            return False
        window.in_flight += 1
        return True

    def _may_pass(self, bucket: _Bucket, identity: str, now: float) -> bool:
        """Let exempt callers pass a spent window, and one request of those of whom we do not know yet."""
        if bucket.window.refuses(now):
            return False  # a proxy's 429 is for everybody
        exempt = self.exempt.get(identity)
        if exempt is None and identity and bucket.window.spent() and not bucket.probing:
            bucket.probing = True
            return True
        return bool(exempt)

    def _told(
        self, taken: tuple[_Bucket, ...], response: Response, headers: RateHeaders | None
    ) -> tuple[_Bucket, tuple[_Bucket, ...]]:
        """Split the buckets into the one that the headers speak of and the rest."""
        if len(taken) > 1 and headers is not None and response.status == 429:
            # The API's bucket is asked first; a refusal that shows its figures never reached the other.
            own, api = taken
            if headers.limit == api.window.limit:
                return api, (own,)
        return taken[0], taken[1:]

    def _learn_exemption(self, request: Request, response: Response, headers: RateHeaders | None) -> None:
        if headers is None or not request.authenticate:
            return
        identity = request.origin
        if response.status == 429:
            self.exempt[identity] = False
        elif headers.retry_after is not None and response.status < 400:
            self.exempt[identity] = True

    def _wake(self, bucket: _Bucket) -> None:
        if not (bucket.waiters or bucket.probing):
            return
        if not bucket.window.in_flight:
            bucket.probing = False
        while bucket.waiters:
            future, identity = bucket.waiters[0]
            if not future.done():
                if not self._take(bucket, identity):
                    break
                future.set_result(None)
            bucket.waiters.popleft()
        self._arm(bucket)

    def _arm(self, bucket: _Bucket) -> None:
        if bucket.timer is not None:
            bucket.timer.cancel()
            bucket.timer = None
        if not bucket.waiters:
            return
        opens = bucket.window.opens(self._clock())
        if opens < _FOREVER:
            bucket.timer = asyncio.get_running_loop().call_at(opens, self._wake, bucket)

    def _announce(self, bucket: _Bucket, now: float) -> None:
        self.waits += 1
        if self._hooks.wants(RateLimitWaiting):
            opens = bucket.window.opens(now)
            self._hooks.emit(RateLimitWaiting(bucket.name, opens - now if opens < _FOREVER else None))

    def __repr__(self) -> str:
        return f"<Limiter, {len(self._buckets)} windows, {self.waits} waits, {self.refused} refused>"


def _state(bucket: _Bucket, now: float) -> WindowState:
    window = bucket.window
    ends, length = window.ends() - now, window.length()
    return WindowState(
        bucket=bucket.name,
        limit=window.limit,
        remaining=None if window.limit is None else window.remaining,
        in_flight=window.in_flight,
        waiting=len(bucket.waiters),
        ends_in=max(0.0, ends) if ends < _FOREVER else None,
        length=length if length < _FOREVER else None,
    )


class RateLimit:
    """Lets a request pass when the server's window has room for it."""

    def __init__(self, following: Transport, limiter: Limiter) -> None:
        self._next = following
        self._limiter = limiter

    async def handle(self, request: Request) -> Response:
        """Wait for the window, then pass `request` on."""
        limiter = self._limiter
        taken = limiter.buckets(request)
        if not limiter.acquire_at_once(request, taken):
            await limiter.acquire(request, taken)
        before = request.attempts
        try:
            response = await self._next.handle(request)
        except BaseException as exc:
            # What went out and got no answer has most likely been counted by the server.
            counted = request.attempts > before and not isinstance(exc, ServerUnreachable)
            limiter.release(taken, counted=counted)
            raise
        limiter.answered(request, taken, response)
        return response

    def __repr__(self) -> str:
        return f"<RateLimit over {self._limiter!r}>"


_UNITS: Final = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def parse_rate(text: str) -> AsyncLimiter:
    """Make a limiter from "20/s", "300/min" or "50/10s" that never exceeds it in any span of that length.

    A bucket of capacity b lets b requests go at once *and* its leak besides, so the whole rate as capacity lets
    nearly twice the rate into one span. Evenly spaced, with the leak one request slower, it keeps the promise.

    Raises:
        ConfigurationError: `text` is not of that form.
    """
    count, slash, span = text.replace(" ", "").partition("/")
    digits = span.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = _UNITS.get(span[len(digits) :])
    try:
        number, seconds = int(count), float(digits or 1) * (unit or 0)
    except ValueError:
        number, seconds = 0, 0.0
    if not slash or number < 1 or not 0 < seconds < math.inf:
        raise ConfigurationError(f'rate: {text!r} is not a rate; write it like "20/s", "300/min" or "50/10s"')
    return AsyncLimiter(1, seconds / max(1, number - 1) if number > 1 else seconds)
