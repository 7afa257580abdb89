"""Names of many servers: one that takes long to find nothing holds up no other."""

import asyncio
import socket
import threading
from typing import Any

import pytest

from aiopeertube.stack.pool.lookups import Lookups

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_name_that_takes_long_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    slow, real = threading.Event(), socket.getaddrinfo

    def look_up(host: str, *args: Any, **more: Any) -> Any:
        if host.startswith("slow"):
            slow.wait(20)
        return real("127.0.0.1", *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    names = Lookups()
    waiting = [asyncio.ensure_future(names.resolve(f"slow{number}.example", 80)) for number in range(50)]
    await asyncio.sleep(0)
    (found,) = await names.resolve("quick.example", 8080)
    assert (found["hostname"], found["host"], found["port"]) == ("quick.example", "127.0.0.1", 8080)
    assert not any(one.done() for one in waiting)
    waiting[0].cancel()
    slow.set()
    await asyncio.gather(*waiting[1:])
    await names.close()


async def test_a_name_that_is_none_is_an_error_of_the_network() -> None:
    with pytest.raises(OSError, match=r"."):
        await Lookups().resolve("no.such.name.invalid", 80)
    with pytest.raises(OSError, match="no name of a host"):
        await Lookups().resolve("x" * 70 + ".example", 80)
