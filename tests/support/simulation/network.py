"""A network in memory between the client's stack and the server: latencies, faults and outages from the seed."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import urlencode

import orjson
from virtual_clock import START

from aiopeertube import errors
from aiopeertube.emulator.api.calls import Reply
from aiopeertube.wire.messages import FormBody, JsonBody, Multipart, RawBody, Request, Response

from .server import TOKEN_PATHS, Incoming, Refusal, Server
from .trace import Trace
from .world import DONE, Outage, World

_PROBE = "GET /api/v1/videos?start=0&count=0"
_SLOW = 8.0  # times the timeout at most, that a slow answer takes
_PAGE = b"<html><head><title>Oops</title></head><body><h1>A proxy speaks</h1></body></html>"
_PROBLEM = b'{"type":"about:blank","title":"Internal Server Error","detail":"Emulated failure","status":500}'


@dataclass(slots=True)
class Wear:
    """What a call had to suffer: faults of its own, and outages, which are nobody's."""

    faults: list[str] = field(default_factory=list)
    outages: int = 0
    sent: int = 0
    late: int = 0  # answers that nobody waited for any more
    delivered: list[int] = field(default_factory=list)
    after_success: int = 0  # times it was sent again though its success had been told

    @property
    def doubtful(self) -> bool:
        """Tell whether an attempt left open what the server did."""
        strange = any(kind not in {"refused", "429", "429-seconds"} for kind in self.faults)
        return strange or self.outages > 0 or self.late > 0


class Damage:
    """What calls had to suffer, by their keys, and how often each kind of fault hit one."""

    def __init__(self) -> None:
        self.wear: dict[str, Wear] = {}
        self.faults: Counter[str] = Counter()
        self.at_answers: dict[int, Callable[[], None]] = {}  # what is to happen when the answer of a number comes

    def wear_of(self, key: str) -> Wear:
        return self.wear.setdefault(key, Wear())


def outage_at(outages: tuple[Outage, ...], path: str, seconds: float) -> Outage | None:
    """Return what keeps the service of `path` away so many seconds after the start."""
    service = "token" if path in TOKEN_PATHS else "api"
    for outage in outages:
        if outage.begin <= seconds < outage.end and outage.service in {service, "both"}:
            return outage
    return None


class Network(Damage):
    """Carries requests to the server and answers back."""

    def __init__(self, world: World, server: Server, loop: asyncio.AbstractEventLoop, trace: Trace) -> None:
        super().__init__()
        self._settings = world.network
        self._hidden = world.server.hidden
        self._draw = random.Random(f"network {world.seed}")
        self._server = server
        self._loop = loop
        self._trace = trace
        self.timeout = world.timeout
        self.delivered: Counter[int] = Counter()  # answers that reached the client, by status; 0: errors
        self.sent = self.open = self._answers = 0

    def outage(self, path: str) -> Outage | None:
        """Return what keeps the service of `path` away now."""
        return outage_at(self._settings.outages, path, self._loop.time() - START)

    def answered(self) -> None:
        """Count an answer that came."""
        self._answers += 1
        if self._answers in self.at_answers:
            self.at_answers.pop(self._answers)()

    def one_way(self) -> float:
        """Draw the seconds that a message takes."""
        seconds = self._draw.uniform(self._settings.low, self._settings.high)
        return seconds * self._draw.uniform(1, 10) if self._draw.random() < self._settings.tail else seconds

    def fault(self) -> str:
        """Draw what happens to a request, "" for nothing."""
        settings = self._settings
        if not settings.kinds or self._draw.random() >= settings.share:
            return ""
        return self._draw.choice(settings.kinds)

    def slowness(self) -> float:
        return self._draw.uniform(0, _SLOW * self.timeout) if self._draw.random() < 0.3 else self._draw.uniform(0, 1)


