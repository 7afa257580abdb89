"""The pool: aiohttp's connections. This folder is the only place on the client's side that knows aiohttp."""

import asyncio
import io
import ssl
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from typing import Any, BinaryIO, Final

import aiohttp
import aiohttp.abc
import yarl
from aiohttp.http_exceptions import HttpProcessingError

from aiopeertube import errors
from aiopeertube._proxies import Proxies, Proxy
from aiopeertube._version import __version__
from aiopeertube.wire.messages import FilePart, JsonBody, Multipart, RawBody, Request, Response
from aiopeertube.wire.secrets import hide_in_text

from .bodies import MOST, Watched, pour, read_bounded
from .connector import Connector
from .deadlines import Deadlines
from .exchange import Exchange
from .proxied import NOT_LET_PASS, credentials, is_forwarded, refused

# PeerTube closes idle connections after 5 s; a request on a closed one dies.
_KEEP_ALIVE: Final = 4.0
USER_AGENT: Final = f"aiopeertube/{__version__}"
_JSON: Final = "application/json"
_WITH_FILE: Final = frozenset({200, 206})
Poured = Callable[[int, Any, Any], Awaitable[None]]
_NO_CONNECTION: Final = (
    aiohttp.ClientConnectorCertificateError,
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
)


class AiohttpPool:
    """Keep-alive connections to the server.

    `proxies` says which way they go. `timeout` is how many seconds an attempt may take, for one that sends files how
    long it may keep silent; `connect_timeout` how long a connection may take. How many requests run at once is not
    decided here, so the pool itself has no limit. `most` is how many bytes an answer may have, `origins` how many
    servers it is made for, and `resolver` finds their addresses; None: as aiohttp does.
    """

    def __init__(
        self,
        *,
        timeout: float = 60.0,
        connect_timeout: float = 10.0,
        ssl_context: ssl.SSLContext | None = None,
        proxies: Proxies | None = None,
        user_agent: str = USER_AGENT,
        most: int = MOST,
        origins: int = 32,
        resolver: aiohttp.abc.AbstractResolver | None = None,
    ) -> None:
        self._seconds = timeout
        self._most = most
        self._connect_timeout = connect_timeout
        self._deadlines = Deadlines(asyncio.get_running_loop())
        self._session = aiohttp.ClientSession(
            connector=Connector(limit=0, keepalive_timeout=_KEEP_ALIVE, ssl=ssl_context or True, resolver=resolver),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": user_agent, "Accept": _JSON},
            # aiohttp's own timers cost a tenth of a request; Deadlines watches over all of them with one.
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect_timeout),
        )
        # It would send an idempotent request once more when a kept connection breaks, unseen by all layers above.
        self._session._retry_connection = False  # noqa: SLF001 - there is no public switch
        self._proxies = proxies or Proxies()
        self._exchange = Exchange(
            self._session, self._proxies, connect_timeout=connect_timeout, most=most, origins=origins
        )

    async def handle(self, request: Request) -> Response:
        """Send `request` once and read the whole answer."""
        if self._deadlines.closed:
            raise errors.ClientClosed("the client is closed")
        failure: errors.PeerTubeError
        task, ended = self._deadlines.start(request.timeout or self._seconds), False
        try:
            try:
                return await self._sent(request, task)
            except asyncio.CancelledError:
                ended = True
                raise
            finally:
                if self._deadlines.finish(task) and ended:
                    raise TimeoutError
        except (
            aiohttp.ClientError,
            HttpProcessingError,
        ) as exc:  # first: a connection that takes too long is one, too
            if isinstance(exc.__cause__, errors.InputError):
                failure = exc.__cause__  # of the file that was to be sent
            else:
                proxy = self._proxies.of(request.origin)
                failure = _closed(request) if self._deadlines.closed else _translate(exc, request, proxy)
        except TimeoutError:
            failure = _closed(request) if self._deadlines.closed else _too_late(request)
        except OSError as exc:
            failure = errors.ConnectionLost(f"connection to {request.origin} lost: {_reason(exc)}")
        # Raised out here so that aiohttp's error, which knows our headers, is not chained to ours.
        raise failure

    async def _sent(self, request: Request, task: asyncio.Task[Any]) -> Response:
        body = request.body
        if request.sink is not None:  # it asks for a file, and has no body
            progress = partial(self._deadlines.extend, task, request.timeout or self._seconds)
            return await self._asked(request, None, partial(pour, request.sink, progress))
        if body is None or isinstance(body, JsonBody):
            return await self._exchange.handle(request, body)
        progress = partial(self._goes_on, request, task)
        # Of a body that is watched it is known when it begins to go.
        request.unsent = isinstance(body, RawBody) or (isinstance(body, Multipart) and bool(body.files))
        with ExitStack() as files:
            if isinstance(body, Multipart):
                data: Any = _form(body, files, progress)
            elif isinstance(body, RawBody):
                data = Watched(io.BytesIO(body.data), progress, body.content_type)
            else:
                data = aiohttp.FormData(body.fields)
            return await self._asked(request, data)

    def _goes_on(self, request: Request, task: asyncio.Task[Any]) -> None:
        """Note that a body makes progress."""
        request.unsent = False
        self._deadlines.extend(task, request.timeout or self._seconds)

    async def _asked(self, request: Request, data: Any, poured: Poured | None = None) -> Response:
        headers = list(request.headers)
        if request.token is not None:
            headers.append(("Authorization", "Bearer " + request.token))
        # The host as it is looked up and named in a header; the rest as it is.
        url = yarl.URL(str(yarl.URL(request.origin)).rstrip("/") + request.target, encoded=True)
        proxy = self._proxies.of(request.origin)
        way: dict[str, Any] = {"proxy": proxy.origin, "proxy_headers": credentials(proxy)} if proxy else {}
        if is_forwarded(request.origin, proxy):
            headers += credentials(proxy).items()
        async with self._session.request(
            request.method, url, data=data, headers=headers, allow_redirects=False, **way
        ) as answer:
            if answer.status == NOT_LET_PASS and proxy is not None:
                raise refused(proxy, answer.status)
            if poured is not None and answer.status in _WITH_FILE:
                await poured(answer.status, answer.headers, answer.content)
                return Response(answer.status, answer.headers, b"")
            content = b"" if answer.status == 204 else await read_bounded(answer.content, request, self._most)
            return Response(answer.status, answer.headers, content)

    def leave(self, origin: str) -> None:
        """Close what is open to a server that is asked no more."""
        self._exchange.leave(origin)

    async def aclose(self) -> None:
        """Close every connection; whatever is under way ends at once with ClientClosed."""
        self._deadlines.close()
        await self._session.close()
        await asyncio.sleep(0)  # lets transports of closed connections finish, else they warn at exit

    def __repr__(self) -> str:
        return "<AiohttpPool, closed>" if self._session.closed else "<AiohttpPool>"


