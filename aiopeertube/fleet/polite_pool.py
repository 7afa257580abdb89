"""The end of the stack at one instance: one request at a time, well apart, and none that leads elsewhere."""

import asyncio
from typing import Final
from urllib.parse import urljoin, urlsplit

from aiopeertube import errors
from aiopeertube.stack import Transport
from aiopeertube.wire.messages import Request, Response

from .addresses import canonical
from .records import Elsewhere

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_CHANCES: Final = 1  # for one that answers 500, or whose proxy does


class Pace:
    """How often one instance is asked: never twice within `interval` seconds, counted from the end of an answer."""

    def __init__(self, interval: float) -> None:
        self.interval = interval
        self._turn = asyncio.Lock()
        self._free_at = 0.0

    async def __aenter__(self) -> None:
        await self._turn.acquire()
        try:
            wait = self._free_at - asyncio.get_running_loop().time()
            if wait > 0:
                await asyncio.sleep(wait)
        except BaseException:
            self._turn.release()
            raise

    async def __aexit__(self, *error: object) -> None:
        self._free_at = asyncio.get_running_loop().time() + self.interval
        self._turn.release()

    def rest(self, more: float) -> None:
        """Count from now, and so many seconds more: somebody else may just have asked."""
        self._free_at = asyncio.get_running_loop().time() + self.interval + more


class PolitePool:
    """One instance's part of a pool that many share.

    Everything that is sent passes here, also probes and redirects. What fails before the instance has once answered
    as a PeerTube does is final: nobody is known to be there. `requests` and `bytes` count what was sent and came.
    """

    def __init__(self, pool: Transport, pace: Pace | None) -> None:
        self._pool = pool
        self._pace = pace
        self._answered = False
        self._failures = 0
        self.requests = self.bytes = 0

    async def handle(self, request: Request) -> Response:
        """Send `request` when it is its turn."""
        if self._pace is None:
            return await self._sent(request)
        async with self._pace:
            return await self._sent(request)

    async def _sent(self, request: Request) -> Response:
        self.requests += 1
        try:
            response = await self._pool.handle(request)
        except errors.PeerTubeError as exc:
            if self._answered:
                raise
            error = _final(exc)
        else:
            self.bytes += len(response.body)
            _stay(request, response)
            odd = None if self._answered else self._odd(response)
            if odd is None:
                self._answered = self._answered or response.status < 300
                return response
            error = odd
        raise error

    def _odd(self, response: Response) -> errors.PeerTubeError | None:
        """Return what is final in an answer before the first good one: a page, or a proxy's that nobody is there."""
        if response.status < 300 and "html" in response.kind:
            return errors.OddAnswer("a page of HTML comes in place of a list of videos", status=response.status)
        self._failures += response.status >= 500
        return errors.ServerAway(f"the server answers {response.status}") if self._failures > _CHANCES else None

    async def aclose(self) -> None:
        """Do nothing: the others go on."""

    def __repr__(self) -> str:
        return f"<PolitePool, {self.requests} requests>"


def _final(error: errors.PeerTubeError) -> errors.PeerTubeError:
    """Return an error that no layer above meets by asking again."""
    if isinstance(error, errors.NotHttp):
        return errors.OddAnswer(str(error), status=error.status)
    if isinstance(error, errors.CertificateNotTrusted) or not isinstance(error, errors.TransportError):
        return error
    return errors.ServerAway(str(error))


def _stay(request: Request, response: Response) -> None:
    """Refuse a redirect to another origin: that is another instance, or this one's other name.

    Raises:
        Elsewhere: that is so.
    """
    if response.status not in _REDIRECTS or "location" not in response.headers:
        return
    location, there, same = response.headers["location"], "", False
    try:
        parts = urlsplit(urljoin(request.origin + request.target, location))
        same = parts.path == request.path
        there = canonical(f"{parts.scheme}://{parts.netloc}")
    except (ValueError, errors.InvalidURL):
        pass
    if there == request.origin:
        return
    text = f"{request.origin} redirects to {there or 'what is no address of an instance'}"
    raise Elsewhere(text, status=response.status, location=there if same else "")
