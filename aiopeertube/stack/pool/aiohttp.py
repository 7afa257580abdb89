"""The pool: aiohttp's connections. This folder is the only place on the client's side that knows aiohttp."""

import asyncio
import io
import ssl
from collections.abc import Awaitable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Final

import aiohttp
import yarl
from aiohttp.http_exceptions import HttpProcessingError

from aiopeertube import errors
from aiopeertube._version import __version__
from aiopeertube.wire.messages import FormBody, JsonBody, Multipart, RawBody, Request, Response

from .deadlines import Deadlines
from .exchange import Exchange

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
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE, ssl=ssl_context or True),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": _USER_AGENT, "Accept": _JSON},
            # aiohttp's own timers cost a tenth of a request; Deadlines watches over all of them with one.
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect_timeout),
        )
        self._exchange = Exchange(self._session, connect_timeout=connect_timeout)

    async def handle(self, request: Request) -> Response:
        """Send `request` once and read the whole answer."""
        failure: errors.PeerTubeError
        try:
            body = request.body
            if isinstance(body, Multipart):
                return await self._upload(request, body)
            task = self._deadlines.start(request.timeout or self._seconds)
            late = False
            try:
                return await self._sent(request, body)
            except asyncio.CancelledError:
                late = True
                raise
            finally:
                if self._deadlines.finish(task) and late:
                    raise TimeoutError
        except (aiohttp.ClientError, HttpProcessingError) as exc:
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

    async def _sent(self, request: Request, body: JsonBody | FormBody | RawBody | None) -> Response:
        if body is None or isinstance(body, JsonBody):
            return await self._exchange.handle(request, body)
        return await _read(await self._start(request, _payload(body)))

    def _start(self, request: Request, data: Any, **options: Any) -> Awaitable[aiohttp.ClientResponse]:
        headers = list(request.headers)
        if request.token is not None:
            headers.append(("Authorization", "Bearer " + request.token))
        return self._session.request(
            request.method,
            yarl.URL(request.origin + request.target, encoded=True),
            data=data,
            headers=headers,
            allow_redirects=False,
            **options,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        self._deadlines.close()
        await self._session.close()
        await asyncio.sleep(0)  # lets transports of closed connections finish, else they warn at exit

    def __repr__(self) -> str:
        return "<AiohttpPool, closed>" if self._session.closed else "<AiohttpPool>"


async def _read(answer: aiohttp.ClientResponse) -> Response:
    # Reading to the end, or failing to, gives the connection back, so `async with` would do it a second time.
    body = b"" if answer.status == 204 else await answer.read()
    return Response(answer.status, answer.headers, body)


def _payload(body: FormBody | RawBody) -> Any:
    if isinstance(body, RawBody):
        # Written piece by piece, so that a chunk of many MiB does not hold the loop; the bytes are not copied.
        return aiohttp.BytesIOPayload(io.BytesIO(body.data), content_type=body.content_type)
    return aiohttp.FormData(body.fields)


def _form(body: Multipart, files: ExitStack) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in body.fields:
        form.add_field(name, value)
    for part in body.files:
        form.add_field(
            part.name, _content(part.source, files), filename=part.filename, content_type=part.content_type
        )
    return form


def _content(source: Path | bytes, files: ExitStack) -> IO[bytes]:
    """Open a file; bytes become one, since aiohttp warns of large ones, and writes them without a pause."""
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        return files.enter_context(source.open("rb"))
    except OSError as exc:
        raise errors.FileUnreadable(str(source), _reason(exc)) from exc


def _translate(exc: aiohttp.ClientError | HttpProcessingError, request: Request) -> errors.PeerTubeError:
    origin = request.origin
    if isinstance(exc, aiohttp.ClientSSLError):
        return errors.ServerUnreachable(f"no secure connection to {origin}: {_reason(exc)}")
    if isinstance(exc, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return errors.ServerUnreachable(f"cannot connect to {origin}: {_reason(exc)}")
    if isinstance(exc, aiohttp.ServerTimeoutError):
        return _too_late(request)
    if isinstance(exc, aiohttp.ClientResponseError | HttpProcessingError):
        return errors.UnexpectedResponse(
            f"{origin} does not speak HTTP as expected ({exc.message}); is the scheme right?",
            status=exc.status if isinstance(exc, aiohttp.ClientResponseError) else exc.code,
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
