"""A call's own deadline: it ends the call, and says whether the server may have done what was asked."""

import asyncio

import pytest

from aiopeertube import PeerTube, errors
from aiopeertube.testing import MockTransport, reply
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import Request, Response

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("virtual_backend")]

ORIGIN = "https://videos.example"


async def _silent(request: Request) -> Response:
    await asyncio.sleep(60)
    return reply(204)


def _refusing(request: Request) -> Response:
    figures = {"x_ratelimit_limit": "50", "x_ratelimit_remaining": "0", "x_ratelimit_reset": "1"}
    return reply(429, {}, retry_after="30", **figures)


def _lost(request: Request) -> Response:
    raise errors.ConnectionLost("gone")


def _unreachable(request: Request) -> Response:
    raise errors.ServerUnreachable("refused")


async def _late(call: Call[object]) -> errors.DeadlineExceeded:
    began = asyncio.get_running_loop().time()
    with pytest.raises(errors.DeadlineExceeded, match="longer than its deadline of 2 s") as caught:
        await (call if call.deadline else call.within(2))
    assert asyncio.get_running_loop().time() - began == pytest.approx(2, abs=0.01)
    return caught.value


@pytest.mark.parametrize(
    ("answer", "doubt"), [(_silent, True), (_lost, True), (_refusing, False), (_unreachable, False)]
)
async def test_a_write_is_in_doubt_only_if_the_server_may_have_done_it(answer: object, doubt: bool) -> None:
    async with PeerTube(ORIGIN, transport=MockTransport(answer)) as pt:  # type: ignore[arg-type]
        assert (await _late(pt.videos.update(7, name="Film"))).in_doubt is doubt


async def _connecting(request: Request) -> Response:
    request.unsent = True
    return await _silent(request)


async def test_what_waited_for_a_connection_was_not_sent() -> None:
    async with PeerTube(ORIGIN, transport=MockTransport(_connecting)) as pt:
        assert not (await _late(pt.videos.update(7, name="Film"))).in_doubt


@pytest.mark.parametrize("answer", [_silent, _lost, _refusing])
async def test_a_read_is_never_in_doubt(answer: object) -> None:
    async with PeerTube(ORIGIN, transport=MockTransport(answer)) as pt:  # type: ignore[arg-type]
        assert not (await _late(pt.videos.get(7))).in_doubt
        async with pt.bulk([pt.videos.get(7).within(2)]) as outcomes:
            assert [outcome.state async for outcome in outcomes] == ["failed"]


async def test_what_the_client_allows_holds_for_every_call_and_the_shorter_one_counts() -> None:
    async with PeerTube(ORIGIN, transport=MockTransport(_silent), deadline=2) as pt:
        await _late(pt.videos.get(7).within(10))
