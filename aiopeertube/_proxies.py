"""Private: which way requests take. Nothing here sends; credentials of a proxy are in no repr and no error."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import unquote, urlsplit

from .errors import ConfigurationError

_FORM: Final = "write it like http://proxy.example:3128, or http://user:password@proxy.example:3128"
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy: its scheme, host and port, and the user that it asks for."""

    origin: str
    username: str | None = field(default=None, repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def read(cls, url: str, option: str = "proxy") -> Self:
        """Read a proxy's address; `option` is where it was given, which errors name.

        Raises:
            ConfigurationError: it is none.
        """
        text = url.strip()
        try:
            parts = urlsplit(text if "://" in text else f"http://{text}")
            host, port = parts.hostname, parts.port
        except ValueError:
            raise _said(option, f"the address of the proxy is not valid; {_FORM}") from None
        if parts.scheme not in _PORTS:
            raise _said(option, f"there is no way over a {parts.scheme or 'nameless'} proxy, only over HTTP; {_FORM}")
        if not host or any(char.isspace() for char in host) or parts.path.strip("/") or parts.query:
            raise _said(option, f"the address of the proxy is not complete; {_FORM}")
        shown = f"[{host}]" if ":" in host else host
        user = None if parts.username is None else unquote(parts.username)
        if ":" in (user or ""):
            raise _said(option, "a proxy's user name cannot have a colon")
        origin = f"{parts.scheme}://{shown}:{port or _PORTS[parts.scheme]}"
        return cls(origin, user, unquote(parts.password or ""))


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxy for each address, as an option or the environment says."""

    _by_scheme: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False)  # text, where it was given
    direct: tuple[str, ...] = ()

    @classmethod
    def given(cls, url: str | None) -> Self:
        """Return the one proxy for all addresses; None and "none": there is none.

        Raises:
            ConfigurationError: it is no address of a proxy.
        """
        if url is None or url.strip().lower() in {"", "none"}:
            return cls()
        Proxy.read(url)
        return cls(dict.fromkeys(_PORTS, (url, "proxy")))

    @classmethod
    def of_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY; small letters win, as they do with curl."""
        found: dict[str, tuple[str, str]] = {}
        for scheme in _PORTS:
            for name in (f"{scheme}_proxy", "all_proxy"):
                # In a CGI script HTTP_PROXY is the header `Proxy` of whoever asks.
                large = "" if name == "http_proxy" and "REQUEST_METHOD" in environment else name.upper()
                text = environment.get(name, environment.get(large, ""))
                if text.strip():
                    found[scheme] = (text, name.upper())
                    break
        listed = environment.get("no_proxy", environment.get("NO_PROXY", ""))
        return cls(found, tuple(listed.replace(",", " ").split()))

    def of(self, origin: str) -> Proxy | None:
        """Return the proxy on the way to `origin`; None where there is none.

        Raises:
            ConfigurationError: the environment names no proxy there.
        """
        parts = urlsplit(origin)
        text, where = self._by_scheme.get(parts.scheme, ("", ""))
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
        if not text or any(_covers(pattern.lower(), host, port) for pattern in self.direct):
            return None
        return Proxy.read(text, where)


def _covers(pattern: str, host: str, port: int) -> bool:
    """Tell whether an entry of NO_PROXY means a host: *, a domain and all below, an address, a network; :PORT."""
    if pattern == "*":
        return True
    name, colon, number = pattern.rpartition(":")
    if colon and number.isdecimal() and (":" not in name or name.endswith("]")):
        if int(number) != port:
            return False
        pattern = name
    pattern = pattern.removeprefix("[").removesuffix("]").removeprefix("*").lstrip(".")
    return bool(pattern) and (host == pattern or host.endswith(f".{pattern}") or _is_in(host, pattern))


def _is_in(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _said(option: str, what: str) -> ConfigurationError:
    return ConfigurationError(f"{option}: {what}", option="proxy" if option == "proxy" else "")
