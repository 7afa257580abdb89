"""Answers do not come all at once, and slow ones hold up nobody. On the virtual clock."""

import asyncio

import pytest

from aiopeertube.errors import ConnectionLost
from aiopeertube.fleet.rush import Rush
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.answers import nothing
from aiopeertube.wire.messages import Request, Response

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]


class Server:
    def __init__(self, *seconds: float) -> None:
        self.seconds = list(seconds)
        self.due = self.most = 0

    async def answer(self, request: Request) -> Response:
        self.due += 1
        self.most = max(self.most, self.due)
        try:
            await asyncio.sleep(self.seconds.pop(0))
            if request.path == "/lost":
                raise ConnectionLost("gone")
            return reply(200, {})
        finally:
            self.due -= 1


async def all_of(server: Server, number: int, path: str = "/") -> tuple[float, list[object]]:
    """Ask so many times at once; give how long it took."""
    rush, loop = Rush(MockTransport(server.answer), places=4, seconds=0.5), asyncio.get_running_loop()
    began = loop.time()
    requests = (Request("GET", "https://a.example", path, decode=nothing) for _ in range(number))
    answers = await asyncio.gather(*map(rush.handle, requests), return_exceptions=True)
    return loop.time() - began, list(answers)


async def test_quick_answers_come_a_few_at_a_time() -> None:
    server = Server(*[0.1] * 20)
    took, answers = await all_of(server, 20)
    assert all(isinstance(answer, Response) for answer in answers)
    assert server.most == 4
    assert took == pytest.approx(0.5)


async def test_slow_ones_make_room_after_a_moment() -> None:
    server = Server(*[30.0] * 8, *[0.1] * 8)
    took, _ = await all_of(server, 16)
    assert server.most > 8
    assert took == pytest.approx(30.5)


async def test_those_that_fail_make_room_too() -> None:
    took, answers = await all_of(Server(*[0.1] * 8), 8, "/lost")
    assert all(isinstance(answer, ConnectionLost) for answer in answers)
    assert took == pytest.approx(0.2)
