"""Addresses of many servers: a thread for each name that is looked up, since some of them take long to find nothing.

The event loop looks names up by a few threads that it shares out, and some lookups take half a minute: a dozen dead
servers would hold up all others. These threads end with the program, whatever they still wait for.

Whoever answers for a network drops questions that come by the hundred, and the servers that they are about look dead:
so few are asked at once, and what was not answered is asked again.
"""

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Any, Final

from aiohttp import abc

from .turns import Turns

_ResolveResult = abc.ResolveResult


_TRIES: Final = 2


class Lookups(abc.AbstractResolver):
    """Looks up `places` names at a time; one that takes longer than `seconds` holds up no other."""

    def __init__(self, *, places: int = 16, seconds: float = 1.0) -> None:
        self._turns = Turns(places, seconds)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[_ResolveResult]:
        """Return the addresses of `host`.

        Raises:
            OSError: it has none.
        """
        for _ in range(_TRIES - 1):
            try:
                return await self._asked(host, port, family)
            except socket.gaierror as exc:
                if exc.errno != socket.EAI_AGAIN:
                    raise
        return await self._asked(host, port, family)

    async def _asked(self, host: str, port: int, family: int) -> list[_ResolveResult]:
        async with self._turns.taken():
            return await self._answered(host, port, family)

    async def _answered(self, host: str, port: int, family: int) -> list[_ResolveResult]:
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[Any]] = loop.create_future()
        arguments = (loop, found, host, port, family)
        threading.Thread(target=_look_up, args=arguments, name=f"lookup of {host}", daemon=True).start()
        return [_result(host, one) for one in await found]

    async def close(self) -> None:
        """Do nothing: a thread that is still waiting has nobody to tell."""


def _look_up(
    loop: asyncio.AbstractEventLoop, found: "asyncio.Future[list[Any]]", host: str, port: int, family: int
) -> None:
    try:
        answer = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    except (OSError, ValueError) as exc:  # ValueError: a name that no host can have
        error = exc if isinstance(exc, OSError) else OSError(f"{host!r} is no name of a host")
        _tell(loop, found, lambda: found.set_exception(error))
    else:
        _tell(loop, found, lambda: found.set_result(answer))


def _tell(loop: asyncio.AbstractEventLoop, found: "asyncio.Future[list[Any]]", do: Callable[[], None]) -> None:
    def told() -> None:
        if not found.done():
            do()

    try:
        loop.call_soon_threadsafe(told)
    except RuntimeError:
        return  # the loop is closed: nobody waits any more


def _result(host: str, one: tuple[int, int, int, str, tuple[Any, ...]]) -> _ResolveResult:
    family, _, protocol, _, address = one
    numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return {
        "hostname": host,
        "host": address[0],
        "port": address[1],
        "family": family,
        "proto": protocol,
        "flags": numeric,
    }
