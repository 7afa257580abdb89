"""One request and its answer on one connection: aiohttp's pool of connections and its parser, without its session.

A session builds, merges and checks for each request anew what is the same for all of ours, and sends a body by a task
of its own. That is half of what a PUT costs (benchmarks/NOTES.md), so requests whose body is in memory go this way.
It repeats nothing by itself: every attempt passes the layers above.
"""

import asyncio
import re
from typing import Any, Final
from urllib.parse import quote

import aiohttp
import yarl

from aiopeertube import errors
from aiopeertube._proxies import Proxies, Proxy
from aiopeertube.wire.messages import JsonBody, Request, Response

from .bodies import MOST, read_bounded
from .proxied import NOT_LET_PASS, credentials, is_forwarded, refused

_PLAIN: Final = re.compile(r"[!-~]*")  # what may stand in a request line
_KEEP: Final = "".join(map(chr, range(0x21, 0x7F)))
_NOT_IN_A_HEADER: Final = re.compile(r"[\0\r\n]")
_WITHOUT_LENGTH: Final = frozenset({"GET", "HEAD"})
_HINTS: Final = 8  # answers of the 100s before the real one


class _Origin:
    """A server: how the pool knows it, and the headers that every request to it has."""

    def __init__(self, origin: str, session: aiohttp.ClientSession, proxy: Proxy | None) -> None:
        told = dict(credentials(proxy))
        if told:
            # aiohttp adds it at the first connection, and would then look for the next under another key.
            told["Host"] = yarl.URL(origin).raw_authority
        # The pool finds a connection, or makes one, by a request; this one is never sent.
        self.key = aiohttp.ClientRequest(
            "GET",
            yarl.URL(origin),
            headers=session.headers,
            session=session,
            loop=asyncio.get_running_loop(),
            proxy=yarl.URL(proxy.origin) if proxy else None,
            proxy_headers=told or None,
        )
        self._common = "".join(f"{name}: {value}\r\n" for name, value in self.key.headers.items())
        self.proxy = proxy
        self.prefix = origin if is_forwarded(origin, proxy) else ""
        if self.prefix:
            self._common += "".join(_line(name, value) for name, value in credentials(proxy).items())
        self._token: str | None = None
        self._signed = ""

    def headers(self, token: str | None) -> str:
        """Return the lines of the headers, signed where there is a token."""
        if token is None:
            return self._common
        if token != self._token:
            self._token, self._signed = token, self._common + _line("Authorization", "Bearer " + token)
        return self._signed


class Exchange:
    """Sends requests over the connections of `session`, by `proxies`; `connect_timeout` is in seconds.

    `most` is how many bytes an answer may have, `origins` of how many servers it remembers what their requests share.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        proxies: Proxies,
        *,
        connect_timeout: float,
        most: int = MOST,
        origins: int = 32,
    ) -> None:
        assert session.connector is not None  # noqa: S101 - it is open
        self._connector = session.connector
        self._session = session
        self._proxies = proxies
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect_timeout)
        self._most = most
        self._remembered = origins
        self._origins: dict[str, _Origin] = {}

    async def handle(self, request: Request, body: JsonBody | None) -> Response:
        """Send `request` once and read the whole answer.

        Raises:
            aiohttp.ClientError, HttpProcessingError, OSError: as connection and parser raise them.
            InvalidField: a header cannot be sent.
        """
        origin = self._origins.get(request.origin) or self._add(request.origin)
        data = _encoded(request, origin, body)
        request.unsent = True
        connection = await self._connect(origin)
        request.unsent = False
        try:
            message, content = await _asked(connection, data, request, self._most)
        except BaseException:
            connection.close()
            raise
        connection.release()
        if message.code == NOT_LET_PASS and origin.proxy is not None:
            raise refused(origin.proxy, message.code)
        return Response(message.code, message.headers, content)

    def leave(self, origin: str) -> None:
        """Close the idle connections to a server that nobody asks any more; each is an open file."""
        if (left := self._origins.pop(origin, None)) is not None:
            # There is no public way: aiohttp closes idle connections when they are old, or all of them.
            for protocol, _ in self._connector._conns.pop(left.key.connection_key, ()):  # noqa: SLF001
                protocol.close()

    def _add(self, origin: str) -> _Origin:
        if len(self._origins) > self._remembered:  # redirects may lead anywhere
            self._origins.clear()
        added = self._origins[origin] = _Origin(origin, self._session, self._proxies.of(origin))
        return added

    async def _connect(self, origin: _Origin) -> Any:
        try:
            return await self._connector.connect(origin.key, [], self._timeout)
        except TimeoutError:
            raise aiohttp.ConnectionTimeoutError(f"timeout at {origin.key.url}") from None


async def _asked(connection: Any, data: bytes, request: Request, most: int) -> tuple[Any, bytes]:
    protocol = connection.protocol
    if protocol.transport is None:
        raise aiohttp.ServerDisconnectedError
    protocol.set_response_params(skip_payload=request.method == "HEAD", read_until_eof=True)
    protocol.transport.write(data)
    message, payload = await protocol.read()
    for _ in range(_HINTS):
        if not 100 <= message.code < 200 or message.code == 101:
            break
        message, payload = await protocol.read()  # a hint, before the answer
    if message.code < 200:
        raise errors.OddAnswer(
            f"{request.origin} answered {request.method} {request.path} with {message.code}, which nobody asked for",
            status=message.code,
        )
    return message, b"" if message.code == 204 else await read_bounded(payload, request, most)


def _encoded(request: Request, origin: _Origin, body: JsonBody | None) -> bytes:
    """Return the request as it goes over the wire."""
    target = origin.prefix + request.target
    if not _PLAIN.fullmatch(target):
        target = quote(target, safe=_KEEP)
    lines = origin.headers(request.token)
    if request.headers:
        lines = _without(lines, request.headers) + "".join(_line(name, value) for name, value in request.headers)
    head = f"{request.method} {target} HTTP/1.1\r\n{lines}"
    if body is not None:
        return (
            f"{head}Content-Type: application/json\r\nContent-Length: {len(body.data)}\r\n\r\n".encode() + body.data
        )
    return (head + ("\r\n" if request.method in _WITHOUT_LENGTH else "Content-Length: 0\r\n\r\n")).encode()


def _without(lines: str, headers: tuple[tuple[str, str], ...]) -> str:
    """Leave out of common lines what a request says in its own words: said twice, each server believes another."""
    names = {name.lower() for name, _ in headers}
    return "".join(
        f"{line}\r\n" for line in lines.split("\r\n") if line and line.partition(":")[0].lower() not in names
    )


def _line(name: str, value: str) -> str:
    if _NOT_IN_A_HEADER.search(name + value):
        raise errors.InvalidField(name, "cannot be sent: there is a line break in it")
    return f"{name}: {value}\r\n"
