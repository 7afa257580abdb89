"""What to do when an attempt fails: a list of small decisions, asked in order; the first that knows decides.

========================  ==========================================================================
`out_of_attempts`         the attempts are used up (429s have a count of their own): give up
`too_many_requests`       429: again, as soon as the limiter lets it through
`nothing_was_sent`        no connection was made: again with backoff, whatever the method
`only_when_repeatable`    POST, or a write that must not run twice: give up
`answer_was_lost`         connection lost, timeout, an answer that makes no sense: again with backoff
`server_failed`           500, 502, 503, 504 and the like: again with backoff
========================  ==========================================================================

All else (400, 401, 403, 404, 409, 413, 422 ...) is the item's own fault and final. A 401 about the token is
`auth`'s matter: it renews the token once and repeats at once. Of the chunks of an upload, aiohttp itself repeats one
at once when a kept connection turns out to be closed.

A 404 to a DELETE whose earlier answer was lost means that the earlier one worked.

Backoff is exponential with full jitter. A budget shared by all requests keeps retries from becoming a storm: when
they are many more than successes they come one after the other, at `RetryBudget.PER_SECOND`.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Final

from aiopeertube import errors
from aiopeertube.events import Hooks, Retrying
from aiopeertube.wire.messages import Request, Response, error_of, is_resume_incomplete, strange

from . import Transport

log = logging.getLogger("aiopeertube.stack.retry")

GIVE_UP: Final = -1.0
_BASE: Final = 0.25
_LONGEST: Final = 15.0
_REFUSALS: Final = 30  # 429s in a row for one request, before it is given up


class Failure:
    """An attempt that failed: its error, and what came before it."""

    __slots__ = ("attempts", "error", "limit", "refusals", "request")

    def __init__(
        self, request: Request, error: errors.PeerTubeError, attempts: int, refusals: int, limit: int
    ) -> None:
        self.request = request
        self.error = error
        self.attempts = attempts  # those that count: without 429s
        self.refusals = refusals
        self.limit = limit


Decision = Callable[[Failure], float | None]  # seconds to wait, GIVE_UP, or None for "not mine"


def out_of_attempts(failure: Failure) -> float | None:
    """Give up when the attempts are used up."""
    spent = failure.error.repeated or failure.attempts >= failure.limit or failure.refusals > _REFUSALS
    return GIVE_UP if spent else None


def too_many_requests(failure: Failure) -> float | None:
    """Repeat a refused request: the limiter knows when."""
    return 0.0 if isinstance(failure.error, errors.RateLimited) else None


def nothing_was_sent(failure: Failure) -> float | None:
    """Repeat what never reached the server."""
    return _backoff(failure) if isinstance(failure.error, errors.ServerUnreachable) else None


def only_when_repeatable(failure: Failure) -> float | None:
    """Do not repeat what may have been done and must not be done twice."""
    return None if failure.request.idempotent else GIVE_UP


def answer_was_lost(failure: Failure) -> float | None:
    """Repeat when nobody knows what became of it."""
    if isinstance(failure.error, errors.RedirectRefused):
        return GIVE_UP
    lost = isinstance(failure.error, (errors.TransportError, errors.UnexpectedResponse))
    return _backoff(failure) if lost else None


def server_failed(failure: Failure) -> float | None:
    """Repeat when the server failed, which PeerTube does under parallel writes: nothing is written then."""
    return _backoff(failure) if isinstance(failure.error, errors.ServerError) else None


DECISIONS: Final[tuple[Decision, ...]] = (
    out_of_attempts,
    too_many_requests,
    nothing_was_sent,
    only_when_repeatable,
    answer_was_lost,
    server_failed,
)


def decide(failure: Failure) -> float:
    """Ask the decisions in order; return seconds to wait or GIVE_UP."""
    for decision in DECISIONS:
        wait = decision(failure)
        if wait is not None:
            return wait
    return GIVE_UP


def _backoff(failure: Failure) -> float:
    longest = min(_LONGEST, _BASE * 2.0 ** (failure.attempts - 1))
    return random.uniform(0, longest)  # noqa: S311 - jitter, not a secret


def _may_have_acted(error: errors.PeerTubeError) -> bool:
    lost = (errors.ConnectionLost, errors.RequestTimeout, errors.UnexpectedResponse, errors.ServerError)
    return isinstance(error, lost)


def _not_followed(request: Request, response: Response) -> errors.PeerTubeError:
    location = response.headers.get("location")
    if location is None:
        return strange(response, "an answer")
    return errors.RedirectRefused(
        f"{request.method} {request.path} was redirected ({response.status}) to {location}; "
        "is that the instance's address?",
        status=response.status,
        location=location,
    )


class RetryBudget:
    """Retries that may be under way: each costs one, each success gives a part back, and time gives a little."""

    BURST: Final = 100.0
    PER_SUCCESS: Final = 0.5
    PER_SECOND: Final = 5.0

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tokens = self.BURST
        self._at = clock()

    def success(self) -> None:
        """Count a success."""
        if self._tokens < self.BURST:
            self._tokens = min(self.BURST, self._tokens + self.PER_SUCCESS)

    def spend(self) -> float:
        """Take one retry; return how many seconds it has to wait for its turn."""
        now = self._clock()
        self._tokens = min(self.BURST, self._tokens + (now - self._at) * self.PER_SECOND) - 1
        self._at = now
        return max(0.0, -self._tokens / self.PER_SECOND)


class Retry:
    """Repeats what is safe to repeat; gives an answer that was decoded, or raises the last error.

    `attempts` is how often one request is sent at most, not counting refusals by the rate limit.
    """

    def __init__(self, following: Transport, *, attempts: int, clock: Callable[[], float], hooks: Hooks) -> None:
        self._next = following
        self._attempts = attempts
        self._hooks = hooks
        self._budget = RetryBudget(clock)
        self.retries = 0

    async def handle(self, request: Request) -> Response:
        """Send `request` until an attempt succeeds or no decision wants another."""
        attempts = refusals = 0
        while True:
            attempts += 1
            try:
                response = await self._next.handle(request)
                error = self._judge(request, response)
            except (errors.TransportError, errors.UnexpectedResponse) as exc:
                error = exc
            if error is None:
                self._budget.success()
                return response
            if isinstance(error, errors.RateLimited):
                attempts, refusals = attempts - 1, refusals + 1
            request.lost = request.lost or _may_have_acted(error)
            wait = decide(Failure(request, error, attempts, refusals, self._attempts))
            if wait < 0:
                raise error
            await self._pause(request, error, wait)

    def _judge(self, request: Request, response: Response) -> errors.PeerTubeError | None:
        if response.status < 300 or is_resume_incomplete(response):
            response.value = request.decode(response)
            return None
        if response.status < 400:
            return _not_followed(request, response)
        if response.status == 404 and request.lost and request.method == "DELETE":
            return None
        return error_of(request, response)

    async def _pause(self, request: Request, error: errors.PeerTubeError, wait: float) -> None:
        self.retries += 1
        if not isinstance(error, errors.RateLimited):
            wait += self._budget.spend()
        log.debug("%s %s again in %.2f s: %s", request.method, request.path, wait, error)
        if self._hooks.wants(Retrying):
            self._hooks.emit(Retrying(request.method, request.path, request.attempts, str(error), wait))
        if wait > 0:
            await asyncio.sleep(wait)

    def __repr__(self) -> str:
        return f"<Retry, {self.retries} retries>"