class Pool:
    """One client's end of the network: a pool as the stack wants it. `number` tells clients apart."""

    def __init__(self, network: Network, server: Server, trace: Trace, number: int) -> None:
        self.number = number
        self.closed = False
        self.dead = False  # its process was killed: nothing comes back
        self.requests = 0
        self.by_status: Counter[int] = Counter()
        self.open: dict[int, Exchange] = {}
        self.network, self._server, self._trace = network, server, trace
        self.before_sending: Callable[[], None] = lambda: None

    async def handle(self, request: Request) -> Response:
        """Send `request` once."""
        if self.closed:
            raise errors.ClientClosed("the client is closed")
        self.before_sending()
        self.requests += 1
        exchange = Exchange(self.network, self._server, self._trace, request, self.number)
        self.open[self.requests] = exchange
        number, status = self.requests, 0
        try:
            exchange.begin()
            response = await exchange.future
            status = response.status
            return response
        finally:
            self.by_status[status] += 1
            del self.open[number]
            exchange.over(status)

    async def aclose(self) -> None:
        """Close; what is under way is lost."""
        self.closed = True
        for exchange in list(self.open.values()):
            exchange.lose("the pool was closed")

    def __repr__(self) -> str:
        return f"<Pool {self.number}, {self.requests} requests>"


class Exchange:
    """One request on its way there, at the server, and its answer on the way back."""

    __slots__ = (
        "_client",
        "_incoming",
        "_kind",
        "_loop",
        "_network",
        "_refusal",
        "_request",
        "_sent",
        "_server",
        "_timer",
        "_trace",
        "_wear",
        "future",
        "key",
    )  # fmt: skip

    def __init__(self, network: Network, server: Server, trace: Trace, request: Request, client: int) -> None:
        self._network, self._server, self._trace = network, server, trace
        self._loop = asyncio.get_running_loop()
        self._request = request
        self._client = client
        self._incoming = _incoming(request)
        self.key = key_of(request)
        self._wear = network.wear_of(self.key)
        self._kind = ""
        self._sent = self._loop.time()
        self._refusal: Refusal | None = None
        self.future: asyncio.Future[Response] = self._loop.create_future()

    # -- the way there ---------------------------------------------------------------------------

    def begin(self) -> None:
        """Send."""
        network, wear = self._network, self._wear
        network.sent += 1
        network.open += 1
        wear.sent += 1
        if any(status < 300 for status in wear.delivered):
            wear.after_success += 1
        self._timer = self._loop.call_later(self._request.timeout or network.timeout, self._too_late)
        outage = network.outage(self._request.path)
        self._kind = outage.how if outage else network.fault()
        self._worn(self._kind, by_outage=outage is not None)
        self._trace.note("sent", self._request.method, self._request.target, self.key, self._kind)
        if self._kind == "silence":
            return
        step = {"refused": self._refuse, "reset": self._reset}.get(self._kind, self._arrive)
        self._loop.call_later(network.one_way(), step)

    def _worn(self, kind: str, *, by_outage: bool) -> None:
        if by_outage:
            self._wear.outages += 1
        elif kind:
            self._wear.faults.append(kind)
        if kind:
            self._network.faults[kind] += 1

    def _arrive(self) -> None:
        """Be at the server: an outage that began on the way takes the connection down."""
        outage = self._network.outage(self._request.path)
        if outage is not None and self._kind != outage.how:
            self._worn(outage.how, by_outage=True)
            self._kind = outage.how
            if outage.how in {"refused", "reset"}:
                self._reset()
            if outage.how in {"refused", "reset", "silence"}:
                return
        if self._kind and self._kind not in DONE:
            self._back(self._in_place_of(self._kind))
            return
        self._server.answer(self._incoming, self.key, self._answered)

    # -- the way back ----------------------------------------------------------------------------

    def _answered(self, reply: Reply) -> None:
        kind = self._kind
        if reply.status == 429 and self.key != _PROBE:  # to a probe, a refusal is as good an answer as any
            window = reply.headers["X-RateLimit-Reset"]
            self._refusal = self._server.ledger.refuse(self._client, window, self._sent)
        if reply.status >= 500:  # writes that fail each other
            self._worn("conflict", by_outage=False)
        outage = self._network.outage(self._request.path)
        if outage is not None and outage.how in {"refused", "reset", "silence"}:
            kind = "silence-after" if outage.how == "silence" else "reset-after"
            self._worn(kind, by_outage=True)
        if kind == "silence-after":
            return
        if kind in {"reset-after", "cut-after"}:
            self._loop.call_later(self._network.one_way(), self._reset)
            return
        response = self._in_place_of(kind.removesuffix("-after")) if kind.endswith("-after") else _response(reply)
        self._back(response, self._network.slowness() if kind == "slow" else 0.0)

    def _back(self, response: Response, seconds: float = 0.0) -> None:
        self._hide(response)
        self._loop.call_later(seconds + self._network.one_way(), self._deliver, response)

    def _deliver(self, response: Response) -> None:
        if not self.future.done():
            self._wear.delivered.append(response.status if response.body is not _PAGE else 599)
            self.future.set_result(response)
            self._network.answered()

    def _in_place_of(self, kind: str) -> Response:
        """Make the answer that comes in place of the server's."""
        what, _, extra = kind.partition("-")
        if what == "garbage":
            return Response(200, self._headers("text/html"), _PAGE)
        status = int(what)
        if status == 500:
            return Response(500, self._headers("application/problem+json"), _PROBLEM)
        response = Response(status, self._headers("text/html"), _PAGE)
        if extra == "seconds":
            return _with(response, {"retry-after": "3"})
        if extra == "date":
            return _with(response, {"retry-after": formatdate(self._server.now() + 3, usegmt=True)})
        return response

    def _headers(self, content_type: str) -> dict[str, str]:
        return {"content-type": content_type, "date": formatdate(self._server.now(), usegmt=True)}

    def _hide(self, response: Response) -> None:
        hidden = self._network._hidden
        if hidden:
            response.headers = {
                name: value
                for name, value in response.headers.items()
                if name != "date" and not (hidden == "all" and (name == "retry-after" or "ratelimit" in name))
            }

    # -- no answer -------------------------------------------------------------------------------

    def _fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)

    def _refuse(self) -> None:
        self._fail(errors.ServerUnreachable("cannot connect to the server: refused"))

    def _reset(self) -> None:
        self._fail(errors.ConnectionLost("connection to the server lost: reset"))

    def _too_late(self) -> None:
        self._wear.late += 1
        if not self._kind:  # nothing was done to it: the server itself was slow
            self._worn("late", by_outage=False)
        self._fail(errors.RequestTimeout("no answer from the server in time"))

    def lose(self, why: str) -> None:
        """End because our own side does."""
        self._fail(errors.ClientClosed(why))

    def over(self, status: int) -> None:
        """Note that the caller is done with it; the server may not be."""
        self._timer.cancel()
        if self._refusal is not None and status == 429:
            self._refusal.told = self._loop.time()
        self._network.open -= 1
        self._network.delivered[status] += 1
        self._trace.note("told", self._request.method, self._request.target, self.key, status)