def _form(body: Multipart, files: ExitStack, progress: Callable[[], None]) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in body.fields:
        form.add_field(name, value)
    for part in body.files:
        content = Watched(_opened(part, files), progress, part.content_type)
        form.add_field(part.name, content, filename=part.filename, content_type=part.content_type)
    return form


def _opened(part: FilePart, files: ExitStack) -> BinaryIO:
    if isinstance(part.source, bytes):
        return io.BytesIO(part.source)
    try:
        return files.enter_context(part.source.open("rb"))
    except (OSError, ValueError) as exc:  # ValueError: no file system has names with such characters
        raise errors.FileUnreadable(str(part.source), _reason(exc)) from exc


def _translate(
    exc: aiohttp.ClientError | HttpProcessingError, request: Request, proxy: Proxy | None
) -> errors.PeerTubeError:
    origin = request.origin
    if proxy is not None and isinstance(exc, aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError):
        return _way_barred(exc, proxy)
    if isinstance(exc, _NO_CONNECTION):
        return _unreachable(exc, origin)
    if isinstance(exc, aiohttp.ServerTimeoutError):
        return _too_late(request)
    if isinstance(exc, aiohttp.ClientResponseError | HttpProcessingError):
        # The parser quotes what it cannot read, which may be any part of an answer.
        said = "" if request.secret else f" ({' '.join(hide_in_text(exc.message, request.secrets()).split())})"
        return errors.NotHttp(
            f"{origin} does not speak HTTP as expected{said}; is the scheme right?",
            status=exc.status if isinstance(exc, aiohttp.ClientResponseError) else exc.code,
        )
    if isinstance(exc, aiohttp.InvalidURL):
        return errors.InvalidURL(f"not an address that can be asked: {request.origin}{request.path}")
    return errors.ConnectionLost(
        f"connection to {origin} lost during {request.method} {request.path}: {_reason(exc)}"
    )


def _way_barred(
    exc: aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError, proxy: Proxy
) -> errors.ProxyFailed:
    if isinstance(exc, aiohttp.ClientHttpProxyError):
        return refused(proxy, exc.status)
    return errors.ProxyFailed(f"cannot connect to the proxy {proxy.origin}: {_reason(exc)}")


def _unreachable(exc: aiohttp.ClientError, origin: str) -> errors.ServerUnreachable:
    if isinstance(exc, aiohttp.ClientConnectorCertificateError):
        return errors.CertificateNotTrusted(f"the certificate of {origin} is not trusted: {_reason(exc)}")
    if isinstance(exc, aiohttp.ClientSSLError):
        return errors.ServerUnreachable(f"no secure connection to {origin}: {_reason(exc)}")
    return errors.ServerUnreachable(f"cannot connect to {origin}: {_reason(exc)}")


def _closed(request: Request) -> errors.ClientClosed:
    return errors.ClientClosed(f"the client was closed during {request.method} {request.path}")


def _too_late(request: Request) -> errors.RequestTimeout | errors.ServerUnreachable:
    if request.unsent:
        return errors.ServerUnreachable(f"no connection to {request.origin} in time")
    return errors.RequestTimeout(f"no answer from {request.origin} to {request.method} {request.path} in time")


def _reason(exc: BaseException) -> str:
    if isinstance(exc, aiohttp.ClientConnectorCertificateError):
        exc = exc.certificate_error  # which has no `os_error` before aiohttp 3.14
    elif isinstance(exc, aiohttp.ClientConnectorError):
        exc = exc.os_error
    text = getattr(exc, "strerror", None) or str(exc) or type(exc).__name__
    return " ".join(str(text).split())
