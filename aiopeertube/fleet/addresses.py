"""Lists of instances: addresses as people write them, each instance once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from aiopeertube._settings import origin_of
from aiopeertube.errors import InvalidURL

_SHOWN: Final = 20  # complaints
_NAME: Final = re.compile(r"[a-z0-9_.-]{1,253}")
_CHANGED: Final = frozenset("\N{LATIN SMALL LETTER SHARP S}\N{GREEK SMALL LETTER FINAL SIGMA}\u200c\u200d")


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
    if isinstance(lines, str):
        raise InvalidURL(f"{lines[:80]!r} is one text, and would be read letter by letter: give a list of addresses")
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
    if parts.port == 0:
        raise InvalidURL(f"the address {address!r} has no port that can be asked")
    host = (parts.hostname or "").rstrip(".")
    return origin if ":" in host else f"{parts.scheme}://{_name(host)}{f':{parts.port}' if parts.port else ''}"


def _name(host: str) -> str:
    """Return a name as the network knows it.

    Raises:
        InvalidURL: there cannot be one, or it is another one in each edition of the rules.
    """
    name = host.encode("idna").decode().lower()
    if not _NAME.fullmatch(name):
        raise InvalidURL(f"the address {host[:80]!r} is no name of a host; write it like videos.example")
    if not _CHANGED.isdisjoint(host):
        raise InvalidURL(f"the address {host!r} has a letter that not all know; write the name as xn--...")
    return name


def key_of(origin: str) -> str:
    """Return what an instance is known by, whatever the scheme: its host, and its port unless it is the usual one."""
    host, colon, port = origin.partition("://")[2].partition(":")
    return ("127.0.0.1" if host == "localhost" else host) + colon + port
