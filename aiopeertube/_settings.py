"""Private: the settings of a client, checked before anything is sent."""

import ipaddress
import os
import re
from collections.abc import Mapping
from typing import Final, TypeGuard
from urllib.parse import urlsplit

from ._proxies import Proxies
from .errors import ConfigurationError, InsecureCredentials, InvalidURL

ENVIRONMENT: Final = {
    "url": "PEERTUBE_URL",
    "username": "PEERTUBE_USERNAME",
    "password": "PEERTUBE_PASSWORD",
    "token": "PEERTUBE_TOKEN",
    "otp": "PEERTUBE_OTP",
}
_NOT_IN_HOSTS: Final = re.compile(r"[\s\\]")
_LONGEST: Final = 10**9  # seconds, some thirty years: more is a mistake, and no timer takes it


def origin_of(url: str) -> str:
    """Return scheme, host and port of an instance's address; errors never show the user part of one.

    Raises:
        InvalidURL: not an http(s) address, or more than scheme and host.
    """
    if "@" in url:
        raise InvalidURL("the address of the instance contains a user name; pass username and password separately")
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")  # as it will be looked up: no label is empty or of more than 63 characters
    except ValueError:
        raise InvalidURL("the address of the instance is not valid; write it like https://videos.example") from None
    if parts.scheme not in {"http", "https"} or not host or _NOT_IN_HOSTS.search(host):
        raise InvalidURL(f"the address {url!r} is not complete; write it like https://videos.example")
    if parts.path.rstrip("/") not in {"", "/api/v1"} or parts.query or parts.fragment:
        meant = _origin(parts.scheme, host, port)
        raise InvalidURL(f"the address of the instance must be only scheme and host; did you mean {meant}?")
    return _origin(parts.scheme, host, port)


def _origin(scheme: str, host: str, port: int | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    usual = port is None or port == {"http": 80, "https": 443}[scheme]
    return f"{scheme}://{shown}" if usual else f"{scheme}://{shown}:{port}"


def check_secure(origin: str, *, allow_http: bool, proxies: Proxies | None = None) -> None:
    """Refuse to send credentials over plain http to another machine, be it a proxy.

    Raises:
        InsecureCredentials: anyone on the network path could read them.
    """
    if urlsplit(origin).scheme == "https" or allow_http:
        return
    proxy = proxies.of(origin) if proxies is not None else None
    if all(is_loopback(urlsplit(stop).hostname or "") for stop in (origin, proxy.origin if proxy else origin)):
        return
    way = f" by the proxy {proxy.origin}" if proxy is not None else ""
    raise InsecureCredentials(
        f"user name, password or token would go to {origin}{way} unencrypted; use https, or allow it with allow_http"
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def from_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Read the PEERTUBE_ variables; leave out those that are unset or empty.

    Raises:
        ConfigurationError: PEERTUBE_URL is missing.
    """
    source = os.environ if environment is None else environment
    found = {name: source[variable] for name, variable in ENVIRONMENT.items() if source.get(variable)}
    if "url" not in found:
        raise ConfigurationError(
            "PEERTUBE_URL is not set; set it to the instance's address, like https://videos.example"
        )
    return found


def checked_code(code: object) -> str | None:
    """Return a one-time code without the space around it; None where there is none.

    Raises:
        ConfigurationError: it is no text, or not one that a header can hold; the code is not shown.
    """
    if code is None:
        return None
    if not isinstance(code, str):
        raise ConfigurationError(f"otp: a one-time code is text, not {type(code).__name__}", option="otp")
    code = code.strip()
    if not (code.isascii() and (code.isprintable() or not code)):
        raise ConfigurationError("otp: a one-time code has only digits and letters", option="otp")
    return code or None


def seconds(name: str, value: object) -> float:
    """Return a span of time, given as the setting `name`.

    Raises:
        ConfigurationError: it is no positive, finite number.
    """
    if not is_span(value):
        raise ConfigurationError(f"{name}: {value!r} must be a positive number of seconds")
    return float(value)


def is_span(value: object) -> TypeGuard[int | float]:
    """Tell whether a value is a span of time in seconds: positive, and short enough for a timer."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _LONGEST
