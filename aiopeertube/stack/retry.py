"""What to do when an attempt fails: a list of small decisions, asked in order; the first that knows decides.

========================  ==========================================================================
`ends_the_run`            patience is over, nobody is let in, no certificate to trust: give up
`too_many_requests`       429: again, as soon as the admission lets it through
`out_of_attempts`         the attempts are used up (outages and 429s take none): give up
`nothing_was_sent`        no connection was made: again with backoff, whatever the method
`only_when_repeatable`    POST, or a write that must not run twice: give up
`answer_was_lost`         connection lost, timeout, an answer that makes no sense: again with backoff
`server_failed`           500, 502, 503, 504 and the like: again with backoff
`was_not_taken`           408, 421, 425, which proxies send: again with backoff
========================  ==========================================================================

All else (400, 401, 403, 404, 409, 413, 422 ...) is the item's own fault and final. A 401 about the token is
`auth`'s matter: it renews the token once and repeats at once. No layer below repeats anything by itself.

A 404 to a DELETE whose earlier answer was lost means that the earlier one worked.

Backoff is exponential with full jitter. An outage is nobody's attempt: what failed while the server was away, as the
admission found out by asking, does not count, and the wait for its return is the admission's. Whether the last
attempt counts is decided when that is known.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Any, Final

from aiopeertube import errors
from aiopeertube._counting import counted
from aiopeertube.events import Hooks, Retrying
from aiopeertube.wire.answers import error_of, header_of, is_resume_incomplete, is_untaken, strange
from aiopeertube.wire.messages import READS, Request, Response
from aiopeertube.wire.turn import TURN, acted, waited

from . import Transport

log = logging.getLogger("aiopeertube.retry")

GIVE_UP: Final = -1.0
_BASE: Final = 0.25
_LONGEST: Final = 15.0

Forgives = Callable[[float], bool]  # whether a failure at that moment was an outage, and nobody's attempt
Unsettled = Callable[[float], bool]  # whether that is yet to be seen
_LOOK: Final = 0.05  # seconds from one look at it to the next ...
_LOOKS: Final = 200  # ... and how many at most: a probe ends long before


class Failure:
    """An attempt that failed: its error, how many attempts count so far, and how many may."""

    __slots__ = ("attempts", "error", "limit", "request")

    def __init__(self, request: Request, error: errors.PeerTubeError, attempts: int, limit: int) -> None:
        self.request = request
        self.error = error
        self.attempts = attempts
        self.limit = limit


Decision = Callable[[Failure], float | None]  # seconds to wait, GIVE_UP, or None for "not mine"


def ends_the_run(failure: Failure) -> float | None:
    """Give up where all others would meet the same."""
    return GIVE_UP if errors.ends_run(failure.error) else None


def too_many_requests(failure: Failure) -> float | None:
    """Repeat a refused request: the admission knows when."""
    return 0.0 if isinstance(failure.error, errors.RateLimited) else None


def out_of_attempts(failure: Failure) -> float | None:
    """Give up when the attempts are used up."""
    return GIVE_UP if failure.attempts >= failure.limit else None


def nothing_was_sent(failure: Failure) -> float | None:
    """Repeat what never reached the server."""
    return _backoff(failure) if isinstance(failure.error, errors.ServerUnreachable) else None


def only_when_repeatable(failure: Failure) -> float | None:
    """Do not repeat what may have been done and must not be done twice."""
    return None if failure.request.idempotent else GIVE_UP


def answer_was_lost(failure: Failure) -> float | None:
    """Repeat when nobody knows what became of it."""
    if isinstance(failure.error, errors.RedirectRefused | errors.OddAnswer):
        return GIVE_UP
    lost = isinstance(failure.error, (errors.TransportError, errors.UnexpectedResponse))
    return _backoff(failure) if lost else None


def server_failed(failure: Failure) -> float | None:
    """Repeat when the server failed, which PeerTube does under parallel writes: nothing is written then."""
    return _backoff(failure) if isinstance(failure.error, errors.ServerError) else None


def was_not_taken(failure: Failure) -> float | None:
    """Repeat what came too slowly, too early or on a wrong connection, by the server's own word."""
    return _backoff(failure) if is_untaken(failure.error) else None


DECISIONS: Final[tuple[Decision, ...]] = (
    ends_the_run,
    too_many_requests,
    out_of_attempts,
    nothing_was_sent,
    only_when_repeatable,
    answer_was_lost,
    server_failed,
    was_not_taken,
)


def decide(failure: Failure) -> float:
    """Ask the decisions in order; return seconds to wait or GIVE_UP."""
    for decision in DECISIONS:
        wait = decision(failure)
        if wait is not None:
            return wait
    return GIVE_UP


def _backoff(failure: Failure) -> float:
    longest = min(_LONGEST, _BASE * 2.0 ** max(0, failure.attempts - 1))
    return random.uniform(0, longest)  # noqa: S311 - jitter, not a secret


def _may_have_acted(error: errors.PeerTubeError) -> bool:
    """Tell whether the server may have done it, though no answer says so: a 500 may come after the deed."""
    lost = (errors.ConnectionLost, errors.RequestTimeout, errors.UnexpectedResponse, errors.ServerError)
    return error.in_doubt or (isinstance(error, lost) and not isinstance(error, errors.RedirectRefused))


def _is_definite(error: errors.PeerTubeError) -> bool:
    """Tell whether the server said what became of the request."""
    if isinstance(error, errors.RateLimited) or is_untaken(error):
        return False  # of this attempt alone
    return isinstance(error, errors.ApiError) and error.status < 500


