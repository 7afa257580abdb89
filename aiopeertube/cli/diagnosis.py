"""What is wrong with an address: checked when something failed, or before a long run starts."""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

import aiopeertube
from aiopeertube import errors
from aiopeertube._proxies import Proxies
from aiopeertube.cli import logs
from aiopeertube.cli.errors import NotPeerTube, WrongScheme
from aiopeertube.wire.answers import strange
from aiopeertube.wire.messages import Response

_CONNECT_SECONDS: Final = 5.0
_SECONDS: Final = 15.0
_PATIENCE: Final = 2.0
_ATTEMPTS: Final = 3
# These need no token, so a refusal comes from something other than a PeerTube.
_OPEN_PATHS: Final = ("/api/v1/ping", "/api/v1/oauth-clients/local", "/api/v1/users/token")


async def ping(
    origin: str, *, timeout: float = _SECONDS, patience: float | None = None, proxies: Proxies | None = None
) -> None:
    """Ask for /ping, which every PeerTube answers to everyone, outside of any rate limit.

    `timeout` and `patience` are those of the client, in seconds.

    Raises:
        PeerTubeError: what is wrong; `diagnosed` says what it means.
    """
    seconds = min(timeout, _SECONDS)
    async with aiopeertube.PeerTube(
        origin,
        attempts=_ATTEMPTS,
        timeout=seconds,
        connect_timeout=_CONNECT_SECONDS,
        patience=patience or _PATIENCE,
        proxy=proxies,
    ) as pt:
        logs.follow(pt)
        try:
            await replace(pt.request("GET", "/ping"), decode=_pong)
        except errors.ServerAway as exc:
            cause = cause_of(exc)
        else:
            return
    raise cause


def cause_of(error: Exception) -> Exception:
    """Return what a call met before patience was over."""
    while isinstance(error, errors.ServerAway | errors.NoToken) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    return error


def _pong(response: Response) -> None:
    if response.body.strip() != b"pong":
        raise strange(response, "the pong of a PeerTube")


async def diagnosed(error: Exception, origin: str, proxies: Proxies | None = None) -> Exception:
    """Return a better error where the address is to blame; this may take one more request or connection."""
    direct = proxies is None or proxies.of(origin) is None
    if direct and _may_be_tls(error, origin) and await _speaks_tls(origin):
        return WrongScheme(origin)
    if _doubtful(error) and not await _is_peertube(origin, proxies):
        return NotPeerTube(f"{origin} answers, but it is not a PeerTube")
    return error


def _doubtful(error: Exception) -> bool:
    if isinstance(error, errors.ApiError):
        return error.status in {404, 405, 501} or (error.path in _OPEN_PATHS and error.status not in {400, 429})
    # Errors from outside of the package come from JSON that does not have PeerTube's shape.
    unexpected = isinstance(error, errors.UnexpectedResponse) or not isinstance(error, errors.PeerTubeError)
    return unexpected and not isinstance(error, errors.RedirectRefused)


async def _is_peertube(origin: str, proxies: Proxies | None) -> bool:
    """Tell whether it answers like one; no answer, or a failing server, proves nothing."""
    try:
        await ping(origin, proxies=proxies)
    except errors.ApiError as exc:
        return exc.status == 429 or exc.status >= 500
    except errors.UnexpectedResponse:
        return False
    except errors.PeerTubeError:
        pass
    return True


def _may_be_tls(error: Exception, origin: str) -> bool:
    lost = isinstance(error, errors.ConnectionLost | errors.UnexpectedResponse | errors.BadRequest)
    return lost and origin.startswith("http://")


async def _speaks_tls(origin: str) -> bool:
    """Try to speak TLS where plain HTTP failed; nothing is sent, so it does not matter with whom."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        await _connect(origin, context)
    except (OSError, TimeoutError):
        return False
    return True


async def _connect(origin: str, context: ssl.SSLContext | None) -> None:
    parts = urlsplit(origin)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    opening = asyncio.open_connection(parts.hostname, port, ssl=context)
    _, writer = await asyncio.wait_for(opening, _CONNECT_SECONDS)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
