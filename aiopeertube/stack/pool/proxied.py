"""What a proxy is told, and what its refusals mean."""

from base64 import b64encode
from http import HTTPStatus
from typing import Final

from aiopeertube import errors
from aiopeertube._proxies import Proxy

NOT_LET_PASS: Final = HTTPStatus.PROXY_AUTHENTICATION_REQUIRED


def credentials(proxy: Proxy | None) -> dict[str, str]:
    """Return the header for the proxy; it goes with what is forwarded, and never into a tunnel."""
    if proxy is None or proxy.username is None:
        return {}
    user = b64encode(f"{proxy.username}:{proxy.password}".encode()).decode()
    return {"Proxy-Authorization": f"Basic {user}"}


def is_forwarded(origin: str, proxy: Proxy | None) -> bool:
    """Tell whether a proxy gets requests themselves: what is encrypted goes through a tunnel."""
    return proxy is not None and not origin.startswith("https:")


def refused(proxy: Proxy, status: int) -> errors.ProxyFailed:
    """Return the error of a proxy that answered in the server's place."""
    if status != NOT_LET_PASS:
        return errors.ProxyFailed(f"the proxy {proxy.origin} cannot reach the server: it answered {status}")
    wants = "a user name and password" if proxy.username is None else "another user name or password"
    return errors.ProxyFailed(f"the proxy {proxy.origin} wants {wants} (407)")