def _not_followed(request: Request, response: Response) -> errors.PeerTubeError:
    location = header_of(response, "location")
    if not location:
        return strange(response, "an answer")
    return errors.RedirectRefused(
        f"{request.method} {request.path} was redirected ({response.status}) to {location}; "
        "is that the instance's address?",
        status=response.status,
        location=location,
    )


class Retry:
    """Repeats what is safe to repeat; gives an answer that was decoded, or raises the last error.

    `attempts` is how often one request is sent at most; refusals by the rate limit and what an outage cost, as
    `forgives` tells, do not count. The last attempt is not used up while it is `unsettled` whether it was one.
    """

    def __init__(
        self,
        following: Transport,
        *,
        attempts: int,
        clock: Callable[[], float],
        hooks: Hooks,
        forgives: Forgives,
        unsettled: Unsettled = lambda moment: False,
    ) -> None:
        self._next = following
        self._attempts = attempts
        self._clock = clock
        self._hooks = hooks
        self._forgives = forgives
        self._unsettled = unsettled
        self._pauses: set[asyncio.Future[None]] = set()
        self._closed: errors.PeerTubeError | None = None
        self.retries = 0

    async def handle(self, request: Request) -> Response:
        """Send `request` until an attempt succeeds or no decision wants another."""
        failed: list[float] = []  # when attempts failed that may count
        while True:
            if self._closed is not None:
                raise self._ended(request)
            try:
                response = await self._next.handle(request)
                error = self._judge(request, response)
            except errors.PeerTubeError as exc:
                error = exc
            if error is None:
                if request.method not in READS:
                    acted()
                return response
            self._take_in(request, error, failed)
            try:
                wait, turn = await self._next_wait(request, error, failed), TURN.get()
            except errors.ClientClosed:
                raise self._ended(request) from None
            if wait < 0 or (turn is not None and turn.stopping):
                raise error
            try:
                await self._pause(request, error, wait)
            except errors.ClientClosed:
                raise self._ended(request) from None

    def _ended(self, request: Request) -> errors.PeerTubeError:
        assert self._closed is not None  # noqa: S101 - the caller looked
        error = errors.again(self._closed)
        error.in_doubt = request.lost
        return error

    def _take_in(self, request: Request, error: errors.PeerTubeError, failed: list[float]) -> None:
        now = self._clock()
        request.since = request.since or now
        if not isinstance(error, errors.RateLimited):
            failed.append(now)
        if isinstance(error, errors.ServerAway) and error.__cause__ is None:
            error.__cause__ = request.failure
        if request.failure is None or not isinstance(error, errors.RateLimited):
            request.failure = error
        if _may_have_acted(error):
            request.leave()
        if request.lost:
            acted()
        error.in_doubt = error.in_doubt or (request.lost and not _is_definite(error))

    async def _next_wait(self, request: Request, error: errors.PeerTubeError, failed: list[float]) -> float:
        wait = self._decided(request, error, failed)
        if wait >= 0 or decide(Failure(request, error, 0, self._attempts)) < 0:
            return wait
        # The attempts are used up, if they count.
        for _ in range(_LOOKS):
            if not self._unsettled(failed[-1]):
                break
            await self._sleep(_LOOK)
        return self._decided(request, error, failed)

    def _decided(self, request: Request, error: errors.PeerTubeError, failed: list[float]) -> float:
        counted = sum(not self._forgives(moment) for moment in failed)
        return decide(Failure(request, error, counted, self._attempts))

    def _judge(self, request: Request, response: Response) -> errors.PeerTubeError | None:
        if response.status < 300 or is_resume_incomplete(response):
            response.value = _decoded(request, response)
            return None
        if response.status < 400:
            return _not_followed(request, response)
        if response.status == 404 and request.method == "DELETE" and request.lost:
            return None
        return error_of(request, response)

    async def _pause(self, request: Request, error: errors.PeerTubeError, wait: float) -> None:
        self.retries += 1
        log.debug("%s %s again in %.2f s: %s", request.method, request.path, wait, error)
        if self._hooks.wants(Retrying):
            self._hooks.emit(Retrying(request.method, request.path, request.attempts, str(error), wait))
        if wait > 0:
            await self._sleep(wait)

    async def _sleep(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        pause: asyncio.Future[None] = loop.create_future()
        timer = loop.call_later(seconds, _finish, pause)
        self._pauses.add(pause)
        try:
            await waited(pause)
        finally:
            timer.cancel()
            self._pauses.discard(pause)

    def close(self, error: errors.PeerTubeError) -> None:
        """Send nothing more: all calls that are under way end with `error`."""
        self._closed = error
        for pause in tuple(self._pauses):
            if not pause.done():
                pause.set_exception(errors.again(error))

    def __repr__(self) -> str:
        return f"<Retry, {counted(self.retries, 'retry', 'retries')}>"


def _decoded(request: Request, response: Response) -> Any:
    """Decode an answer; JSON of an unexpected shape is the item's failure, whatever the decoder raises."""
    try:
        return request.decode(response)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as exc:
        if isinstance(exc, errors.PeerTubeError):
            raise
        reason = f"{type(exc).__name__}: {exc}"
    raise strange(response, f"an answer of another shape was due ({reason})")


def _finish(pause: "asyncio.Future[None]") -> None:
    if not pause.done():
        pause.set_result(None)
