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
    names = Lookups(seconds=0.01)
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


async def test_few_names_are_asked_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, most, lock, answers = 0, 0, threading.Lock(), threading.Semaphore(0)

    def look_up(host: str, *args: Any, **more: Any) -> Any:
        nonlocal asked, most
        with lock:
            asked += 1
            most = max(most, asked)
        answers.acquire()
        with lock:
            asked -= 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    names = Lookups(places=3, seconds=60)
    waiting = [asyncio.ensure_future(names.resolve(f"{number}.example", 80)) for number in range(20)]
    for _ in waiting:
        await asyncio.sleep(0.002)
        answers.release()
    await asyncio.gather(*waiting)
    assert most == 3


async def test_what_nobody_answered_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    questions: list[str] = []

    def look_up(host: str, *args: Any, **more: Any) -> Any:
        questions.append(host)
        if len(questions) < 2 or host.startswith("never"):
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        if host.startswith("none"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    names = Lookups()
    assert (await names.resolve("a.example", 80))[0]["host"] == "127.0.0.1"
    assert questions == ["a.example"] * 2
    with pytest.raises(OSError, match="not known"):
        await names.resolve("none.example", 80)
    assert questions[2:] == ["none.example"]
    with pytest.raises(OSError, match="Temporary"):
        await names.resolve("never.example", 80)
    assert len(questions) == 5
