"""The pool: aiohttp's connections, and the only file on the client's side that knows aiohttp."""

import asyncio
import ssl
from contextlib import ExitStack
from typing import Any, Final

import aiohttp
import yarl

from aiopeertube import errors
from aiopeertube._version import __version__
from aiopeertube.sansio import Body, FormBody, JsonBody, Multipart, Request, Response

# PeerTube closes idle connections after 5 s; a request on a closed one dies.
_KEEP_ALIVE: Final = 4.0
_USER_AGENT: Final = f"aiopeertube/{__version__}"
_JSON: Final = "application/json"


class AiohttpPool:
    """Keep-alive connections to the server.

    `timeout` is how many seconds an answer may keep silent, `connect_timeout` how long a connection may take.
    How many requests run at once is not decided here, so the pool itself has no limit.
    """

    def __init__(
        self,
        *,
        timeout: float = 60.0,
        connect_timeout: float = 10.0,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._connect_timeout = connect_timeout
        self._timeout = self._client_timeout(timeout)
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE, ssl=ssl_context or True)
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),  # a live cookie costs a quarter of a request
            headers={"User-Agent": _USER_AGENT, "Accept": _JSON},
            timeout=self._timeout,
        )

    def _client_timeout(self, seconds: float) -> aiohttp.ClientTimeout:
        # No `total`: its timer costs 8 % of a request, and silence is what has to be noticed.
        return aiohttp.ClientTimeout(total=None, sock_connect=self._connect_timeout, sock_read=seconds)

    async def handle(self, request: Request) -> Response:
        """Send `request` once and read the whole answer."""
        failure: errors.PeerTubeError
        try:
            with ExitStack() as files:
                return await self._exchange(request, files)
        except aiohttp.ClientError as exc:
            failure = _translate(exc, request)
        except OSError as exc:
            failure = errors.ConnectionLost(f"connection to {request.origin} lost: {_reason(exc)}")
        # Raised out here so that aiohttp's error, which knows our headers, is not chained to ours.
        raise failure

    async def _exchange(self, request: Request, files: ExitStack) -> Response:
        headers = dict(request.headers)
        if request.token is not None:
            headers["Authorization"] = "Bearer " + request.token
        data = _payload(request.body, headers, files)
        timeout = self._timeout if request.timeout is None else self._client_timeout(request.timeout)
        async with self._session.request(
            request.method,
            yarl.URL(request.origin + request.target, encoded=True),
            data=data,
            headers=headers,
            allow_redirects=False,
            timeout=timeout,
        ) as answer:
            body = await answer.read()
            return Response(answer.status, answer.headers, body)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._session.close()
        if self._session.connector is not None:
            await asyncio.sleep(0)  # lets transports of closed connections finish, else they warn at exit

    def __repr__(self) -> str:
        return "<AiohttpPool, closed>" if self._session.closed else "<AiohttpPool>"


def _payload(body: Body | None, headers: dict[str, str], files: ExitStack) -> Any:
    if body is None:
        return None
    if isinstance(body, JsonBody):
        headers["Content-Type"] = _JSON
        return body.data
    if isinstance(body, FormBody):
        return aiohttp.FormData(body.fields)
    return _form(body, files)


def _form(body: Multipart, files: ExitStack) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in body.fields:
        form.add_field(name, value)
    for part in body.files:
        content = part.source
        if not isinstance(content, bytes):
            try:
                content = files.enter_context(content.open("rb"))  # type: ignore[assignment]
            except OSError as exc:
                raise errors.FileUnreadable(str(part.source), _reason(exc)) from exc
        form.add_field(part.name, content, filename=part.filename, content_type=part.content_type)
    return form


def _translate(exc: aiohttp.ClientError, request: Request) -> errors.PeerTubeError:
    origin = request.origin
    if isinstance(exc, aiohttp.ClientSSLError):
        return errors.ServerUnreachable(f"no secure connection to {origin}: {_reason(exc)}")
    if isinstance(exc, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return errors.ServerUnreachable(f"cannot connect to {origin}: {_reason(exc)}")
    if isinstance(exc, aiohttp.ServerTimeoutError):
        return errors.RequestTimeout(f"no answer from {origin} to {request.method} {request.path} in time")
    if isinstance(exc, aiohttp.ClientResponseError):
        return errors.UnexpectedResponse(
            f"{origin} does not speak HTTP as expected ({exc.message}); is the scheme right?",
            status=exc.status,
        )
    if isinstance(exc, aiohttp.InvalidURL):
        return errors.InvalidURL(f"not an address that can be asked: {request.origin}{request.path}")
    return errors.ConnectionLost(
        f"connection to {origin} lost during {request.method} {request.path}: {_reason(exc)}"
    )


def _reason(exc: BaseException) -> str:
    if isinstance(exc, aiohttp.ClientConnectorError):
        exc = exc.os_error
    text = getattr(exc, "strerror", None) or str(exc) or type(exc).__name__
    return " ".join(str(text).split())
