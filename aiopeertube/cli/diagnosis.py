"""What is wrong with an address: looked into when something failed, or before a long run starts."""

import asyncio
import ssl
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

import aiopeertube
from aiopeertube import errors
from aiopeertube.cli.errors import NotPeerTube, WrongScheme

_CONNECT_SECONDS: Final = 10.0
_LOGIN_PATHS: Final = ("/api/v1/oauth-clients/local", "/api/v1/users/token")
_CONFIG_ATTEMPTS: Final = 2


async def diagnosed(error: errors.PeerTubeError, origin: str) -> errors.PeerTubeError:
    """Return a better error where the address is to blame; that may take a request, or a connection, more."""
    if _may_be_tls(error, origin) and await _speaks_tls(origin):
        return WrongScheme(origin)
    if _doubtful(error) and not await is_peertube(origin):
        return NotPeerTube(f"{origin} answers, but it is not a PeerTube")
    return error


def _doubtful(error: errors.PeerTubeError) -> bool:
    if isinstance(error, errors.UnexpectedResponse):
        return not isinstance(error, errors.RedirectRefused)
    if isinstance(error, errors.ApiError):
        return error.status in {404, 405, 501} or (error.path in _LOGIN_PATHS and error.status not in {400, 429})
    return False


async def is_peertube(origin: str) -> bool:
    """Ask for the configuration, which every PeerTube gives to everyone; no answer at all proves nothing."""
    try:
        async with aiopeertube.PeerTube(origin, attempts=_CONFIG_ATTEMPTS) as pt:
            config = await pt.config.get()
    except (errors.UnexpectedResponse, errors.NotFound, errors.NotPermitted, errors.ServerError):
        return False
    except errors.PeerTubeError:
        return True
    return isinstance(config, dict) and "serverVersion" in config


def _may_be_tls(error: errors.PeerTubeError, origin: str) -> bool:
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


async def reach(origin: str) -> None:
    """Connect once and send nothing: a run over many items would take minutes to find out that nobody is there.

    Raises:
        ServerUnreachable: nobody is, or nobody that can be trusted.
    """
    secure = origin.startswith("https://")
    try:
        await _connect(origin, ssl.create_default_context() if secure else None)
    except ssl.SSLError as exc:
        raise errors.ServerUnreachable(f"no secure connection to {origin}: {exc}") from None
    except TimeoutError:
        raise errors.ServerUnreachable(f"cannot connect to {origin}: no answer in time") from None
    except OSError as exc:
        raise errors.ServerUnreachable(f"cannot connect to {origin}: {exc.strerror or exc}") from None


async def _connect(origin: str, context: ssl.SSLContext | None) -> None:
    parts = urlsplit(origin)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    opening = asyncio.open_connection(parts.hostname, port, ssl=context)
    _, writer = await asyncio.wait_for(opening, _CONNECT_SECONDS)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
