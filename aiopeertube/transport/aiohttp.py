"""The pool: aiohttp's connections, and the only file on the client's side that knows aiohttp."""

import asyncio
import io
import ssl
from collections.abc import Awaitable
from contextlib import ExitStack
from typing import Any, Final

import aiohttp
import yarl

from aiopeertube import errors
from aiopeertube._version import __version__
from aiopeertube.sansio import FormBody, JsonBody, Multipart, RawBody, Request, Response
from aiopeertube.transport.deadlines import Deadlines

# PeerTube closes idle connections after 5 s; a request on a closed one dies.
_KEEP_ALIVE: Final = 4.0
_USER_AGENT: Final = f"aiopeertube/{__version__}"
_JSON: Final = "application/json"


class AiohttpPool:
    """Keep-alive connections to the server.

    `timeout` is how many seconds an attempt may take, for one that sends files how long it may keep silent;
    `connect_timeout` how long a connection may take. How many requests run at once is not decided here, so the pool
    itself has no limit.
    """

    def __init__(
        self,
        *,
        timeout: float = 60.0,
        connect_timeout: float = 10.0,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._seconds = timeout
        self._connect_timeout = connect_timeout
        self._deadlines = Deadlines(asyncio.get_running_loop())
        self._connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE, ssl=ssl_context or True)
        # Two sessions over the same connections: the token is a default header of one, and never of the other.
        self._signed = self._session()
        self._anonymous = self._session()
        self._token: str | None = None

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=self._connector,
            connector_owner=False,
            cookie_jar=aiohttp.DummyCookieJar(),  # a live cookie costs a quarter of a request
            headers={"User-Agent": _USER_AGENT, "Accept": _JSON},
            # aiohttp's own timers cost a tenth of a request; Deadlines watches over all of them with one.
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect_timeout),
        )

    async def handle(self, request: Request) -> Response:
        """Send `request` once and read the whole answer."""
        failure: errors.PeerTubeError
        try:
            if isinstance(request.body, Multipart):
                return await self._upload(request, request.body)
            task = self._deadlines.start(request.timeout or self._seconds)
            late = False
            try:
                return await _read(await self._start(request, _payload(request.body)))
            except asyncio.CancelledError:
                late = True
                raise
            finally:
                if self._deadlines.finish(task) and late:
                    raise TimeoutError
        except aiohttp.ClientError as exc:
            failure = _translate(exc, request)
        except TimeoutError:
            failure = _too_late(request)
        except OSError as exc:
            failure = errors.ConnectionLost(f"connection to {request.origin} lost: {_reason(exc)}")
        # Raised out here so that aiohttp's error, which knows our headers, is not chained to ours.
        raise failure

    async def _upload(self, request: Request, body: Multipart) -> Response:
        silence = aiohttp.ClientTimeout(
            total=None, sock_connect=self._connect_timeout, sock_read=request.timeout or self._seconds
        )
        with ExitStack() as files:
            return await _read(await self._start(request, _form(body, files), timeout=silence))

    def _start(self, request: Request, data: Any, **options: Any) -> Awaitable[aiohttp.ClientResponse]:
        session = self._anonymous
        if request.token is not None:
            session = self._signed
            if request.token != self._token:
                self._token = request.token
                session.headers["Authorization"] = "Bearer " + request.token
        return session.request(
            request.method,
            yarl.URL(request.origin + request.target, encoded=True),
            data=data,
            headers=request.headers or None,
            allow_redirects=False,
            **options,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        self._deadlines.close()
        await self._signed.close()
        await self._anonymous.close()
        await self._connector.close()
        await asyncio.sleep(0)  # lets transports of closed connections finish, else they warn at exit

    def __repr__(self) -> str:
        return "<AiohttpPool, closed>" if self._connector.closed else "<AiohttpPool>"


async def _read(answer: aiohttp.ClientResponse) -> Response:
    # Reading to the end, or failing to, gives the connection back, so `async with` would do it a second time.
    body = b"" if answer.status == 204 else await answer.read()
    return Response(answer.status, answer.headers, body)


def _payload(body: JsonBody | FormBody | RawBody | None) -> Any:
    if isinstance(body, JsonBody):
        return aiohttp.BytesPayload(body.data, content_type=_JSON)
    if isinstance(body, RawBody):
        # Written piece by piece, so that a chunk of many MiB does not hold the loop; the bytes are not copied.
        return aiohttp.BytesIOPayload(io.BytesIO(body.data), content_type=body.content_type)
    return None if body is None else aiohttp.FormData(body.fields)


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
        return _too_late(request)
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


def _too_late(request: Request) -> errors.RequestTimeout:
    return errors.RequestTimeout(f"no answer from {request.origin} to {request.method} {request.path} in time")


def _reason(exc: BaseException) -> str:
    if isinstance(exc, aiohttp.ClientConnectorError):
        exc = exc.os_error
    text = getattr(exc, "strerror", None) or str(exc) or type(exc).__name__
    return " ".join(str(text).split())
