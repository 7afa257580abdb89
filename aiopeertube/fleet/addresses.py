"""Lists of instances: addresses as people write them, each instance once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from aiopeertube._settings import origin_of
from aiopeertube.errors import InvalidURL

_SHOWN: Final = 20  # complaints


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance, by its address."""

    origin: str

    @property
    def host(self) -> str:
        """Its name, with the port where that is not the usual one."""
        return self.origin.partition("://")[2]

    def __str__(self) -> str:
        return self.origin


@dataclass(frozen=True, slots=True)
class Addresses:
    """Instances, each once, and how many lines named one of them again."""

    origins: tuple[str, ...]
    repeated: int = 0


def read_addresses(lines: Iterable[str]) -> Addresses:
    """Read addresses, one a line, like videos.example or https://videos.example; # begins a comment.

    Names that differ only in case, scheme or the usual port are one instance, by https if one of them says so.

    Raises:
        InvalidURL: some lines are no address of an instance; all are named.
    """
    found: dict[str, str] = {}
    wrong: list[str] = []
    named = 0
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            origin = canonical(text)
        except InvalidURL as exc:
            wrong.append(f"line {number}: {exc}")
            continue
        named += 1
        key = key_of(origin)
        if origin.startswith("https:"):
            found[key] = origin
        else:
            found.setdefault(key, origin)
    if wrong:
        more = [] if len(wrong) <= _SHOWN else [f"and {len(wrong) - _SHOWN:,} more"]
        raise InvalidURL("; ".join(wrong[:_SHOWN] + more))
    return Addresses(tuple(found.values()), named - len(found))


def canonical(address: str) -> str:
    """Return the origin of an instance in the one form in which fleets know it; https where no scheme is given.

    Raises:
        InvalidURL: it is not an address of an instance.
    """
    origin = origin_of(address if "://" in address else f"https://{address}")
    parts = urlsplit(origin)
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return origin
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host.encode('idna').decode()}{port}"


def key_of(origin: str) -> str:
    """Return what an instance is known by, whatever the scheme: its host, and its port unless it is the usual one."""
    host, colon, port = origin.partition("://")[2].partition(":")
    return ("127.0.0.1" if host == "localhost" else host) + colon + port
