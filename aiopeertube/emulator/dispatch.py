"""Handles a request, from its arrival to its answer."""

import asyncio
import hashlib
import os
import socket
import struct
from base64 import b64encode
from dataclasses import replace
from urllib.parse import unquote

import orjson
from aiohttp import web

from .api.calls import HTML, PROBLEM_JSON, TEXT, Backend, Call, Reply, Route
from .faults import Fault, Faults
from .ratelimit import FixedWindows
from .router import API, LIMITED, Router
from .routes import FILE_ROUTES, ROUTES
from .streams import send_stream
from .wire.bodies import parse_early
from .wire.clocks import HttpDate
from .wire.problem_json import Problem, phrase

KEEP_ALIVE_SECONDS = 5
_REFUSAL = Reply(429, b"Too many requests, please try again later.", HTML)
_BEFORE = frozenset({"429", "5xx", "reset", "garbage"})
_CUTTING = frozenset({"reset", "reset-after"})
_LOGIN = "/users/token"
# What goes out beyond a body that breaks off, so that its length is never reached.
_MISSING = 64


class App:
    """Answers requests. `limit` and `login_limit` are the windows of the rate limits; None: there is none."""

    def __init__(self, backend: Backend, faults: Faults) -> None:
        options = backend.options
        self._backend = backend
        self._faults = faults
        self._router = Router(ROUTES)
        self._files = Router(FILE_ROUTES)
        self._date = HttpDate()
        self.limit = FixedWindows(*options.rate_limit) if options.rate_limit else None
        self.login_limit = FixedWindows(*options.login_limit) if options.login_limit else None
        self._object_limit = FixedWindows(*options.object_limit) if options.object_limit else None
        self._feed_limit = FixedWindows(*options.feed_limit) if options.feed_limit else None

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request."""
        words, found = self._arrived(request)
        try:
            return await self._handle_faulty(request, words, found)
        finally:
            self._backend.tally.in_flight -= 1

    async def answer(self, request: web.BaseRequest) -> Reply:
        """Answer a request as the server does when nothing is wrong with it: no faults, no latency, no sockets.

        For simulations, which have a network of their own; `request` need only look like aiohttp's.
        """
        words, found = self._arrived(request)
        tally = self._backend.tally
        try:
            reply = await self._reply(request, words, found)
        finally:
            tally.in_flight -= 1
        tally.by_status[reply.status] += 1
        reply.headers = self._headers(request, reply)
        return reply

    def _arrived(self, request: web.BaseRequest) -> tuple[list[str], tuple[Route, dict[str, str]] | None]:
        """Count a request that comes in, and find its route."""
        path = request.raw_path.partition("?")[0]
        router, below = (self._router, path[len(API) :]) if path.startswith(API) else (self._files, path[1:])
        words = [unquote(word) for word in below.rstrip("/").split("/")]
        found = router.find(request.method, words)
        self._backend.tally.arrive(found[0].label if found else f"{request.method} (unknown)")
        return words, found

    async def _handle_faulty(
        self, request: web.BaseRequest, words: list[str], found: tuple[Route, dict[str, str]] | None
    ) -> web.StreamResponse:
        half_latency = self._backend.options.latency / 2
        if half_latency:
            await asyncio.sleep(half_latency)
        fault = None
        if len(self._faults):
            fault = self._faults.pick(request.method, "/" + "/".join(words), found[0].template if found else "")
        if fault is not None and fault.kind in _BEFORE:
            reply = _reply_of_fault(fault, modern=self._backend.options.is_modern)
        else:
            reply = await self._reply(request, words, found)
            if fault is not None and fault.kind == "5xx-after":
                reply = _reply_of_fault(fault, modern=self._backend.options.is_modern)
            elif fault is not None and fault.kind == "stall":
                await asyncio.sleep(fault.seconds)
        if half_latency:
            await asyncio.sleep(half_latency)
        if reply.stream is not None and (fault is None or fault.kind not in _CUTTING):
            self._backend.tally.by_status[reply.status] += 1
            headers = self._headers(request, reply)
            return await send_stream(
                request, reply, headers, truncated=fault is not None and fault.kind == "truncated"
            )
        return self._send(request, reply, fault)

    async def _reply(
        self, request: web.BaseRequest, words: list[str], found: tuple[Route, dict[str, str]] | None
    ) -> Reply:
        """Answer as the real server would, without a fault."""
        if found is None and not request.raw_path.startswith(API):
            return Reply(404, b"", HTML)
        modern = self._backend.options.is_modern
        now = self._backend.options.clock()
        try:
            body = await parse_early(request, modern=modern)
            call = Call(self._backend, request, found[1] if found else {}, now, body)
        except Problem as problem:
            # Broken JSON is answered before the rate limit is looked at.
            return _reply_of_problem(problem, None, modern=modern)
        headers: dict[str, str] = {}
        try:
            if not self._within_limits(call, words, found, headers):
                self._backend.tally.refused += 1
                return replace(_REFUSAL, headers=headers)
            if found is None:
                return Reply(400, headers=headers)
            call.operation = found[0].operation
            reply = await found[0].handler(call)
        except Problem as problem:
            reply = _reply_of_problem(problem, call.operation, modern=modern)
        if headers:
            reply.headers = {**headers, **reply.headers}
        return reply

    def _limits(
        self, call: Call, words: list[str], found: tuple[Route, dict[str, str]] | None
    ) -> list[FixedWindows | None]:
        """Return the limits that count a request."""
        if not call.target.startswith(API):
            if words[0] == "feeds":
                return [self._feed_limit]
            return [self._object_limit] if words[:2] == ["videos", "watch"] else []
        if found is not None and found[0].template == _LOGIN:
            return [self.limit, self.login_limit]
        is_limited = words[0] in LIMITED or (found is not None and found[0].is_limited)
        return [self.limit] if is_limited else []

    def _within_limits(
        self,
        call: Call,
        words: list[str],
        found: tuple[Route, dict[str, str]] | None,
        headers: dict[str, str],
    ) -> bool:
        """Count the request and note the headers; tell whether it is within the limits."""
        for limit in self._limits(call, words, found):
            if limit is None:
                continue
            standing = limit.hit(_client(call.request), call.now)
            headers.update(standing.headers)
            if not standing.allowed and not _passes(call):
                return False
        return True

    def _send(self, request: web.BaseRequest, reply: Reply, fault: Fault | None) -> web.StreamResponse:
        """Send an answer, or what a fault leaves of it."""
        response = web.Response(
            status=reply.status, body=reply.content or None, headers=self._headers(request, reply)
        )
        if reply.status != 204 and not reply.content:
            response.headers["Content-Length"] = "0"
        kind = fault.kind if fault else None
        if kind in _CUTTING:
            _cut(request)
            return response
        self._backend.tally.by_status[reply.status] += 1
        if kind == "truncated":
            _send_half(request, response, reply.content)
        return response

    def _headers(self, request: web.BaseRequest, reply: Reply) -> dict[str, str]:
        headers = {**reply.headers, "Date": self._date.text(self._backend.options.clock())}
        if reply.content_type is not None:
            headers["Content-Type"] = reply.content_type
        if reply.content and reply.has_etag:
            headers["ETag"] = _etag(reply.content)
        if request.keep_alive:
            headers["Connection"] = "keep-alive"
            headers["Keep-Alive"] = f"timeout={KEEP_ALIVE_SECONDS}"
        return headers


def _client(request: web.BaseRequest) -> str:
    """Return the client address that the rate limit counts; a local proxy may forward another."""
    forwarded = request.headers.get("X-Forwarded-For")
    return forwarded.rpartition(",")[2].strip() if forwarded else request.remote or ""


def _passes(call: Call) -> bool:
    """Tell whether the caller is exempt from the limit, as staff and runners are.

    Raises:
        Problem: the token is not valid, which is only noticed where a used-up window would refuse.
    """
    runner = call.body.fields.get("runnerToken") if call.body is not None else None
    if runner:
        return call.store.runners.of_token(runner) is not None
    user = call.user_or_none()
    return user is not None and user.is_staff


def _reply_of_problem(problem: Problem, operation: str | None, *, modern: bool) -> Reply:
    if problem.plain:
        return Reply(problem.status, phrase(problem.status).encode(), TEXT, dict(problem.headers))
    content = orjson.dumps(problem.body(operation, modern=modern))
    return Reply(problem.status, content, PROBLEM_JSON, dict(problem.headers))


def _reply_of_fault(fault: Fault, *, modern: bool) -> Reply:
    """Return the answer of a fault: PeerTube's own 500, or a proxy's page."""
    status = fault.status_sent
    if status == 500:
        problem = Problem("Emulated failure", 500, code="Error")
        return _reply_of_problem(problem, None, modern=modern)
    page = f"<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center></body></html>\r\n"
    retry = {"Retry-After": str(round(fault.seconds))} if fault.kind == "429" and fault.seconds else {}
    return Reply(status, page.encode(), HTML, retry, has_etag=False)


def _etag(content: bytes) -> str:
    """Return the weak tag that the server gives to a body: its length and the start of its SHA-1."""
    digest = b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()
    return f'W/"{len(content):x}-{digest[:27]}"'


def _cut(request: web.BaseRequest) -> None:
    """Abort the connection so that the client sees a reset."""
    transport = request.transport
    if transport is None:
        return
    opened = transport.get_extra_info("socket")
    if opened is not None:
        # A linger of no time at all makes the system send RST rather than FIN.
        form = "hh" if os.name == "nt" else "ii"
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(form, 1, 0))
    transport.abort()


def _send_half(request: web.BaseRequest, response: web.Response, content: bytes) -> None:
    """Send a truncated answer: half of the body, or of the headers if there is no body."""
    transport = request.transport
    if transport is None:
        return
    response.headers["Content-Length"] = str(len(content) + _MISSING)
    head = f"HTTP/1.1 {response.status} {response.reason}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in response.headers.items())
    raw = head.encode() + b"\r\n" + content[: len(content) // 2] if content else head.encode()[: len(head) // 2]
    transport.write(raw)
    transport.close()