def key_of(request: Request) -> str:
    """Name the call that a request is of: by the unique value that it writes, else by its path."""
    body = request.body
    if isinstance(body, JsonBody) and request.method == "PUT":
        named: Mapping[str, Any] = orjson.loads(body.data)
        return str(named.get("name") or request.path)
    if isinstance(body, Multipart):
        return str(dict(body.fields).get("targetUrl") or request.path)
    return f"{request.method} {request.target}"


def _incoming(request: Request) -> Incoming:
    headers = dict(request.headers)
    if request.token is not None:
        headers["Authorization"] = "Bearer " + request.token
    body, content_type = _encoded(request)
    if content_type:
        headers["Content-Type"] = content_type
    return Incoming(request.method, request.target, headers, body)


def _encoded(request: Request) -> tuple[bytes, str]:
    body = request.body
    if isinstance(body, JsonBody):
        return body.data, "application/json"
    if isinstance(body, FormBody):
        return urlencode(body.fields).encode(), "application/x-www-form-urlencoded"
    if isinstance(body, RawBody):
        return body.data, body.content_type
    if isinstance(body, Multipart):  # the core takes fields as JSON as well, which spares us the boundaries
        return orjson.dumps(dict(body.fields)), "application/json"
    return b"", ""


def _response(reply: Reply) -> Response:
    headers = {name.lower(): value for name, value in reply.headers.items()}
    return Response(reply.status, headers, reply.content)


def _with(response: Response, headers: dict[str, str]) -> Response:
    response.headers = dict(response.headers) | headers
    return response
