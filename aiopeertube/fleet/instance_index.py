"""Indexes of instances, like https://instances.joinpeertube.org: `GET /api/v1/instances` lists what they know."""

import logging
from typing import Any

from aiopeertube._client import PeerTube
from aiopeertube._counting import counted
from aiopeertube._pagination import Paginator
from aiopeertube._proxies import Proxies
from aiopeertube.errors import InvalidURL
from aiopeertube.wire.call import Call

from .addresses import canonical
from .fleet import Fleet

log = logging.getLogger("aiopeertube.fleet")


async def read_index(
    url: str, *, contact: str, rate: str = "1/s", proxy: str | Proxies | None = None
) -> tuple[str, ...]:
    """Return the addresses that an index lists; what is no address is left out, and counted in the log.

    Raises:
        PeerTubeError: it gave no list.
    """
    hosts: list[Any] = []
    async with Fleet([url], contact=contact, rate=rate, proxy=proxy) as fleet:
        async for answer in fleet.each(_hosts):
            if answer.error is not None:
                raise answer.error
            hosts += answer.result or []
    found = [host for host in hosts if _is_address(host)]
    if len(found) < len(hosts):
        odd = counted(len(hosts) - len(found), "name that is no address", "names that are no addresses")
        log.warning("%s lists %s", url, odd)
    return tuple(found)


async def _hosts(pt: PeerTube) -> list[Any]:
    def page(start: int, count: int) -> Call[Any]:
        return pt.request("GET", "/instances", query={"start": start, "count": count, "sort": "createdAt"})

    pages: Paginator[Any] = Paginator(page, ahead=0, key=lambda row: repr(_host(row)))
    return [_host(row) async for row in pages]


def _host(row: Any) -> Any:
    """Return what an index calls a host; None where it names none."""
    return row.get("host") if isinstance(row, dict) else None


def _is_address(host: Any) -> bool:
    try:
        return isinstance(host, str) and bool(canonical(host))
    except InvalidURL:
        return False
